"""What the rules about claims share: since when a holder is silent, as far as the judge can tell."""

from datetime import datetime

from ledger.core.board.challenges import is_silent_holder
from ledger.core.model import Life
from ledger.rules.view import View


def may_be_challenged(view: View, life: Life) -> bool:
    """Whether a holder whose last sign of life this is may be challenged.

    Asking too early costs the holder an answer and nothing else, so a doubt about a clock speaks for asking:
    the sign of life was made at the latest when what landed behind it was.
    """
    return is_silent_holder(_made_at_latest(view, life), view.now, view.config.claim_ttl)


def _made_at_latest(view: View, life: Life) -> datetime:
    if life.post in view.let_in:
        return view.let_in[life.post]
    return min(life.at, view.landed_at_latest(life.post) or life.at)
