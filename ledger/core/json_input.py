"""JSON that others wrote."""

import json
from typing import Any, NoReturn


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a document (RFC 8259). Raises ValueError for what is none or is nested too deep.

    Python alone takes `NaN` and `Infinity` for numbers.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
