"""Run a learner's function so that nothing it does can stop or litter the notebook.

It runs in the calling thread, and a tracer counts the lines that it executes: a loop without end
is stopped after `LINES_PER_CALL` of them, on a fast machine as on a slow one. Lines of libraries
do not count, so a function may import TensorFlow. A debugger or a coverage tool that traces is
set aside while the function runs.

What waits, or loops inside compiled code, executes no lines. The stop button ends it where it
would end any cell.
"""

import contextlib
import copy
import dis
import functools
import io
import linecache
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any, TextIO

import numpy as np
from IPython import get_ipython
from IPython.utils.capture import capture_output

from helpers.exercises.reports import shorten

LINES_PER_CALL = 300_000
"""A call that executes more lines than this is taken for endless."""

_COURSE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_STANDARD_LIBRARY = os.path.dirname(traceback.__file__) + os.sep
_LIBRARIES = (_COURSE, _STANDARD_LIBRARY, "<frozen ", "site-packages", "dist-packages")

# In Python 3.11 `while True: pass` on one line jumps to itself, and no line is traced.
_JUMP_TO_ITSELF = bytes([dis.opmap["JUMP_BACKWARD"], 1])


@dataclass
class Trial:
    """An input, and what a learner's function did with it.

    `changed` are the arguments as it left them; `error` is what it raised, such as
    ``"ZeroDivisionError: division by zero"``, and `place` the line where. The checker adds what was
    expected, and the complaint if there is one: what is wrong, the result, and a hint.
    """

    arguments: tuple
    changed: tuple
    value: Any = None
    error: str = ""
    place: str = ""
    lines: int = 0
    printed: str = ""
    warning: str = ""
    expected: Any = None
    complaint: tuple[str, str, str] | None = None

    @property
    def endless(self) -> bool:
        """Whether the function was stopped."""
        return self.lines > LINES_PER_CALL


def run(function: Callable, arguments: tuple) -> Trial:
    """Call a function with copies of the arguments. Only `KeyboardInterrupt` is passed on.

    >>> run(lambda x: x + 1, (2,)).value
    3
    >>> run(lambda x: 1 / x, (0,)).error
    'ZeroDivisionError: division by zero'
    """
    trial, printed = Trial(arguments, copy.deepcopy(arguments)), io.StringIO()
    with _quiet(printed), warnings.catch_warnings(record=True, action="always") as caught:
        try:
            value = _call(function, trial)
            trial.value = None if trial.endless else value
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # exit() and its like are reported as well
            trial.error, trial.place = _describe(error), _find_place(error, function)
    trial.printed = printed.getvalue().strip()
    for w in caught:
        if not trial.warning and (w.category is RuntimeWarning or not _is_library(w.filename)):
            trial.warning = _describe(w.message)
    return trial


class _TooManyLines(BaseException):
    """Ends a learner's function, and is raised again if it was caught there."""

    def __del__(self):
        (resume,) = self.args
        resume()


def _call(function: Callable, trial: Trial) -> Any:
    """Call the function, count its lines, and end it when there are too many."""
    here, previous = sys._getframe(), sys.gettrace()

    def trace(frame: FrameType, event: str, _: Any) -> Callable | None:
        if event == "call":
            if _is_library(frame.f_code.co_filename):
                return None
            frame.f_trace_opcodes = _JUMP_TO_ITSELF in frame.f_code.co_code
        trial.lines += event in ("call", "line", "opcode")
        if trial.endless:
            raise _TooManyLines(resume)  # Python then stops tracing
        return trace

    def resume() -> None:
        frame = here and sys._getframe(2)  # above it are `__del__` and this function
        while frame and frame is not here:
            frame.f_trace, frame = trace, frame.f_back
        if frame:
            sys.settrace(trace)

    sys.settrace(trace)
    try:
        return function(*trial.changed)
    finally:
        sys.settrace(previous)
        here = None


@functools.cache
def _is_library(filename: str) -> bool:
    return any(part in filename for part in _LIBRARIES)


@contextlib.contextmanager
def _quiet(printed: io.StringIO) -> Iterator[None]:
    """Keep away what this thread prints, displays and draws; set NumPy's usual error state."""
    before = _list_figures()
    with (
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        capture_output(stdout=False, stderr=False, display=True),
        _hold(sys.stderr, io.StringIO()),
        _hold(sys.stdout, printed),
        _stay(get_ipython()),
    ):
        try:
            yield
        finally:
            for number in _list_figures() - before:
                sys.modules["matplotlib.pyplot"].close(number)


@contextlib.contextmanager
def _stay(shell: Any) -> Iterator[None]:
    """Let IPython's own `exit()`, which would end the kernel, raise `SystemExit` instead."""
    if shell is not None:
        shell.ask_exit = sys.exit
    try:
        yield
    finally:
        if shell is not None:
            del shell.ask_exit


@contextlib.contextmanager
def _hold(stream: TextIO, kept: io.StringIO) -> Iterator[None]:
    """Keep the beginning of what this thread writes to a stream, and keep the stream open.

    Its own methods are exchanged: another `sys.stdout` would not reach a logging handler that
    holds this one.
    """
    thread, write, close = threading.get_ident(), stream.write, stream.close

    def keep(text: str) -> int:
        if threading.get_ident() != thread:
            return write(text)
        kept.write(text[: max(0, 200 - kept.tell())])
        return len(text)

    stream.write, stream.close = keep, lambda: None
    try:
        yield
    finally:
        stream.write, stream.close = write, close


def _list_figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _describe(error: BaseException | Warning) -> str:
    try:
        message = shorten(str(error))
    except Exception:  # its own __str__ may raise
        message = ""
    return f"{type(error).__name__}: {message}".removesuffix(": ")


def _find_place(error: BaseException, function: Callable) -> str:
    code = getattr(function, "__code__", None)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code is code:
            source = shorten(linecache.getline(code.co_filename, line), 80)
            place = f"line {line - code.co_firstlineno + 1} of your function"
            return f" ({place}: `{source}`)" if source else f" ({place})"
    return ""
