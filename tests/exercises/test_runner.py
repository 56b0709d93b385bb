"""What a learner's function may do when it runs, and what is left of it afterwards."""

import _thread
import contextlib
import io
import itertools
import logging
import sys
import threading
import time
import traceback
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from helpers.exercises import runner
from helpers.exercises.runner import LINES_PER_CALL, run


def divides_by_zero(x):
    half = 1 / 2

    return half / 0


def recurses(x):
    return recurses(x)


def exits(x):
    sys.exit("bye")


def raises_silently(x):
    class Silent(Exception):
        def __str__(self):
            raise RuntimeError

    raise Silent


without_source = {}
exec("def relu(x):\n    return 1 / 0", without_source)


@pytest.mark.parametrize(
    ("function", "error", "place"),
    [
        (divides_by_zero, "ZeroDivisionError: float division by", "(line 4 of your function: `ret"),
        (recurses, "RecursionError: ", "(line 2 of your function: `return recurses(x)`)"),
        (exits, "SystemExit: bye", '(line 2 of your function: `sys.exit("bye")`)'),
        (raises_silently, "Silent", "(line 6 of your function: `raise Silent`)"),
        (
            without_source["relu"],
            "ZeroDivisionError: division by zero",
            "(line 2 of your function)",
        ),
        (np.vectorize(lambda v: v.missing), "AttributeError: ", ""),
    ],
)
def test_an_exception_is_described_with_its_line(function, error, place):
    trial = run(function, (1,))
    assert trial.error.startswith(error)
    assert place in trial.place
    assert (trial.value, trial.endless) == (None, False)


# Loops without end -----------------------------------------------------------------------------


def two_lines(x):
    while True:
        x = x + 1


def catches_all(x):
    while True:
        try:
            a = 1
            b = a / 0
            b = b + 1
        except:  # noqa: E722
            x = x + 1


def suppresses_all(x):
    while True:
        with contextlib.suppress(BaseException):
            print("again")


def catches_all_once(x):
    try:
        two_lines(x)
    except BaseException:
        return x


def in_a_callback(x):
    return np.vectorize(two_lines)(np.array([x]))


def one_line(x):
    exec("while True: pass")


ENDLESS = [two_lines, catches_all, suppresses_all, catches_all_once, in_a_callback, one_line]
ENDLESS += [lambda x: all(True for _ in itertools.count()), lambda x: [0 for _ in iter(int, 1)]]


@pytest.mark.parametrize("function", ENDLESS)
def test_a_loop_without_end_is_stopped(function, capsys):
    trials = [run(function, (1,)) for _ in range(2)]
    assert (trials[0].endless, trials[0].value) == (True, None)
    assert LINES_PER_CALL < trials[0].lines < LINES_PER_CALL + 100
    assert trials[0].lines == trials[1].lines
    assert len(trials[0].printed) <= 200
    assert capsys.readouterr() == ("", "")


def test_lines_of_the_learner_count_and_those_of_libraries_do_not(tmp_path, monkeypatch):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "slow_to_load.py").write_text(f"for _ in range({LINES_PER_CALL + 1}):\n    pass")
    monkeypatch.syspath_prepend(folder)

    def loads(x):
        import slow_to_load

        traceback.format_stack()
        return slow_to_load and x

    assert (run(loads, (1,)).value, run(loads, (1,)).lines) == (1, 4)
    assert run(lambda x: [i for i in range(500)] and x, (1,)).lines == pytest.approx(500, abs=5)


def test_a_tracer_that_was_active_is_active_again():
    seen, before = [], sys.gettrace()

    def trace(frame, event, argument):
        seen.append(frame.f_code.co_name)

    sys.settrace(trace)
    try:
        for function in (exits, two_lines, catches_all_once):
            run(function, (1,))
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert "run" in seen
    assert not {"exits", "two_lines", "catches_all_once"} & set(seen)


