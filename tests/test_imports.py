"""Imports run one way, mathematics <- plots <- explorers <- notebooks; TensorFlow comes last.

The rules are read from the source with `ast`, so that an import inside a function counts too.
"""

import ast
import graphlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from helpers.tensorflow_startup import is_startup_line

HELPERS = Path(__file__).resolve().parents[1] / "helpers"
MODULES = sorted(
    ".".join(path.relative_to(HELPERS).with_suffix("").parts).removesuffix(".__init__")
    for path in HELPERS.rglob("*.py")
)
MATHEMATICS = {"activations", "gradients", "losses", "optimizers", "network"}
DATA = {"datasets", "data_files"}

# For each module or package: the modules of ours that it may import, and the packages of others.
MAY_IMPORT = {
    "__init__": ({"tensorflow_startup"}, set()),
    "tensorflow_startup": (set(), set()),
    "validation": (set(), {"numpy"}),
    **{name: (MATHEMATICS | {"validation"}, {"numpy"}) for name in MATHEMATICS},
    **{name: (DATA | {"validation"}, {"numpy", "sklearn", "keras", "pooch"}) for name in DATA},
    "plots": ({"validation"}, {"numpy", "matplotlib", "IPython", "PIL"}),
    "explorers.engine": (
        {"plots", "validation"},
        {"numpy", "matplotlib", "ipywidgets", "IPython", "PIL", "isal"},
    ),
    "explorers": (
        MATHEMATICS | {"plots", "validation", "datasets", "explorers"},
        {"numpy", "matplotlib", "ipywidgets"},
    ),
    "exercises": (
        MATHEMATICS | {"validation", "datasets", "exercises"},
        {"numpy", "hypothesis", "IPython"},
    ),
}


def imports_of(tree):
    """Yield each imported module's dotted name, and whether it is imported inside a function."""
    for node, inside in _with_nesting(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "helpers":
                yield from ((f"helpers.{alias.name}", inside) for alias in node.names)
            else:
                yield node.module, inside
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                yield from ((name, inside) for name in names if name[8:] in MODULES)


def _with_nesting(node, inside=False):
    inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield child, inside
        yield from _with_nesting(child, inside)


def forbidden_imports(module, source):
    """List what `module`, with this source, imports and may not."""
    ours, others = MAY_IMPORT.get(module) or MAY_IMPORT[module.partition(".")[0]]
    found = []
    for name, inside in imports_of(ast.parse(source)):
        package, _, rest = name.partition(".")
        if package == "helpers":
            allowed = rest.partition(".")[0] in ours
        else:
            allowed = package in others | sys.stdlib_module_names
        if not allowed or (package in {"keras", "tensorflow"} and not inside):
            found.append(name)
    return found


def source_of(module):
    path = HELPERS.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_what_is_below_it(module):
    assert forbidden_imports(module, source_of(module)) == []


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("activations", "import scipy.special", ["scipy.special"]),
        ("activations", "from helpers import plots", ["helpers.plots"]),
        ("activations", "def f():\n    from helpers.plots import show", ["helpers.plots"]),
        ("losses", "import numpy as np, math\nfrom helpers.activations import relu", []),
        ("plots", "from helpers.activations import relu", ["helpers.activations"]),
        ("plots", "import ipywidgets", ["ipywidgets"]),
        ("explorers.engine", "from helpers import activations", ["helpers.activations"]),
        ("exercises.lesson_1", "from helpers import explorers", ["helpers.explorers"]),
        ("explorers.lesson_6", "def f():\n    import keras", ["keras"]),
        ("datasets", "import keras", ["keras"]),
        ("datasets", "def f():\n    import keras", []),
        ("gradients", "import tests.lab\nimport notebooks", ["tests.lab", "notebooks"]),
    ],
)
def test_forbidden_import_is_found(module, source, found):
    assert forbidden_imports(module, source) == found


def test_no_module_imports_itself_by_a_detour():
    graph = {module: set(imports_of_ours(module)) for module in MODULES}
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


def imports_of_ours(module):
    """Yield the modules of ours that one imports; `from helpers.x import y` may name a module."""
    for name, _ in imports_of(ast.parse(source_of(module))):
        name = name.removeprefix("helpers.")
        if name in MODULES and name != module:
            yield name


