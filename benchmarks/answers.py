"""Answers: from a key press on a slider to the changed picture, in JupyterLab in Chromium.

Against two others, in the same notebook and turn by turn: a slider that switches between the
same explorer's pictures, made beforehand, inside the browser (`jslink`: no kernel takes part;
the floor), and ipywidgets' `interact` drawing a fresh figure. The explorers' targets are at most
1.3 times the floor and at least 4 times faster than `interact`. Times end at the second
animation frame after the new picture is decoded: the first one draws it.
"""

import statistics
import tempfile
from pathlib import Path

import nbformat

from helpers import explorers
from tests import lab

ROUNDS = 4
PRESSES = 12  # in each round, for each picture

EXPLORER = """
from helpers import explorers
explorer = explorers.{name}()
explorer
"""

# Twenty pictures of that explorer in a stack; the slider picks one without the kernel.
FLOOR = """
import ipywidgets as widgets

pictures = []
name, control = next(iter(explorer.controls.items()))
for i in range(20):
    value = control.min + i * (control.max - control.min) / 19
    explorer.set_values(**{{name: type(control.value)(value)}})
    pictures.append(widgets.HTML(explorer._picture.value))
explorer.reset()
slider = widgets.IntSlider(max=19)
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
        const observer = new MutationObserver(async () => {
            const image = shown();
            if (start === undefined || !image) return;
            await image.decode();
            if (image.currentSrc === before) return;
            observer.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(
                () => resolve(performance.now() - start)));
        });
        observer.observe(area, {childList: true, subtree: true, attributes: true});
    });
}"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook(), Path(folder) / "answers.ipynb")
        log = Path(folder) / "lab.log"
        with lab.jupyterlab(folder, log) as address, lab.chromium_page(height=2000) as page:
            lab.open_notebook(page, address, "answers.ipynb")
            lab.run_all(page)
            page.wait_for_timeout(2000)
            report(measure(page))


def notebook():
    """For each explorer itself and its floor, and at the end `interact`."""
    cells = [cell.format(name=name) for name in explorers.__all__ for cell in (EXPLORER, FLOOR)]
    made = nbformat.v4.new_notebook()
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    made.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in [*cells, INTERACT]]
    return made


def measure(page):
    """Return the milliseconds of each press: of each explorer, of its floor, and of `interact`."""
    areas = page.locator(".jp-OutputArea-output:has([role=slider])").all()
    names = [f"{name} {kind}" for name in explorers.__all__ for kind in ("itself", "floor")]
    times = {name: [] for name in [*names, "interact"]}
    for _ in range(ROUNDS):
        for collected, area in zip(times.values(), areas, strict=True):
            collected += presses(page, area, area.locator("[role=slider]").first)
    return {name: statistics.median(collected) for name, collected in times.items()}


def presses(page, area, handle):
    """Press an arrow key, wait for the picture, and again; turn round at the slider's end."""
    handle.scroll_into_view_if_needed()
    handle.focus()
    times = []
    for _ in range(PRESSES):
        value, highest = map(handle.get_attribute, ("aria-valuenow", "aria-valuemax"))
        if value == highest:
            page.keyboard.press("Home")
            page.wait_for_timeout(500)
        area.evaluate(WATCH)
        page.keyboard.press("ArrowRight")
        times.append(page.evaluate("window.answer"))
        page.wait_for_timeout(60)
    return times


def report(times):
    print(f"{'explorer':28} {'answer':>8} {'floor':>8} {'ratio':>6}   interact, times slower")
    for name in explorers.__all__:
        answer, floor = times[f"{name} itself"], times[f"{name} floor"]
        print(f"{name:28} {answer:5.0f} ms {floor:5.0f} ms {answer / floor:6.2f}", end="   ")
        print(f"{times['interact']:5.0f} ms {times['interact'] / answer:6.1f}")
