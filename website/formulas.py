"""Formulas as pictures drawn while the site is built: no script and no font in the page.

ziamath draws LaTeX as SVG. A screen reader reads the LaTeX.
"""

import html

from docutils.nodes import SkipNode
from ziamath import Latex


def setup(app):
    """Tell Sphinx of the renderer, which ``html_math_renderer`` names."""
    app.add_html_math_renderer("formulas", (_write_inline, None), (_write_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_inline(writer, node):
    writer.body.append(f'<span class="formula" {_drawn(node.astext(), inline=True)}</span>')
    raise SkipNode


def _write_display(writer, node):
    writer.body.append(f'<div class="formula" {_drawn(node.astext(), inline=False)}</div>')
    raise SkipNode


def _drawn(latex, inline):
    plain = latex.replace(r"\_", "_")  # which ziamath would draw with its backslash
    formula = Latex(plain, size=18, inline=inline, color="currentColor")
    below = f"vertical-align: {formula.getyofst():.2f}px"
    picture = formula.svg().replace("<svg ", f'<svg aria-hidden="true" style="{below}" ', 1)
    return f'role="img" aria-label="{html.escape(latex)}">{picture}'
