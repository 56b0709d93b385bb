"""The real data sets against Keras and known numbers, the stand-ins, and what prepares them."""

import dataclasses
import functools
import hashlib
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler

from helpers import data_files, datasets
from helpers.datasets import (
    Dataset,
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
from tests.bad_values import BAD_ARRAYS, BAD_REALS, assert_refused

LOADERS = {
    load_boston_housing: ["boston_housing.npz"],
    load_reuters: ["reuters.npz", "reuters_word_index.json"],
    load_mnist: ["mnist.npz"],
}
each_loader = pytest.mark.parametrize("load", LOADERS, ids=lambda load: load.__name__)


def found(files):
    """Return where the real files are, as `KERAS_HOME` or the home directory has them."""
    for folder in data_files.cache_folders():
        if all((folder / file).is_file() for file in files):
            return folder
    return None


REAL = {load: found(files) for load, files in LOADERS.items()}


def needs_real(load):
    return pytest.mark.skipif(
        REAL[load] is None,
        reason=f"{' and '.join(LOADERS[load])} not found in {data_files.cache_folders()[-1]}: "
        "the real data is not tested",
    )


each_real = pytest.mark.parametrize(
    "load", [pytest.param(load, marks=needs_real(load), id=load.__name__) for load in LOADERS]
)


@pytest.fixture(autouse=True)
def without_network(monkeypatch):
    """Nothing listens at the files' address, and nobody chose a source."""
    monkeypatch.setattr(data_files, "ADDRESS", "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("COURSE_DATA", raising=False)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, for Keras too."""
    import keras

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.src.backend.config, "_KERAS_DIR", str(tmp_path))
    return tmp_path / "datasets"


@pytest.fixture(scope="module")
def corpus():
    return load_reuters("embedded")


def same(one, other):
    """Whether two data sets agree in everything."""
    for field in dataclasses.fields(Dataset):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray) and (a.dtype != b.dtype or not np.array_equal(a, b)):
            return False
        if not isinstance(a, np.ndarray) and a != b:
            return False
    return True


# The real data


@needs_real(load_boston_housing)
def test_boston_housing():
    boston = load_boston_housing("keras")
    assert (boston.x_train.shape, boston.x_test.shape) == ((404, 13), (102, 13))
    first = [1.23247, 0, 8.14, 0, 0.538, 6.142, 91.7, 3.9769, 4, 307, 21, 396.9, 18.72]
    np.testing.assert_array_equal(boston.x_train[0], first)
    np.testing.assert_array_equal(boston.y_train[:3], [15.2, 42.3, 50.0])
    assert round(boston.y_train.mean(), 3) == 22.395
    assert len(boston.names) == 13
    rooms, tax = boston.names.index("RM"), boston.names.index("TAX")
    assert 3 < boston.x_train[:, rooms].min() < boston.x_train[:, rooms].max() < 9
    assert (boston.x_train[:, tax].min(), boston.x_train[:, tax].max()) == (188, 711)
    assert boston.note == "Boston housing: the real data, 404 training and 102 test samples."


@needs_real(load_reuters)
def test_reuters():
    reuters = load_reuters("keras")
    assert (len(reuters.x_train), len(reuters.x_test)) == (8982, 2246)
    stories = [*reuters.x_train, *reuters.x_test]
    assert all(story[0] == 1 for story in stories)
    assert {min(map(min, stories)), max(map(max, stories))} == {1, 9999}
    assert (len(reuters.names), len(reuters.words)) == (46, 10_000)
    assert np.bincount(reuters.y_train)[[3, 4, 0]].tolist() == [3159, 1949, 55]
    assert [reuters.names[k] for k in (3, 4, 45)] == ["earn", "acq", "lead"]
    assert decode(reuters.x_train[0], reuters.words) == (
        "? ? said as a result of its december acquisition of space co it expects earnings per "
        "share in 1987 of 1 15 to 1 30 dlrs per share up from 70 cts in 1986 the company said "
        "pretax net should rise to nine to 10 mln dlrs from six mln dlrs in 1986 and rental "
        "operation revenues to 19 to 22 mln dlrs from 12 5 mln dlrs it said cash flow per share "
        "this year should be 2 50 to three dlrs reuter 3"
    )


