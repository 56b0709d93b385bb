"""What the browser tests share: a notebook that is open in JupyterLab, and looks at its explorers.

Waits are long, since a busy machine is slow; no test asks how fast.
"""

import contextlib
import os

import pytest
from playwright.sync_api import sync_playwright

from tests import lab

WAIT = 120_000  # milliseconds
NAME = "explorers.ipynb"


def require_browser():
    """Skip where there is no browser; fail there in continuous integration."""
    with sync_playwright() as playwright:
        if lab.find_chromium(playwright) is None:
            missing = "no Chromium found: install it, or set CHROMIUM to its path"
            if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"):
                pytest.fail(missing)
            pytest.skip(missing)


@contextlib.contextmanager
def opened(tmp_path_factory, cells, **screen):
    """Open a notebook with these cells, not yet run; skip the tests where there is no browser.

    The page's `errors` are those of the console; `address`, `folder` and `log` are the server's.
    """
    require_browser()
    folder, log = tmp_path_factory.mktemp("lessons"), tmp_path_factory.mktemp("jupyter") / "lab.log"
    lab.write_notebook(folder / NAME, cells)
    with lab.jupyterlab(folder, log) as address, lab.chromium_page(**screen) as page:
        page.set_default_timeout(WAIT)
        page.errors, page.address, page.folder, page.log = [], address, folder, log
        page.on("console", lambda line: line.type == "error" and page.errors.append(line.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        lab.open_notebook(page, address, NAME)
        yield page


def output(page, source):
    return page.locator(".jp-CodeCell", has_text=source).locator(".jp-OutputArea-output")


def alt(explorer):
    return explorer.locator("img").get_attribute("alt")


def wait_until(explorer, condition, before=None):
    """Wait for a condition in JavaScript on the explorer's `image` and its `caption`."""
    explorer.page.wait_for_function(
        f"""([area, before]) => {{
            const image = area.querySelector('img'), caption = area.querySelector('picture + div');
            return image && caption && {condition};
        }}""",
        arg=[explorer.element_handle(), before],
    )
