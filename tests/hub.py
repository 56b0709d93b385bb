"""JupyterHub on this machine, and students who use it as a browser does.

A `Student` signs up and logs in through the forms, and from then on speaks Jupyter's own protocol:
REST for servers and kernels, a websocket for what a kernel says.
"""

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import aiohttp
import psutil
import yarl

ROOT = Path(__file__).resolve().parents[1]
PROXY = ROOT / ".cache/proxy/node_modules/.bin"
PATIENCE = 600  # seconds for anything; a slow machine is no error


class Hub:
    """JupyterHub in a folder of its own, for which it may be stopped and started again."""

    def __init__(self, folder, teacher):
        with contextlib.ExitStack() as stack:
            probes = [stack.enter_context(socket.socket()) for _ in range(3)]
            for probe in probes:
                probe.bind(("127.0.0.1", 0))
            ports = [str(probe.getsockname()[1]) for probe in probes]
        self.address = f"http://127.0.0.1:{ports[0]}"
        self.log = folder / "hub.log"
        self._folder, self._process = folder, None
        self._environment = os.environ | {
            "COURSE_TEACHER": teacher,
            "KERAS_HOME": str(folder / "keras"),
            "HUB_TEST_PORTS": " ".join(ports),
            "PATH": f"{PROXY}{os.pathsep}{os.environ['PATH']}",
        }

    async def start(self):
        command = [sys.executable, "-m", "jupyterhub", f"--config={ROOT}/tests/hub_config.py"]
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.address}/hub/health") as answer:
                        if answer.status == 200:
                            return
                if self._process.poll() is not None:
                    raise RuntimeError(f"JupyterHub did not start: {self.log.read_text()}")
                await asyncio.sleep(0.2)

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    async def stop(self):
        """Stop the hub and its proxy; the students' servers go on."""
        own = psutil.Process(self._process.pid).children(recursive=True)
        own = [child for child in own if "singleuser" not in " ".join(child.cmdline())]
        own = [child for child in own if not _is_below_a_server(child)]
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, PATIENCE)
        stop(own)


def _is_below_a_server(process):
    return any("singleuser" in " ".join(parent.cmdline()) for parent in process.parents())


def stop(processes):
    """End these processes, kindly at first."""
    for end in ("terminate", "kill"):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                getattr(process, end)()
        _, processes = psutil.wait_procs(processes, timeout=30)


