"""Frames: what one move of a slider costs in the kernel, against drawing the figure anew.

Median over every control of the explorer, driven through 20 positions on an event loop, as in
a notebook: the sharp picture that follows at rest is not counted. The target is at most 12 ms
a frame. Counted is the processor's time, which other programs change little.
"""

import asyncio
import io
import statistics
import time

import numpy as np
from PIL import Image

from helpers import explorers
from helpers.explorers.picture import encode_png


def main():
    print(f"{'explorer':31} {'frame':>8} {'drawn anew':>11} {'ratio':>6}")
    for name in explorers.__all__:
        explorer = getattr(explorers, name)()
        frame = 1000 * statistics.median(asyncio.run(frame_seconds(explorer)))
        anew = 1000 * statistics.median(seconds(lambda e=explorer: draw_anew(e)) for _ in range(9))
        print(f"{name:31} {frame:5.1f} ms {anew:8.1f} ms {anew / frame:6.1f}")
    pixels = np.asarray(explorers.explore_relu().figure.canvas.buffer_rgba())
    ours, pillow = (
        1000 * statistics.median(seconds(lambda w=write: w(pixels)) for _ in range(15))
        for write in (encode_png, write_with_pillow)
    )
    print(f"\nPNG at compression level 1: ours {ours:.1f} ms, Pillow {pillow:.1f} ms,", end=" ")
    print(f"ratio {pillow / ours:.1f}")


async def frame_seconds(explorer):
    times = []
    for control in explorer.controls.values():
        for value in positions(control):
            times.append(seconds(lambda c=control, v=value: setattr(c, "value", v)))
        explorer.reset()
    return times


def positions(control):
    """Twenty values along a slider, or every option of another control."""
    if hasattr(control, "base"):
        return control.base ** np.linspace(control.min, control.max, 20)
    if hasattr(control, "min"):
        kind = type(control.value)
        return [kind(value) for value in np.linspace(control.min, control.max, 20)]
    return [True, False] if isinstance(control.value, bool) else control.options


def draw_anew(explorer):
    """Draw the whole figure and write it as Matplotlib does, as `interact` would."""
    explorer.figure.savefig(io.BytesIO(), format="png")


def write_with_pillow(pixels):
    Image.fromarray(pixels).save(io.BytesIO(), format="png", compress_level=1)


def seconds(action):
    start = time.thread_time()
    action()
    return time.thread_time() - start
