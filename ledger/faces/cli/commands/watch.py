"""`watch`: the queue as it is, on a terminal, until somebody has seen enough."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from ledger.app.ledger import reopen_ledger
from ledger.app.read.overview import Overview, name_feed, read_overview
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.session import Session
from ledger.faces.cli.terminal.live_screen import LiveScreen, open_screen
from ledger.faces.cli.terminal.watching import WatchView, begin_view, draw_view, press_key
from ledger.faces.ending import interrupted_by_term

SECONDS = 2.0
"""How long after a reading the next one begins, and after how long ages are told anew."""


def command(session: Session) -> int:
    """The queue on this terminal, read again every two seconds, with a mark on what changed; q ends it."""
    if session.json or not session.env.at_terminal:
        raise usage("`watch` shows the queue to a person at a terminal", "`git ledger queue`")
    name, overview = name_feed(session.ledger), read_overview(session.ledger)
    session.cancel_notice()
    watch = _Watch(session, begin_view(name, overview))
    # In this order: a signal is an exception before the terminal is taken, which is given back once the
    # thread that draws on it has ended.
    with (
        interrupted_by_term(),
        open_screen(session.env.stdin.fileno(), session.env.out) as screen,
        ThreadPoolExecutor(1) as shows,
    ):
        # The screen has a thread of its own, so that a remote that is slow holds up no key. This thread
        # fetches, since an interrupt reaches it and ends a git that hangs.
        shown = shows.submit(watch.show, screen)
        try:
            watch.read_on(screen)
        except KeyboardInterrupt:
            pass
        finally:
            # In this order: who is woken looks at it, and `result` raises here what the screen ended with.
            watch.ended.set()
            screen.wake()
            shown.result()
    return 0


class _Watch:
    """What the two threads of a watch share: the view, which each replaces as a whole."""

    def __init__(self, session: Session, view: WatchView) -> None:
        self._env = session.env
        self._open_ledger = reopen_ledger(session.options, session.env.world)
        self._view = view
        self._turn = Lock()
        self.ended = Event()

    def read_on(self, screen: LiveScreen) -> None:
        """Read the feed again and again, until this thread is interrupted."""
        while not self.ended.wait(SECONDS):
            overview, problem = self._read_overview()
            # Read before the turn, for which a key would wait. Replaced within it: a key of the same moment
            # would else be lost, or bring back the overview of before.
            with self._turn:
                self._view = replace(self._view, overview=overview, problem=problem)
            screen.wake()

    def _read_overview(self) -> tuple[Overview, str]:
        try:
            return read_overview(self._open_ledger(), self._view.overview), ""
        except LedgerError as error:
            return self._view.overview, error.message

    def show(self, screen: LiveScreen) -> None:
        """Show the view and obey keys, until the end; however that comes, the other thread is interrupted."""
        try:
            while not self.ended.is_set():
                # Measured each time: the terminal may have another size by now.
                size = self._env.screen
                if size is not None:
                    screen.show(draw_view(self._view, size))
                for key in screen.wait_for_keys(SECONDS):
                    if key == "q":
                        return
                    with self._turn:
                        self._view = press_key(self._view, key)
        finally:
            if not self.ended.is_set():
                os.kill(os.getpid(), signal.SIGINT)
