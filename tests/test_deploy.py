"""What `deploy/` says of a server and of a cluster fits together, and spares the students' work.

`make test-hub` runs the server; the cluster has never been run by a test.
"""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from traitlets.config import Config

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
VALUES = yaml.safe_load((DEPLOY / "cluster/values.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def server(monkeypatch):
    """The configuration of the server, as JupyterHub would read it."""
    if sys.platform == "win32":
        pytest.skip("JupyterHub does not run on Windows")
    monkeypatch.setenv("COURSE_TEACHER", "ada")
    monkeypatch.setenv("KERAS_HOME", "/srv/keras")
    config = Config()
    path = DEPLOY / "one_server/jupyterhub_config.py"
    runpy.run_path(str(path), init_globals={"get_config": lambda: config})
    return config


def test_server_and_cluster_treat_students_alike(server):
    hub, student = VALUES["hub"]["config"], VALUES["singleuser"]
    assert hub["NativeAuthenticator"] == dict(server.NativeAuthenticator)
    assert hub["Authenticator"]["allow_all"] is server.Authenticator.allow_all is True
    assert student["defaultUrl"] == server.Spawner.default_url
    assert student["memory"]["limit"] == server.Spawner.mem_limit
    assert student["extraEnv"].items() <= server.Spawner.environment.items()
    (culler,) = server.JupyterHub.services
    assert f"--timeout={VALUES['cull']['timeout']}" in culler["command"]


def test_the_first_page_is_lesson_1(server):
    page = Path(server.Spawner.default_url).relative_to("/lab/tree")
    assert page.name.startswith("01_")
    assert (DEPLOY.parent / page).is_file()


def test_only_the_named_teacher_is_an_administrator(server):
    assert server.Authenticator.admin_users == {"ada"}
    assert not server.NativeAuthenticator.get("open_signup", False)


@pytest.mark.parametrize("file", ["cluster/values.yaml", "one_server/jupyterhub_config.py"])
def test_no_secret_is_in_the_file(file):
    text = (DEPLOY / file).read_text(encoding="utf-8")
    assert not re.search(r"(secret|token|api_key|cookie)\w*['\"]?\s*[:=]", text, re.IGNORECASE)
    assert not re.search(r"[0-9a-f]{16}", text)


def test_every_name_to_be_filled_in_is_explained():
    names = set(re.findall(r"\b[A-Z]{3,}(?:[.@/][A-Z]+)*\b", yaml.safe_dump(VALUES)))
    readme = (DEPLOY / "cluster/README.md").read_text(encoding="utf-8")
    assert names == {"COURSE.EXAMPLE.ORG", "TEACHER@EXAMPLE.ORG", "REGISTRY", "TAG"}
    assert all(f"`{name}`" in readme for name in names)


def test_notebooks_arrive_and_the_students_own_work_stays(tmp_path):
    course, student = tmp_path / "course", tmp_path / "student"
    for name in ("01_first.ipynb", "going_further/01_first.ipynb"):
        (course / "notebooks" / name).parent.mkdir(parents=True, exist_ok=True)
        (course / "notebooks" / name).write_text("as handed out")
    (course / "deploy").mkdir()
    script = shutil.copy(DEPLOY / "copy_notebooks.py", course / "deploy")

    def come():
        subprocess.run([sys.executable, script, student], check=True)
        found = [path for path in student.rglob("*") if path.is_file()]
        return {path.relative_to(student).as_posix(): path.read_text() for path in found}

    handed_out = {
        name: "as handed out" for name in ("01_first.ipynb", "going_further/01_first.ipynb")
    }
    assert come() == handed_out
    (student / "01_first.ipynb").write_text("solved")
    (course / "notebooks/02_second.ipynb").write_text("new")
    assert come() == handed_out | {"01_first.ipynb": "solved", "02_second.ipynb": "new"}


@pytest.mark.parametrize("readme", [*DEPLOY.rglob("README.md")], ids=lambda path: path.parent.name)
def test_links_lead_somewhere(readme):
    targets = re.findall(r"\]\(([^)#]+)", readme.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (readme.parent / t).exists()]
    assert targets and missing == []