@needs_real(load_mnist)
def test_mnist():
    mnist = load_mnist("keras")
    assert (mnist.x_train.shape, mnist.x_test.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert (mnist.x_train.dtype, mnist.x_train.max()) == (np.uint8, 255)
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert round(mnist.x_train.mean() / 255, 4) == 0.1307  # published for normalising MNIST


@each_real
def test_real_data_is_what_keras_loads(load, capfd, recwarn):
    import keras

    module = getattr(keras.datasets, load.__name__.removeprefix("load_"))
    arguments = {"num_words": 10_000} if load is load_reuters else {}
    (x_train, y_train), (x_test, y_test) = module.load_data(**arguments)
    data = load()
    assert (data.source, data.note.count("the real data")) == ("keras", 1)
    for mine, theirs in zip(
        (data.x_train, data.y_train, data.x_test, data.y_test),
        (x_train, y_train, x_test, y_test),
        strict=True,
    ):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)
    assert capfd.readouterr() == ("", "") and not recwarn.list


@each_real
def test_real_data_is_downloaded_into_the_cache(load, cache, monkeypatch, capfd):
    folder = REAL[load]
    handler = functools.partial(Silent, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        monkeypatch.setattr(data_files, "ADDRESS", f"http://127.0.0.1:{server.server_port}/")
        try:
            downloaded = load("keras")
        finally:
            server.shutdown()
    assert downloaded.source == "keras"
    assert sorted(path.name for path in cache.iterdir()) == LOADERS[load]
    monkeypatch.setattr(data_files, "ADDRESS", "http://127.0.0.1:9/")
    assert same(downloaded, load())
    assert str(cache.parent) not in downloaded.note
    assert capfd.readouterr() == ("", "")


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@needs_real(load_boston_housing)
def test_real_data_reaches_keras_whose_cache_is_elsewhere(tmp_path, cache, monkeypatch, capfd):
    """As where `KERAS_HOME` was set after the import of Keras, or may only be read."""
    shutil.copytree(REAL[load_boston_housing], tmp_path / "later" / "datasets")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "later"))
    assert load_boston_housing("keras").x_train.shape == (404, 13)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(REAL[load_reuters] is None, reason="no reuters_word_index.json to compare with")
def test_sum_of_the_word_index_belongs_to_the_file_that_keras_wants():
    import inspect

    import keras

    content = (REAL[load_reuters] / "reuters_word_index.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == data_files.SHA256["reuters_word_index.json"]
    source = inspect.getsource(inspect.getmodule(keras.datasets.reuters.load_data))
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() in source


# Which source


@pytest.mark.parametrize(
    ("variable", "source", "meant"),
    [
        (None, "auto", "auto"),
        ("", "auto", "auto"),
        ("auto", "auto", "auto"),
        ("embedded", "auto", "embedded"),
        ("keras", "auto", "keras"),
        ("keras", "embedded", "embedded"),
        ("embedded", "keras", "keras"),
        ("nonsense", "embedded", "embedded"),
    ],
)
def test_variable_decides_what_auto_does(cache, monkeypatch, variable, source, meant):
    if variable is not None:
        monkeypatch.setenv("COURSE_DATA", variable)
    if meant == "keras":
        with pytest.raises(OSError, match="Boston housing cannot be loaded"):
            load_boston_housing(source)
        return
    boston = load_boston_housing(source)
    assert boston.source == "embedded"
    reason = "could not be downloaded" if meant == "auto" else "asks for it"
    assert f", because {'boston_housing.npz' if meant == 'auto' else ''}" in boston.note
    assert reason in boston.note


@each_loader
@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("real", ValueError),
        ("", ValueError),
        ("Keras", ValueError),
        (None, TypeError),
        (1, TypeError),
        (["auto"], TypeError),
    ],
)
def test_bad_source_is_refused(load, source, error):
    with pytest.raises(error) as caught:
        load(source)
    assert_refused(caught, "source")


