"""A class on JupyterHub, as `deploy/one_server` configures it: `make test-hub STUDENTS=20`.

The tests are one school day and run in their order. Times and memory are printed, not judged.
"""

import asyncio
import contextlib
import functools
import html
import os
import random
import statistics
import time

import pytest

if "STUDENTS" not in os.environ:
    pytest.skip("a class on JupyterHub is tested by `make test-hub`", allow_module_level=True)

import psutil

from helpers import explorers
from tests import hub

STUDENTS = int(os.environ["STUDENTS"])
LESSON = "notebooks/01_relu_and_derivatives.ipynb"
MOVES, PAUSE = 40, 0.25  # of each student's slider, and the seconds between them
REFUSED = (302, 401, 403, 404)  # 302: sent to the page where one logs in
GIB = 2**30


class School:
    """A running hub, its teacher, its students, and the kernel of each."""

    def __init__(self, folder):
        self.hub = hub.Hub(folder, teacher="teacher")
        self.students, self.kernels, self.started = [], {}, set()

    async def open(self):
        await self.hub.start()
        self.teacher = hub.Student(self.hub, "teacher")
        await self.teacher.sign_up()
        await self.teacher.log_in()
        for number in range(STUDENTS):
            student = hub.Student(self.hub, f"student{number}")
            assert "sent to the admin" in await student.sign_up()
            await self.teacher.visit(f"/hub/authorize/{student.name}")
            self.students.append(student)

    async def processes(self, student):
        """The processes of a student's server: itself, and its kernels."""
        _, user = await self.teacher.api("GET", f"/hub/api/users/{student.name}")
        server = psutil.Process(user["servers"][""]["state"]["pid"])
        kernels = server.children(recursive=True)
        self.started |= {server, *kernels}
        return server, kernels

    async def close(self):
        for kernel in self.kernels.values():
            await kernel.close()
        for student in self.students:
            if await student.server():
                await student.stop_server()
        await self.hub.stop()
        for student in (self.teacher, *self.students):
            await student.close()


@pytest.fixture(scope="module")
def run():
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module")
def school(run, tmp_path_factory):
    assert STUDENTS >= 4, "three students have a fault each, and somebody must not notice"
    school = School(tmp_path_factory.mktemp("hub"))
    try:
        run(school.open())
        yield school
    finally:
        if school.hub.running:
            run(school.close())
        hub.stop(school.started)


@functools.cache
def sentences():
    """What an explorer in this process says at each place of the same slider."""
    explorer, said = explorers.explore_roof(), {}
    for value in (step / 4 for step in range(-16, 17)):
        explorer.set_values(w1=value)
        said[value] = explorer.sentence
    return said


async def move_slider(kernel, moves, pause=0.0):
    """Move a student's slider to and fro, and read each time what the picture says."""
    sentences()  # takes a moment at first, which is not the hub's
    taken = []
    for _ in range(moves):
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        value = kernel.value = random.choice([*sentences().keys() - {kernel.value}])
        sentence, seconds = await kernel.move(value)
        assert html.unescape(sentence) == sentences()[value]
        taken.append(seconds)
    return taken


def test_a_class_runs_lesson_1_all_at_once(school, run):
    together = asyncio.Barrier(STUDENTS)
    ready, taken, printed, first_pages = [], [], [], set()
    memory = {}

    async def measure(student, name):
        server, (kernel,) = await school.processes(student)
        for process, what in ((server, "server"), (kernel, name)):
            used = process.memory_full_info()
            memory.setdefault(what, []).append((used.pss, used.rss))

    async def attend(student):
        start = time.monotonic()
        await student.log_in()
        await student.start_server()
        kernel = school.kernels[student] = await student.open_kernel()
        kernel.value = 1.0  # where the slider stands at first
        ready.append(time.monotonic() - start)
        address, _ = await student.visit("/hub/spawn")
        first_pages.add(address.removeprefix(f"/user/{student.name}/"))
        for source in await student.notebook(LESSON):
            if source.startswith("import keras"):
                await together.wait()
                await measure(student, "kernel without TensorFlow")
                await together.wait()
            printed.append(await kernel.run(source))
        await together.wait()
        await measure(student, "kernel with TensorFlow")
        await together.wait()
        taken.extend(await move_slider(kernel, MOVES, PAUSE))

    async def all_attend():
        async with asyncio.TaskGroup() as group:
            for student in school.students:
                group.create_task(attend(student))

    start = time.monotonic()
    run(all_attend())
    assert first_pages == {f"lab/tree/{LESSON}"}
    report(ready, printed, taken, memory, time.monotonic() - start)


