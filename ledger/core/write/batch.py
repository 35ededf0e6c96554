"""Several wishes from YAML documents: the fields' names, those of the writer's own that begin with `x-`, and
`body`, `reserve` or `provisional`."""

from collections.abc import Iterator

from ledger.core.board.kinds import kind_of
from ledger.core.did_you_mean import suggest_nearest
from ledger.core.errors import LedgerError
from ledger.core.feed.bounds import BATCH_LIMIT
from ledger.core.feed.fields import FIELD_ORDER, is_custom_field
from ledger.core.feed.front import parse_yaml_tree
from ledger.core.feed.yaml_tree import Node, YamlList, YamlMap, YamlScalar
from ledger.core.ids import is_namespace
from ledger.core.write.requests import PostRequest, Value

SETTABLE = tuple(name for name in FIELD_ORDER if name not in ("seat", "at", "seq", "prev", "saw", "clone"))
"""The fields that a batch may set; the tool writes the others."""
KEYS = (*SETTABLE, "body", "reserve", "provisional")


def parse_batch(data: bytes, name: str) -> list[PostRequest]:
    """Read a batch; `kind` is actionable unless said. Raises LedgerError `usage`, naming file and line."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _usage_error(name, 1, f"byte {error.start} is not UTF-8", "save it as UTF-8") from None
    wishes: list[PostRequest] = []
    for tree in _split_documents(text, name):
        if len(wishes) == BATCH_LIMIT:
            fix = "write several batches"
            raise _usage_error(name, tree.line, f"a batch has at most {BATCH_LIMIT} posts", fix)
        wishes.append(_parse_request(tree, name))
    if not wishes:
        raise _usage_error(
            name, 1, "there is no document in it", "write the fields of a post, `kind: …` first"
        )
    return wishes


def _split_documents(text: str, name: str) -> Iterator[Node]:
    first, lines = 1, text.split("\n")
    ends = [place for place, line in enumerate(lines) if line.rstrip() == "---"] + [len(lines)]
    for end in ends:
        tree, problems = parse_yaml_tree("\n".join(lines[first - 1 : end]), first)
        for problem in problems:
            raise _usage_error(name, problem.line, problem.message, problem.fix)
        if tree is not None and not (isinstance(tree, YamlScalar) and not tree.text):
            yield tree
        # Problems name lines of the whole file: lines count from 1, and the `---` is passed by.
        first = end + 2


def _parse_request(tree: Node, name: str) -> PostRequest:
    if not isinstance(tree, YamlMap):
        raise _usage_error(name, tree.line, "a document of a batch is a map", "write `key: value` lines")
    values = {key.text: _parse_value(key, node, name) for key, node in tree.entries}
    body, reserve = values.pop("body", ""), values.pop("reserve", None)
    provisional = values.pop("provisional", None)
    if reserve is not None and provisional is not None:
        raise _usage_error(name, tree.line, "`reserve` and `provisional` exclude each other", "leave one out")
    reserve = reserve if provisional is None else provisional
    kind = values.pop("kind", "actionable")
    if not (isinstance(body, str) and isinstance(kind, str)):
        raise _usage_error(
            name, tree.line, "`body` and `kind` are texts", "write `body: |` and indented lines"
        )
    if reserve is not None and not (isinstance(reserve, str) and is_namespace(reserve)):
        raise _usage_error(name, tree.line, f"this is no prefix: {reserve}", "a prefix is like CMB")
    if "state" in kind_of(kind).required and "subject" in values:
        values.setdefault("state", "AWAITING_CLAIM")
    return PostRequest(kind, values, body, reserve, provisional is not None)


def _parse_value(key: YamlScalar, node: Node, name: str) -> Value:
    if key.text not in KEYS and not is_custom_field(key.text):
        fix = suggest_nearest(key.text, KEYS, "leave it out")
        raise _usage_error(name, key.line, f"there is no field `{key.text}`", fix)
    if isinstance(node, YamlScalar):
        return node.text
    if isinstance(node, YamlList):
        leaves = [leaf for leaf in node.items if isinstance(leaf, YamlScalar)]
        if len(leaves) == len(node.items):
            return tuple(leaf.text for leaf in leaves)
    raise _usage_error(name, key.line, f"`{key.text}` is neither text nor a list of texts", "write it flat")


def _usage_error(name: str, line: int, message: str, fix: str) -> LedgerError:
    return LedgerError("usage", f'"{name}", line {line}: {message}', fix)
