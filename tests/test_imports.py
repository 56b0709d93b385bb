"""Imports run one way, mathematics <- plots <- explorers <- notebooks, and without TensorFlow.

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

HELPERS = Path(__file__).resolve().parents[1] / "helpers"
MODULES = sorted(
    ".".join(path.relative_to(HELPERS).with_suffix("").parts).removesuffix(".__init__")
    for path in HELPERS.rglob("*.py")
)
MATHEMATICS = {"activations", "gradients", "losses", "optimizers", "network"}

# For each module or package: the modules of ours that it may import, and the packages of others.
MAY_IMPORT = {
    "__init__": (set(), set()),
    "validation": (set(), {"numpy"}),
    **{name: (MATHEMATICS | {"validation"}, {"numpy"}) for name in MATHEMATICS},
    "datasets": ({"validation"}, {"numpy", "sklearn"}),
    "plots": ({"validation"}, {"numpy", "matplotlib", "IPython", "PIL"}),
    "explorers.engine": (
        {"plots", "validation", "explorers"},
        {"numpy", "matplotlib", "ipywidgets", "IPython", "PIL"},
    ),
    "explorers.picture": (set(), {"numpy", "isal", "anywidget", "traitlets"}),
    "explorers": (
        MATHEMATICS | {"plots", "validation", "datasets", "explorers"},
        {"numpy", "matplotlib", "ipywidgets"},
    ),
    "exercises": (
        MATHEMATICS | {"validation", "datasets", "exercises"},
        {"numpy", "hypothesis", "IPython"},
    ),
    # Its judge of a Keras loss imports TensorFlow, when it is called.
    "exercises.lesson_4": ({"exercises"}, {"numpy", "hypothesis", "tensorflow"}),
}


def imports_of(tree):
    """Yield each imported module's dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            if node.module != "helpers":
                yield node.module
                names = [name for name in names if name.removeprefix("helpers.") in MODULES]
            yield from names


def forbidden_imports(module, source):
    """List what `module`, with this source, imports and may not."""
    ours, others = MAY_IMPORT.get(module) or MAY_IMPORT[module.partition(".")[0]]
    found = []
    for name in imports_of(ast.parse(source)):
        package, _, rest = name.partition(".")
        if package == "helpers":
            allowed = rest.partition(".")[0] in ours
        else:
            allowed = package in others | sys.stdlib_module_names
        if not allowed:
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
    for name in imports_of(ast.parse(source_of(module))):
        name = name.removeprefix("helpers.")
        if name in MODULES and name != module:
            yield name


def run_python(code, tmp_path, environment=()):
    """Run code in a new process that finds modules in `tmp_path` first."""
    inherited = {"PATH", "SYSTEMROOT", "HOME", "KERAS_HOME", "TEMP", "TMP"}
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={name: value for name, value in os.environ.items() if name in inherited}
        | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(HELPERS.parent)])}
        | dict(environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def test_importing_helpers_loads_no_tensorflow(tmp_path):
    imports = "\n".join(f"import helpers.{module}" for module in MODULES)
    result = run_python(
        f"{imports}\nimport sys\nprint({{'tensorflow', 'keras'}} & set(sys.modules))", tmp_path
    )
    assert (result.stdout, result.stderr) == ("set()\n", "")


@pytest.mark.parametrize(
    ("environment", "seen"),
    [({}, "3 0"), ({"TF_CPP_MIN_LOG_LEVEL": "0", "TF_ENABLE_ONEDNN_OPTS": "1"}, "0 1")],
    ids=["unset", "set by the user"],
)
def test_environment_is_set_unless_the_user_has_set_it(tmp_path, environment, seen):
    code = "print(os.environ['TF_CPP_MIN_LOG_LEVEL'], os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    result = run_python(f"import helpers, os\n{code}", tmp_path, environment)
    assert result.stdout == f"{seen}\n"


@pytest.mark.parametrize(
    ("config", "environment"),
    [("{}", {}), ("{}", {"KERAS_BACKEND": "jax"}), ('{"backend": "torch"}', {})],
    ids=["unset", "environment", "keras.json"],
)
def test_keras_runs_on_tensorflow_and_says_nothing(tmp_path, config, environment):
    pytest.importorskip("keras")
    (tmp_path / "keras.json").write_text(config, encoding="utf-8")
    code = "import importlib.util, helpers\nimportlib.util.find_spec('tensorflow')\nimport keras"
    code += "\nprint(keras.backend.backend())"
    result = run_python(code, tmp_path, {"KERAS_HOME": str(tmp_path)} | environment)
    assert (result.stdout, result.stderr) == ("tensorflow\n", "")


@pytest.mark.parametrize("fate", ["os.abort()", "raise ImportError('libcudart is broken')"])
def test_last_words_of_tensorflow_are_seen(tmp_path, fate):
    source = f"import os\nos.write(2, b'F0000 no AVX instructions\\n')\n{fate}\n"
    (tmp_path / "tensorflow.py").write_text(source, encoding="utf-8")
    result = run_python("import helpers, tensorflow", tmp_path)
    assert result.returncode != 0
    assert result.stderr.startswith("F0000 no AVX instructions\n")
