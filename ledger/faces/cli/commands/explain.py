"""`explain`: a rule, and why it is one."""

from typing import Annotated

from ledger.app.read.explain import explain_rule, list_rules
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session


def command(session: Session, rule: Annotated[str | None, Argument(metavar="[RULE]")] = None) -> int:
    """A rule: why it is one, what breaks it, what is right. Without a name: all rules in a line each."""
    if rule is None:
        rules = list_rules()
        return session.answer({"rules": rules}, [f"{row['rule']:<24} {row['about']}" for row in rules])
    told_rule = explain_rule(rule)
    return session.answer(told_rule, [f"{told_rule['rule']} ({told_rule['about']})", "", told_rule["text"]])
