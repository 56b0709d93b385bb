"""The configuration of `deploy/one_server`, with what a test on one machine must have otherwise.

Accounts and systemd's units belong to a real server: here all students are processes of the user
who runs the test, each in a folder of its own. Everything else is as shipped.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821
load_subconfig(str(Path(__file__).parents[1] / "deploy/one_server/jupyterhub_config.py"))  # noqa: F821

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{os.getcwd()}/{{username}}"
c.Spawner.pre_spawn_hook = None
c.Spawner.args = ["--allow-root"]

public, proxy, hub = os.environ["HUB_TEST_PORTS"].split()
c.JupyterHub.bind_url = f"http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy}"
