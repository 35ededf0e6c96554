"""What happens to files: forks, removals, restores, edits, copies, and posts that nobody can read."""

from ledger.core.config.config import CONFIG_PATH
from ledger.core.ids import path_of_post
from ledger.core.model import Post
from tests.random_feeds.book import CONFIGS, Book


def remove_end(book: Book) -> bool:
    """The end of the chain goes."""
    return book.head is not None and _remove(book, path_of_post(book.head[0]))


def remove_middle(book: Book) -> bool:
    """A post of the chain goes on which others stand."""
    chain = book.chain()[:-1]
    return bool(chain) and _remove(book, book.dice.choice(chain).path)


def remove_hand_made(book: Book) -> bool:
    """A post goes that was made by hand, seen by the chain or not."""
    made = [post.path for post in book.posts.values() if post.seq is None]
    return bool(made) and _remove(book, book.dice.choice(made))


def _remove(book: Book, path: str) -> bool:
    if path not in book.files:
        return False
    book.remove_file(path)
    book.look_again()
    return True


def restore(book: Book) -> bool:
    """One that was removed comes back as it was; or all come back."""
    if not book.removed:
        return False
    paths = [*book.removed] if book.draws(0.3) else [book.dice.choice([*book.removed])]
    for path in paths:
        book.put_file(path, book.removed[path])
    book.look_again()
    return True


def restore_otherwise(book: Book) -> bool:
    """One that was removed comes back with other words."""
    if not book.removed:
        return False
    path = book.dice.choice([*book.removed])
    book.put_file(path, book.removed[path] + b"\nand more\n")
    book.look_again()
    return True


def edit(book: Book) -> bool:
    """A post is edited where it stands: in its words, in its ticket, or so that nobody can read it."""
    paths = [path for path in book.files if path.endswith(".md")]
    if not paths:
        return False
    path = book.dice.choice(paths)
    data = book.files[path]
    forms = (data + b"\nedited\n", data.replace(b"CMB-0001", b"CMB-0002"), data.replace(b"CLAIMED", b"DONE"))
    book.put_file(path, book.dice.choice((*forms, b"---\nedited\n")))
    book.look_again()
    return True


def fork(book: Book) -> bool:
    """Another post stands at a place of the chain that is taken."""
    chain = book.chain()
    if len(chain) < 2:
        return False
    head, book.head = book.head, _place_of(book.dice.choice(chain[-4:-1]))
    _write_on(book)
    book.head = head
    book.look_again()
    return True


def overtake(book: Book) -> bool:
    """Another chain appears that ends higher: what stood after its root stands on no chain any more."""
    chain = book.chain()
    if len(chain) < 2:
        return False
    root = book.dice.choice(chain[-4:-1])
    ahead = len(chain) - chain.index(root)
    book.head = _place_of(root)
    for _ in range(ahead):
        _write_on(book)
    book.look_again()
    return True


def _place_of(post: Post) -> tuple[str, int]:
    return post.id, post.seq or 0


def _write_on(book: Book) -> None:
    ticket = book.pick_ticket()
    if ticket is None or book.draws(0.4):
        book.write_post(book.pick_seat(), "note", "on another chain", by_hand=False)
        return
    seat, state = book.pick_seat(ticket.holder), book.dice.choice(("CLAIMED", "DONE", "PARKED"))
    book.write_post(seat, "actionable", "so", {"item": ticket.id, "state": state}, by_hand=False)


def forge_place(book: Book) -> bool:
    """A post says of itself a place on the chain that it does not have."""
    place = {"seq": str(book.dice.randrange(1, 90))}
    if book.draws(0.7):
        place["prev"] = book.pick_post()
    book.write_post(book.pick_seat(), "note", "forged", place, by_hand=True)
    book.look_again()
    return True


def forge_sight(book: Book) -> bool:
    """A post of the chain names posts that it cannot have seen, or that were seen before."""
    book.unseen += [book.pick_post(), book.pick_post()]
    book.write_post(book.pick_seat(), "note", "saw it all", by_hand=False)
    book.look_again()
    return True


def copy_elsewhere(book: Book) -> bool:
    """A post stands in two places, one of which is not its own."""
    if not book.posts:
        return False
    post = book.dice.choice([*book.posts.values()])
    if post.path not in book.files:
        return False
    place = post.path.replace("feed/2026/", book.dice.choice(("feed/2025/", "feed/2027/")))
    book.put_file(place, book.files[post.path])
    book.look_again()
    return True


def change_settings(book: Book) -> bool:
    """The settings become others, or cannot be read, or go."""
    data = book.dice.choice((*CONFIGS, b"seats: [nobody\n", b"claim_ttl: soon\n"))
    if data:
        book.files[CONFIG_PATH] = book.changes[CONFIG_PATH] = data
    elif book.files.pop(CONFIG_PATH, None) is not None:
        book.changes[CONFIG_PATH] = None
    return True


def repeat_nonce(book: Book) -> bool:
    """A seat draws a nonce twice."""
    if not book.posts:
        return False
    first = book.dice.choice([*book.posts.values()])
    book.write_post(first.seat, "note", "again", {"item": book.pick_item()}, nonce=first.nonce)
    return True


def post_badly(book: Book) -> bool:
    """A post that cannot be read, or in which something is wrong."""
    name = book.write_post(book.pick_seat(), "note", "hello", by_hand=True)
    path = path_of_post(name)
    data = book.files[path]
    forms = (
        b"no header at all\n",
        data.replace(b"kind: note", b"kind: note\ncolour: red"),
        data.replace(b"kind: note", b"kind: note\nitem: nothing"),
        data.replace(b"hello", b"ABSORB: CMB-0001 -> DONE"),
        data.replace(b"kind: note", b"kind: actionable"),
        data[:40],
    )
    book.put_file(path, book.dice.choice(forms))
    book.look_again()
    return True


ACCIDENTS = {
    remove_end: 2,
    remove_middle: 2,
    remove_hand_made: 3,
    restore: 6,
    restore_otherwise: 1,
    edit: 2,
    fork: 3,
    overtake: 2,
    forge_place: 1,
    forge_sight: 1,
    copy_elsewhere: 2,
    repeat_nonce: 3,
    post_badly: 3,
    change_settings: 3,
}
"""How often each accident happens, in shares of all."""
