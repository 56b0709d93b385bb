"""Formulas as MathML, which browsers draw by themselves: no script, no font, no request."""

from docutils.nodes import SkipNode
from latex2mathml.converter import convert


def setup(app):
    """Tell Sphinx of the renderer, which ``html_math_renderer`` names."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer, node):
    writer.body.append(convert(node.astext()))


    raise SkipNode


def _display(writer, node):
    writer.body.append(f"<div class='math'>{convert(node.astext(), display='block')}</div>")


    raise SkipNode
