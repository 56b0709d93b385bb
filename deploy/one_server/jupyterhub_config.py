"""JupyterHub for one class on one server. The README beside this file says how to start it."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

c = get_config()  # noqa: F821

COURSE = Path(__file__).resolve().parents[2]
GIB = 2**30
MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
# `make test-hub` measured 0.5 GB for a student in lesson 1, with TensorFlow; lesson 6 takes more.
PER_STUDENT = 0.6 * GIB

# Who may enter. A student signs up with a password of their own at /hub/signup, and the teacher
# lets them in at /hub/authorize. The teacher's name is given where the hub is started.
c.JupyterHub.authenticator_class = "native"
c.Authenticator.admin_users = {os.environ["COURSE_TEACHER"]}
c.Authenticator.allow_all = True  # all those who were let in
c.Authenticator.username_pattern = r"[a-z][a-z0-9-]{0,23}"  # it becomes the name of an account
c.NativeAuthenticator.minimum_password_length = 8
c.NativeAuthenticator.check_common_password = True
c.NativeAuthenticator.allowed_failed_logins = 5
c.NativeAuthenticator.seconds_before_next_try = 60

# Each student works as a Linux account of their own, made when it is first needed, in a home folder
# that no other student can read; systemd holds the memory limit. Lesson 6 needs 1.4 GB.
c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
c.SystemdSpawner.username_template = "student-{USERNAME}"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.disable_user_sudo = True
c.Spawner.mem_limit = "2G"


def make_account(spawner):
    """Add the student's account, unless there is one."""
    account = f"student-{spawner.user.name}"
    try:
        pwd.getpwnam(account)
    except KeyError:
        command = ["useradd", "--create-home", "--key", "HOME_MODE=0700", "--shell", "/bin/bash"]
        subprocess.run([*command, account], check=True)


c.Spawner.pre_spawn_hook = make_account

# What a student sees: the notebooks in a folder of their own, lesson 1 first, and the data sets of
# lesson 6, which all share and no student can change. NumPy keeps to one thread: those of a whole
# class would wait for each other, and wait busily.
c.Spawner.cmd = [str(COURSE / "deploy/one_server/start.sh")]
c.Spawner.default_url = "/lab/tree/notebooks/01_relu_and_derivatives.ipynb"
c.Spawner.environment = {"KERAS_HOME": os.environ["KERAS_HOME"], "OPENBLAS_NUM_THREADS": "1"}
c.Spawner.http_timeout = c.Spawner.start_timeout = 300  # for a class that comes all at once

# How many servers start at a time, and how many run. Who comes after them is asked to wait.
c.JupyterHub.concurrent_spawn_limit = 10 * os.cpu_count()
c.JupyterHub.active_server_limit = max(1, int((MEMORY - GIB) / PER_STUDENT))

# A server that nobody has used for an hour is stopped; the files stay.
culler = [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]
c.JupyterHub.services = [{"name": "idle-culler", "command": culler}]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]

# The students' servers go on while the hub is restarted.
c.JupyterHub.cleanup_servers = False

# Browsers come through a web server that speaks HTTPS, on the same machine.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
