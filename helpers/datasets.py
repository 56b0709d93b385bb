"""A data set is samples to learn from, and others, kept aside, to be tested on.

Three real data sets, the files of `keras.datasets`, each with a stand-in that is always there:

=====================  ==============================  =================================
function               real (source "keras")           stand-in (source "embedded")
=====================  ==============================  =================================
`load_boston_housing`  506 districts of Boston         442 patients with diabetes
`load_reuters`         11 228 stories on 46 topics     8 000 generated ones, on 46
`load_mnist`           70 000 digits of 28 x 28        1 797 digits of 8 x 8
=====================  ==============================  =================================

By default, ``source="auto"``, the real data comes from Keras' cache (the folder ``datasets`` in
``KERAS_HOME``, or else in ``~/.keras``), or is downloaded into it within 5 seconds. Where neither
is possible the stand-in is used, and ``dataset.note`` says why. ``source="keras"`` waits for five
minutes, and then raises an `OSError` that says which file goes where. The environment variable
``COURSE_DATA``, set to ``keras`` or ``embedded``, decides for every call that names no source of
its own, so for a whole class.
"""

import contextlib
import hashlib
import io
import itertools
import json
import os
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from helpers.validation import as_float_array, as_integer, as_real, received

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SHA256 = {
    "boston_housing.npz": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    "mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    "reuters.npz": "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
    "reuters_word_index.json": "9b56000edc4b34a32e89fd5a23b2605594682c74efcf7d8f4e2a5514b771e633",
}
SECONDS = {"auto": 5.0, "keras": 300.0}  # how long all downloads of a data set may take
_NUM_WORDS = 10_000
_RESERVED = ("", "", "?", "?")  # word numbers 0 to 3: padding, start, unknown, not in use
_FIRST = len(_RESERVED)
_TOPICS = """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves
    ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin
    strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem
    dlr gas silver wpi hog lead"""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Samples to train on and samples to test on, with what there is to say about them."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    name: str
    target: str  # what y_train and y_test hold, with the unit
    names: tuple  # of the columns, or where y holds class numbers of the classes
    words: tuple = ()  # where x holds word numbers: the word for each
    source: str = ""  # "keras" for the real data, "embedded" for the stand-in
    note: str = ""  # one of the two, and why

    def __repr__(self):
        return f"Dataset({self.note!r})"


def load_boston_housing(source="auto"):
    """Load house prices in 506 districts around Boston, or the diabetes study in their place.

    Float64 inputs of shape (404, 13) and (102, 13), and median prices in thousands of dollars.
    The stand-in has (353, 10) and (89, 10), and scores for how far a disease went in a year.

    One column, B, encodes how many Black people live in a district, after an assumption of the
    authors that has been disputed since. scikit-learn removed the data set for that in 1.2, and
    Keras discourages its use. It is here to reproduce a published result.

    D. Harrison and D. L. Rubinfeld, "Hedonic housing prices and the demand for clean air", 1978;
    B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least angle regression", 2004.

    >>> diabetes = load_boston_housing("embedded")
    >>> diabetes.x_train.shape, diabetes.names[:4]
    ((353, 10), ('age', 'sex', 'bmi', 'bp'))
    """
    return _load(source, "Boston housing", ["boston_housing.npz"], _boston_housing, _diabetes)


def load_reuters(source="auto"):
    """Load 11 228 newswire stories on 46 topics, or 8 000 generated ones in their place.

    A story is a list of word numbers below 10 000: 1 for its start, 2 for a word that is not
    among them, and from 4 on the words, the most frequent first. `multi_hot` makes rows of them,
    `decode` text. 8 982 and 2 246 stories, of the stand-in 6 400 and 1 600.

    The stand-in means nothing: its words are random syllables. As in Reuters, two topics hold
    more than half of the stories, and word frequencies follow Zipf's law, with favourites of
    each topic. A story takes a part of its words from another topic: no classifier names all.

    D. D. Lewis, "Reuters-21578 text categorization test collection", 1997.

    >>> corpus = load_reuters("embedded")
    >>> len(corpus.x_train), len(corpus.x_test), corpus.names[:2]
    (6400, 1600, ('topic 0', 'topic 1'))
    """
    files = ["reuters.npz", "reuters_word_index.json"]
    return _load(source, "Reuters", files, _reuters, _generated_corpus)


