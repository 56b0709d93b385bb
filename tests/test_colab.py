"""On Colab's versions, every notebook installs `helpers` and runs: ``make test-colab``.

The first cell really runs: git is told to fetch the address on GitHub from a copy of this folder.
Each notebook gets an environment of its own, which sees the packages of this one and keeps what is
installed to itself. The kernel runs outside this folder, so `helpers` comes from the install alone.
"""

import importlib.metadata
import importlib.util
import json
import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

if importlib.util.find_spec("hypothesis"):
    pytest.skip("Hypothesis is here, on Colab it is not: make test-colab", allow_module_level=True)

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from website import colab

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = "owner/course"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The folder with the built notebooks, and the repository that stands in for GitHub's."""
    built, clone = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("clone")
    colab.write_notebooks(built, REPOSITORY)
    as_author = ("-c", "user.name=course", "-c", "user.email=course@localhost")
    for arguments in (
        ("init", "--quiet", clone),
        ("--git-dir", clone / ".git", "--work-tree", ROOT, "add", "--all"),
        ("-C", clone, *as_author, "commit", "--quiet", "--no-verify", "--message", "as it is now"),
    ):
        subprocess.run(["git", *arguments], check=True)
    return built, clone


@pytest.fixture
def environment(tmp_path):
    """An environment that sees this one's packages and has none of its own."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages_of(folder) / "host.pth").write_text("\n".join(site.getsitepackages()))
    return folder


def packages_of(environment):
    return next(environment.glob("lib/python*/site-packages"))


def execute(notebook, environment, clone, folder):
    """Run all cells in a kernel of this environment, in `folder`."""
    spec = folder / "kernels/host/kernel.json"
    spec.parent.mkdir(parents=True)
    python = str(environment / "bin/python")
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "host", "language": "python"}))
    specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")])
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{clone.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{REPOSITORY}",
        "IPYTHONDIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
    }
    NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="host", kernel_spec_manager=specs),
        timeout=600,
        resources={"metadata": {"path": str(folder)}},
    ).execute(env=variables)


@pytest.mark.parametrize("name", colab.names())
def test_notebook_installs_helpers_alone_and_runs_without_a_warning(
    name, published, environment, tmp_path
):
    built, clone = published
    notebook = nbformat.read(built / name, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import helpers\nprint(helpers.__file__)"))
    execute(notebook, environment, clone, tmp_path)

    packages = packages_of(environment)
    assert notebook.cells[-1].outputs[0].text.startswith(str(packages))
    installed = {one.name for one in importlib.metadata.distributions(path=[str(packages)])}
    assert installed == {"from-relu-to-rmsprop", "hypothesis"}
    red = [
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.get("name") == "stderr"
    ]
    assert red == []
