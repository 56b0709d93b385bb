"""Data files from a cache and a server of the tests' own; whatever can go wrong on the way does."""

import contextlib
import errno
import hashlib
import inspect
import os
import socket
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import keras
import pytest

from helpers import data_files
from helpers.data_files import UnavailableError, cache_folders, provide
from tests.test_imports import run_python

FILES = {"one.npz": b"the first file" * 1000, "two.json": b"the second"}
PAGE = b"<html><title>Please log in</title></html>"
LIMIT = 0.5  # seconds
GRACE = 3.0  # what a busy machine may take beyond the limit


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, and no network: nothing listens at the files' address."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "*")
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setattr(data_files, "SHA256", sums)
    with socket.socket() as unused:  # bound, not listening: connections are refused
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(data_files, "ADDRESS", f"http://127.0.0.1:{unused.getsockname()[1]}/")
        yield tmp_path / "keras" / "datasets"


@pytest.fixture
def serve(monkeypatch):
    """A function that starts a server; it answers every request with the function given."""
    with contextlib.ExitStack() as stack:

        def start(answer):
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self):
                    requests.append(self.path)
                    with contextlib.suppress(ConnectionError):  # the client may hang up
                        answer(self)

                def log_message(self, *_):
                    pass

            requests = []
            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            stack.callback(server.server_close)
            threading.Thread(target=server.serve_forever, args=(0.01,)).start()
            stack.callback(server.shutdown)
            monkeypatch.setattr(data_files, "ADDRESS", f"http://127.0.0.1:{server.server_port}/")
            return requests

        yield start


def send(handler, content, status=200, length=None):
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content) if length is None else length))
    handler.end_headers()
    handler.wfile.write(content)


def send_file(handler):
    send(handler, FILES[handler.path[1:]])


def put(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*")}


def test_cached_files_are_found_without_a_network(cache):
    for name, content in FILES.items():
        put(cache, name, content)
    assert provide(FILES, LIMIT) == [cache / "one.npz", cache / "two.json"]
    assert contents(cache) == FILES


def test_missing_file_is_downloaded_once(cache, serve):
    put(cache, "two.json", FILES["two.json"])
    requests = serve(send_file)
    for _ in range(2):
        assert provide(FILES, 10.0) == [cache / "one.npz", cache / "two.json"]
    assert requests == ["/one.npz"]
    assert contents(cache) == FILES  # and nothing besides


def test_without_a_network_the_message_says_what_is_missing_and_where(cache):
    with pytest.raises(UnavailableError) as caught:
        provide(["one.npz"], LIMIT)
    expected = f"one.npz is not in {cache} and could not be downloaded: "
    assert str(caught.value).startswith(expected)
    assert os.strerror(errno.ECONNREFUSED) in str(caught.value)
    assert not cache.exists()


def missing(handler):
    send(handler, b"", status=404)


def page(handler):
    send(handler, PAGE)


def broken_off(handler):
    send(handler, FILES["one.npz"][:5000], length=len(FILES["one.npz"]))


def altered(handler):
    content = bytearray(FILES["one.npz"])
    content[7000] ^= 1
    send(handler, content)


def no_http(handler):
    handler.wfile.write(b"who is there?\r\n\r\n")


def no_chunks(handler):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    handler.wfile.write(head + b"who is there?\r\n")


def hung_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


WRONG_ANSWERS = [
    (missing, "Not Found"),
    (page, "is not the file"),
    (broken_off, "only a part"),
    (altered, "is not the file"),
    (no_http, r"who is there\?"),
    (no_chunks, "IncompleteRead"),
    (hung_up, "without response"),
]
wrong_answer = pytest.mark.parametrize(
    ("answer", "reason"), WRONG_ANSWERS, ids=[answer.__name__ for answer, _ in WRONG_ANSWERS]
)


@wrong_answer
def test_wrong_answer_is_not_kept(cache, serve, answer, reason):
    requests = serve(answer)
    with pytest.raises(UnavailableError, match=r"one\.npz is not in .*: .*" + reason):
        provide(["one.npz"], 10.0)
    assert requests
    assert not cache.exists()


DAMAGED = {
    "empty": b"",
    "truncated": FILES["one.npz"][:-1],
    "altered": FILES["one.npz"].replace(b"first", b"worst", 1),
    "another": PAGE,
}
damaged = pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)


