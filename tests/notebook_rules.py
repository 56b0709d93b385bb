"""What a notebook of the course must be, beyond running: one function for each rule.

A rule takes a notebook and yields a sentence for each fault it finds; no fault, no
sentence. nbval holds the stored outputs against a fresh run; these rules make sure that
there is something to hold, and that a reader who runs nothing can follow.
"""

import ast
import dis
import html.parser
import io
import itertools
import re
import sys
import tempfile
import tokenize
import types
from pathlib import Path

import nbformat

from tests import refresh

LONGEST_CELL = 20
# The exceptions that a cell may carry, each visible as a tag.
TAGS = {"nbval-ignore-output", "nbval-skip", "raises-exception"}

_SHOWING = re.compile(
    r"print|display|(plots|plt)\.show|explorers\.\w+|exercises\.(check|hint|report|solution)"
)
_SILENT_METHODS = re.compile(r"(assert|set)_\w+|append|extend|insert|update|sort|build|compile")
_SILENCING = re.compile(r"warnings|sys\.path|(contextlib\.)?redirect_std(out|err)|capture_output")
_NBVAL_COMMENT = re.compile(r"#\s*(NBVAL|PYTEST_VALIDATE)_")
_WRITING = re.compile(r".*\.(text|annotate|suptitle|set_title|set_[xy]label)")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_OWN_FOLDERS = (refresh.FOLDER.parent, sys.prefix, Path.home(), tempfile.gettempdir())
_MACHINE_PATH = re.compile(
    r"(?<![\w/.:])(/(home|root|Users|tmp|usr|opt|var|private)|"
    + "|".join(re.escape(str(folder)) for folder in _OWN_FOLDERS)
    + r")[/\\]|\b[A-Z]:\\\w|site-packages"
)
_HEADING = re.compile(r"^(#{1,6})\s+\S")
_LINK = re.compile(r"\]\((?![a-z]+://|attachment:|#)([^)#]+)")


def code_cells(notebook):
    """Pair each code cell with its number, counted from 1."""
    return enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1)


def counts_run_from_one(notebook):
    for number, cell in code_cells(notebook):
        if cell.execution_count != number:
            yield f"code cell {number} has the execution count {cell.execution_count}"


def shown_results_are_stored(notebook):
    for number, cell in code_cells(notebook):
        if shows_something(cell.source) and not cell.outputs:
            yield f"code cell {number} shows something, but no output is stored"


def shows_something(source):
    """Tell whether a cell prints, draws, or ends with an expression that has a value."""
    statements = ast.parse(source).body
    if not statements:
        return False
    last = statements[-1]
    if isinstance(last, ast.Expr) and not _is_silent(last.value):
        return True
    return any(_SHOWING.fullmatch(name) for name in _names_called_at_top_level(statements))


def _is_silent(value):
    """Calls that return None by custom: assertions, setters, list methods."""
    if isinstance(value, ast.Constant):
        return value.value is None
    if not isinstance(value, ast.Call):
        return False
    name = ast.unparse(value.func)
    is_show = _SHOWING.fullmatch(name)  # what it shows is found by its name
    return bool(is_show or _SILENT_METHODS.fullmatch(name.rpartition(".")[2]))


