"""Every explorer in JupyterLab, in a real browser: moved by keyboard, run again, played.

One notebook holds them all. Waits are long, since a busy machine is slow; no test asks how fast.
"""

import re

import pytest

from helpers import explorers
from tests import browser, lab
from tests.browser import WAIT, alt, output, wait_until

COUNT = """
import gc
from helpers.explorers.engine import Explorer
sum(isinstance(thing, Explorer) and thing.figure is not None for thing in gc.get_objects())
"""
CELLS = [
    "from helpers import explorers, plots",
    *(f"explorers.{name}()" for name in explorers.__all__),
    "plots.show(plots.new_figure()[0], 'Empty axes.')",
    COUNT.strip(),
]
NO_PRESET = re.compile("Reset|Play|Pause|Step")
# What is dragged: where it is, in words, when the pointer is a quarter of the way from the left
# and from the top; the boxes with the same numbers.
DRAGGED = {
    "explore_relu": (r"At x = (\S+):", {"test point x": -1}),
    "explore_leaky_relu": (r"At x = (\S+):", {"test point x": -3}),
    "explore_huber_pinball": (r"the outlier at (\S+) ", {"outlier": 2.925}),
    "explore_optimizers": (r"from \((\S+), (\S+)\)", {"start w": -1, "start b": 1}),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A notebook with every explorer, run from top to bottom."""
    with browser.opened(tmp_path_factory, CELLS, device_pixel_ratio=2) as page:
        lab.run_all(page)
        page.starts = {}
        yield page


@pytest.fixture(params=explorers.__all__)
def explorer(request, page):
    """An explorer's output area, scrolled into view, all controls at the start."""
    area = output(page, f"explorers.{request.param}()")
    area.scroll_into_view_if_needed()
    start = page.starts.setdefault(request.param, alt(area))
    yield area
    reset(area, start)


def reset(explorer, start):
    """Press Reset; once more where the last move of a slider has reached the kernel after it."""
    for _ in range(WAIT // 200):
        explorer.locator("button", has_text="Reset").press("Enter")
        explorer.page.wait_for_timeout(200)
        if alt(explorer) == start:
            return
    pytest.fail(f"Reset does not lead back to: {start}")


def test_every_slider_moves_picture_and_sentence_by_keyboard(explorer):
    changed = "image.alt !== before[0] && caption.textContent === image.alt"
    if not explorer.locator("button", has_text="Play").count():  # else a step changes the picture
        changed += " && image.src !== before[1]"
    for handle in explorer.locator("[role=slider]").all():
        if handle.locator("xpath=ancestor::*[@disabled]").count():
            continue
        before = [alt(explorer), explorer.locator("img").get_attribute("src")]
        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        handle.focus()
        for _ in range(8):
            explorer.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        wait_until(explorer, changed, before)


def test_a_number_typed_into_a_box_moves_the_slider(explorer):
    box = explorer.locator("input[type=number]:not([disabled])").first
    text, value = alt(explorer), box.get_attribute("max")
    if box.input_value() == value:
        value = box.get_attribute("min")
    box.fill(value)
    box.press("Enter")
    wait_until(explorer, "image.alt !== before", text)
    around = box.locator("xpath=ancestor::*[.//*[@role='slider']][1]")
    now = around.locator("[role=slider]").get_attribute("aria-valuenow")
    assert float(now) == float(value)


def test_presets_and_reset_work_by_keyboard_and_the_size_never_jumps(explorer):
    explorer.evaluate("""area => {
        area.seen = new Set([area.querySelector('img').alt]);
        area.sizes = new Set();
        const look = () => {
            const box = area.getBoundingClientRect();
            area.sizes.add(`${box.width} x ${box.height}`);
            area.seen.add(area.querySelector('img')?.alt);
        };
        look();
        new MutationObserver(look).observe(area, {childList: true, subtree: true});
    }""")
    start = alt(explorer)
    for button in explorer.locator("button").filter(has_not_text=NO_PRESET).all():
        button.press("Enter")
    wait_until(explorer, "area.seen.size > 2")
    reset(explorer, start)
    assert len(explorer.evaluate("area => [...area.sizes]")) == 1


def mouse(page):
    """Return what presses, moves and releases the mouse."""
    return {
        "press": lambda x, y: (page.mouse.move(x, y), page.mouse.down()),
        "move": page.mouse.move,
        "release": page.mouse.up,
    }


def touch(page):
    """Return what puts a finger on the screen, moves and lifts it."""
    session = page.context.new_cdp_session(page)

    def send(kind, *place):
        points = [dict(zip("xy", place, strict=True))] if place else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return {
        "press": lambda x, y: send("touchStart", x, y),
        "move": lambda x, y: send("touchMove", x, y),
        "release": lambda: send("touchEnd"),
    }


@pytest.mark.parametrize("pointer", [mouse, touch])
@pytest.mark.parametrize("explorer", DRAGGED, indirect=True)
def test_a_point_is_dragged_on_the_picture(explorer, pointer, request):
    pattern, wanted = DRAGGED[request.node.callspec.params["explorer"]]
    explorer.locator(".course-pointer > div").scroll_into_view_if_needed()
    area = explorer.locator(".course-pointer > div > div").first.bounding_box()
    picture, above = explorer.evaluate("""area => ['img', '.course-pointer > div'].map(name => {
        const { x, y, width, height } = area.querySelector(name).getBoundingClientRect();
        return [x, y, width, height];
    })""")
    assert above == pytest.approx(picture, abs=0.1)

    def place(right, down):
        return area["x"] + right * area["width"], area["y"] + down * area["height"]

    def said():
        return [float(n.replace("−", "-")) for n in re.search(pattern, alt(explorer)).groups()]

    page, pointer = explorer.page, pointer(explorer.page)
    pointer["press"](*place(0.9, 0.9))
    for share in range(50):  # faster than any kernel draws
        pointer["move"](*place(0.9 - 0.013 * share, 0.9 - 0.013 * share))
    pointer["move"](*place(0.25, 0.25))
    pointer["release"]()
    near = pytest.approx(list(wanted.values()), abs=0.08)
    for _ in range(WAIT // 200):
        if said() == near:
            break
        page.wait_for_timeout(200)
    page.mouse.move(*place(0.6, 0.6))  # and so after the release
    page.wait_for_timeout(1000)
    assert said() == near
    for name, value in zip(wanted, said(), strict=True):
        box = explorer.get_by_role("spinbutton", name=f"{name}, a number")
        assert float(box.input_value()) == value
        row = box.locator("xpath=ancestor::*[.//*[@role='slider']][1]")
        now = row.locator("[role=slider]").get_attribute("aria-valuenow")
        assert float(now) == pytest.approx(value)


def test_pictures_are_sharp_at_device_pixel_ratio_2_and_fit(explorer):
    explorer.locator("picture source").wait_for(state="attached")
    natural, shown, room = explorer.locator("img").evaluate(
        "image => { const copy = new Image(); copy.src = image.currentSrc;"
        " return copy.decode().then(() => [copy.naturalWidth, image.clientWidth,"
        " image.closest('.jp-OutputArea').clientWidth]); }"
    )
    assert natural == 2 * shown
    assert shown <= room


def test_every_control_has_an_accessible_name(explorer):
    # ipywidgets 8 gives the handle of a slider no name of its own; its number box has one.
    nameless = {f"- {role}" for role in ("spinbutton", "checkbox", "combobox", "button")}
    tree = explorer.aria_snapshot()
    assert not nameless & {line.strip() for line in tree.splitlines()}, tree


def step_shown(dashboard):
    found = re.match("Step ([0-9]+) of", alt(dashboard))
    return int(found[1]) if found else 0


def test_the_dashboard_plays_takes_a_number_and_pauses(page):
    dashboard = output(page, "explorers.explore_training()")
    dashboard.locator("button", has_text="Play").click()
    dashboard.locator("img[alt^='Step ']").wait_for()
    rate = dashboard.get_by_role("spinbutton", name="learning rate")
    rate.fill("0.1")
    rate.press("Enter")
    dashboard.locator("img[alt*='rate 0.1,']").wait_for()
    step = step_shown(dashboard)
    wait_until(dashboard, "image.alt !== before", alt(dashboard))
    assert step_shown(dashboard) > step
    dashboard.locator("button", has_text="Pause").click()
    for _ in range(WAIT // 1000):
        step = step_shown(dashboard)
        page.wait_for_timeout(1000)
        if step_shown(dashboard) == step:
            break
    else:
        pytest.fail("it did not pause")
    dashboard.locator("button", has_text=re.compile("^Step$")).click()
    dashboard.locator(f"img[alt^='Step {step + 1} of']").wait_for()


def test_a_figure_is_shown_with_its_text_alternative(page):
    area = output(page, "plots.show")
    assert area.get_attribute("data-mime-type") == "text/html"  # not the PNG beside it
    assert alt(area) == "Empty axes."


def test_running_the_cells_again_closes_what_they_made_before(page):
    live = output(page, "gc.get_objects")
    assert live.inner_text() == str(len(explorers.__all__))
    lab.run_all(page)
    assert live.inner_text() == str(len(explorers.__all__))
    assert page.locator(".jp-OutputArea-output:has([role=slider])").count() == 10


def test_nothing_is_red_and_the_console_shows_no_error(page):
    assert lab.red_text(page) == []
    assert page.errors == []
