"""Real data against Keras and published numbers, files that go wrong, stand-ins, preparation."""

import contextlib
import errno
import hashlib
import inspect
import io
import os
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler

from helpers import datasets
from helpers.datasets import (
    decode,
    load_boston_housing,
    load_mnist,
    load_reuters,
    make_task,
    multi_hot,
    standardise,
)
from helpers.network import MLP, Dense, accuracy
from helpers.optimizers import RMSprop
from tests.test_imports import run_python

LOADERS = {
    load_boston_housing: ["boston_housing.npz"],
    load_reuters: ["reuters.npz", "reuters_word_index.json"],
    load_mnist: ["mnist.npz"],
}
REAL = datasets.cache_folder()  # as KERAS_HOME or the home directory has it, before a test sets it
ADDRESS = datasets.ADDRESS


def needs_real(load):
    missing = [file for file in LOADERS[load] if not (REAL / file).is_file()]
    return pytest.mark.skipif(
        bool(missing), reason=f"{missing} not in {REAL}: real data not tested"
    )


each_loader = pytest.mark.parametrize("load", LOADERS, ids=lambda load: load.__name__)
each_real = pytest.mark.parametrize(
    "load", [pytest.param(load, marks=needs_real(load), id=load.__name__) for load in LOADERS]
)


@pytest.fixture(autouse=True)
def without_network(monkeypatch):
    """Nothing listens at the files' address, and nobody chose a source."""
    with socket.socket() as unused:  # bound, not listening: connections are refused
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(datasets, "ADDRESS", f"http://127.0.0.1:{unused.getsockname()[1]}/")
        monkeypatch.setenv("no_proxy", "*")
        monkeypatch.delenv("COURSE_DATA", raising=False)
        yield


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras" / "datasets"


def contents(folder):
    return {path.name: path.is_file() and path.read_bytes() for path in folder.glob("*")}


def refused(name, error=ValueError):
    """The error that names the argument and says what it was."""
    return pytest.raises(error, match=rf"^{name} must (.|\n)* Received: {name}=")


# The real data


@needs_real(load_boston_housing)
def test_boston_housing():
    boston = load_boston_housing("keras")
    first = [1.23247, 0, 8.14, 0, 0.538, 6.142, 91.7, 3.9769, 4, 307, 21, 396.9, 18.72]
    assert dict(zip(boston.names, boston.x_train[0], strict=True))["TAX"] == 307
    np.testing.assert_array_equal(boston.x_train[0], first)
    assert boston.target == "median price of a home, in thousands of dollars"
    assert boston.note == "Boston housing: the real data, 404 training and 102 test samples."
    assert repr(boston) == f"Dataset({boston.note!r})"


@needs_real(load_reuters)
def test_reuters():
    reuters = load_reuters("keras")
    assert len(reuters.words) == 10_000
    assert decode(reuters.x_train[0], reuters.words) == (
        "? ? said as a result of its december acquisition of space co it expects earnings per "
        "share in 1987 of 1 15 to 1 30 dlrs per share up from 70 cts in 1986 the company said "
        "pretax net should rise to nine to 10 mln dlrs from six mln dlrs in 1986 and rental "
        "operation revenues to 19 to 22 mln dlrs from 12 5 mln dlrs it said cash flow per share "
        "this year should be 2 50 to three dlrs reuter 3"
    )


@each_real
def test_real_data_is_what_keras_loads(load, capfd):
    import keras

    module = getattr(keras.datasets, load.__name__.removeprefix("load_"))
    arguments = {"num_words": 10_000} if load is load_reuters else {}
    (x_train, y_train), (x_test, y_test) = module.load_data(**arguments)
    data = load()
    assert data.source == "keras" and "the real data" in data.note
    mine = data.x_train, data.y_train, data.x_test, data.y_test
    for array, expected in zip(mine, (x_train, y_train, x_test, y_test), strict=True):
        assert array.dtype == expected.dtype
        assert np.array_equal(array, expected)
    if load is load_reuters:
        assert data.names == module.get_label_names()
    assert capfd.readouterr() == ("", "")


