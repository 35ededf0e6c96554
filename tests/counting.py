"""How much work a step is, counted and not timed: the same on a busy machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def work(step: Callable[[], object]) -> int:
    """How many bytecodes a step runs. What one of them does in C, such as copying a tuple, is not counted."""
    if sys.version_info < (3, 12):
        return _traced(step)
    count = 0

    def see(code: object, offset: int) -> None:
        nonlocal count
        count += 1

    # From 3.12 on a trace function misses some bytecodes of a frame that runs already.
    watch = sys.monitoring
    watch.use_tool_id(watch.PROFILER_ID, "counting")
    watch.register_callback(watch.PROFILER_ID, watch.events.INSTRUCTION, see)
    watch.set_events(watch.PROFILER_ID, watch.events.INSTRUCTION)
    try:
        step()
    finally:
        watch.set_events(watch.PROFILER_ID, watch.events.NO_EVENTS)
        watch.free_tool_id(watch.PROFILER_ID)
    return count


def _traced(step: Callable[[], object]) -> int:
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        step()
    finally:
        sys.settrace(before)
    return count
