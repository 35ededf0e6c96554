"""JSON, as docs/cli.md promises it: records of `app` come in, dictionaries of plain values go out.

The command line, the tools of MCP and the error document share these makers. Absent values are left out.
"""

from typing import Any

Json = dict[str, Any]
"""A document of JSON, or a part of one."""