@damaged
def test_damaged_file_without_a_network_is_to_be_deleted(cache, content):
    put(cache, "one.npz", content)
    with pytest.raises(OSError, match="Delete this file and load again") as caught:
        provide(["one.npz"], LIMIT)
    assert not isinstance(caught.value, UnavailableError)
    assert str(caught.value).startswith(f"{cache / 'one.npz'} is damaged, ")
    assert contents(cache) == {"one.npz": content}


@wrong_answer
def test_damaged_file_is_not_replaced_by_a_wrong_answer(cache, serve, answer, reason):
    put(cache, "one.npz", DAMAGED["truncated"])
    serve(answer)
    with pytest.raises(OSError, match=f"{reason}.* Delete this file and load again"):
        provide(["one.npz"], 10.0)
    assert contents(cache) == {"one.npz": DAMAGED["truncated"]}


@damaged
def test_damaged_file_is_replaced_when_a_whole_one_arrives(cache, serve, content):
    put(cache, "one.npz", content)
    serve(send_file)
    assert provide(["one.npz"], 10.0) == [cache / "one.npz"]
    assert contents(cache) == {"one.npz": FILES["one.npz"]}


@contextlib.contextmanager
def took(at_least, at_most):
    start = time.monotonic()
    yield
    assert at_least <= time.monotonic() - start <= at_most


