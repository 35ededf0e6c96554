"""`reserve`: numbers, without filing anything yet."""

from ledger.app.ledger import Ledger
from ledger.app.write.loop import WriteResult, commit_request, request_write
from ledger.core.errors import LedgerError

MOST = 1000


def reserve_numbers(ledger: Ledger, namespace: str, count: int = 1) -> WriteResult:
    """Reserve the next `count` numbers (1 to 1000) of a namespace for this seat."""
    if not 1 <= count <= MOST:
        raise LedgerError("usage", f"--count is {count}; it must be 1 to {MOST}", "`git ledger reserve -h`")
    return commit_request(ledger, request_write(ledger, numbers=(namespace, count)))
