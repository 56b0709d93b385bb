"""Answers: from a key press on a slider to the changed picture, in JupyterLab in Chromium.

Against two others, in the same notebook and turn by turn: a slider that switches between the
same explorer's pictures, made beforehand, inside the browser (`jslink`: no kernel takes part;
the floor), and ipywidgets' `interact` drawing a fresh figure. The explorers' targets are at most
1.5 times the floor and at least 4 times faster than `interact`. Times end at the second
animation frame after the new picture is decoded: the first one draws it. They count in frames
of 16.7 ms, of which the floor takes about two, so that whatever else the machine does weighs.
"""

import statistics
import tempfile
from pathlib import Path

from helpers import explorers
from tests import lab

ROUNDS = 2
PRESSES = 8  # in each round, for each picture

EXPLORER = """
from helpers import explorers
explorer = explorers.{name}()
explorer
"""

# Pictures of that explorer in a stack; the slider picks one without the kernel.
FLOOR = """
import ipywidgets as widgets
import numpy as np

pictures = {}  # by their pixels: two that are the same could not be told apart
name, slider = next(item for item in explorer.controls.items() if hasattr(item[1], "max"))
steps = round((slider.max - slider.min) / slider.step)
for step in np.linspace(0, steps, 24).astype(int):  # between steps the browser would move it
    value = slider.min + int(step) * slider.step
    place = slider.base**value if hasattr(slider, "base") else value
    explorer.set_values(**{name: place})
    pictures[explorer._small] = widgets.HTML(explorer._picture.value)
pictures = list(pictures.values())[:8]
explorer.reset()
slider = widgets.IntSlider(max=len(pictures) - 1)
stack = widgets.Stack(pictures, selected_index=0)
widgets.jslink((slider, "value"), (stack, "selected_index"))
widgets.VBox([slider, stack])
"""

INTERACT = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interactive
from helpers import activations


def draw(negative_slope):
    x = np.linspace(-4, 8, 121)
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.2), layout="constrained")
    for ax, f in zip(axes, (activations.relu, activations.relu_derivative)):
        ax.plot(x, f(x, negative_slope))
        ax.set(title=f.__name__, xlabel="input x")
        ax.grid()
    plt.show()


interactive(draw, negative_slope=FloatSlider(value=0, min=-1, max=1, step=0.05))
"""

# Starts to wait for one key press and the picture that follows from it.
WATCH = """(area) => {
    const shown = () => [...area.querySelectorAll('img')].find(image => image.offsetParent);
    const before = shown().currentSrc;
    let start;
    addEventListener('keydown', event => { start = event.timeStamp; }, {once: true, capture: true});
    window.answer = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error('the picture did not change')), 10000);
        const observer = new MutationObserver(async function look() {
            const image = shown();
            if (start === undefined || !image) return;
            try {
                await image.decode();
            } catch {  // replaced meanwhile
                setTimeout(look);
                return;
            }
            if (image.currentSrc === before) return;
            observer.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(
                () => resolve(performance.now() - start)));
        });
        observer.observe(area, {childList: true, subtree: true, attributes: true});
    });
}"""


# Plays for a while; returns the pictures a second, counted where the screen is painted, and the
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
    await sleep(3);
    const paused = performance.now(), rate = 1000 * (changes - before) / (paused - start);
    press('Pause');
    await sleep(1);
    watching = false;
    return [rate, Math.max(changed - paused, 0)];
}"""


def main():
    print(f"{'explorer':31} {'answer':>8} {'floor':>8} {'ratio':>6}   interact, times slower")
    print(f"{'target':48} {'<= 1.50':>8} {'>= 4.0':>15}")
    with tempfile.TemporaryDirectory() as folder:
        for name in explorers.__all__:  # the explorer itself, its floor, and `interact`
            cells = (EXPLORER.format(name=name), FLOOR, INTERACT)
            lab.write_notebook(Path(folder) / f"{name}.ipynb", map(str.strip, cells))
        with lab.jupyterlab(folder, Path(folder) / "lab.log") as address:
            for name in explorers.__all__:
                with lab.chromium_page() as page:
                    lab.open_notebook(page, address, f"{name}.ipynb")
                    lab.run_all(page)
                    page.wait_for_timeout(2000)
                    report(name, *measure(page))
                    if name == "explore_training":
                        report_playing(page)


def measure(page):
    """Return the median milliseconds of the explorer, of its floor and of `interact`."""
    areas = page.locator(".jp-OutputArea-output:has([role=slider])").all()
    times = [[] for _ in areas]
    for _ in range(ROUNDS):
        for collected, area in zip(times, areas, strict=True):
            collected += presses(page, area, area.locator("[role=slider]").first)
    return map(statistics.median, times)


def report(name, answer, floor, interact):
    print(f"{name:31} {answer:5.0f} ms {floor:5.0f} ms {answer / floor:6.2f}", end="   ")
    print(f"{interact:5.0f} ms {interact / answer:6.1f}", flush=True)


def report_playing(page):
    rate, pause = page.locator(".jp-OutputArea-output").first.evaluate(PLAY_AND_PAUSE)
    print(f"  while it plays: {rate:.0f} pictures a second (target 15), ", end="")
    print(f"paused after {pause:.0f} ms (target 200)", flush=True)


def presses(page, area, handle):
    """Press arrow keys, to and fro from the start, and wait each time for the picture."""
    handle.scroll_into_view_if_needed()
    times = []
    for press in range(PRESSES):
        handle.focus()
        area.evaluate(WATCH)
        page.keyboard.press("ArrowLeft" if press % 2 else "ArrowRight")
        times.append(page.evaluate("window.answer"))
        page.wait_for_timeout(400)  # let everything come to rest
    return times
