"""`explain`: a rule, and why it is one; what the header of a post may say, as JSON Schema."""

import json
from typing import Annotated, Any

from ledger.app.read.explain import describe_header, explain_rule, list_rules
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session


def command(
    session: Session,
    rule: Annotated[str | None, Argument(metavar="[RULE]")] = None,
    schema: Annotated[bool, Option(help="print the JSON Schema of a post's header")] = False,
) -> int:
    """A rule: why it is one, what breaks it, what is right. Without a name: all rules in a line each."""
    if schema and rule is not None:
        raise usage(f'"{rule}" is too much on this line', "`git ledger explain --schema`")
    if schema:
        header = describe_header()
        return session.answer({"header": header}, _format_schema(header))
    if rule is None:
        rules = list_rules()
        lines = [line for row in rules for line in session.hang(f"{row['rule']:<24} ", row["about"])]
        return session.answer({"rules": rules}, lines)
    told_rule = explain_rule(rule)
    lines = [line for text in told_rule["text"].splitlines() for line in session.hang("", text)]
    return session.answer(told_rule, [f"{told_rule['rule']} ({told_rule['about']})", "", *lines])


def _format_schema(header: dict[str, Any]) -> list[str]:
    """The schema as a document of its own, to be kept as a file."""
    return json.dumps(header, indent=2).splitlines()