def load_mnist(source="auto"):
    """Load handwritten digits of 28 x 28 pixels, or of 8 x 8 in their place.

    Pixels are uint8, from 0 for paper to 255 for ink, in arrays of shape (60000, 28, 28) and
    (10000, 28, 28); those of the stand-in have (1437, 8, 8) and (360, 8, 8).

    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", 1998; E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits",
    1998.

    >>> digits = load_mnist("embedded")
    >>> digits.x_train.shape, digits.x_train.dtype, int(digits.x_train.max())
    ((1437, 8, 8), dtype('uint8'), 255)
    """
    return _load(source, "MNIST", ["mnist.npz"], _mnist, _digits)


def standardise(x_train, *others):
    r"""Return tables shifted and scaled so that columns of `x_train` have mean 0, deviation 1.

    :math:`x' = (x - \mu) / \sigma`, with mean and standard deviation of each column of
    `x_train` for the other tables too: nothing about test data may enter training, not even its
    mean. A column that is constant in `x_train` is shifted and not scaled.

    >>> x_train, x_test = standardise([[1.0, 5.0], [3.0, 5.0]], [[4.0, 6.0]])
    >>> print(x_train, x_test)
    [[-1.  0.]
     [ 1.  0.]] [[2. 1.]]
    """
    train = _table(x_train, "x_train")
    tables = [train, *(_table(x, "others", train.shape[1]) for x in others)]
    mean, deviation = train.mean(axis=0, dtype=np.float64), train.std(axis=0, dtype=np.float64)
    constant = np.ptp(train, axis=0) == 0
    mean[constant], deviation[constant] = train[0, constant], 1.0
    return tuple(((table - mean) / deviation).astype(table.dtype) for table in tables)


def multi_hot(sequences, size=_NUM_WORDS):
    """Turn lists of word numbers into rows of bytes: 1 where a word occurs, 0 elsewhere.

    How often a word occurs, and where, is lost. The shape is (len(sequences), size).

    >>> print(multi_hot([[1, 3], [], [2, 2]], size=4))
    [[0 1 0 1]
     [0 0 0 0]
     [0 0 1 0]]
    """
    size = as_integer(size, "size", minimum=1)
    lengths = [len(sequence) for sequence in sequences]
    numbers = as_float_array([n for sequence in sequences for n in sequence], "sequences")
    whole = numbers == np.floor(numbers)
    if numbers.ndim != 1 or not (whole & (numbers >= 0) & (numbers < size)).all():
        raise ValueError(
            f"sequences must hold lists of word numbers, whole and from 0 to {size - 1}. "
            f"{received('sequences', sequences)}"
        )
    result = np.zeros((len(lengths), size), dtype=np.uint8)
    result[np.repeat(np.arange(len(lengths)), lengths), numbers.astype(np.intp)] = 1
    return result


def decode(sequence, words):
    """Turn a story back into text, with ``?`` for unknown words, without padding and start.

    >>> decode([1, 5, 4, 2], words=("", "", "?", "?", "rates", "interest"))
    'interest rates ?'
    """
    last = len(words) - 1
    numbers = [as_integer(number, "sequence", minimum=0, maximum=last) for number in sequence]
    return " ".join(words[number] for number in numbers if words[number])


