"""One module a command, with a function `command`; `ledger/faces/cli/__init__.py` has the table."""