@pytest.fixture
def silent_host(monkeypatch):
    """A host that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(data_files, "ADDRESS", f"http://127.0.0.1:{server.getsockname()[1]}/")
        yield


def test_silent_host_is_left_when_time_is_up(cache, silent_host):
    with pytest.raises(UnavailableError, match="took too long"), took(LIMIT, LIMIT + GRACE):
        provide(["one.npz"], LIMIT)


def test_silent_host_is_left_before_a_long_time_is_up(cache, silent_host, monkeypatch):
    monkeypatch.setattr(data_files, "_SILENCE", LIMIT)
    with pytest.raises(UnavailableError, match="timed out"), took(LIMIT, LIMIT + GRACE):
        provide(["one.npz"], 100.0)


def test_time_runs_for_all_files_together(cache, serve):
    def slowly(handler):
        time.sleep(0.6 * LIMIT)
        send_file(handler)

    serve(slowly)
    with pytest.raises(UnavailableError, match="took too long"), took(LIMIT, LIMIT + GRACE):
        provide(FILES, LIMIT)


@pytest.mark.parametrize("part", ["header", "body"])
def test_trickle_is_left_when_time_is_up(cache, serve, part):
    stop = threading.Event()

    def trickle(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 14000\r\nX-Filler: ")
        if part == "body":
            handler.wfile.write(b"\r\n\r\n")
        while not stop.wait(0.02):
            handler.wfile.write(b"t")

    serve(trickle)
    try:
        with pytest.raises(UnavailableError, match="took too long"), took(LIMIT, LIMIT + GRACE):
            provide(["one.npz"], LIMIT)
    finally:
        stop.set()
    assert not cache.exists()


def test_download_that_was_left_stops_by_itself(cache, serve):
    hung_up = threading.Event()

    def trickle(handler):
        send(handler, b"", length=1_000_000)
        try:
            for _ in range(1000):
                handler.wfile.write(b"t" * 100)
                time.sleep(0.01)
        except ConnectionError:
            hung_up.set()

    serve(trickle)
    with pytest.raises(UnavailableError):
        provide(["one.npz"], LIMIT)
    assert hung_up.wait(GRACE)


def test_silent_name_server_is_left_when_time_is_up(cache, monkeypatch):
    asked, answer = threading.Event(), threading.Event()

    def getaddrinfo(*_, **__):
        asked.set()
        answer.wait()
        raise socket.gaierror("too late")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    try:
        with pytest.raises(UnavailableError, match="took too long"), took(LIMIT, LIMIT + GRACE):
            provide(["one.npz"], LIMIT)
    finally:
        answer.set()
    assert asked.is_set()


def test_full_disk_leaves_nothing_behind(cache, serve, monkeypatch):
    def write_bytes(path, content):
        with open(path, "wb") as file:
            file.write(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    serve(send_file)
    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    with pytest.raises(UnavailableError, match=os.strerror(errno.ENOSPC)):
        provide(["one.npz"], 10.0)
    assert contents(cache) == {}


def test_full_disk_leaves_a_damaged_file_to_be_deleted(cache, serve, monkeypatch):
    def replace(path, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    put(cache, "one.npz", b"")
    serve(send_file)
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match=f"{os.strerror(errno.ENOSPC)}.* Delete this file"):
        provide(["one.npz"], 10.0)
    assert contents(cache) == {"one.npz": b""}


@pytest.fixture
def read_only(cache, tmp_path, monkeypatch):
    """Keras' home cannot be written, for root either; return the folder used in its place."""
    access, isdir = os.access, os.path.isdir
    closed = {str(cache.parent), str(cache)}
    monkeypatch.setattr(
        os, "access", lambda path, mode: str(path) not in closed and access(path, mode)
    )
    monkeypatch.setattr(os.path, "isdir", lambda path: path != "/tmp" and isdir(path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    cache.mkdir(parents=True)
    return tmp_path / "temporary" / ".keras" / "datasets"


def test_read_only_home_that_holds_the_file_is_read(cache, read_only):
    put(cache, "one.npz", FILES["one.npz"])
    assert provide(["one.npz"], LIMIT) == [cache / "one.npz"]


def test_instead_of_a_read_only_home_another_folder_is_written(cache, read_only, serve):
    serve(send_file)
    assert provide(["one.npz"], 10.0) == [read_only / "one.npz"]
    assert (contents(cache), contents(read_only)) == ({}, {"one.npz": FILES["one.npz"]})


def keras_cache(folder, monkeypatch, home):
    """Return where Keras itself puts a file."""
    source = folder / "one.npz"
    source.write_bytes(FILES["one.npz"])
    monkeypatch.setattr(keras.src.backend.config, "_KERAS_DIR", str(home))
    return Path(keras.utils.get_file("one.npz", origin=source.as_uri())).parent


def test_cache_is_where_keras_has_it(cache, tmp_path, monkeypatch):
    cache.parent.mkdir()
    assert cache_folders() == [cache]
    assert keras_cache(tmp_path, monkeypatch, cache.parent) == cache


def test_instead_of_a_read_only_home_keras_uses_the_same_folder(
    cache, read_only, tmp_path, monkeypatch
):
    assert cache_folders() == [cache, read_only]
    assert keras_cache(tmp_path, monkeypatch, cache.parent) == read_only


def test_without_keras_home_the_cache_is_where_keras_has_it(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    code = f"""
        import keras
        from helpers.data_files import cache_folders
        print(*cache_folders())
        print(keras.utils.get_file("empty", origin={tmp_path.joinpath("empty").as_uri()!r}))
    """
    tmp_path.joinpath("empty").touch()
    home = tmp_path / "home"
    home.mkdir()
    result = run_python(code, tmp_path, {"HOME": str(home), "USERPROFILE": str(home)})
    first, *_, last = result.stdout.splitlines()
    assert first == str(home / ".keras" / "datasets")
    assert last == os.path.join(first, "empty")


REAL_ADDRESS, REAL_SUMS = data_files.ADDRESS, data_files.SHA256


@pytest.mark.parametrize("name", [name for name in REAL_SUMS if name.endswith(".npz")])
def test_sums_and_addresses_are_those_of_keras(name):
    module = inspect.getmodule(getattr(keras.datasets, name.removesuffix(".npz")).load_data)
    source = inspect.getsource(module)
    assert REAL_SUMS[name] in source and REAL_ADDRESS in source and name in source


def test_home_need_not_be_there_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "not" / "yet"))
    assert cache_folders() == [tmp_path / "not" / "yet" / "datasets"]