class Student:
    """Somebody with a browser."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.password = uuid.uuid4().hex
        self.browser = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # cookies for an address in numbers
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        )
        self.token = None

    async def close(self):
        await self.browser.close()

    async def sign_up(self):
        words = {"username": self.name, "signup_password": self.password}
        return await self._submit(
            "/hub/signup", words | {"signup_password_confirmation": self.password}
        )

    async def log_in(self):
        """Log in through the form, and get a token, as one may at /hub/token."""
        page = await self._submit(
            "/hub/login?next=/hub/home", {"username": self.name, "password": self.password}
        )
        assert "Invalid username" not in page and "not been authorized" not in page, page
        path, header = f"/hub/api/users/{self.name}/tokens", {"X-XSRFToken": self._xsrf()}
        async with self.browser.post(self.hub.address + path, headers=header, json={}) as answer:
            assert answer.status == 201, await answer.text()
            self.token = (await answer.json())["token"]

    async def visit(self, path):
        """Open a page as a browser does; return the address where it ends, and the page."""
        async with self.browser.get(self.hub.address + path) as answer:
            answer.raise_for_status()
            return answer.url.path, await answer.text()

    async def _submit(self, path, words):
        """Fill in a form: get it, and send it back with the cookie's token against forgery."""
        await self.visit(path)
        words = words | {"_xsrf": self._xsrf()}
        async with self.browser.post(self.hub.address + path, data=words) as answer:
            answer.raise_for_status()
            return await answer.text()

    def _xsrf(self):
        cookies = self.browser.cookie_jar.filter_cookies(yarl.URL(f"{self.hub.address}/hub/"))
        return cookies["_xsrf"].value

    async def api(self, method, path, body=None, token=None):
        """Call an API, of the hub or of a server; return the status and the answer."""
        header = {"Authorization": f"token {self.token if token is None else token}"}
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.request(
                method, self.hub.address + path, headers=header, json=body, allow_redirects=False
            ) as answer,
        ):
            text = await answer.text()
            with contextlib.suppress(ValueError):
                text = json.loads(text)
            if answer.status == 429:
                await asyncio.sleep(float(answer.headers.get("Retry-After", 5)))
            return answer.status, text

    async def start_server(self):
        """Ask for a server until the hub has time for it, and wait until it is there."""
        path = f"/hub/api/users/{self.name}"
        async with asyncio.timeout(PATIENCE):
            status = 429
            while status == 429:
                status, answer = await self.api("POST", f"{path}/server")
            assert status in (201, 202), answer
            while not (await self.server()).get("ready"):
                await asyncio.sleep(0.5)

    async def stop_server(self):
        async with asyncio.timeout(PATIENCE):
            status, answer = await self.api("DELETE", f"/hub/api/users/{self.name}/server")
            assert status in (202, 204), answer
            while await self.server():
                await asyncio.sleep(0.2)

    async def server(self):
        """What the hub says about this student's server, empty where there is none."""
        status, user = await self.api("GET", f"/hub/api/users/{self.name}")
        assert status == 200, user
        return user["servers"].get("", {})

    async def notebook(self, path):
        """The sources of the code cells of a notebook in this student's folder."""
        status, file = await self.api("GET", f"/user/{self.name}/api/contents/{path}")
        assert status == 200, file
        cells = file["content"]["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    async def open_kernel(self):
        status, kernel = await self.api("POST", f"/user/{self.name}/api/kernels", {})
        assert status == 201, kernel
        return await Kernel(self, kernel["id"]).connect()


class Kernel:
    """A kernel behind a websocket: runs cells, and moves the explorers' sliders."""

    def __init__(self, student, kernel):
        self.student, self.id = student, kernel
        self.models = {}  # of the widgets: by the comm's id, their state
        self._waiting = {}  # by the request's id, what arrived for it

    async def connect(self):
        path = f"/user/{self.student.name}/api/kernels/{self.id}/channels"
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(
            self.student.hub.address.replace("http", "ws", 1) + path,
            headers={"Authorization": f"token {self.student.token}"},
            max_msg_size=0,
        )
        self._reader = asyncio.create_task(self._read())
        await self._answer("kernel_info_request", {})
        return self

    async def close(self):
        await self._socket.close()
        await self._reader
        await self._session.close()

    async def run(self, source):
        """Run a cell; return what it printed. A cell that fails raises."""
        printed = []
        request = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        async for kind, content in self._messages("execute_request", request):
            if kind == "stream":
                printed.append(content["text"])
            if kind == "error":
                raise RuntimeError(re.sub(r"\x1b\[\d*m", "", "\n".join(content["traceback"])))
        return "".join(printed)

    async def move(self, value):
        """Move the first slider; return the picture's sentence, and the seconds until it came."""
        names = {key: model["_model_name"] for key, model in self.models.items()}
        slider = next(key for key, name in names.items() if name.endswith("SliderModel"))
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        start, taken = time.perf_counter(), None
        async for kind, content in self._messages("comm_msg", {"comm_id": slider, "data": data}):
            picture = content.get("data", {}).get("state", {}).get("value")
            if kind == "comm_msg" and taken is None and "<picture>" in str(picture):
                taken, sentence = (
                    time.perf_counter() - start,
                    re.search('alt="([^"]*)"', picture)[1],
                )
        if taken is None:
            raise RuntimeError("the slider was moved, and no picture came")
        return sentence, taken

    async def _answer(self, kind, content):
        async for _ in self._messages(kind, content):
            pass

    async def _messages(self, kind, content):
        """Send a request, and yield what comes back for it until the kernel is done with it."""
        request, queue = uuid.uuid4().hex, asyncio.Queue()
        self._waiting[request] = queue
        header = {"msg_id": request, "msg_type": kind, "session": self.id, "username": "student"}
        message = {"header": header | {"version": "5.4"}, "content": content, "metadata": {}}
        message |= {"channel": "shell", "parent_header": {}, "buffers": []}
        try:
            await self._socket.send_str(json.dumps(message))
            while True:
                kind, content = await asyncio.wait_for(queue.get(), PATIENCE)
                if kind is None:
                    raise ConnectionError("the websocket was closed")
                yield kind, content
                if kind == "status" and content["execution_state"] == "idle":
                    return
        finally:
            del self._waiting[request]

    async def _read(self):
        async for frame in self._socket:
            message = _decode(frame)
            kind, content = message["msg_type"], message["content"]
            if kind == "comm_open":
                self.models[content["comm_id"]] = content["data"]["state"]
            queue = self._waiting.get(message["parent_header"].get("msg_id"))
            if queue is not None:
                queue.put_nowait((kind, content))
        for queue in self._waiting.values():
            queue.put_nowait((None, None))


def _decode(frame):
    """Read a message; one with buffers says first how many parts it has and where they begin."""
    if frame.type == aiohttp.WSMsgType.TEXT:
        return json.loads(frame.data)
    parts = int.from_bytes(frame.data[:4], "big")
    starts = [int.from_bytes(frame.data[4 * i : 4 * i + 4], "big") for i in range(1, parts + 1)]
    return json.loads(frame.data[starts[0] : [*starts, None][1]])