def report(ready, printed, taken, memory, seconds):
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"\n{STUDENTS} students on {os.cpu_count()} cores, load {load}, {seconds:.0f} s in all")
    print(f"from login to kernel: median {statistics.median(ready):.0f} s, last {max(ready):.0f} s")
    print(f"cells run: {len(printed)}, errors: 0")
    middle, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    print(f"slider, from its move to the picture, {len(taken)} times:", end=" ")
    print(f"median {1000 * middle:.0f} ms, 95th percentile {1000 * late:.0f} ms")
    share = {}
    for name, measured in memory.items():
        share[name], alone = (statistics.mean(sizes) / GIB for sizes in zip(*measured, strict=True))
        print(f"{name}: {share[name]:.2f} GB, were it alone {alone:.2f} GB")
    student = share["server"] + share["kernel with TensorFlow"]
    for size in (8, 16, 64):
        print(f"{size} GB, one for the system: {int((size - 1) / student)} students in lesson 1")


def test_no_student_reaches_another(school, run):
    mine, other, *_ = school.students
    kernel = school.kernels[other].id

    async def allowed(token):
        calls = {
            ("GET", f"/user/{other.name}/api/contents"): None,
            ("GET", f"/user/{other.name}/api/contents/{LESSON}"): None,
            ("GET", f"/user/{other.name}/api/kernels"): None,
            ("POST", f"/user/{other.name}/api/kernels"): {},
            ("DELETE", f"/user/{other.name}/api/kernels/{kernel}"): None,
            ("POST", f"/user/{other.name}/api/terminals"): {},
            ("GET", f"/user/{other.name}/api/kernels/{kernel}/channels"): None,
            ("GET", f"/user/{other.name}/files/{LESSON}"): None,
            ("GET", f"/hub/api/users/{other.name}"): None,
            ("DELETE", f"/hub/api/users/{other.name}/server"): None,
            ("POST", f"/hub/api/users/{other.name}/tokens"): {},
            ("POST", "/hub/api/users/intruder"): None,
            ("PATCH", f"/hub/api/users/{mine.name}"): {"admin": True},
            ("GET", "/hub/api/proxy"): None,
            ("POST", "/hub/api/shutdown"): {},
        }
        answers = {call: await mine.api(*call, body, token) for call, body in calls.items()}
        return {call: status for call, (status, _) in answers.items() if status not in REFUSED}

    for token in (mine.token, "", "0" * 32):
        assert run(allowed(token)) == {}
    # The same calls are no riddle to their owner, so it was the token that was refused.
    assert run(other.api("GET", f"/user/{other.name}/api/kernels"))[0] == 200
    assert run(other.api("GET", f"/hub/api/users/{other.name}"))[0] == 200
    # In a browser, neither another's pages nor the teacher's open.
    for page in (f"/user/{other.name}/lab", "/hub/admin", f"/hub/authorize/{mine.name}"):
        with pytest.raises(hub.aiohttp.ClientResponseError) as raised:
            run(mine.visit(page))
        assert raised.value.status in REFUSED


def test_nobody_notices_the_faults_of_others(school, run):
    killed, stopped, flooding, *others = school.students

    async def go_wrong():
        _, (kernel,) = await school.processes(killed)
        flood = asyncio.create_task(
            school.kernels[flooding].run("while True:\n    print('x' * 1000)")
        )
        kernel.kill()
        await school.kernels.pop(stopped).close()
        await stopped.stop_server()
        async with asyncio.TaskGroup() as group:
            for student in others:
                group.create_task(move_slider(school.kernels[student], 10))
        assert not flood.done()
        path = f"/user/{flooding.name}/api/kernels/{school.kernels[flooding].id}/interrupt"
        assert (await flooding.api("POST", path))[0] == 204
        with contextlib.suppress(RuntimeError):
            await flood

    async def recover(student):
        """Go on with a kernel that knows nothing any more."""
        if student in school.kernels:
            await school.kernels.pop(student).close()
        kernel = school.kernels[student] = await student.open_kernel()
        assert await kernel.run("print('x' in globals())") == "False\n"

    run(go_wrong())
    run(recover(killed))
    run(stopped.start_server())
    run(recover(stopped))
    assert run(school.kernels[flooding].run("print('x' in globals())")) == "True\n"


def test_servers_survive_a_restart_of_the_hub(school, run):
    async def restart():
        before = {student: await school.processes(student) for student in school.students}
        for number, student in enumerate(school.students):
            await school.kernels[student].run(f"number = {number}")
            await school.kernels[student].close()
        await school.hub.stop()
        for server, kernels in before.values():
            assert all(process.is_running() for process in (server, *kernels))
        await school.hub.start()
        for number, student in enumerate(school.students):
            kernel = await school.kernels[student].connect()
            assert await kernel.run("print(number)") == f"{number}\n"
            assert await school.processes(student) == before[student]
            assert (await student.visit("/hub/home"))[0] == "/hub/home"  # still logged in

    run(restart())


def test_everything_that_was_started_is_stopped(school, run):
    for student in school.students:
        run(school.processes(student))
    run(school.close())
    assert school.started and psutil.wait_procs(school.started, timeout=60)[1] == []