def test_the_stop_button_is_passed_on_and_all_is_as_before():
    writes = sys.stdout.write, sys.stderr.write

    def waits(x):
        plt.figure()
        _thread.interrupt_main()
        time.sleep(10)

    with pytest.raises(KeyboardInterrupt):
        run(waits, (1,))
    assert (sys.stdout.write, sys.stderr.write, sys.gettrace()) == (*writes, None)
    assert plt.get_fignums() == []


# Calm ------------------------------------------------------------------------------------------


def test_what_a_function_prints_and_logs_is_kept_and_not_shown(capsys):
    handler = logging.StreamHandler(sys.stderr)
    logging.getLogger().addHandler(handler)

    def talks(x):
        print("x is", x)
        print("progress", file=sys.stderr)
        logging.warning("to a handler made before")

    try:
        trial = run(talks, (1,))
    finally:
        logging.getLogger().removeHandler(handler)
    assert trial.printed == "x is 1"
    assert capsys.readouterr() == ("", "")
    print("later")
    assert capsys.readouterr().out == "later\n"


def test_what_other_threads_print_is_not_lost(capsys):
    def talks(x):
        thread = threading.Thread(target=print, args=("from a thread",))
        thread.start()
        thread.join()
        print("from the function")

    assert run(talks, (1,)).printed == "from the function"
    assert capsys.readouterr().out == "from a thread\n"


def test_what_is_displayed_is_not_shown(monkeypatch):
    shown, shell = [], InteractiveShell.instance()
    monkeypatch.setattr(shell.display_pub, "publish", lambda *data, **more: shown.append(data))
    run(lambda x: display({"text/plain": "x"}, raw=True), (1,))
    assert shown == []
    display({"text/plain": "x"}, raw=True)
    assert len(shown) == 1
    InteractiveShell.clear_instance()


def test_only_figures_that_the_function_opened_are_closed():
    mine = plt.figure()
    run(lambda x: [plt.figure() for _ in range(3)], (1,))
    assert plt.get_fignums() == [mine.number]
    plt.close(mine)


def test_streams_stay_open_and_are_put_back(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    def closes(x):
        sys.stdout.close()
        sys.stderr.close()
        sys.stdout = None
        return x

    assert run(closes, (1,)).value == 1
    assert sys.stdout is stream
    print("still open")
    assert stream.getvalue() == "still open\n"
    assert not sys.stderr.closed


def test_warnings_of_the_learner_are_kept_and_those_of_libraries_are_not():
    def warn(category, library):
        place = f"{runner.__file__ if library else __file__}"
        warnings.warn_explicit("careful", category, place, 1)

    with warnings.catch_warnings(record=True) as escaped:
        kept = run(lambda x: warn(UserWarning, False) or warn(RuntimeWarning, False), (1,))
        assert kept.warning == "UserWarning: careful"
        assert run(lambda x: warn(DeprecationWarning, True), (1,)).warning == ""
        assert run(lambda x: warn(RuntimeWarning, True), (1,)).warning.startswith("RuntimeWarning")
    assert not escaped


def test_numpys_error_state_is_the_usual_one_and_stays_the_learners():
    with np.errstate(all="raise"):
        assert run(lambda x: np.exp(-x), (np.array([1000.0]),)).value == [0.0]
        assert run(lambda x: np.exp(x), (np.array([1000.0]),)).warning.startswith("RuntimeWarn")
        run(lambda x: np.seterr(all="ignore"), (1,))
        assert np.geterr()["under"] == "raise"


def test_the_function_gets_copies():
    def changes(x, more):
        x += 1
        more.append(x)

    x, more = np.zeros(1), []
    trial = run(changes, (x, more))
    assert (x, more) == ([0.0], [])
    assert trial.arguments[0] is x
    assert trial.changed[0] == [1.0]


def test_exit_as_ipython_knows_it_leaves_the_kernel_alone(monkeypatch):
    class Shell:
        def ask_exit(self):
            raise AssertionError("the kernel would end")

    shell = Shell()
    monkeypatch.setattr(runner, "get_ipython", lambda: shell)
    assert runner.run(lambda x: shell.ask_exit(), (1,)).error.startswith("SystemExit")
    with pytest.raises(AssertionError, match="would end"):
        shell.ask_exit()
