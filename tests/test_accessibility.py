"""Who sees little or uses no mouse can take the course in JupyterLab, light or dark.

axe-core looks for what screen readers cannot read and eyes cannot; the rest it cannot judge:
whether everything is reached by keyboard, and seen at a zoom of 200 %.
"""

import io
import shutil

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops

from helpers import explorers
from tests import lab
from tests.browser import WAIT, alt, output, require_browser, wait_until

LESSON = lab.ROOT / "notebooks" / "01_relu_and_derivatives.ipynb"
BROKEN_EXPLORER = """
def fragile(x, threshold, **settings):
    return x if threshold > 0 else 1 / 0

explorer = explorers.explore_relu(fragile)
display(explorer)
with contextlib.suppress(ZeroDivisionError):
    explorer.set_values(threshold=-1)
"""
CELLS = [
    "import contextlib",
    "from helpers import exercises, explorers, plots",
    *(f"explorers.{name}()" for name in explorers.__all__),
    "plots.show(plots.new_figure()[0], 'Empty axes.')",
    "exercises.check('relu', abs)",
    "exercises.solution('relu')",
    BROKEN_EXPLORER.strip(),
]
CONTROLS = "button, input, select, [role=slider]"
IS_OFF = "part => part.closest('[disabled]') !== null"
HAS_FOCUS = "part => part === document.activeElement"
# Whatever of an explorer leaves its room, is cut off, or lies over something else.
FAULTS = """area => {
    const box = part => part.getBoundingClientRect(), room = box(area), faults = [];
    const name = part => part.textContent || part.outerHTML.slice(0, 80);
    const seen = [...area.querySelectorAll('*')].filter(part => box(part).width > 1);
    for (const part of seen) {
        if (box(part).left < room.left - 1 || box(part).right > room.right + 1)
            faults.push(`out of the room: ${name(part)}`);
        const scrolls = getComputedStyle(part).overflowX !== 'visible';
        if (scrolls && part.scrollWidth > part.clientWidth + 1)
            faults.push(`cut off: ${name(part)}`);
    }
    const kinds = '.widget-label, input, button, select, .noUi-target, img, picture + div';
    const parts = seen.filter(part => part.matches(kinds));
    for (const [i, one] of parts.entries()) for (const other of parts.slice(i + 1)) {
        const [a, b] = [box(one), box(other)];
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
            faults.push(`overlap: ${name(one)} and ${name(other)}`);
    }
    return faults;
}"""


def active_cell(page):
    return page.locator(".jp-Cell.jp-mod-active")


def run_cell_by_keyboard(page):
    """Press Shift+Enter and wait until the cell has run and the next one is active."""
    cell = active_cell(page).element_handle()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        """cell => !cell.classList.contains('jp-mod-active') && (
            !cell.classList.contains('jp-CodeCell')
            || /^\\[\\d+\\]:$/.test(cell.querySelector('.jp-InputPrompt').textContent))""",
        arg=cell,
    )


def test_a_whole_lesson_is_taken_by_keyboard_alone(tmp_path):
    require_browser()
    (tmp_path / "lessons").mkdir()
    shutil.copy(LESSON, tmp_path / "lessons")
    log = tmp_path / "lab.log"
    with lab.jupyterlab(tmp_path / "lessons", log) as address, lab.chromium_page() as page:
        page.set_default_timeout(WAIT)
        lab.open_notebook(page, address, LESSON.name)
        cells = page.locator(".jp-Notebook-cell")
        for _ in range(cells.count() - 1):
            source = active_cell(page).inner_text()
            if "def my_relu_backward" in source:
                page.keyboard.press("Enter")
                page.keyboard.press("Control+a")
                page.keyboard.type("def my_relu_backward(upstream, z):\nreturn upstream * (z > 0)")
            run_cell_by_keyboard(page)
            if "explorers.explore_roof()" in source:
                move_a_slider_by_keyboard(page)
        assert "Correct" in output(page, 'exercises.check("relu_backward"').inner_text()
        assert lab.red_text(page) == []


def move_a_slider_by_keyboard(page):
    """Go back to the explorer above, by Tab to its first slider, move it, and go on."""
    explorer = output(page, "explorers.explore_roof()")
    explorer.locator("[role=slider]").first.wait_for()
    before = alt(explorer)
    page.keyboard.press("ArrowUp")
    for _ in range(5):
        if page.evaluate("document.activeElement.getAttribute('role')") == "slider":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    wait_until(explorer, "image.alt !== before && caption.textContent === image.alt", before)
    run_cell_by_keyboard(page)


@pytest.fixture(scope="module", params=["Light", "Dark"])
def page(request, tmp_path_factory):
    """A notebook with all that the course shows, run from top to bottom in a theme."""
    require_browser()
    folder, log = tmp_path_factory.mktemp("lessons"), tmp_path_factory.mktemp("jupyter") / "lab.log"
    lab.write_notebook(folder / "all.ipynb", CELLS)
    theme = f"JupyterLab {request.param}"
    with lab.jupyterlab(folder, log, theme) as address, lab.chromium_page() as opened:
        opened.set_default_timeout(WAIT)
        lab.open_notebook(opened, address, "all.ipynb")
        lab.run_all(opened)
        opened.locator("picture + [role=alert]").wait_for()
        yield opened


def test_axe_finds_nothing_but_the_name_that_a_sliders_handle_cannot_have(page):
    # noUiSlider would give its handle a name, but ipywidgets 8 passes none on to it.
    found = Axe().run(page, context=".jp-OutputArea-output").response
    assert len(found["passes"]) > 15
    faults = {
        (violation["id"], node["html"])
        for violation in found["violations"]
        for node in violation["nodes"]
        if not (violation["id"] == "aria-input-field-name" and "noUi-handle" in node["html"])
    }
    assert faults == set()


def screenshot(element):
    x, y, width, height = element.bounding_box().values()
    clip = {"x": x - 5, "y": y - 5, "width": width + 10, "height": height + 10}
    return Image.open(io.BytesIO(element.owner_frame().page.screenshot(clip=clip))).convert("RGB")


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_control_is_reached_by_tab_and_shows_that_it_has_the_focus(page, name):
    area = output(page, f"explorers.{name}()")
    controls = area.locator(CONTROLS).element_handles()
    controls = [each for each in controls if not each.evaluate(IS_OFF)]
    controls[0].focus()
    for control in controls:
        for _ in range(3):  # handles of sliders that are switched off lie between
            if not control.evaluate(HAS_FOCUS):
                page.keyboard.press("Tab")
        assert control.evaluate(HAS_FOCUS)
        focused = screenshot(control)
        control.evaluate("control => control.blur()")
        difference = np.asarray(ImageChops.difference(focused, screenshot(control))).max(axis=2)
        assert np.count_nonzero(difference > 40) >= 50, control.evaluate("each => each.outerHTML")
        control.focus()


@pytest.mark.parametrize("name", explorers.__all__)
def test_at_a_zoom_of_200_percent_nothing_is_cut_off_or_covered(page, name):
    page.set_viewport_size({"width": 650, "height": 500})  # what 1300 x 1000 pixels are then
    area = output(page, f"explorers.{name}()")
    assert area.evaluate(FAULTS) == []
    assert area.locator("img").bounding_box()["width"] > 500
    page.set_viewport_size({"width": 1300, "height": 1000})