@pytest.mark.parametrize("value", ["real", "Keras", " embedded"])
def test_bad_variable_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("COURSE_DATA", value)
    with pytest.raises(ValueError) as caught:
        load_mnist()
    assert_refused(caught, "COURSE_DATA")


# When the real data cannot be had


@each_loader
def test_without_cache_and_network_there_is_a_stand_in(load, cache, capfd):
    data = load()
    assert data.source == "embedded"
    missing = LOADERS[load][0]
    assert f"because {missing} is not in {cache} and could not be downloaded: " in data.note
    assert f"{' and '.join(LOADERS[load])} from {datasets.ADDRESS} into {cache}" in data.note
    assert 'source="keras"' in data.note and "\n" not in data.note
    assert capfd.readouterr() == ("", "")


@each_loader
def test_keras_without_cache_and_network_is_an_error(load, cache):
    with pytest.raises(OSError) as caught:
        load("keras")
    message = str(caught.value)
    assert f"{LOADERS[load][0]} is not in {cache} and could not be downloaded: " in message
    assert f"{' and '.join(LOADERS[load])} from {datasets.ADDRESS} into {cache}" in message


@each_loader
@pytest.mark.parametrize("source", ["auto", "keras"])
def test_damaged_file_is_never_read_nor_passed_over(load, cache, source):
    cache.mkdir()
    damaged = cache / LOADERS[load][0]
    damaged.write_bytes(b"PK\x03\x04 half of")
    with pytest.raises(OSError) as caught:
        load(source)
    assert str(caught.value).startswith(f"{damaged} is damaged, and could not be downloaded anew: ")
    assert str(caught.value).endswith("Delete this file and load again.")
    assert damaged.read_bytes() == b"PK\x03\x04 half of"
    assert load("embedded").source == "embedded"


@needs_real(load_reuters)
def test_stories_without_their_words_are_not_loaded(cache):
    cache.mkdir()
    shutil.copy(REAL[load_reuters] / "reuters.npz", cache)
    reuters = load_reuters()
    assert reuters.source == "embedded"
    assert f"because reuters_word_index.json is not in {cache}" in reuters.note
    with pytest.raises(OSError, match=r"Reuters cannot be loaded: reuters_word_index\.json is not"):
        load_reuters("keras")


@pytest.mark.parametrize(("source", "seconds"), [("auto", 5.0), ("keras", 300.0)])
def test_time_limit_depends_on_the_source(cache, monkeypatch, source, seconds):
    def provide(files, limit):
        limits.append(limit)
        raise data_files.UnavailableError("a reason")

    limits = []
    monkeypatch.setattr(datasets, "provide", provide)
    if source == "auto":
        assert ", because a reason. " in load_mnist(source).note
    else:
        with pytest.raises(OSError, match=r"MNIST cannot be loaded: a reason\."):
            load_mnist(source)
    assert limits == [seconds]


# The stand-ins


@each_loader
def test_stand_in_is_always_the_same(load):
    assert same(load("embedded"), load("embedded"))


@each_loader
def test_stand_in_says_that_it_is_one(load):
    data = load("embedded")
    assert data.source == "embedded"
    assert data.note.startswith("A stand-in for ")
    assert "because source='embedded' asks for it." in data.note
    assert repr(data).count("array") == 0


def rows(*arrays):
    return sorted(tuple(np.ravel(row)) for array in arrays for row in array)


def test_diabetes_is_whole_and_its_columns_have_units():
    bunch = load_diabetes(scaled=False)
    data = load_boston_housing("embedded")
    assert (len(data.x_train), len(data.x_test)) == (354, 88)
    together = [np.column_stack([x, y]) for x, y in zip(*halves(data), strict=True)]
    assert rows(*together) == rows(np.column_stack([bunch.data, bunch.target]))
    assert list(data.names) == bunch.feature_names
    assert (bunch.target.min(), bunch.target.max()) == (25, 346)
    assert "25 to 346" in data.target


