"""One source of truth: pyproject.toml, its lock, conda, make and CI say the same."""

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

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
DIRECT = [Requirement(line) for line in PROJECT["dependencies"]]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
LOCKED = [Requirement(line) for line in LOCK.splitlines() if re.match(r"[A-Za-z0-9]", line)]
VERSIONS = ("3.11", "3.12", "3.13")
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def pins(environment):
    """What the lock pins there: a list of (name, version)."""
    found = [
        requirement
        for requirement in LOCKED
        if requirement.marker is None or requirement.marker.evaluate(environment)
    ]
    for requirement in found:
        assert re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)), f"{requirement} is no pin"
    return [
        (canonicalize_name(requirement.name), str(requirement.specifier)[2:])
        for requirement in found
    ]


def test_supported_versions_are_named_alike():
    minors = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in SUPPORTED]
    assert tuple(minors) == VERSIONS
    classifiers = [line for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert classifiers == [f"Programming Language :: Python :: {version}" for version in VERSIONS]


def test_make_accepts_the_supported_versions():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    low, high = re.search(r"\(3, (\d+)\) <= sys.version_info < \(3, (\d+)\)", makefile).groups()
    assert SpecifierSet(f">=3.{low},<3.{high}") == SUPPORTED


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform["sys_platform"])
@pytest.mark.parametrize("version", VERSIONS)
def test_lock_pins_every_dependency_within_its_bound(version, platform):
    python = {"python_version": version, "python_full_version": f"{version}.0"}
    pinned = pins(default_environment() | platform | python)
    assert len(dict(pinned)) == len(pinned), "a package is pinned twice"
    for requirement in DIRECT:
        assert dict(pinned)[canonicalize_name(requirement.name)] in requirement.specifier


def test_lock_was_compiled_from_these_dependencies():
    direct = {canonicalize_name(requirement.name) for requirement in DIRECT}
    packages = re.split(r"\n(?=[A-Za-z0-9])", LOCK)[1:]
    named = {
        canonicalize_name(Requirement(package.splitlines()[0]).name)
        for package in packages
        if re.search(rf"\b{PROJECT['name']}\b", package)
    }
    assert named == direct, "run `make lock`"


def test_lock_installs_the_project_and_names_no_machine():
    options = [line for line in LOCK.splitlines() if line.startswith(("-", "."))]
    assert options == ["-e ."]
    assert not re.search(r"https?:|file:|(?<!\w)/\w", LOCK)


def test_installed_packages_are_those_of_the_lock():
    installed = {name: importlib.metadata.version(name) for name, _ in pins(default_environment())}
    assert installed == dict(pins(default_environment())), "pip install -r requirements.txt"


def test_conda_brings_python_and_pip_the_locked_packages():
    environment = read_yaml("environment.yml")
    python, *rest = environment["dependencies"]
    assert rest == ["pip", {"pip": ["-r requirements.txt"]}]
    name, _, version = python.partition("=")
    assert name == "python"
    assert version in VERSIONS
    assert environment["name"] == PROJECT["name"]


def test_continuous_integration_covers_oldest_and_newest_python():
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    entries = jobs["test"]["strategy"]["matrix"]["include"]
    versions = {entry["python"] for entry in entries}
    assert {VERSIONS[0], VERSIONS[-1]} <= versions <= set(VERSIONS)
    assert {entry["os"].partition("-")[0] for entry in entries} == {"ubuntu", "macos", "windows"}


def test_pre_commit_uses_the_locked_ruff():
    ruff, _ = read_yaml(".pre-commit-config.yaml")["repos"]
    assert ruff["rev"] == "v" + dict(pins(default_environment()))["ruff"]
