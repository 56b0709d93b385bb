"""A film strip: an explorer's pictures for a choice of steps, for where no kernel runs."""

from itertools import product
from typing import NamedTuple

from helpers.plots import format_number

__all__ = ["FilmStrip", "film"]


class FilmStrip(NamedTuple):
    """Pictures that a page can switch by itself, with sliders and buttons.

    `sliders` is a dict of label -> the text of each step. The frames come setting by setting (a
    setting is where the other controls stand), and within a setting as ``itertools.product`` runs
    through the steps: the last slider moves fastest. Each frame has its picture, a PNG with two
    pixels for each CSS pixel, and its sentence. `buttons` is a dict of name -> frame.
    """

    sliders: dict[str, list[str]]
    pictures: list[bytes]
    sentences: list[str]
    buttons: dict[str, int]


def film(explorer, steps):
    """Move an explorer through its steps, once for each setting that its presets ask for.

    It stands at its start afterwards.
    """
    for name in steps:
        if name not in explorer.controls:
            known = ", ".join(explorer.controls)
            raise ValueError(f"steps must name controls: {known}. Received: steps={name}")
    explorer.reset()
    start = explorer.values
    views = {name: start | preset for name, preset in {"Reset": {}, **explorer.presets}.items()}
    steps = {
        name: sorted({*values, *(view[name] for view in views.values())})
        for name, values in steps.items()
    }
    frames = []
    for view in views.values():
        setting = [
            view | dict(zip(steps, place, strict=True)) for place in product(*steps.values())
        ]
        frames += setting if setting[0] not in frames else []
    shots = []
    for frame in frames:
        explorer.set_values(**frame)
        if explorer.values != frame:
            raise ValueError(f"steps must lie within the controls' ranges. Received: steps={steps}")
        shots.append(explorer.snapshot())
    explorer.reset()
    texts = {
        explorer.controls[name].description: [format_number(value, "g") for value in values]
        for name, values in steps.items()
    }
    buttons = {name: frames.index(view) for name, view in views.items()}
    return FilmStrip(texts, *map(list, zip(*shots, strict=True)), buttons)
