"""How pytest compares stored outputs, in which order it tests, and in which surroundings."""

import os
import tempfile
import threading

import matplotlib
import pytest
from hypothesis import settings

# What is set here is inherited by the notebooks' kernels. Two workers share the cores: NumPy's
# threads, which wait for each other by spinning, would slow both down many times over. The user's
# own settings of IPython and Matplotlib stay out.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["MATPLOTLIBRC"] = os.path.join(matplotlib.get_data_path(), "matplotlibrc")
if "PYTEST_XDIST_WORKER" not in os.environ:
    IPYTHON = tempfile.TemporaryDirectory()
    os.environ["IPYTHONDIR"] = os.environ["COURSE_RESULTS"] = IPYTHON.name

# The same examples in every run: a change fails because of what it changes, not by chance.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")

BROWSER = ("test_accessibility", "test_browser", "test_faults", "test_site")
ON_REAL_DATA = "06_end_to_end_training.ipynb"


def pytest_addoption(parser):
    """Add ``--no-threads``."""
    parser.addoption("--no-threads", action="store_true", help="let no thread start, as in Pyodide")


def pytest_configure(config):
    """Make threads impossible, before anything of ours is imported."""
    if config.getoption("no_threads"):

        def start(thread):
            raise RuntimeError("can't start new thread")

        threading.Thread.start = start


def pytest_collectstart(collector):
    """Leave pictures out of nbval's comparison; text is compared, and so is standard error.

    A figure's or an explorer's ``text/html`` holds the pixels, which differ between machines;
    beside it stands, as ``text/plain``, the sentence that says what is to be seen, and that is
    compared. A warning in a cell fails it, since the stored outputs hold no standard error.

    The outputs of lesson 6 are those of the real data. Without it the lesson runs all the same,
    its assertions hold, and its outputs are not compared; the summary says so.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html",)
        if collector.path.name == ON_REAL_DATA and _no_real_data():
            collector.compare_outputs = False


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that two workers end together: browser, lesson 6, lesson 5.

    ``--dist loadscope --no-loadscope-reorder`` keeps this order, and a notebook in one worker.
    """

    def weight(item):
        notebook = item.path.name if item.path.suffix == ".ipynb" else ""
        return item.path.stem in BROWSER, notebook

    items.sort(key=weight, reverse=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """Skip what is compared with Keras where it is not installed, as in `make test-oldest`."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if error.name not in ("keras", "tensorflow"):
            raise
        pytest.skip(f"{error.name} is not installed")


pytest_runtest_setup = pytest_runtest_call


def pytest_terminal_summary(terminalreporter):
    """Say on which data lesson 6 has run."""
    passed = terminalreporter.stats.get("passed", [])
    if not any(f"/{ON_REAL_DATA}::" in f"/{report.nodeid}" for report in passed):
        return
    reason = _no_real_data()
    terminalreporter.write_line(
        f"{ON_REAL_DATA}: run on embedded data, its assertions checked, its outputs not compared "
        f"with the stored ones, because {reason}."
        if reason
        else f"{ON_REAL_DATA}: run on the real data, its outputs compared with the stored ones."
    )


def _no_real_data():
    """Return why lesson 6 does not run on the real data; nothing if it does."""
    from helpers import datasets

    if os.environ.get("COURSE_DATA") == "embedded":
        return "COURSE_DATA=embedded asks for it"
    folder = datasets.cache_folder()
    missing = [name for name in datasets.SHA256 if not (folder / name).exists()]
    return f"Keras' cache lacks {', '.join(missing)}" if missing else ""