def test_files_are_those_of_keras():
    import keras

    for name, sha256 in datasets.SHA256.items():
        module = getattr(keras.datasets, name.removesuffix("_word_index.json").removesuffix(".npz"))
        source = inspect.getsource(inspect.getmodule(module.load_data))
        assert name in source and ADDRESS in source
        if name.endswith(".npz"):
            assert sha256 in source
        elif (REAL / name).is_file():  # Keras states another sum of this one
            content = (REAL / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha256
            assert hashlib.md5(content, usedforsecurity=False).hexdigest() in source


@pytest.mark.parametrize("variable", ["KERAS_HOME", "HOME"])
def test_cache_is_where_keras_has_it(tmp_path, monkeypatch, variable):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    tmp_path.joinpath("empty").touch()
    code = f"""
        import keras
        from helpers import datasets
        file = keras.utils.get_file("empty", origin={tmp_path.joinpath("empty").as_uri()!r})
        print(datasets.cache_folder(), file, sep="\\n")
    """
    homes = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    if variable == "KERAS_HOME":
        homes["KERAS_HOME"] = str(tmp_path / "k")
    *_, folder, file = run_python(code, tmp_path, homes).stdout.splitlines()
    expected = tmp_path / ("k" if variable == "KERAS_HOME" else ".keras") / "datasets"
    assert (folder, file) == (str(expected), str(expected / "empty"))


# Files that are not there, and whatever can go wrong on their way


def pack(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


STORIES = np.array([[1, 2], [3], [4], [1], [2]], dtype=object)
FILES = {
    "mnist.npz": pack(**dict.fromkeys(("x_train", "y_train", "x_test", "y_test"), np.arange(9))),
    "reuters.npz": pack(x=STORIES, y=np.arange(5)),
    "reuters_word_index.json": b'{"the": 1, "of": 2}',
}


@pytest.fixture
def files(cache, monkeypatch):
    """The sums of files of the tests' own, which are small; returns where the cache is."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setattr(datasets, "SHA256", sums)
    return cache


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
            monkeypatch.setattr(datasets, "ADDRESS", f"http://127.0.0.1:{server.server_port}/")
            return requests

        yield start


def send_file(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + FILES[handler.path[1:]])


def test_missing_files_are_downloaded_once(files, serve, capfd):
    requests = serve(send_file)
    for load in (load_reuters, load_mnist, load_reuters, load_mnist):
        assert load().source == load("keras").source == "keras"
    assert requests == ["/reuters.npz", "/reuters_word_index.json", "/mnist.npz"]
    assert contents(files) == FILES  # and nothing besides
    assert capfd.readouterr() == ("", "")


# What may stand in the place of a file, and what is said of it.


def nothing(path, monkeypatch):
    return re.escape(f"mnist.npz is not in {path.parent}")


def damaged(path, monkeypatch):
    path.parent.mkdir(parents=True)
    path.write_bytes(FILES["mnist.npz"][:-1])
    return re.escape(f"{path} is damaged")


def folder(path, monkeypatch):
    path.mkdir(parents=True)
    return re.escape(f"{path} cannot be read (") + r".+\)"


def closed(path, monkeypatch):
    """As with mode 000, which the superuser may read all the same."""

    def read_bytes(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    return re.escape(f"{path} cannot be read ({os.strerror(errno.EACCES)})")


each_place = pytest.mark.parametrize("place", [nothing, damaged, folder, closed])


@each_place
def test_without_a_network_auto_uses_the_stand_in_and_keras_says_what_to_do(
    files, monkeypatch, place, capfd
):
    problem = place(files / "mnist.npz", monkeypatch)
    reason = f"{problem} and could not be downloaded: .*refused.*"
    advice = f"put mnist.npz from {datasets.ADDRESS} into {re.escape(str(files))}"
    mnist = load_mnist()
    assert mnist.source == "embedded" and mnist.x_train.shape[1:] == (8, 8)
    expected = f"A stand-in for MNIST: handwritten digits [^,]+, because {reason}. For the real "
    assert re.fullmatch(f'{expected}data, load with source="keras", .* or {advice}.', mnist.note)
    with pytest.raises(OSError, match=f"^MNIST cannot be loaded: {reason}. Or {advice}.$"):
        load_mnist("keras")
    assert capfd.readouterr() == ("", "")


@each_place
def test_with_a_network_whatever_is_in_the_cache_is_no_obstacle(files, serve, monkeypatch, place):
    place(files / "mnist.npz", monkeypatch)
    serve(send_file)
    assert load_mnist().source == "keras"
    monkeypatch.undo()
    if place is not folder:
        assert contents(files) == {"mnist.npz": FILES["mnist.npz"]}


def test_where_nothing_can_be_stored_the_data_are_used_all_the_same(files, serve, monkeypatch):
    def write_bytes(path, content):
        with open(path, "wb") as file:
            file.write(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    serve(send_file)
    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    assert load_mnist("keras").source == "keras"
    assert contents(files) == {}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "Not Found"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html><title>Please log in</title></html>", "is not the file"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nPK", "IncompleteRead"),
        (b"who is there?\r\n\r\n", r"who is there\?"),
        (b"", "without response"),
    ],
)
def test_wrong_answer_is_not_kept(files, serve, answer, reason):
    damaged(files / "mnist.npz", None)
    serve(lambda handler: handler.wfile.write(answer))
    with pytest.raises(OSError, match=f"damaged and could not be downloaded: .*{reason}"):
        load_mnist("keras")
    assert contents(files) == {"mnist.npz": FILES["mnist.npz"][:-1]}


def trickle(start):
    def answer(handler):
        handler.wfile.write(start)
        while not stop.wait(0.02):
            handler.wfile.write(b"t")

    return answer


stop = threading.Event()


@pytest.fixture
def impatient(monkeypatch):
    """A download may take half a second; a server that goes on for ever stops after the test."""
    monkeypatch.setattr(datasets, "SECONDS", {"auto": 0.5, "keras": 0.5})
    stop.clear()
    yield
    stop.set()


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: stop.wait(),
        trickle(b"HTTP/1.1 200 OK\r\nX-Filler: "),
        trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 14000\r\n\r\n"),
    ],
    ids=["silence", "header", "body"],
)
def test_slow_host_is_left_when_time_is_up(files, serve, impatient, answer):
    requests = serve(answer)
    assert "could not be downloaded: it took too long. For" in load_mnist().note
    assert requests == ["/mnist.npz"]


def test_host_that_trickles_for_ever_keeps_no_process_alive(files, serve, impatient, tmp_path):
    serve(trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 14000\r\n\r\n"))
    code = "from helpers import datasets\ndatasets.SECONDS['auto'] = 0.5\n"
    code += f"datasets.ADDRESS = {datasets.ADDRESS!r}\nprint(datasets.load_mnist().note)"
    result = run_python(code, tmp_path, {"KERAS_HOME": str(tmp_path), "no_proxy": "*"})
    assert "it took too long" in result.stdout


def test_silent_name_server_is_left_when_time_is_up(files, impatient, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: stop.wait())
    assert "it took too long" in load_mnist().note


def test_time_runs_for_all_files_together(files, serve, impatient):
    def slowly(handler):
        stop.wait(0.3)
        send_file(handler)

    serve(slowly)
    assert "it took too long" in load_reuters().note


def test_what_arrives_too_late_is_there_next_time(files, serve, impatient):
    def late(handler):
        stop.wait()
        send_file(handler)

    requests = serve(late)
    assert load_mnist().source == "embedded"
    stop.set()
    while not (files / "mnist.npz").is_file():
        time.sleep(0.01)
    assert load_mnist().source == "keras"
    assert len(requests) == 1


def test_where_no_thread_can_be_started_there_is_the_stand_in(files, monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert "could not be downloaded: can't start new thread. For" in load_mnist().note


def test_auto_waits_for_seconds_and_keras_for_minutes():
    assert datasets.SECONDS == {"auto": 5.0, "keras": 300.0}


# Which source


@pytest.mark.parametrize(
    ("variable", "source", "meant"),
    [
        ("", "auto", "auto"),
        ("embedded", "auto", "embedded"),
        ("keras", "auto", "keras"),
        ("embedded", "keras", "keras"),
        ("nonsense", "embedded", "embedded"),
    ],
)
def test_variable_decides_what_auto_does(cache, monkeypatch, variable, source, meant):
    monkeypatch.setenv("COURSE_DATA", variable)
    if meant == "keras":
        with pytest.raises(OSError, match="Boston housing cannot be loaded"):
            load_boston_housing(source)
        return
    note = load_boston_housing(source).note
    name, value = ("source", source) if source == "embedded" else ("COURSE_DATA", variable)
    reason = "boston_housing.npz is not in" if meant == "auto" else f"{name}={value!r} asks for it"
    assert f", because {reason}" in note


def test_bad_source_and_bad_variable_are_refused(monkeypatch):
    with refused("source"):
        load_reuters("Keras")
    monkeypatch.setenv("COURSE_DATA", "real")
    with refused("COURSE_DATA"):
        load_mnist()


# The stand-ins


@pytest.fixture(scope="module")
def corpus():
    return load_reuters("embedded")


@each_loader
def test_stand_in_is_always_the_same_and_says_that_it_is_one(load):
    one, other = load("embedded"), load("embedded")
    assert one.source == "embedded" and one.note.startswith("A stand-in for ")
    for name, value in vars(one).items():
        assert np.array_equal(value, getattr(other, name))
    assert (len(one.x_train), len(one.x_test)) == (len(one.y_train), len(one.y_test))
    with pytest.raises(AttributeError):
        one.x_train = None


def rows(x, y):
    """The samples, each with its target, in order: the same for the same samples."""
    return sorted(map(tuple, np.column_stack([np.concatenate(x), np.concatenate(y)])))


def test_diabetes_is_whole_and_its_columns_have_units():
    bunch = load_diabetes(scaled=False)
    data = load_boston_housing("embedded")
    assert (data.x_train.shape, data.x_test.shape) == ((353, 10), (89, 10))
    expected = rows([bunch.data], [bunch.target])
    assert rows([data.x_train, data.x_test], [data.y_train, data.y_test]) == expected
    assert list(data.names) == bunch.feature_names
    assert f"from {bunch.target.min():.0f} to {bunch.target.max():.0f}" in data.target


def test_digits_are_whole_and_as_bright_as_mnist():
    bunch = load_digits()
    data = load_mnist("embedded")
    assert (data.x_train.shape, data.x_test.shape) == ((1437, 8, 8), (360, 8, 8))
    assert data.x_train.dtype == np.uint8
    levels = np.array([round(level * 255 / 16) for level in range(17)])
    x = [images.reshape(-1, 64) for images in (data.x_train, data.x_test)]
    expected = rows([levels[bunch.data.astype(int)]], [bunch.target])
    assert rows(x, [data.y_train, data.y_test]) == expected
    assert data.names == tuple("0123456789")


def test_corpus_has_the_form_of_reuters(corpus):
    assert (len(corpus.x_train), len(corpus.x_test)) == (6400, 1600)
    stories = [*corpus.x_train, *corpus.x_test]
    assert corpus.x_train.dtype == object and type(stories[0]) is list
    assert all(story[0] == 1 and 1 not in story[1:] for story in stories)
    lengths = [len(story) for story in stories]
    assert (min(lengths), max(lengths)) == (11, 501) and 90 < np.median(lengths) < 110
    used = set().union(*stories)
    assert used <= set(range(10_000)) - {0, 3} and 2 in used and max(used) == 9999
    assert (corpus.words[:4], len(corpus.words)) == (("", "", "?", "?"), 10_000)
    assert len(set(corpus.words[4:])) == 9996
    assert all(len(word) == 6 and word.isalpha() for word in corpus.words[4:])
    assert corpus.names == tuple(f"topic {k}" for k in range(46))
    assert corpus.y_train.dtype.kind == "i"


def test_topics_of_the_corpus_are_as_unequal_as_those_of_reuters(corpus):
    shares = np.sort(np.bincount(corpus.y_train, minlength=46))[::-1] / len(corpus.y_train)
    reuters = np.array([3159, 1949, 549, 432]) / 8982  # its four largest topics
    np.testing.assert_allclose(shares[:4], reuters, atol=0.03)
    assert 0 < shares[-1] < 0.003 and np.median(shares) < 0.02
    shuffled = np.random.default_rng(0).permutation(corpus.y_test)
    assert 0.14 < (shuffled == corpus.y_test).mean() < 0.23  # 0.19 of the real ones


def test_low_numbers_are_frequent_words(corpus):
    counts = np.bincount(np.concatenate(corpus.x_train), minlength=10_000)[4:]
    deciles = counts[:9990].reshape(10, -1).sum(axis=1)
    assert (np.diff(deciles) < 0).all()
    assert counts[:100].sum() > 0.25 * counts.sum()


def test_corpus_can_be_learnt_and_over_fitted_as_reuters_can_and_a_bottleneck_hurts(corpus):
    data = multi_hot(corpus.x_train), multi_hot(corpus.x_test)

    def train(units, epochs):
        rng = np.random.default_rng(0)
        layers = [Dense(10_000, 64, "relu", rng), Dense(64, units, "relu", rng)]
        network = MLP([*layers, Dense(units, 46, "softmax", rng)])
        return network.train(
            *(data[0], corpus.y_train, "sparse_categorical_crossentropy", RMSprop(0.001)),
            *(epochs, 512),
            metrics={"accuracy": accuracy},
            validation_data=(data[1], corpus.y_test),
            rng=rng,
        )

    history = train(units=64, epochs=20)
    best = int(np.argmin(history["val_loss"]))
    assert 5 <= best <= 15
    assert history["val_loss"][-1] > 1.05 * history["val_loss"][best]
    assert 0.75 <= history["val_accuracy"][best] <= 0.85 < 0.95 < history["accuracy"][-1]
    assert train(units=4, epochs=6)["val_accuracy"][-1] < 0.6 < history["val_accuracy"][5]


# Preparing data


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_standardise_agrees_with_scikit_learn(dtype):
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 100, (n, 5)).astype(dtype) for n in (50, 20))
    scaler = StandardScaler().fit(train.astype(np.float64))
    kept = np.float32 if dtype is np.float32 else np.float64
    before = train.copy(), test.copy()
    results = standardise(train, test, test[:0])
    assert [result.dtype for result in results] == [kept] * 3
    assert [result.shape for result in results] == [(50, 5), (20, 5), (0, 5)]
    for result, table in zip(results, (train, test), strict=False):
        expected = scaler.transform(table.astype(np.float64))
        np.testing.assert_allclose(result, expected, atol=4 * np.finfo(kept).eps)
        assert not np.shares_memory(result, table)
    assert np.array_equal(before[0], train) and np.array_equal(before[1], test)


@pytest.mark.parametrize("rows", [3, 7])  # of 0.1: np.std finds 1e-17 instead of 0
def test_standardise_shifts_a_constant_column_and_leaves_its_scale(rows):
    train = np.full((rows, 2), 0.1)
    train[:, 1] = np.arange(rows)
    x_train, x_test = standardise(train, [[0.1, rows - 1.0], [1.1, 0.0]])
    assert x_train[:, 0].tolist() == [0.0] * rows
    np.testing.assert_allclose(x_test[:, 0], [0.0, 1.0], atol=1e-12)
    assert x_test[0, 1] == -x_test[1, 1] == x_train[-1, 1] > 1.0


def test_standardise_refuses_what_would_be_broadcast_and_text():
    with refused("x_train"):
        standardise([1.0, 2.0])
    with refused("others"):
        standardise([[1.0, 2.0]], [[1.0, 2.0]], [[1.0]])
    with refused("x_train", TypeError):
        standardise([["1"]])


@pytest.mark.parametrize("kind", [list, tuple, lambda x: np.array([*x, None], dtype=object)[:-1]])
def test_multi_hot_agrees_with_scikit_learn(kind):
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, 30, n).tolist() for n in rng.integers(0, 40, 100)]
    expected = MultiLabelBinarizer(classes=range(30)).fit_transform(sequences)
    result = multi_hot(kind(sequences), 30)
    assert (result.dtype, result.shape) == (np.uint8, (100, 30))
    assert np.array_equal(result, expected)


def test_multi_hot_has_10_000_columns_by_default():
    assert np.argwhere(multi_hot([[9999], [], [0]])).tolist() == [[0, 9999], [2, 0]]
    assert multi_hot([]).shape == (0, 10_000)


@pytest.mark.parametrize("sequences", [[[0, 5]], [[-1]], [[1], [0.5]], [[np.nan]], [[[1, 2]]]])
def test_multi_hot_refuses_what_is_no_word_number(sequences):
    with refused("sequences"):
        multi_hot(sequences, 5)


def test_multi_hot_refuses_text_and_a_bad_size():
    with refused("sequences", TypeError):
        multi_hot([[1], ["2"]], 5)
    with refused("size"):
        multi_hot([[0]], 0)


def test_decode_leaves_out_padding_and_start():
    words = ("", "", "?", "?", "one", "two")
    assert decode(np.array([1, 5, 2, 4, 4, 0, 0]), words) == "two ? one one"
    assert decode([], words) == ""
    for number in (-1, 6):
        with refused("sequence"):
            decode([4, number], words)


# Tasks in the plane

each_task = pytest.mark.parametrize("name", ["moons", "circles", "spirals"])


@each_task
def test_task_is_two_equal_classes_around_the_origin(name):
    x, y = make_task(name, samples=401, noise=0.0)
    assert (x.shape, x.dtype, y.shape, y.dtype.kind) == ((401, 2), np.float32, (401,), "i")
    assert y.tolist() == [i % 2 for i in range(401)]
    assert 0.9 < np.abs(x).max() <= 1.5
    assert np.abs(x.mean(axis=0)).max() < 0.15


@each_task
def test_neighbours_solve_a_task_and_no_straight_line_does(name):
    x, y = make_task(name, samples=1000, noise=0.05)
    x_test, y_test = make_task(name, samples=1000, noise=0.05, seed=1)
    assert KNeighborsClassifier(5).fit(x, y).score(x_test, y_test) > 0.97
    design = np.column_stack([x, np.ones(len(x))])
    line, *_ = np.linalg.lstsq(design, 2.0 * y - 1.0)
    assert ((design @ line > 0) == y).mean() < 0.92


@each_task
def test_seed_decides_the_points_and_noise_moves_them(name):
    clean, _ = make_task(name, samples=20_000, noise=0.0)
    noisy, _ = make_task(name, samples=20_000, noise=0.3)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.3, rtol=0.02)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0.0, atol=0.01)
    x, _ = make_task(name, seed=3)
    assert np.array_equal(x, make_task(name, seed=3)[0])
    assert not np.array_equal(x, make_task(name, seed=4)[0])
    assert np.array_equal(make_task(name)[0], make_task(name, 400, 0.1, 0)[0])


def test_moons_are_half_circles():
    x, y = make_task("moons", noise=0.0)
    for label, centre in ((0, (-0.5, -0.25)), (1, (0.5, 0.25))):
        from_centre = x[y == label] - centre
        np.testing.assert_allclose((from_centre**2).sum(axis=1), 1.0, rtol=1e-5)
        assert (from_centre[:, 1] * (1 if label == 0 else -1) >= -1e-6).all()


def test_spirals_are_each_other_turned_by_half_a_circle():
    x, y = make_task("spirals", samples=1000, noise=0.0)
    angle, radius = np.arctan2(x[:, 1], x[:, 0]), np.hypot(x[:, 0], x[:, 1])
    expected = 3.0 * np.pi * (radius - 0.2) + np.pi * y
    np.testing.assert_allclose(np.cos(angle - expected), 1.0, atol=1e-6)
    assert radius.min() >= 0.2 - 1e-6 and 1.1 < radius.max() <= 1.2 + 1e-6


@pytest.mark.parametrize(
    ("argument", "value", "error"),
    [
        ("name", "blobs", ValueError),
        ("samples", 1, ValueError),
        ("seed", -1, ValueError),
        ("noise", -0.1, ValueError),
        ("noise", "0.1", TypeError),
    ],
)
def test_task_refuses_bad_arguments(argument, value, error):
    with refused(argument, error):
        make_task(**{"name": "moons", argument: value})
