"""A command as typer has it: for help, and for lines that the quick reader does not take."""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from ledger.faces.cli.command_line import explain_usage_error
from ledger.faces.cli.parameters import REQUIRED, Argument, Parameter, list_parameters

_WRONG_USAGE: type[Exception] = typer.BadParameter.__mro__[1]  # UsageError, which typer does not name


def call_by_typer(
    name: str, function: Callable[..., int], words: list[str], call: Callable[[Mapping[str, Any]], int]
) -> int:
    """Read the words of a line and hand the values to `call`; gives the exit code. Help goes to stdout.

    Raises LedgerError `usage` for what is wrong with the line.
    """
    command = make_click_command(name, function, call)
    try:  # not by its `main`, which makes exit codes of its own of an interrupt and of a closed pipe
        with command.make_context(f"git ledger {name}", words) as context:
            return int(command.invoke(context))
    except typer.Exit as ended:
        return ended.exit_code
    except _WRONG_USAGE as error:
        raise explain_usage_error(error, f"`git ledger {name} -h`") from None


def make_click_command(
    name: str, function: Callable[..., int], call: Callable[[Mapping[str, Any]], int] = lambda values: 0
) -> Any:  # noqa: ANN401 - typer does not name its type
    """The command that typer makes of a command's function, with values going to `call`."""

    def body(**values: object) -> int:
        return call(values)

    # Typer reads the signature of what it is given; ours has the session first, which is no parameter.
    body.__doc__, body.__annotations__ = function.__doc__, {}
    body.__signature__ = inspect.Signature([_declare_parameter(row) for row in list_parameters(function)])  # type: ignore[attr-defined]
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, context_settings={"help_option_names": ["-h", "--help"]})(body)
    return typer.main.get_command(app)


def _declare_parameter(parameter: Parameter) -> inspect.Parameter:
    declared = parameter.declared
    if isinstance(declared, Argument):
        info = typer.Argument(**declared.settings)
    else:
        info = typer.Option(*declared.names, **declared.settings)
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if parameter.default is REQUIRED else parameter.default,
        annotation=Annotated[parameter.annotation, info],
    )
