"""The site that ``make site`` has built, opened from the file system in a real browser."""

import json
import math
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpers import explorers
from tests import browser, lab

SITE = Path(__file__).resolve().parents[1] / "site"
LESSONS = sorted(SITE.glob("notebooks/**/*.html"))
PAGES = [SITE / "index.html", SITE / "search.html", *LESSONS]
FILMS = sorted(SITE.glob("_static/films/*"))

if not LESSONS:
    if os.environ.get("REQUIRE_SITE"):
        pytest.fail("the site is missing: make site", pytrace=False)
    pytest.skip("the site is not built: `make site` does it", allow_module_level=True)


def names(path):
    return path.relative_to(SITE).as_posix()


@pytest.fixture(scope="module")
def page():
    """A window that notes what goes wrong, and what leaves the machine."""
    browser.require_browser()
    with lab.chromium_page() as opened:
        opened.noted = []
        opened.on("console", lambda line: line.type == "error" and opened.noted.append(line.text))
        opened.on("pageerror", lambda error: opened.noted.append(str(error)))
        opened.on("requestfailed", lambda request: opened.noted.extend(failed(request)))
        opened.on("request", lambda request: opened.noted.extend(elsewhere(request.url)))
        yield opened


def failed(request):
    """Name a request that failed, unless the page was left before it ended."""
    return [] if request.failure == "net::ERR_ABORTED" else [request.url]


def elsewhere(url):
    return [] if url.startswith((SITE.as_uri(), "data:")) else [url]


def open_page(page, path, theme="light", width=1300):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)


def shown(strip):
    """Return the number of the picture that is shown, and the sentence."""
    image = strip.locator("img")
    image.evaluate("image => image.decode()")
    return int(Path(image.get_attribute("src")).stem), strip.locator("figcaption").inner_text()


def test_every_explorer_has_its_film_strip(page):
    found = set()
    for path in LESSONS:
        page.goto(path.as_uri())
        for strip in page.locator(".film-strip").all():
            found.add(strip.get_attribute("data-address").rpartition("/")[2])
    assert sorted(found) == explorers.__all__


@pytest.mark.parametrize("path", [PAGES[0], *LESSONS], ids=names)
def test_film_strips_move_by_keyboard_and_mouse_picture_and_sentence_together(page, path):
    open_page(page, path)
    for strip in page.locator(".film-strip").all():
        film = json.loads(strip.locator("script").text_content())
        sentences = film["sentences"]
        for name, frame in film["buttons"].items():
            strip.get_by_role("button", name=name, exact=True).press("Enter")
            assert shown(strip) == (frame, sentences[frame])
        strip.get_by_role("button", name="Reset").click()
        sliders = strip.get_by_role("slider").all()
        for slider in sliders:
            slider.press("Home")
        steps = list(map(len, film["sliders"].values()))
        assert len(sliders) == len(steps) > 0
        first, _ = shown(strip)
        assert first % math.prod(steps) == 0
        for i, (slider, texts) in enumerate(zip(sliders, film["sliders"].values(), strict=True)):
            stride = math.prod(steps[i + 1 :])
            for step, text in enumerate(texts):
                frame = first + step * stride
                assert shown(strip) == (frame, sentences[frame])
                assert slider.get_attribute("aria-valuetext") == text
                slider.press("ArrowRight")
            left, top, width, height = slider.bounding_box().values()
            page.mouse.move(left + width - 8, top + height / 2)
            page.mouse.down()
            page.mouse.move(left + width / 2, top + height / 2, steps=5)
            assert 0 < int(slider.input_value()) < len(texts) - 1
            page.mouse.move(left + 1, top + height / 2, steps=5)
            page.mouse.up()
            assert shown(strip) == (first, sentences[first])


def test_a_film_strip_moves_by_touch(page):
    phone = page.context.browser.new_page(
        viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True
    )
    phone.goto(LESSONS[0].as_uri())
    slider, strip = phone.get_by_role("slider").first, phone.locator(".film-strip")
    slider.scroll_into_view_if_needed()
    left, top, width, height = slider.bounding_box().values()
    before = shown(strip)
    finger = phone.context.new_cdp_session(phone)
    for kind, x in (
        ("touchStart", left + 8),
        ("touchMove", left + 60),
        ("touchMove", left + width - 8),
    ):
        place = {"x": x, "y": top + height / 2}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("slider => slider.value === slider.max", arg=slider.element_handle())
    assert shown(strip) != before
    phone.close()


@pytest.mark.parametrize("folder", FILMS, ids=names)
def test_a_film_is_smaller_than_two_megabytes(folder):
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_000_000


@pytest.mark.parametrize("path", PAGES, ids=names)
@pytest.mark.parametrize("theme, width", [("light", 1300), ("dark", 360)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(page, path, theme, width):
    open_page(page, path, theme, width)
    found = Axe().run(page, options={"preload": False})
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", LESSONS, ids=names)
def test_the_printed_page_holds_every_picture_and_its_sentence(page, path):
    open_page(page, path, width=700)
    page.emulate_media(media="print")
    try:
        for image in page.locator("article img").all():
            image.evaluate("image => image.decode()")
            left, _, width, height = image.bounding_box().values()
            assert min(width, height) > 50
            assert left + width <= 700
        assert page.locator(".film-sliders:visible").count() == 0
        for caption in page.locator("figcaption").all():
            assert caption.is_visible()
    finally:
        page.emulate_media(media="screen")


def test_exercises_show_stub_hints_and_solution_folded(page):
    open_page(page, LESSONS[0])
    check = page.locator("article", has_text='exercises.check("roof", my_roof)')
    folds = check.locator("details")
    assert [fold.locator("summary").inner_text() for fold in folds.all()][:4] == [
        "Hint 1",
        "Hint 2",
        "Hint 3",
        "Solution",
    ]
    assert not folds.nth(3).locator("code, pre").first.is_visible()
    folds.nth(3).locator("summary").press("Enter")
    assert folds.nth(3).locator("pre").is_visible()


def test_the_search_finds_a_lesson(page):
    page.goto(f"{(SITE / 'search.html').as_uri()}?q=saturation")
    page.locator("#search-results a", has_text="three hinges").first.click()
    assert page.url.startswith(LESSONS[0].as_uri())


def test_next_leads_through_all_pages_and_previous_back(page):
    open_page(page, PAGES[0])
    for link in ("next", "prev"):
        seen = 0
        while (arrow := page.locator(f"a.{'right' if link == 'next' else 'left'}-{link}")).count():
            page.goto(arrow.evaluate("link => link.href"))
            seen += 1
        assert seen == len(LESSONS)


def test_no_request_left_the_machine_and_the_console_is_clean(page):
    assert page.noted == []
