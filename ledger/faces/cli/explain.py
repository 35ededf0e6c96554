"""`explain`: a rule, and why it is one."""

from typing import Annotated

import typer

from ledger.app.explain import explain, names
from ledger.faces.cli.session import session_of


def command(ctx: typer.Context, rule: Annotated[str | None, typer.Argument(metavar="[RULE]")] = None) -> int:
    """A rule: why it is one, what breaks it, what is right. Without a name: all rules in a line each."""
    session = session_of(ctx)
    if rule is None:
        told = names()
        return session.answer({"rules": told}, [f"{one['rule']:<24} {one['about']}" for one in told])
    told_rule = explain(rule)
    return session.answer(told_rule, [f"{told_rule['rule']} ({told_rule['about']})", "", told_rule["text"]])