def halves(data):
    return (data.x_train, data.x_test), (data.y_train, data.y_test)


def test_digits_are_whole_and_as_bright_as_mnist():
    bunch = load_digits()
    data = load_mnist("embedded")
    assert (data.x_train.shape, data.x_test.shape) == ((1438, 8, 8), (359, 8, 8))
    assert data.x_train.dtype == np.uint8
    levels = {level: round(level * 255 / 16) for level in range(17)}
    expected = [[levels[int(pixel)] for pixel in image.ravel()] for image in bunch.images]
    together = [np.column_stack([x.reshape(-1, 64), y]) for x, y in zip(*halves(data), strict=True)]
    assert rows(*together) == rows(np.column_stack([expected, bunch.target]))
    assert data.names == tuple("0123456789")


def test_corpus_has_the_form_of_reuters(corpus):
    assert (len(corpus.x_train), len(corpus.x_test)) == (6400, 1600)
    stories = [*corpus.x_train, *corpus.x_test]
    assert corpus.x_train.dtype == object and type(stories[0]) is list
    assert all(story[0] == 1 and 1 not in story[1:] for story in stories)
    used = set().union(*stories)
    assert used <= set(range(10_000)) - {0, 3} and 2 in used and max(used) == 9999
    assert (len(corpus.names), len(corpus.words), len(set(corpus.words[4:]))) == (46, 10_000, 9996)
    assert corpus.y_train.dtype.kind == "i"


def test_topics_of_the_corpus_are_as_unequal_as_those_of_reuters(corpus):
    shares = np.sort(np.bincount(corpus.y_train, minlength=46))[::-1] / len(corpus.y_train)
    reuters = np.array([3159, 1949, 549, 432]) / 8982  # its four largest topics
    np.testing.assert_allclose(shares[:4], reuters, atol=0.03)
    assert 0 < shares[-1] < 0.003 and np.median(shares) < 0.02


def test_low_numbers_are_frequent_words(corpus):
    counts = np.bincount(np.concatenate(corpus.x_train), minlength=10_000)[4:]
    deciles = counts[:9990].reshape(10, -1).sum(axis=1)
    assert (np.diff(deciles) < 0).all()
    assert counts[:100].sum() > 0.25 * counts.sum()


def test_a_story_of_the_corpus_can_be_read(corpus):
    words = decode(corpus.x_train[0], corpus.words).split()
    assert len(words) == len(corpus.x_train[0]) - 1
    assert words[0] == corpus.words[corpus.x_train[0][1]]
    assert all(word == "?" or (len(word) == 6 and word.isalpha()) for word in words)


@pytest.fixture(scope="module")
def train_on_corpus(corpus):
    """Return a function that trains Dense 64, `units` and 46, as the lesson does."""
    x_train, x_test = multi_hot(corpus.x_train), multi_hot(corpus.x_test)

    def train(units, epochs):
        rng = np.random.default_rng(0)
        layers = [Dense(10_000, 64, "relu", rng), Dense(64, units, "relu", rng)]
        network = MLP([*layers, Dense(units, 46, "softmax", rng)])
        return network.train(
            *(x_train, corpus.y_train, "sparse_categorical_crossentropy", RMSprop(0.001)),
            *(epochs, 512),
            metrics={"accuracy": accuracy},
            validation_data=(x_test, corpus.y_test),
            rng=rng,
        )

    return train


def test_corpus_can_be_learnt_and_over_fitted_as_reuters_can(train_on_corpus):
    history = train_on_corpus(units=64, epochs=20)
    assert 0.75 <= max(history["val_accuracy"]) <= 0.85
    best = int(np.argmin(history["val_loss"]))
    assert 5 <= best <= 15
    assert history["val_loss"][-1] > 1.05 * history["val_loss"][best]
    assert history["accuracy"][-1] > 0.95


