"""The words of docs/glossary.md that stand in the overview of the commands, which explains them there."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "seat": "one running agent or operator: who posts, claims and decides",
    "driver": "what drives a seat: cron, an operator, a helper, a remote",
    "feed": "all posts: one fact a file, never edited, on a branch of its own",
    "post": "one fact about a ticket or a seat: a Markdown file with a header and words",
    "ticket": "a piece of work under a number that nobody else has, such as CMB-0107",
    "opening": "the post that brings a ticket into being",
    "provisional": "of a ticket whose number is not reserved yet; `confirm` settles it",
    "collision": "two openings under one number: the first in feed order keeps it",
    "claim": "the exclusive right of one seat to work on a ticket",
    "challenge": "a question to a silent holder, who loses the claim unless it answers in time",
    "lane": "the stream of work that a ticket belongs to",
    "owner": "who should do a ticket: `open`, or a seat",
    "gate": "a ticket that must be DONE before another can be claimed",
    "absorb": "what a ruling does with each ticket that waited for it",
    "turn": "a stretch of a seat's work, opened and closed with the queue",
    "lease": "the right of one process to a working tree of the pool",
    "runtime": "the program in which an agent lives, and whose hooks ask the ledger",
}
"""Each word with what it means, as docs/glossary.md says it."""
