"""How well the words of a picture can be read: the contrast with what lies behind them."""

import io

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.text import Text

ENOUGH = 4.5  # W3C, "Web Content Accessibility Guidelines 2.2", success criterion 1.4.3


def luminance(rgb):
    """WCAG's relative luminance of colours whose channels run from 0 to 1, in the last axis."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def pale_texts(figure):
    """The texts of a figure that are too pale where they stand, each with its contrast.

    The ground is the picture without its letters, and of a text's box that tenth counts in which
    the contrast is worst: a thin line of the grid may run behind a word, a tint may not.
    """
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    inks = [text.get_color() for text in texts]
    for text in texts:
        text.set_color("none")
    file = io.BytesIO()
    figure.savefig(file, format="rgba", dpi=figure.dpi)
    width, height = figure.canvas.get_width_height(physical=True)
    picture = np.frombuffer(file.getvalue(), np.uint8).reshape(height, width, 4)[::-1]
    pale = {}
    for text, ink in zip(texts, inks, strict=True):
        text.set_color(ink)
        box = text.get_window_extent()
        left, low, right, high = np.clip(box.extents, 0, None).round().astype(int)
        ground = luminance(picture[low:high, left:right, :3].reshape(-1, 3) / 255)
        if ground.size:
            pair = np.sort([ground, np.full_like(ground, luminance(np.array(to_rgb(ink))))], axis=0)
            contrast = np.quantile((pair[1] + 0.05) / (pair[0] + 0.05), 0.1)
            if contrast < ENOUGH:
                pale[text.get_text()] = round(float(contrast), 2)
    return pale