def test_bottleneck_hurts_on_the_corpus(train_on_corpus):
    history = train_on_corpus(units=4, epochs=10)
    assert max(history["val_accuracy"]) < 0.7


def test_shuffled_labels_of_the_corpus_agree_as_rarely_as_those_of_reuters(corpus):
    shuffled = np.random.default_rng(0).permutation(corpus.y_test)
    assert 0.14 < (shuffled == corpus.y_test).mean() < 0.23


def test_data_set_cannot_be_changed_by_accident(corpus):
    assert isinstance(corpus, Dataset)
    with pytest.raises(AttributeError):
        corpus.x_train = None


# Preparing data


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, np.uint8])
def test_standardise_agrees_with_scikit_learn(dtype):
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 100, (n, 5)).astype(dtype) for n in (50, 20))
    scaler = StandardScaler().fit(train.astype(np.float64))
    kept = dtype if np.issubdtype(dtype, np.floating) else np.float64
    before = train.copy(), test.copy()
    results = standardise(train, test, test[:0])
    assert [result.dtype for result in results] == [kept] * 3
    assert [result.shape for result in results] == [(50, 5), (20, 5), (0, 5)]
    for result, table in zip(results, (train, test), strict=False):
        expected = scaler.transform(table.astype(np.float64))
        np.testing.assert_allclose(result, expected, atol=4 * np.finfo(kept).eps)
        assert not np.shares_memory(result, table)
    assert np.array_equal(before[0], train) and np.array_equal(before[1], test)


def test_standardise_shifts_a_constant_column_and_leaves_its_scale():
    train = np.full((7, 2), 0.1)
    train[:, 1] = np.arange(7)
    x_train, x_test = standardise(train, [[0.1, 3.0], [1.1, 5.0]])
    assert x_train[:, 0].tolist() == [0.0] * 7
    np.testing.assert_allclose(x_test, [[0.0, 0.0], [1.0, 1.0]])


def test_standardise_measures_training_data_only():
    (alone,) = standardise([[1.0], [3.0]])
    with_test, test = standardise([[1.0], [3.0]], [[1000.0]])
    assert alone.tolist() == with_test.tolist() == [[-1.0], [1.0]]
    assert test.tolist() == [[998.0]]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (([1.0, 2.0],), "x_train"),
        ((np.zeros((2, 2, 2)),), "x_train"),
        ((np.zeros((0, 2)),), "x_train"),
        (([[1.0, np.nan]],), "x_train"),
        (([[1.0, np.inf]],), "x_train"),
        (([[1.0, 2.0]], [1.0, 2.0]), "others"),
        (([[1.0, 2.0]], [[1.0]]), "others"),
        (([[1.0, 2.0]], [[1.0, np.nan]]), "others"),
    ],
)
def test_standardise_refuses_bad_tables(arguments, name):
    with pytest.raises(ValueError) as caught:
        standardise(*arguments)
    assert_refused(caught, name)


@pytest.mark.parametrize(("value", "error"), BAD_ARRAYS)
def test_standardise_refuses_bad_arrays(value, error):
    with pytest.raises(error) as caught:
        standardise(value)
    assert_refused(caught, "x_train")
    with pytest.raises(error) as caught:
        standardise([[1.0]], value)
    assert_refused(caught, "others")


@pytest.mark.parametrize(
    "make", [list, tuple, lambda lists: np.array([*lists, None], dtype=object)[:-1]]
)
def test_multi_hot_agrees_with_scikit_learn(make):
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, 30, n).tolist() for n in rng.integers(0, 40, 100)]
    expected = MultiLabelBinarizer(classes=range(30)).fit_transform(sequences)
    result = multi_hot(make(sequences), 30)
    assert (result.dtype, result.shape) == (np.float32, (100, 30))
    assert np.array_equal(result, expected)


def test_multi_hot_has_10_000_columns_by_default():
    assert np.argwhere(multi_hot([[9999], [0]])).tolist() == [[0, 9999], [1, 0]]
    assert multi_hot([]).shape == (0, 10_000)
    assert multi_hot(np.array([[1, 2], [3, 3]], dtype=np.uint8), 5).sum(axis=1).tolist() == [2, 1]


