"""The training dashboard in a real browser: how often it changes, and how soon it stops."""

import re

import nbformat
import pytest

from tests import lab
from tests.test_browser import explorers, require_chromium, wait_for_change

CELLS = ("from helpers import explorers", "explorers.explore_training()")


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    """The training dashboard, in a notebook of its own."""
    require_chromium()
    folder = tmp_path_factory.mktemp("training")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "training.ipynb")
    log = tmp_path_factory.mktemp("jupyter") / "lab.log"
    with lab.jupyterlab(folder, log) as address, lab.chromium_page() as page:
        lab.open_notebook(page, address, "training.ipynb")
        lab.run_all(page)
        (area,) = explorers(page)
        yield area


# Plays for a while; returns the updates a second, counted where the screen is painted, and the
# milliseconds from a click on Pause to the last picture that still changed.
PLAY_AND_PAUSE = """async (area) => {
    const sleep = seconds => new Promise(resolve => setTimeout(resolve, 1000 * seconds));
    const press = name => [...area.querySelectorAll('button')]
        .find(button => button.textContent.includes(name)).click();
    let sentence, changes = 0, changed = 0, watching = true;
    const watch = () => {
        const now = area.querySelector('img').alt;
        if (now !== sentence) { sentence = now; changes += 1; changed = performance.now(); }
        if (watching) requestAnimationFrame(watch);
    };
    press('Play');
    requestAnimationFrame(watch);
    await sleep(0.5);
    const before = changes, start = performance.now();
    await sleep(1);
    const paused = performance.now(), rate = 1000 * (changes - before) / (paused - start);
    press('Pause');
    await sleep(1);
    watching = false;
    return [rate, Math.max(changed - paused, 0)];
}"""


def test_the_dashboard_shows_15_pictures_a_second_and_pauses_at_once(dashboard):
    tries = []
    for _ in range(25):  # other tests may be using the processor for a minute
        tries.append(dashboard.evaluate(PLAY_AND_PAUSE))
        if max(tries)[0] >= 15 and min(pause for _, pause in tries) <= 200:
            return
    pytest.fail(f"(pictures a second, milliseconds to pause): {tries}")


def step_shown(dashboard):
    return int(re.match("Step ([0-9]+) of", dashboard.locator("img").get_attribute("alt"))[1])


def test_a_number_typed_while_the_dashboard_plays_counts_at_once(dashboard):
    page = dashboard.page
    dashboard.locator("button", has_text="Step").click()
    dashboard.locator("button", has_text="Play").click()
    wait_for_change(page, dashboard, "alt", dashboard.locator("img").get_attribute("alt"))
    step = step_shown(dashboard)
    dashboard.get_by_role("spinbutton", name="learning rate").fill("0.1")
    page.keyboard.press("Enter")
    dashboard.locator("img[alt*='rate 0.1,']").wait_for()
    text = dashboard.locator("img").get_attribute("alt")
    wait_for_change(page, dashboard, "alt", text)
    assert step_shown(dashboard) > step
    dashboard.locator("button", has_text="Pause").click()
