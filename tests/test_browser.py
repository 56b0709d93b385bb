"""The lessons in JupyterLab, in a real browser: every cell run, every slider moved by keyboard."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests import lab

LESSONS = sorted((lab.ROOT / "notebooks").glob("*.ipynb"))


def require_chromium():
    """Skip the test, saying so, where there is no browser; fail it where there must be one."""
    with sync_playwright() as playwright:
        if lab.find_chromium(playwright) is None:
            missing = "no Chromium found: install it, or set CHROMIUM to its path"
            if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"):
                pytest.fail(missing)
            pytest.skip(missing)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A JupyterLab that serves copies of the lessons."""
    require_chromium()
    folder = tmp_path_factory.mktemp("lessons")
    for lesson in LESSONS:
        shutil.copy(lesson, folder)
    with lab.jupyterlab(folder, tmp_path_factory.mktemp("jupyter") / "lab.log") as served:
        yield served


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.stem)
def page(request, address):
    """A lesson, run from top to bottom; its console must stay without errors."""
    errors = []
    with lab.chromium_page(device_pixel_ratio=2) as opened:
        opened.on("console", lambda line: line.type == "error" and errors.append(line.text))
        opened.on("pageerror", lambda error: errors.append(str(error)))
        lab.open_notebook(opened, address, request.param.name)
        lab.run_all(opened)
        opened.errors = errors
        yield opened


def explorers(page):
    """Every explorer of the page: the output areas that hold both a slider and a picture."""
    areas = page.locator(".jp-OutputArea-output:has([role=slider]):has(img)")
    areas.first.wait_for()
    return areas.all()


def wait_for_change(page, explorer, attribute, before):
    """Wait until the picture's attribute is another one, and return it."""
    page.wait_for_function(
        "([area, name, before]) => area.querySelector('img')?.getAttribute(name) !== before",
        arg=[explorer.element_handle(), attribute, before],
        timeout=10_000,
    )
    return explorer.locator("img").get_attribute(attribute)


def test_every_slider_moves_its_picture_by_keyboard(page):
    for explorer in explorers(page):
        image = explorer.locator("img")
        for handle in explorer.locator("[role=slider]").all():
            if handle.locator("xpath=ancestor::*[@disabled]").count():
                continue
            picture, text = image.get_attribute("src"), image.get_attribute("alt")
            at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
            handle.focus()
            for _ in range(8):
                page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
            wait_for_change(page, explorer, "alt", text)
            wait_for_change(page, explorer, "src", picture)


def test_a_number_typed_into_a_box_moves_the_slider(page):
    for explorer in explorers(page):
        box = explorer.locator("input[type=number]:not([disabled])").first
        handle = explorer.locator("[role=slider]").first
        text = explorer.locator("img").get_attribute("alt")
        value = box.get_attribute("max")
        if box.input_value() == value:
            value = box.get_attribute("min")
        box.fill(value)
        box.press("Enter")
        wait_for_change(page, explorer, "alt", text)
        assert float(handle.get_attribute("aria-valuenow")) == float(value)


def test_reset_and_presets_work_by_keyboard_and_the_size_never_jumps(page):
    for explorer in explorers(page):
        explorer.evaluate("area => area.scrollIntoView()")
        sizes = {tuple(explorer.bounding_box().values())[2:]}
        for button in explorer.locator("button").all():
            button.focus()
            page.keyboard.press("Enter")
            page.wait_for_timeout(300)
            sizes.add(tuple(explorer.bounding_box().values())[2:])
        assert len(sizes) == 1


def test_pictures_are_sharp_at_device_pixel_ratio_2_and_fit(page):
    for explorer in explorers(page):
        explorer.locator("picture source").wait_for(state="attached")
        natural, shown, room = explorer.locator("img").evaluate(
            "image => { const copy = new Image(); copy.src = image.currentSrc;"
            " return copy.decode().then(() => [copy.naturalWidth, image.clientWidth,"
            " image.closest('.jp-OutputArea').clientWidth]); }"
        )
        assert natural == 2 * shown
        assert shown <= room


def test_every_picture_has_a_text_alternative(page):
    for image in page.locator(".jp-OutputArea img").all():
        assert image.get_attribute("alt").strip()


def test_every_control_has_an_accessible_name(page):
    for explorer in explorers(page):
        tree = explorer.aria_snapshot()
        nameless = [line for line in tree.splitlines() if line.strip() in NAMELESS]
        assert not nameless, tree


# ipywidgets 8 gives the handle of a slider no name of its own; its number box has one.
NAMELESS = {f"- {role}" for role in ("spinbutton", "checkbox", "combobox", "button")}


def test_nothing_is_red(page):
    assert lab.red_text(page) == []


def test_the_console_shows_no_error(page):
    assert page.errors == []
