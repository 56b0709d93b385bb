"""How pytest compares the notebooks' stored outputs, and how Hypothesis picks its examples."""

import os

# Two workers share the cores. NumPy's threads, which wait for each other by spinning, would slow
# both down many times over; what is set here is inherited by the notebooks' kernels.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

from helpers import data_files

# The same examples in every run: a change fails because of what it changes, not by chance.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")

ON_REAL_DATA = "06_end_to_end_training.ipynb"


def pytest_collectstart(collector):
    """Leave pictures out of nbval's comparison; text is compared, and so is standard error.

    A figure's or an explorer's ``text/html`` holds the pixels, which differ between
    machines; beside it stands, as ``text/plain``, the sentence that says what is to be
    seen, and that is compared. A warning in a cell fails it, since the stored outputs
    hold no standard error.

    The outputs of lesson 6 are those of the real data. Without it the lesson runs all the same,
    its assertions hold, and its outputs are not compared; the summary says so.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html",)
        if collector.path.name == ON_REAL_DATA and _no_real_data():
            collector.compare_outputs = False


def pytest_terminal_summary(terminalreporter):
    """Say on which data lesson 6 has run."""
    passed = terminalreporter.stats.get("passed", [])
    if not any(ON_REAL_DATA in report.nodeid for report in passed):
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
    if os.environ.get("COURSE_DATA") == "embedded":
        return "COURSE_DATA=embedded asks for it"
    folders = data_files.cache_folders()
    missing = [name for name in data_files.SHA256 if not any((f / name).exists() for f in folders)]
    return f"Keras' cache lacks {', '.join(missing)}" if missing else ""
