"""JupyterLab in headless Chromium: for the browser tests, the benchmarks and a look.

``python -m tests.lab notebooks/01_relu_and_derivatives.ipynb`` runs that notebook in
JupyterLab and saves pictures of all of it, from top to bottom, under ``screenshots/``; with
``--dark`` in the dark theme.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "course"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
# No question about news, no update check, every cell drawn, also those out of sight, and no
# empty space after the last one.
LAB_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
}


def find_chromium(playwright):
    """Return the browser's path: ``CHROMIUM``, else one on the path, else Playwright's own.

    None where there is no browser.
    """
    if named := os.environ.get("CHROMIUM"):
        return named
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


@contextlib.contextmanager
def chromium_page(width=1300, height=1000, device_pixel_ratio=1):
    """Open a page in a new headless browser."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            raise RuntimeError("no Chromium found: install it, or set CHROMIUM to its path")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        try:
            yield browser.new_page(
                viewport={"width": width, "height": height},
                device_scale_factor=device_pixel_ratio,
            )
        finally:
            browser.close()


@contextlib.contextmanager
def jupyterlab(folder, log, theme="JupyterLab Light"):
    """Serve `folder` with JupyterLab, untouched by the user's own settings; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = Path(log).parent / "jupyter"
    look = {"apputils-extension/themes": {"theme": theme}}
    for name, settings in (LAB_SETTINGS | look).items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    installed = home / "installed" / "overrides.d"  # as the package installs it
    installed.mkdir(parents=True)
    shutil.copy(ROOT / "helpers" / "jupyterlab_settings.json5", installed)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += ["--allow-root", f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={folder}", "--LabApp.extension_manager=readonly"]
    command += [f"--LabApp.app_settings_dir={installed.parent}"]
    with open(log, "wb") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_served(f"{address}/api?token={TOKEN}", server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_until_served(url, server, log, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError as error:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"JupyterLab did not start: {Path(log).read_text()}") from error
            time.sleep(0.2)


def write_notebook(path, cells):
    """Write a notebook with these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def open_notebook(page, address, name):
    """Open a notebook in JupyterLab's single-document view and wait for its kernel."""
    page.goto(f"{address}/doc/tree/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        " === 'idle'",
        timeout=60_000,
    )


def run_all(page, seconds=300):
    """Run every cell; raises where one fails or where it takes too long."""
    finished = page.evaluate(
        """seconds => Promise.race([
            window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true),
            new Promise(resolve => setTimeout(() => resolve(false), 1000 * seconds)),
        ])""",
        seconds,
    )
    if not finished:
        raise RuntimeError(f"the notebook did not finish within {seconds} s")
    not_run = page.evaluate(
        """window.jupyterapp.shell.currentWidget.content.widgets.filter(
            cell => cell.model.type === 'code' && cell.model.executionCount === null).length"""
    )
    if not_run:
        raise RuntimeError(f"a cell failed, {not_run} after it did not run: {red_text(page)}")


def red_text(page):
    """Return what the notebook shows on red: standard error, and the errors of cells."""
    return page.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()


def screenshot_notebook(notebook, name, theme):
    """Run a notebook in JupyterLab and save all of it as pictures of at most 8 000 pixels.

    The notebook is scrolled, since one picture of all of it could be too tall. They are called
    NAME_1.png, NAME_2.png and so on; where one ends, the next begins. Returns their paths and
    the console's errors.
    """
    errors = []
    with tempfile.TemporaryDirectory() as served:
        shutil.copy(notebook, served)
        log = Path(served) / "lab.log"
        with jupyterlab(served, log, theme) as address, chromium_page() as page:
            page.on("console", lambda line: line.type == "error" and errors.append(line.text))
            page.on("pageerror", lambda error: errors.append(str(error)))
            open_notebook(page, address, Path(notebook).name)
            run_all(page, seconds=900)
            return _screenshot_pages(page, name), errors


def _screenshot_pages(page, name):
    page.set_viewport_size({"width": 1300, "height": 8000})
    page.wait_for_timeout(1000)
    cells = page.locator(".jp-WindowedPanel-outer")
    whole, visible = cells.evaluate("cells => [cells.scrollHeight, cells.clientHeight]")
    box, pictures = cells.bounding_box(), []
    for number, top in enumerate(range(0, whole, visible), start=1):
        reached = cells.evaluate("(cells, top) => (cells.scrollTop = top, cells.scrollTop)", top)
        page.wait_for_timeout(1000)
        seen = top - reached  # the last page cannot be scrolled as far as the others
        clip = box | {"y": box["y"] + seen, "height": visible - seen}
        pictures.append(f"{name}_{number}.png")
        page.screenshot(path=pictures[-1], clip=clip)
    return pictures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    options = parser.parse_args()
    theme, end = ("JupyterLab Dark", "_dark") if options.dark else ("JupyterLab Light", "")
    for notebook in options.notebooks:
        name = ROOT / "screenshots" / f"{notebook.parent.name}_{notebook.stem}{end}"
        pictures, errors = screenshot_notebook(notebook, name, theme)
        for error in errors:
            print("console error:", error)
        print(*pictures, sep="\n")