def run_python(code, tmp_path, environment=()):
    """Run code in a new process that finds modules in `tmp_path` first."""
    inherited = {"PATH", "SYSTEMROOT", "HOME", "KERAS_HOME", "TEMP", "TMP"}
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={name: value for name, value in os.environ.items() if name in inherited}
        | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(HELPERS.parent)])}
        | dict(environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return result


def test_importing_helpers_loads_no_tensorflow(tmp_path):
    imports = "\n".join(f"import helpers.{module}" for module in MODULES)
    result = run_python(
        f"{imports}\nimport sys\nprint({{'tensorflow', 'keras'}} & set(sys.modules))", tmp_path
    )
    assert (result.stdout, result.stderr) == ("set()\n", "")


SHOW_ENVIRONMENT = """
    import helpers, os
    print(os.environ["TF_CPP_MIN_LOG_LEVEL"], os.environ["TF_ENABLE_ONEDNN_OPTS"])
"""


@pytest.mark.parametrize(
    ("environment", "seen"),
    [({}, "3 0\n"), ({"TF_CPP_MIN_LOG_LEVEL": "0"}, "0 0\n")],
    ids=["unset", "set by the user"],
)
def test_environment_is_set_unless_the_user_has_set_it(tmp_path, environment, seen):
    assert run_python(SHOW_ENVIRONMENT, tmp_path, environment).stdout == seen


def test_keras_is_imported_without_a_word(tmp_path):
    result = run_python("import helpers, keras\nprint(keras.backend.backend())", tmp_path)
    assert (result.stdout, result.stderr) == ("tensorflow\n", "")


STARTUP = "I0000 00:00:1.5    77 cudart_stub.cc:31] Could not find cuda drivers on your machine"
ERROR = "E0000 00:00:1.5    77 allocator.cc:7] Out of memory"
FAKE_TENSORFLOW = f"""
    import os
    os.write(2, b"{STARTUP}\\n{ERROR}\\n")
    os.write(1, b"to standard output\\n")
    value = 7
"""


@pytest.fixture
def fake_tensorflow(tmp_path):
    """A module named tensorflow, found before the real one."""

    def write(source):
        (tmp_path / "tensorflow.py").write_text(textwrap.dedent(source), encoding="utf-8")

    return write


def test_only_startup_lines_are_left_out(tmp_path, fake_tensorflow):
    fake_tensorflow(FAKE_TENSORFLOW)
    result = run_python("import helpers, tensorflow\nprint(tensorflow.value)", tmp_path)
    assert (result.stdout, result.stderr) == ("to standard output\n7\n", f"{ERROR}\n")


def test_after_the_import_standard_error_is_open_again(tmp_path, fake_tensorflow):
    fake_tensorflow("value = 7")
    result = run_python(
        f"import helpers, os, tensorflow\nos.write(2, b'{STARTUP}\\n')\nprint('done')", tmp_path
    )
    assert (result.stdout, result.stderr) == ("done\n", f"{STARTUP}\n")


def test_without_helpers_the_lines_appear(tmp_path, fake_tensorflow):
    fake_tensorflow(FAKE_TENSORFLOW)
    assert run_python("import tensorflow", tmp_path).stderr == f"{STARTUP}\n{ERROR}\n"


def test_failed_import_is_reported_whole(tmp_path, fake_tensorflow):
    fake_tensorflow(FAKE_TENSORFLOW + "    raise ImportError('libcudart is broken')\n")
    result = run_python("import helpers, tensorflow", tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"{ERROR}\nTraceback")
    assert result.stderr.endswith("ImportError: libcudart is broken\n")


def test_missing_tensorflow_is_reported_as_missing(tmp_path):
    code = """
        import helpers, sys
        sys.path[:] = []
        import tensorflow
    """
    result = run_python(code, tmp_path)
    assert result.returncode == 1
    assert "ModuleNotFoundError: No module named 'tensorflow'" in result.stderr


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (STARTUP, True),
        ("WARNING: All log messages before absl::InitializeLog() is called are written", True),
        ("I0000 00:00:1795204080.008690    3524 port.cc:153] oneDNN custom operations", True),
        ("W0000 00:00:1795204080.008690    3524 cpu_feature_guard.cc:227] rebuild", True),
        (ERROR, False),
        ("W0000 00:00:1.5    77 gpu_device.cc:2341] Cannot dlopen some GPU libraries", False),
        ("FutureWarning: something will change", False),
        (f"A quotation: {STARTUP}", False),
        ("", False),
    ],
)
def test_is_startup_line(line, known):
    assert is_startup_line(line.encode()) is known