@pytest.mark.parametrize(
    ("sequences", "error"),
    [
        ([[0, 5]], ValueError),
        ([[-1]], ValueError),
        ([[1], [0.5]], ValueError),
        ([[np.nan]], ValueError),
        ([[2**40]], ValueError),
        ([1, 2], TypeError),
        ([[[1, 2]]], TypeError),
        (["abc"], TypeError),
        ([[1], ["2"]], TypeError),
        ([None], TypeError),
        ("abc", TypeError),
        (None, TypeError),
        (3, TypeError),
        ({1: [2]}, TypeError),
    ],
)
def test_multi_hot_refuses_what_is_not_lists_of_word_numbers(sequences, error):
    with pytest.raises(error) as caught:
        multi_hot(sequences, 5)
    assert_refused(caught, "sequences")


@pytest.mark.parametrize(("size", "error"), [(0, ValueError), (2.0, TypeError), ("5", TypeError)])
def test_multi_hot_refuses_a_bad_size(size, error):
    with pytest.raises(error) as caught:
        multi_hot([[0]], size)
    assert_refused(caught, "size")


WORDS = ("", "", "?", "?", "one", "two")


def test_decode_leaves_out_padding_and_start():
    assert decode(np.array([1, 5, 2, 4, 4, 0, 0]), WORDS) == "two ? one one"
    assert decode([], WORDS) == ""


@pytest.mark.parametrize(
    ("sequence", "error", "name"),
    [
        ([4, 6], ValueError, "sequence[1]"),
        ([-1], ValueError, "sequence[0]"),
        ([4.0], TypeError, "sequence[0]"),
        (["4"], TypeError, "sequence[0]"),
        ("44", TypeError, "sequence"),
        (4, TypeError, "sequence"),
    ],
)
def test_decode_refuses_what_has_no_word(sequence, error, name):
    with pytest.raises(error) as caught:
        decode(sequence, WORDS)
    assert_refused(caught, name)


# Tasks in the plane

each_task = pytest.mark.parametrize("name", ["moons", "circles", "spirals"])


@each_task
def test_task_is_two_equal_classes_around_the_origin(name):
    x, y = make_task(name, samples=401, noise=0.0)
    assert (x.shape, x.dtype, y.shape, y.dtype.kind) == ((401, 2), np.float32, (401,), "i")
    assert np.bincount(y).tolist() == [201, 200]
    assert np.abs(x).max() <= 1.5
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
def test_same_seed_gives_the_same_points(name):
    x, _ = make_task(name, seed=3)
    assert np.array_equal(x, make_task(name, seed=3)[0])
    assert not np.array_equal(x, make_task(name, seed=4)[0])


@each_task
def test_noise_is_the_deviation_from_the_clean_points(name):
    clean, _ = make_task(name, samples=20_000, noise=0.0)
    noisy, _ = make_task(name, samples=20_000, noise=0.3)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.3, rtol=0.02)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0.0, atol=0.01)


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
    assert radius.min() >= 0.2 - 1e-6 and radius.max() <= 1.2 + 1e-6


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"name": "blobs"}, ValueError, "name"),
        ({"name": None}, ValueError, "name"),
        ({"samples": 1}, ValueError, "samples"),
        ({"samples": 10.0}, TypeError, "samples"),
        ({"seed": -1}, ValueError, "seed"),
        ({"seed": None}, TypeError, "seed"),
        ({"noise": -0.1}, ValueError, "noise"),
    ],
)
def test_task_refuses_bad_arguments(arguments, error, name):
    with pytest.raises(error) as caught:
        make_task(**{"name": "moons"} | arguments)
    assert_refused(caught, name)


@pytest.mark.parametrize(("value", "error"), BAD_REALS)
def test_task_refuses_bad_noise(value, error):
    with pytest.raises(error) as caught:
        make_task("moons", noise=value)
    assert_refused(caught, "noise")
