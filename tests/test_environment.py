"""One source of truth: pyproject.toml, its lock, conda, make and CI say the same."""

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.test_imports import MODULES, imports_of, source_of

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
SHARED_DATA = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
EXTRAS = PROJECT["optional-dependencies"]
LESSONS = [Requirement(line) for line in PROJECT["dependencies"]]
LOCKS = {  # each with the extras that it installs
    "requirements.txt": ("fast", "keras", "lab", "test"),
    "website/requirements.txt": ("site",),
    "deploy/requirements.txt": ("hub",),
}
VERSIONS = ("3.11", "3.12", "3.13")
PLATFORMS = (
    {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
)
COLAB = {
    "ipykernel": "6.17.1",
    "ipython": "7.34.0",
    "ipywidgets": "7.7.1",
    "matplotlib": "3.10.0",
    "numpy": "2.0.2",
    "tensorflow": "2.20.0",
    "keras": "3.13.2",
}


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def wanted(requirements, environment):
    """Those of the requirements that count there."""
    return [
        requirement
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(environment)
    ]


def direct(lock):
    """What pyproject.toml asks of a lock."""
    return LESSONS + [Requirement(line) for extra in LOCKS[lock] for line in EXTRAS[extra]]


def lines_of(lock):
    return (ROOT / lock).read_text(encoding="utf-8").splitlines()


def pins(lock, environment):
    """What a lock pins there: a list of (name, version)."""
    locked = [Requirement(line) for line in lines_of(lock) if re.match(r"[A-Za-z0-9]", line)]
    found = wanted(locked, environment)
    for requirement in found:
        assert re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)), f"{requirement} is no pin"
    return [
        (canonicalize_name(requirement.name), str(requirement.specifier)[2:])
        for requirement in found
    ]


def test_python_versions_are_named_alike():
    keras = next(
        requirement for requirement in direct("requirements.txt") if requirement.name == "keras"
    )
    minors = [f"3.{minor}" for minor in range(30)]
    supported = [
        minor
        for minor in minors
        if minor in SpecifierSet(PROJECT["requires-python"])
        and keras.marker.evaluate({"python_version": minor})
    ]
    assert tuple(supported) == VERSIONS
    classifiers = [line for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert classifiers == [f"Programming Language :: Python :: {version}" for version in VERSIONS]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    low, high = re.search(r"\(3, (\d+)\) <= sys.version_info < \(3, (\d+)\)", makefile).groups()
    in_make = SpecifierSet(f">=3.{low},<3.{high}")
    assert tuple(minor for minor in minors if minor in in_make) == VERSIONS


def test_colab_has_what_the_lessons_need():
    for requirement in direct("requirements.txt"):
        if requirement.name in COLAB:
            assert COLAB[requirement.name] in requirement.specifier
    assert set(COLAB) - {"tensorflow", "keras"} <= {requirement.name for requirement in LESSONS}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"tensorflow-cpu=={COLAB['tensorflow']} keras=={COLAB['keras']}" in makefile


def test_what_helpers_import_is_declared_and_nothing_else_is_installed_with_them():
    declared = {requirement.name for requirement in LESSONS}
    provided_by = importlib.metadata.packages_distributions()
    imported = {
        canonicalize_name(distribution)
        for module in MODULES
        for name in imports_of(ast.parse(source_of(module)))
        for distribution in provided_by.get(name.partition(".")[0], ())
    }
    only_where_used = {"anywidget", "traitlets", "isal", "tensorflow", "tensorflow-cpu"}
    assert imported - {PROJECT["name"]} <= declared | only_where_used
    assert not declared & {"isal", "jupyterlab", "keras", "tensorflow", "tensorflow-cpu"}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: "-".join(platform.values()))
@pytest.mark.parametrize("version", VERSIONS)
def test_locks_pin_every_dependency_within_its_bound(version, platform):
    python = {"python_version": version, "python_full_version": f"{version}.0"}
    environment = default_environment() | platform | python
    first = dict(pins("requirements.txt", environment))
    for lock in LOCKS:
        pinned = pins(lock, environment)
        assert len(dict(pinned)) == len(pinned), "a package is pinned twice"
        for requirement in wanted(direct(lock), environment):
            assert dict(pinned)[canonicalize_name(requirement.name)] in requirement.specifier
        for name, pin in pinned:  # they are installed on top of the first
            assert first.get(name, pin) == pin
    pinned = pins("requirements.txt", environment)
    tensorflow = "tensorflow-cpu" if platform["platform_machine"] == "x86_64" else "tensorflow"
    assert {name for name, _ in pinned if name.startswith("tensorflow")} == {tensorflow}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_was_compiled_from_these_dependencies(lock):
    asked = {canonicalize_name(requirement.name) for requirement in direct(lock)}
    packages = re.split(r"\n(?=[A-Za-z0-9])", "\n".join(lines_of(lock)))[1:]
    named = {
        canonicalize_name(Requirement(package.splitlines()[0]).name)
        for package in packages
        if re.search(rf"\b{PROJECT['name']}\b", package)
    }
    assert named == asked, "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_installs_the_project_and_names_no_machine(lock):
    options = [line for line in lines_of(lock) if line.startswith(("-", "."))]
    assert options == ["-e ."]
    assert not re.search(r"https?:|file:|(?<![\w.])/\w", "\n".join(lines_of(lock)))


def test_installed_packages_are_those_of_the_lock():
    installed = {
        name: importlib.metadata.version(name)
        for name, _ in pins("requirements.txt", default_environment())
    }
    assert installed == dict(pins("requirements.txt", default_environment())), (
        "pip install -r requirements.txt"
    )


def test_the_settings_of_jupyterlab_are_installed_with_the_package():
    (file,) = SHARED_DATA.values()
    assert file.startswith("share/jupyter/lab/settings/overrides.d/")  # where it looks
    installed = importlib.metadata.files(PROJECT["name"])
    assert any(path.match(file) for path in installed), "pip install -r requirements.txt"


def test_conda_brings_python_and_pip_the_locked_packages():
    environment = read_yaml("environment.yml")
    python, *rest = environment["dependencies"]
    assert rest == ["pip", {"pip": ["-r requirements.txt"]}]
    name, _, version = python.partition("=")
    assert name == "python"
    assert version in VERSIONS
    assert environment["name"] == PROJECT["name"]


def test_continuous_integration_runs_everything_on_oldest_and_newest_python():
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    commands = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    for script in ("\n".join(commands), (ROOT / ".ci/run").read_text(encoding="utf-8")):
        assert {"check", "site", "test", "test-oldest", "test-colab", "test-hub"} <= set(
            re.findall("^make ([a-z-]+)", script, re.M)
        )
    entries = jobs["test"]["strategy"]["matrix"]["include"]
    versions = {entry["python"] for entry in entries}
    assert {VERSIONS[0], VERSIONS[-1]} <= versions <= set(VERSIONS)
    assert {entry["os"].partition("-")[0] for entry in entries} == {"ubuntu", "macos", "windows"}


def test_pre_commit_uses_the_locked_ruff():
    ruff, _ = read_yaml(".pre-commit-config.yaml")["repos"]
    assert ruff["rev"] == "v" + dict(pins("requirements.txt", default_environment()))["ruff"]