def _names_called_at_top_level(nodes):
    """The dotted names of all functions called outside of definitions."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        yield from _names_called_at_top_level(ast.iter_child_nodes(node))


def code_is_plain_python(notebook):
    for number, cell in code_cells(notebook):
        if not cell.source.strip():
            yield f"code cell {number} is empty"
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"code cell {number} is not plain Python (a magic?): {error}"


def cells_are_short(notebook):
    for number, cell in code_cells(notebook):
        lines = len(cell.source.splitlines())
        if lines > LONGEST_CELL:
            yield f"code cell {number} has {lines} lines, {LONGEST_CELL} at most"


def no_line_ends_with_a_semicolon(notebook):
    for number, cell in code_cells(notebook):
        tokens = list(tokenize.generate_tokens(io.StringIO(cell.source).readline))
        ends = (tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER)
        for token, following in itertools.pairwise(tokens):
            if token.string == ";" and following.type in ends:
                yield f"code cell {number}, line {token.start[0]} ends with a semicolon"


def nothing_is_silenced(notebook):
    for number, cell in code_cells(notebook):
        if _NBVAL_COMMENT.search(cell.source):
            yield f"code cell {number} instructs nbval by a comment; use a tag"
        for node in ast.walk(ast.parse(cell.source)):
            names = [ast.unparse(node)] if isinstance(node, ast.Name | ast.Attribute) else []
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", None)]
            for name in names:
                if name and _SILENCING.fullmatch(name):
                    yield f"code cell {number} uses {name}"


def exceptions_are_tagged(notebook):
    for cell in notebook.cells:
        for tag in set(cell.metadata.get("tags", [])) - TAGS:
            yield f"the tag {tag!r} means nothing here, only {sorted(TAGS)} do"
    for number, cell in code_cells(notebook):
        raised = any(output.output_type == "error" for output in cell.outputs)
        if raised and "raises-exception" not in cell.metadata.get("tags", []):
            yield f"code cell {number} has raised an exception without being tagged for it"
        if not raised and "raises-exception" in cell.metadata.get("tags", []):
            yield f"code cell {number} is tagged raises-exception and has not raised"


def nothing_on_standard_error(notebook):
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield f"code cell {number} wrote to standard error: {output.text.strip()}"


def outputs_name_no_machine(notebook):
    for number, cell in code_cells(notebook):
        for text in map(_without_pictures, _output_texts(cell)):
            if _ADDRESS.search(text):
                yield f"code cell {number} shows a memory address"
            if _MACHINE_PATH.search(text):
                yield f"code cell {number} shows a path of the machine it ran on"


def _output_texts(cell):
    for output in cell.outputs:
        data = output.get("data", {})
        yield from (data[kind] for kind in data if not kind.startswith("image/"))
        yield output.get("text", "")
        yield "\n".join([output.get("evalue", ""), *output.get("traceback", [])])


def _without_pictures(text):
    return re.sub(r"data:image/[^\"']*", "", str(text))


def pictures_have_a_text_alternative(notebook):
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            alternatives = _text_alternatives(data.get("text/html", ""))
            if any(kind.startswith("image/") for kind in data) and not alternatives:
                yield f"code cell {number} shows a bare picture; plots.show gives it a sentence"
            if not all(alternatives):
                yield f"code cell {number} has an <img> without a text alternative"
            if alternatives and not data.get("text/plain", "").strip():
                yield f"code cell {number} has an <img> without a sentence as plain text"
            if alternatives and "image/png" not in data:
                yield f"code cell {number} has an <img> without a PNG, which a handout needs"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            markdown_pictures = re.findall(r"!\[(.*?)\]\(", cell.source)
            if not all(markdown_pictures + _text_alternatives(cell.source)):
                yield f"a picture in the text has no text alternative: {cell.source[:60]!r}"


def words_in_pictures_can_be_read(notebook):
    """Words are written in black or in ``plots.ink(...)``: the colours of curves are too pale."""
    for number, cell in code_cells(notebook):
        nodes = list(ast.walk(ast.parse(cell.source)))
        assigned = [node for node in nodes if isinstance(node, ast.Assign)]
        looks = {ast.unparse(node.targets[0]): ast.unparse(node.value) for node in assigned}
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            if not _WRITING.fullmatch(ast.unparse(call.func)):
                continue
            for option in call.keywords:
                value = ast.unparse(option.value)
                pale = option.arg == "color" and not value.startswith(("plots.ink(", "'black'"))
                if pale or (option.arg is None and "'color'" in looks.get(value, "")):
                    yield f"code cell {number} writes in {value}; color=plots.ink(...) is readable"


class _Images(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.alternatives = []

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.alternatives.append((dict(attributes).get("alt") or "").strip())


def _text_alternatives(markup):
    """The ``alt`` of every ``<img>``, empty where there is none."""
    parser = _Images()
    parser.feed(markup)
    return parser.alternatives


def headings_are_in_order(notebook):
    levels = [level for level, _ in _headings(notebook)]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "the first heading, and no other, is of level 1"
    for (before, _), (level, text) in itertools.pairwise(_headings(notebook)):
        if level > before + 1:
            yield f"{text!r} is of level {level} below a heading of level {before}"


def _headings(notebook):
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        without_code = re.sub(r"^```.*?^```", "", cell.source, flags=re.DOTALL | re.MULTILINE)
        for line in without_code.splitlines():
            if match := _HEADING.match(line):
                yield len(match[1]), line


def going_back_works(notebook):
    """A finished notebook's cell can be run again: its names still mean what they meant."""
    cells = [(number, *_names(cell.source)) for number, cell in code_cells(notebook)]
    for number, needed, _ in cells:
        made_before = {name for other, _, made in cells if other < number for name in made}
        for other, _, made in cells:
            for name in sorted(needed & made_before & made):
                if other > number:
                    yield f"code cell {number} needs {name}, which cell {other} makes anew"


