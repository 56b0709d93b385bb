"""Sphinx's settings for the site. `website/build.py` writes the pages that it reads."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "From ReLU to RMSprop"
copyright = "the From ReLU to RMSprop maintainers, MIT licence"
extensions = ["myst_nb", "formulas"]
root_doc = "index"
exclude_patterns = ["README.md", "static"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # film strips move without them

html_theme = "pydata_sphinx_theme"
html_title = project
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system
html_static_path = ["_static", str(Path(__file__).parents[1] / ".cache/site/source/static")]
html_css_files = ["course.css"]
html_js_files = [("film_strip.js", {"defer": "defer"})]
html_sidebars = {"**": []}
html_math_renderer = "formulas"
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses for files
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_theme_options = {
    "logo": {"text": "ReLU → RMSprop"},
    "navbar_end": ["theme-switcher"],
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
    "header_links_before_dropdown": 6,
    "search_bar_text": "Search the course",
}
