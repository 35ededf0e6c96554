"""git-ledger: one queue, one numbering and one holder a ticket, for seats that share only a git remote."""

__version__ = "0.1.0"