def make_task(name, samples=400, noise=0.1, seed=0):
    """Make points in the plane that belong to class 0 or 1, in turns: x of float32, and y.

    ``"moons"`` are two half circles that reach into each other, ``"circles"`` a circle in
    another, ``"spirals"`` two spirals that wind around each other. Without noise no coordinate
    is beyond 1.5; `noise` is the standard deviation of what is added to each.

    >>> x, y = make_task("circles", samples=6, noise=0.0)
    >>> print(y, (x**2).sum(axis=1).round(2))
    [0 1 0 1 0 1] [1.   0.25 1.   0.25 1.   0.25]
    """
    samples = as_integer(samples, "samples", minimum=2)
    noise = as_real(noise, "noise", minimum=0.0)
    rng = np.random.default_rng(as_integer(seed, "seed", minimum=0))
    y = np.arange(samples) % 2
    t = rng.uniform(size=samples)
    centre = np.zeros((samples, 2))
    if name == "moons":
        angle, radius = np.pi * (t + y), 1.0
        centre = np.where(y[:, np.newaxis] == 0, (-0.5, -0.25), (0.5, 0.25))
    elif name == "circles":
        angle, radius = 2.0 * np.pi * t, np.where(y == 0, 1.0, 0.5)
    elif name == "spirals":
        angle, radius = np.pi * (3.0 * t + y), 0.2 + t
    else:
        raise ValueError(f"name must be moons, circles or spirals. {received('name', name)}")
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + centre
    return (x + rng.normal(0.0, noise, x.shape)).astype(np.float32), y


def cache_folder():
    """Return the folder in which Keras keeps the files of data sets."""
    home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
    return Path(os.path.expanduser(home), "datasets").absolute()


def _table(x, name, columns=None):
    table = as_float_array(x, name)
    if table.ndim != 2 or columns not in (None, table.shape[1]):
        raise ValueError(
            f"{name} must have the shape (samples, {columns or 'columns'}). {received(name, x)}"
        )
    return table


def _load(source, title, files, real, stand_in):
    """Return the data set that `source` asks for, with its note."""
    name, chosen = "source", source
    if source == "auto" and os.environ.get("COURSE_DATA"):
        name, chosen = "COURSE_DATA", os.environ["COURSE_DATA"]
    if chosen not in ("auto", "keras", "embedded"):
        raise ValueError(f"{name} must be auto, keras or embedded. {received(name, chosen)}")
    reason = f"{name}={chosen!r} asks for it"
    advice = f"put {' and '.join(files)} from {ADDRESS} into {cache_folder()}"
    if chosen != "embedded":
        deadline = time.monotonic() + SECONDS[chosen]
        try:
            data = real(*[io.BytesIO(_content(file, deadline)) for file in files])
            counts = f"{len(data.x_train)} training and {len(data.x_test)} test samples"
            return replace(data, source="keras", note=f"{data.name}: the real data, {counts}.")
        except OSError as error:
            if chosen == "keras":
                raise OSError(f"{title} cannot be loaded: {error}. Or {advice}.") from None
            reason = str(error)
    data = stand_in()
    note = f"A stand-in for {title}: {data.name}, because {reason}. For the real data, load with "
    note += f'source="keras", which waits up to {SECONDS["keras"]:.0f} seconds, or {advice}.'
    return replace(data, source="embedded", note=note)


def _content(file, deadline):
    """Return an intact file from the cache, or else from the network; `OSError` says why not."""
    path = cache_folder() / file
    try:
        content = path.read_bytes()
        if _is_intact(content, file):
            return content
        problem = f"{path} is damaged"
    except FileNotFoundError:
        problem = f"{file} is not in {path.parent}"
    except OSError as error:
        problem = f"{path} cannot be read ({error.strerror})"
    try:
        return _download(file, path, max(0.0, deadline - time.monotonic()))
    except (OSError, RuntimeError) as error:  # RuntimeError: where no thread can be started
        reason = " ".join(str(error).split())
        raise OSError(f"{problem} and could not be downloaded: {reason}") from None


def _download(file, path, seconds):
    """Return what the network has, and keep it in the cache.

    The time limit of a socket starts anew with every byte, and a name server has none. So a
    thread does the waiting. It is left alone when time is up; what still arrives is kept.
    """
    answers = []

    def fetch():
        try:
            with urllib.request.urlopen(ADDRESS + file, timeout=10) as response:
                content = response.read()
            if not _is_intact(content, file):
                raise OSError("what arrived is not the file; is a proxy in between?")
            with contextlib.suppress(OSError):  # a read-only folder or a full disk is no obstacle
                path.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                    new = Path(folder, file)
                    new.write_bytes(content)
                    new.replace(path)  # so it is there whole or not at all
            answers.append(content)
        except Exception as error:
            answers.append(OSError(str(getattr(error, "reason", error))))

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(seconds)
    answer = answers[0] if answers else OSError("it took too long")
    if isinstance(answer, OSError):
        raise answer
    return answer