def _names(source):
    """The names that a cell needs from earlier cells, and those that it makes."""
    needed, made = set(), set()
    codes = [compile(source, "cell", "exec")]
    for code in codes:
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        for step in dis.get_instructions(code):
            if step.opname in {"LOAD_NAME", "LOAD_GLOBAL"} and step.argval not in made:
                needed.add(step.argval)
            elif step.opname == "STORE_NAME":
                made.add(step.argval)
    return needed, made


def time_is_stated(notebook):
    """The first cell says ``**Time.** about 40 minutes``, within a fifth of the estimate."""
    estimate = minutes_needed(notebook)
    stated = re.search(r"\*\*Time\.\*\* about (\d+) minutes", notebook.cells[0].source)
    if not stated:
        yield f"the first cell states no time; {estimate:.0f} minutes is the estimate"
    elif abs(int(stated[1]) - estimate) > max(estimate / 5, 2):
        yield f"the first cell states {stated[1]} minutes; {estimate:.0f} is the estimate"


def minutes_needed(notebook):
    """Estimate how long a learner needs.

    150 words a minute, 10 lines of code a minute, 5 minutes for each explorer and exercise, 4
    pictures a minute; references are not read.
    """
    words, reads = 0, True
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            reads = reads and not re.match(r"#+ References", cell.source)
            words += len(cell.source.split()) if reads else 0
    sources = [cell.source for _, cell in code_cells(notebook)]
    lines = sum(bool(line.strip()) for source in sources for line in source.splitlines())
    tasks = sum(s.count("explorers.explore") + s.count("exercises.check(") for s in sources)
    outputs = [output for _, cell in code_cells(notebook) for output in cell.outputs]
    pictures = sum("<img" in output.get("data", {}).get("text/html", "") for output in outputs)
    return words / 150 + lines / 10 + 5 * tasks + pictures / 4


def neighbours_are_linked(path, lessons):
    """Top and bottom of a lesson lead to the lessons around it and to its second sitting.

    A second sitting leads back to its lesson. Every link to a file leads to one that is there.
    """
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    further = path.parent / "going_further" / path.name
    if path in lessons:
        i = lessons.index(path)
        wanted = [*lessons[max(i - 1, 0) : i], *lessons[i + 1 : i + 2]]
        wanted += [further] if further.exists() else []
    else:
        wanted = [path.parent.parent / path.name]
    linked = [{(path.parent / link).resolve() for link in _LINK.findall(cell)} for cell in cells]
    for place, links in {"first": linked[0], "last": linked[-1]}.items():
        for other in wanted:
            if other.resolve() not in links:
                yield f"the {place} cell does not link {other.name}"
    for target in sorted({target for links in linked for target in links}):
        if not target.exists():
            yield f"a link leads to {target.name}, which is not there"


RULES = (
    code_is_plain_python,
    counts_run_from_one,
    shown_results_are_stored,
    cells_are_short,
    no_line_ends_with_a_semicolon,
    nothing_is_silenced,
    exceptions_are_tagged,
    nothing_on_standard_error,
    outputs_name_no_machine,
    pictures_have_a_text_alternative,
    words_in_pictures_can_be_read,
    headings_are_in_order,
    going_back_works,
    time_is_stated,
)
