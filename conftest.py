"""How pytest compares the notebooks' stored outputs with those of a fresh run."""


def pytest_collectstart(collector):
    """Leave pictures out of nbval's comparison; text is compared, and so is standard error.

    A figure's or an explorer's ``text/html`` holds the pixels, which differ between
    machines; beside it stands, as ``text/plain``, the sentence that says what is to be
    seen, and that is compared. A warning in a cell fails it, since the stored outputs
    hold no standard error.
    """
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html",)
