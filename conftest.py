"""How pytest compares the notebooks' stored outputs, and how Hypothesis picks its examples."""

from hypothesis import settings

# The same examples in every run: a change fails because of what it changes, not by chance.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")


def pytest_collectstart(collector):
    """Leave pictures out of nbval's comparison; text is compared, and so is standard error.

    A figure's or an explorer's ``text/html`` holds the pixels, which differ between
    machines; beside it stands, as ``text/plain``, the sentence that says what is to be
    seen, and that is compared. A warning in a cell fails it, since the stored outputs
    hold no standard error.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html",)