def _is_intact(content, file):
    return hashlib.sha256(content).hexdigest() == SHA256[file]


def _boston_housing(archive):
    data = np.load(archive)
    names = "CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT"
    target = "median price of a home, in thousands of dollars"
    parts = _split(data["x"], data["y"], np.random.RandomState(113))  # as Keras does
    return Dataset(*parts, "Boston housing", target, tuple(names.split()))


def _reuters(archive, index):
    data = np.load(archive, allow_pickle=True)  # lists are pickled; the file's sum is known
    x = _stories([np.array(story) + _FIRST - 1 for story in data["x"]])
    word_of = {rank + _FIRST - 1: word for word, rank in json.load(index).items()}
    words = (*_RESERVED, *(word_of.get(number, "") for number in range(_FIRST, _NUM_WORDS)))
    parts = _split(x, data["y"], np.random.RandomState(113))  # as Keras does
    topics = tuple(_TOPICS.split())
    return Dataset(*parts, "Reuters newswire", "topic of a story", topics, words)


def _mnist(archive):
    data = np.load(archive)
    parts = [data[name] for name in ("x_train", "y_train", "x_test", "y_test")]
    name = "MNIST, handwritten digits of 28 x 28 pixels"
    return Dataset(*parts, name, "digit", tuple("0123456789"))


def _diabetes():
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    parts = _split(bunch.data, bunch.target, np.random.default_rng(0))
    name = "diabetes, a study of 442 patients from scikit-learn"
    target = "progression of the disease in a year, a score from 25 to 346"
    return Dataset(*parts, name, target, tuple(bunch.feature_names))


def _digits():
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.round(bunch.images * (255 / 16)).astype(np.uint8)
    parts = _split(images, bunch.target, np.random.default_rng(0))
    name = "handwritten digits of 8 x 8 pixels from scikit-learn"
    return Dataset(*parts, name, "digit", tuple("0123456789"))


def _generated_corpus(stories=8000, ranks=12_000):
    """Draw every story from the word frequencies of its topic, mixed with those of a second."""
    rng = np.random.default_rng(0)
    topics = len(_TOPICS.split())
    tail = 0.91 ** np.arange(topics - 2)
    shares = np.append([0.35, 0.22], 0.43 * tail / tail.sum())
    frequencies = rng.lognormal(0.0, 2.0, (topics, ranks)) / np.arange(1, ranks + 1)
    frequencies /= frequencies.sum(axis=1, keepdims=True)
    frequencies = frequencies[:, np.argsort(-(shares @ frequencies))]  # the most frequent first
    cumulative = frequencies.cumsum(axis=1)
    topic, second = rng.choice(topics, (2, stories), p=shares)
    lengths = rng.lognormal(4.6, 0.7, stories).clip(10, 500).astype(int)
    own = rng.uniform(0.4, 1.0, (stories, 1))
    x = []
    for i in range(stories):
        mixed = own[i] * cumulative[topic[i]] + (1.0 - own[i]) * cumulative[second[i]]
        x.append(np.searchsorted(mixed, rng.random(lengths[i])) + _FIRST)
    words = ["".join(letters) for letters in itertools.product(*["bdlmnrstvz", "aeiou"] * 3)]
    words = rng.choice(words, _NUM_WORDS - _FIRST, replace=False).tolist()
    name = "8 000 generated stories of random syllables"
    names = tuple(f"topic {k}" for k in range(topics))
    parts = _split(_stories(x), topic, rng)
    return Dataset(*parts, name, "topic of a story", names, (*_RESERVED, *words))


def _stories(numbers):
    """Return lists of word numbers: in front 1 for the start, and 2 for words that are not kept."""
    x = np.empty(len(numbers), dtype=object)
    x[:] = [[1, *np.where(story < _NUM_WORDS, story, 2).tolist()] for story in numbers]
    return x


def _split(x, y, rng):
    """Return four fifths to train on and the rest to test on, shuffled."""
    order = rng.permutation(len(x))
    train, test = np.split(order, [int(0.8 * len(x))])
    return x[train], y[train], x[test], y[test]
