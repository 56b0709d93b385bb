"""Film strips: every frame is what the explorer shows, and each button leads to its preset."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers import explorers


def frame_of(film, *places):
    """Count through a setting by hand: the last slider moves fastest."""
    sizes = [len(texts) for texts in film.sliders.values()]
    return int(np.ravel_multi_index(places, sizes))


def test_frames_are_what_the_explorer_shows_and_it_stands_at_its_start():
    explorer = explorers.explore_leaky_relu()
    explorer.set_values(x=3)
    film = explorer.film_strip(negative_slope=[0.5], x=[-2, 6])
    assert film.sliders == {
        "negative_slope": ["0", "0.01", "0.2", "0.3", "0.5", "1"],  # those of the presets added
        "test point x": ["−4", "−2", "0", "6"],
    }
    assert len(film.pictures) == len(film.sentences) == 24
    assert explorer.values == {"negative_slope": 0.2, "x": -4}
    frame = frame_of(film, 4, 1)
    explorer.set_values(negative_slope=0.5, x=-2)
    assert (film.pictures[frame], film.sentences[frame]) == explorer.snapshot()
    assert "f(x) = −1.00, f′(x) = 0.50" in film.sentences[frame]
    assert Image.open(io.BytesIO(film.pictures[frame])).size == (2 * 720, 2 * 307)
    assert film.buttons == {
        "Reset": frame_of(film, 2, 0),
        "ReLU": frame_of(film, 0, 0),
        "0.01, the paper": frame_of(film, 1, 0),
        "0.3, Keras' layer": frame_of(film, 3, 0),
        "slope 1": frame_of(film, 5, 0),
        "at the kink": frame_of(film, 2, 2),
    }


def test_a_preset_that_moves_other_controls_has_frames_of_its_own():
    explorer = explorers.explore_softmax()
    film = explorer.film_strip(temperature=[1])
    assert film.sliders == {"temperature T": ["0.1", "1", "10"]}
    assert film.buttons == {
        "Reset": 1,
        "tie": 4,
        "one winner": 7,
        "overflow": 10,
        "all near −1000": 13,
        "cold": 0,
        "hot": 2,
    }
    for name in explorer.presets:
        explorer.apply_preset(name)
        assert film.sentences[film.buttons[name]] == explorer.sentence


def test_the_film_of_the_dashboard_is_that_of_its_trainings():
    film = explorers.explore_training().film_strip(step=[0, 3])
    assert film.sliders == {"step": ["0", "3"]}
    assert list(film.buttons.values()) == [0, 3, 5, 7, 9]
    dashboard = explorers.explore_training()
    dashboard.apply_preset("softmax instead of ReLU")
    dashboard.run(3)
    assert film.sentences[9] == dashboard.sentence


def test_a_step_beyond_a_sliders_end_is_refused():
    with pytest.raises(ValueError, match=r"ranges\. Received: steps=.*100"):
        explorers.explore_leaky_relu().film_strip(x=[100])


def test_a_step_of_no_control_is_refused():
    with pytest.raises(ValueError, match=r"steps must name controls: negative_slope, x\. .*slope"):
        explorers.explore_leaky_relu().film_strip(slope=[1])
