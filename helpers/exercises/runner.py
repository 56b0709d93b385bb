"""Run a learner's function so that nothing it does can stop or litter the notebook.

A learner's function may raise, print, warn, call `exit()` or loop without end. It
therefore runs in a thread of its own, for a limited time, and `run` returns an
`Outcome` that says what happened. Threads are used because the other ways of ending a
function early (signals, processes) fail on Windows or for functions defined in a
notebook.
"""

import contextlib
import ctypes
import io
import linecache
import threading
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpers.exercises.report import shorten

SECONDS = 1.0
"""The time that one call of a learner's function may take."""

_LONGEST_PRINTED = 200
_LONGEST_LINE = 80


@dataclass(frozen=True)
class Outcome:
    """What one call of a learner's function did.

    Parameters
    ----------
    value : object
        What the function returned; None if it did not return.
    error : str
        The exception that it raised, such as ``"ZeroDivisionError: division by zero"``;
        empty if it raised none.
    place : str
        Where it raised: ``"line 3 of your function: `return 1 / 0`"``; may be empty.
    out_of_time : bool
        Whether it was stopped because its time was over.
    still_running : bool
        Whether it could not even be stopped.
    printed : str
        The beginning of what it printed.
    warning : str
        The first warning that Python or NumPy gave while it ran; empty if there was none.
    """

    value: Any = None
    error: str = ""
    place: str = ""
    out_of_time: bool = False
    still_running: bool = False
    printed: str = ""
    warning: str = ""


def run(function: Callable, arguments: tuple, seconds: float = SECONDS) -> Outcome:
    """Call ``function(*arguments)`` and tell what happened, whatever happened.

    Parameters
    ----------
    function : callable
        The learner's function.
    arguments : tuple
        Its positional arguments. The function gets these very objects, so the caller can
        see afterwards whether it changed them.
    seconds : float, default 1.0
        When this time is over, the function is stopped.

    Returns
    -------
    Outcome
        The value, or the error and its place, and what was printed.

    Notes
    -----
    Interrupting the kernel still works: `KeyboardInterrupt` reaches the main thread, which
    stops the function and passes the interruption on.

    Examples
    --------
    >>> run(lambda x: x + 1, (2,)).value
    3
    >>> run(lambda x: 1 / x, (0,)).error
    'ZeroDivisionError: division by zero'
    """
    results: list[Outcome] = []
    finished = threading.Event()

    def work() -> None:
        try:
            results.append(Outcome(value=function(*arguments)))
        except BaseException as error:  # exit() and its like are reported as well
            results.append(Outcome(error=_describe(error), place=_find_place(error, function)))
        finally:
            finished.set()

    thread = threading.Thread(target=work, name="exercise", daemon=True)
    _PRINTED.start(thread)
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(_PRINTED):
        warnings.simplefilter("always")
        try:
            thread.start()
            # Not `join`: when that is interrupted, it takes the thread for finished.
            finished.wait(seconds)
        finally:
            out_of_time = not finished.is_set()
            still_running = out_of_time and not _stop(thread, finished)
    if out_of_time or not results:
        return Outcome(
            out_of_time=True, still_running=still_running, printed=_PRINTED.getvalue().strip()
        )
    result = results[0]
    return Outcome(
        value=result.value,
        error=result.error,
        place=result.place,
        printed=_PRINTED.getvalue().strip(),
        warning=_describe(caught[0].message) if caught else "",
    )


class _Printed(io.StringIO):
    """Keeps the beginning of what one thread prints, since an endless loop prints without end.

    A thread that could not be stopped waits here for ever as soon as it prints: it then
    takes no more time and litters nothing.
    """

    def start(self, thread: threading.Thread) -> None:
        self.seek(0)
        self.truncate()
        self.thread = thread

    def write(self, text: str) -> int:
        thread = threading.current_thread()
        if thread.name == _UNSTOPPABLE:
            threading.Event().wait()
        if thread is self.thread:
            super().write(text[: max(0, _LONGEST_PRINTED - self.tell())])
        return len(text)


_UNSTOPPABLE = "an exercise that could not be stopped"

# One for all calls: Python crashes if it is deleted while such a thread prints to it.
_PRINTED = _Printed()


def _stop(thread: threading.Thread, finished: threading.Event) -> bool:
    """Raise `SystemExit`, on which threads end silently, inside `thread`; tell whether it ended.

    Once is not enough for a loop that catches every exception. A thread that waits inside
    compiled code, as in ``time.sleep``, ends when that code returns.
    """
    for _ in range(40):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
        )
        if finished.wait(0.01) or not thread.is_alive():
            return True
    thread.name = _UNSTOPPABLE
    return finished.wait(0.1)


def _describe(error: BaseException | Warning) -> str:
    message = shorten(str(error))
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _find_place(error: BaseException, function: Callable) -> str:
    """Find the line of the learner's function on which `error` was raised."""
    code = getattr(function, "__code__", None)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code is code:
            place = f"line {line - code.co_firstlineno + 1} of your function"
            source = shorten(linecache.getline(code.co_filename, line), _LONGEST_LINE)
            return f"{place}: `{source}`" if source else place
    return ""
