"""The explorers as film strips: which of their sliders move on the site, and the HTML for it."""

import inspect
import io
import json
from functools import cache
from html import escape

from PIL import Image

from helpers import explorers

# The sliders that carry the idea, one or two of each explorer, and their steps.
FILMS = {
    "explore_roof": {"w2": [-3, -2, -1.5, -1, -0.5, 0], "w3": [0, 1, 2, 3]},
    "explore_relu": {"x": range(-4, 9)},
    "explore_dead_units": {"step": [0, 1, 2, 10, 50, 200, 500, 1000, 4000]},
    "explore_leaky_relu": {
        "negative_slope": [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1],
        "x": [-6, -4, -2, 0, 2, 4, 6],
    },
    "explore_softmax": {"temperature": [0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100]},
    "explore_cross_entropy_gradient": {"step": [0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30]},
    "explore_huber_pinball": {"outlier": [0, 2, 4, 5, 6, 7, 8, 10, 12]},
    "explore_weighted_loss": {"weight": [n / 20 for n in range(21)]},
    "explore_optimizers": {"learning_rate": [0.01, 0.02, 0.03, 0.045, 0.1, 0.2, 0.5]},
    "explore_training": {"step": [0, 5, 10, 20, 50, 100, 200, 500, 1000]},
}


def film_strip_html(name, films, address):
    """Film an explorer into a folder of `films`; return HTML for a page that finds it at `address`.

    `film_strip.js` brings it to life. Without a script it shows the start and its sentence.
    """
    film, more = _film(name, films)
    start = film.buttons["Reset"]
    width, height = (side // 2 for side in Image.open(io.BytesIO(film.pictures[start])).size)
    sliders = "".join(
        f'<label>{escape(label)} <input type="range" min="0" max="{len(texts) - 1}"> '
        "<output></output></label>"
        for label, texts in film.sliders.items()
    )
    buttons = "".join(f'<button type="button">{escape(button)}</button>' for button in film.buttons)
    data = json.dumps(film._replace(pictures=[])._asdict(), ensure_ascii=False)
    data = data.replace("<", r"\u003c")  # which would end the script
    return f"""<figure class="film-strip" data-address="{address}/{name}">
<script type="application/json">{data}</script>
<div class="film-sliders">{sliders}</div>
<div class="film-buttons">{buttons}</div>
<div class="film-picture" tabindex="0"><img src="{address}/{name}/{start}.png" alt=""
width="{width}" height="{height}" decoding="sync"></div>
<figcaption aria-live="polite">{escape(film.sentences[start])}</figcaption>
<p class="film-more">{escape(more)}</p>
</figure>"""


@cache
def _film(name, films):
    """Film an explorer, once for all pages; return the film, and what only the notebook can do."""
    explore = getattr(explorers, name)
    explorer = explore()
    film = explorer.film_strip(**FILMS[name])
    folder = films / name
    folder.mkdir(parents=True)
    for number, picture in enumerate(film.pictures):
        (folder / f"{number}.png").write_bytes(picture)
    count = len(explorer.controls) - len(FILMS[name])
    more = [f"has {count} more control{'s' if count > 1 else ''}"] if count else []
    if inspect.signature(explore).parameters:
        more.append("takes a function of your own")
    if name == "explore_training":
        more = [f"has {len(explorer.controls)} controls", "trains live"]
    explorer.close()
    return film, f"In the notebook it {' and '.join(more)}."
