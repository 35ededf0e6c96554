"""The statuses with which the judgement of a push ends.

Any other one, 0 among them, means that it was not judged: a program that only fails to start, or whose output
is cut, must not let anything in.
"""

from typing import Final

PASSED: Final = 42
REFUSED: Final = 3
FAILED: Final = 70
