"""A data set is samples to learn from, and others, kept aside, to be tested on.

Three real data sets come through `keras.datasets`, each with a stand-in that is always there,
embedded in this package or in scikit-learn:

=====================  ==============================  =================================
function               real (source "keras")           stand-in (source "embedded")
=====================  ==============================  =================================
`load_boston_housing`  506 districts of Boston         442 patients with diabetes
`load_reuters`         11 228 stories on 46 topics     8 000 generated ones, on 46
`load_mnist`           70 000 digits of 28 x 28        1 797 digits of 8 x 8
=====================  ==============================  =================================

By default, ``source="auto"``, the real data is taken from Keras' cache, or else downloaded
within 5 seconds, or else the stand-in is used. ``dataset.note`` says which it is, and why. The
environment variable ``COURSE_DATA`` changes what "auto" does, for a whole class say: set to
``keras`` or ``embedded`` it stands for every call that names no source of its own.
"""

import contextlib
import dataclasses
import io
import itertools
import math
import os

import numpy as np

from helpers.data_files import ADDRESS, SHA256, UnavailableError, cache_folders, provide
from helpers.validation import as_float_array, as_integer, as_real, received

__all__ = [
    "Dataset",
    "decode",
    "load_boston_housing",
    "load_mnist",
    "load_reuters",
    "make_task",
    "multi_hot",
    "standardise",
]

_VARIABLE = "COURSE_DATA"
_SECONDS = {"auto": 5.0, "keras": 300.0}  # how long a download may take
_NUM_WORDS = 10_000
_TOPICS = 46
_RESERVED = ("", "", "?", "?")  # word numbers 0 to 3: padding, start, unknown, not in use
_TASKS = ("moons", "circles", "spirals")


@dataclasses.dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to train on and samples to test on, with what there is to say about them.

    Attributes
    ----------
    x_train, x_test : numpy.ndarray
        Inputs, one sample for each entry of the first axis.
    y_train, y_test : numpy.ndarray, shape (samples,)
        Targets: numbers, or class numbers from 0.
    name : str
        What data this is.
    source : {"keras", "embedded"}
        Real data, or the stand-in.
    target : str
        What `y_train` and `y_test` hold, with the unit.
    names : tuple of str
        The columns of the inputs, or for class numbers the classes.
    words : tuple of str
        The word for each number in a story, for `decode`; empty where there are no words.
    note : str
        One sentence for the reader: what is used, and if it is a stand-in, why, and how to get
        the real data.
    """

    x_train: np.ndarray = dataclasses.field(repr=False)
    y_train: np.ndarray = dataclasses.field(repr=False)
    x_test: np.ndarray = dataclasses.field(repr=False)
    y_test: np.ndarray = dataclasses.field(repr=False)
    name: str
    source: str
    target: str
    names: tuple = dataclasses.field(repr=False)
    words: tuple = dataclasses.field(default=(), repr=False)
    note: str = dataclasses.field(default="", repr=False)


def load_boston_housing(source="auto"):
    """Load house prices in 506 districts around Boston, or the diabetes study in their place.

    Parameters
    ----------
    source : {"auto", "keras", "embedded"}, default "auto"
        Where from: the real data if it can be had, only the real data, or the stand-in.

    Returns
    -------
    Dataset
        ``x_train`` has the shape (404, 13), ``x_test`` (102, 13), in float64; the targets are
        median prices in thousands of dollars. The stand-in has (354, 10) and (88, 10), and its
        targets are scores from 25 to 346 for how far the disease went in a year.

    Raises
    ------
    TypeError
        If `source` is not text.
    ValueError
        If `source`, or ``COURSE_DATA``, is none of the three.
    OSError
        If real data was asked for and cannot be had, or a file in the cache is damaged and
        cannot be downloaded anew. The message says what to delete, or which file goes where.

    Notes
    -----
    One column of the Boston data, B, encodes how many Black people live in a district, after an
    assumption of the authors that has been disputed since. scikit-learn removed the data set
    for that in 1.2, and Keras discourages its use. It is here to reproduce a published result.

    References
    ----------
    .. [1] D. Harrison and D. L. Rubinfeld, "Hedonic housing prices and the demand for clean
       air", Journal of Environmental Economics and Management 5, 1978.
    .. [2] B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least angle regression",
       Annals of Statistics 32, 2004.

    Examples
    --------
    >>> from helpers.datasets import load_boston_housing
    >>> diabetes = load_boston_housing("embedded")
    >>> diabetes.x_train.shape, diabetes.names[:4]
    ((354, 10), ('age', 'sex', 'bmi', 'bp'))
    """
    files = ("boston_housing.npz",)
    return _load(source, "Boston housing", files, _boston_housing, _diabetes)


def load_reuters(source="auto"):
    """Load newswire stories on 46 topics, or generated ones in their place.

    Parameters
    ----------
    source : {"auto", "keras", "embedded"}, default "auto"
        Where from: the real data if it can be had, only the real data, or the stand-in.

    Returns
    -------
    Dataset
        ``x_train`` holds 8 982 stories, ``x_test`` 2 246; the stand-in 6 400 and 1 600. A story
        is a list of word numbers below 10 000: 1 for its start, 2 for a word that is not among
        them, and from 4 on the words, the most frequent first. The targets are topic numbers.

    Raises
    ------
    TypeError, ValueError, OSError
        As for `load_boston_housing`.

    See Also
    --------
    multi_hot : Turn stories into rows that a network can take.
    decode : Turn a story back into words.

    Notes
    -----
    **The stand-in is generated**, by a seeded generator, and means nothing: its words are random
    syllables. As in Reuters, two of the 46 topics hold more than half of the stories and most
    hold below 2 % each; word frequencies follow Zipf's law, and every topic has its own. A
    story takes a part of its words from another topic, so that no classifier can name all.

    References
    ----------
    .. [1] D. D. Lewis, "Reuters-21578 text categorization test collection", 1997.

    Examples
    --------
    >>> from helpers.datasets import load_reuters
    >>> corpus = load_reuters("embedded")
    >>> len(corpus.x_train), len(corpus.x_test), corpus.names[:2]
    (6400, 1600, ('topic 0', 'topic 1'))
    """
    files = ("reuters.npz", "reuters_word_index.json")
    return _load(source, "Reuters", files, _reuters, _generated_corpus)


def load_mnist(source="auto"):
    """Load handwritten digits of 28 x 28 pixels, or of 8 x 8 in their place.

    Parameters
    ----------
    source : {"auto", "keras", "embedded"}, default "auto"
        Where from: the real data if it can be had, only the real data, or the stand-in.

    Returns
    -------
    Dataset
        ``x_train`` has the shape (60000, 28, 28), ``x_test`` (10000, 28, 28), in uint8 from 0,
        background, to 255, ink. The stand-in has (1438, 8, 8) and (359, 8, 8) in the same
        range. The targets are the digits.

    Raises
    ------
    TypeError, ValueError, OSError
        As for `load_boston_housing`.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86, 1998.
    .. [2] E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI Machine
       Learning Repository, 1998.

    Examples
    --------
    >>> from helpers.datasets import load_mnist
    >>> digits = load_mnist("embedded")
    >>> digits.x_train.shape, digits.x_train.dtype, digits.x_train.max()
    ((1438, 8, 8), dtype('uint8'), np.uint8(255))
    """
    return _load(source, "MNIST", ("mnist.npz",), _mnist, _digits)


def standardise(x_train, *others):
    r"""Shift and scale every column to mean 0 and deviation 1, as measured on training data.

    .. math::
        x' = \frac{x - \mu}{\sigma}

    where :math:`\mu` and :math:`\sigma` are mean and standard deviation of a column of
    `x_train`.

    Parameters
    ----------
    x_train : array_like of finite real numbers, shape (samples, columns)
        The only data that is measured.
    *others : array_like of finite real numbers, shape (any number, columns)
        Validation and test data, to be shifted and scaled by the same numbers.

    Returns
    -------
    tuple of numpy.ndarray
        `x_train` and the others, new arrays in their float dtype.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If an argument is ragged, not a table, or holds NaN or infinities, `x_train` has no
        rows, or another has a different number of columns.

    Notes
    -----
    Statistics of the test data must not enter training, not even its mean.

    A column that is constant in `x_train` has the deviation 0; it is shifted and not scaled, so
    that it becomes 0 there instead of NaN. The deviation divides by the number of samples, not
    by one less, as scikit-learn's ``StandardScaler`` does.

    Examples
    --------
    >>> from helpers.datasets import standardise
    >>> x_train, x_test = standardise([[1.0, 5.0], [3.0, 5.0]], [[4.0, 6.0]])
    >>> print(x_train, x_test)
    [[-1.  0.]
     [ 1.  0.]] [[2. 1.]]
    """
    train = _table(x_train, "x_train")
    if len(train) == 0:
        raise ValueError(f"x_train must have at least one row. {received('x_train', x_train)}")
    mean = train.mean(axis=0, dtype=np.float64)
    deviation = train.std(axis=0, dtype=np.float64)
    constant = train.min(axis=0) == train.max(axis=0)
    mean[constant], deviation[constant] = train[0, constant], 1.0
    tables = [train]
    for x in others:
        table = _table(x, "others")
        if table.shape[1] != train.shape[1]:
            raise ValueError(
                f"others must have the {train.shape[1]} columns of x_train. {received('others', x)}"
            )
        tables.append(table)
    return tuple(((table - mean) / deviation).astype(table.dtype) for table in tables)


def multi_hot(sequences, size=_NUM_WORDS):
    """Turn lists of word numbers into rows: 1 where a word occurs, 0 elsewhere.

    Parameters
    ----------
    sequences : list, tuple or numpy.ndarray of lists of int
        The word numbers of each sample, which may be empty. How often a word occurs,
        and where, is lost.
    size : int, default 10_000
        Number of columns; every word number must be below it.

    Returns
    -------
    numpy.ndarray of float32, shape (len(sequences), size)

    Raises
    ------
    TypeError
        If `sequences` does not hold lists of numbers.
    ValueError
        If a word number is fractional, negative, or not below `size`.

    Notes
    -----
    The rows are dense, which takes 4 bytes for each zero too: 359 MB for the 8 982 training
    stories of Reuters. Only the ones are written, all at once.

    Examples
    --------
    >>> from helpers.datasets import multi_hot
    >>> print(multi_hot([[1, 3], [], [2, 2]], size=4))
    [[0. 1. 0. 1.]
     [0. 0. 0. 0.]
     [0. 0. 1. 0.]]
    """
    size = as_integer(size, "size", minimum=1)
    arrays = [as_float_array(sequence, "sequences") for sequence in _listed(sequences, "sequences")]
    if any(array.ndim != 1 for array in arrays):
        raise TypeError(
            f"sequences must hold lists of word numbers. {received('sequences', sequences)}"
        )
    numbers = np.concatenate([[], *arrays])
    if not (
        (numbers == np.floor(numbers)).all() and (numbers >= 0).all() and (numbers < size).all()
    ):
        raise ValueError(
            f"sequences must hold word numbers, whole and from 0 to {size - 1}. "
            f"{received('sequences', sequences)}"
        )
    rows = np.repeat(np.arange(len(arrays)), [len(array) for array in arrays])
    result = np.zeros((len(arrays), size), dtype=np.float32)
    result[rows, numbers.astype(np.intp)] = 1.0
    return result


def decode(sequence, words):
    """Turn a story back into text.

    Parameters
    ----------
    sequence : list, tuple or numpy.ndarray of int
        Word numbers, as in ``x_train`` of `load_reuters`.
    words : sequence of str
        ``words`` of the same `Dataset`.

    Returns
    -------
    str
        The words, with ``?`` for those that are unknown. Padding and start are left out.

    Raises
    ------
    TypeError
        If `sequence` does not hold integers.
    ValueError
        If a number has no word.

    Examples
    --------
    >>> from helpers.datasets import decode
    >>> decode([1, 5, 4, 2], ("", "", "?", "?", "rates", "interest"))
    'interest rates ?'
    """
    numbers = (
        as_integer(number, f"sequence[{i}]", minimum=0, maximum=len(words) - 1)
        for i, number in enumerate(_listed(sequence, "sequence"))
    )
    return " ".join(filter(None, (words[number] for number in numbers)))


def make_task(name, samples=400, noise=0.1, seed=0):
    """Make points in the plane that belong to one of two classes.

    Parameters
    ----------
    name : {"moons", "circles", "spirals"}
        Two half circles that reach into each other, a circle in another, or two spirals that
        wind around each other.
    samples : int, default 400
        How many points, at least 2; every other one belongs to class 1.
    noise : float, default 0.1
        Standard deviation of the normal noise that is added to both coordinates, at least 0.
    seed : int, default 0
        The same seed gives the same points.

    Returns
    -------
    x : numpy.ndarray of float32, shape (samples, 2)
        Points around the origin; without noise no coordinate is beyond 1.5.
    y : numpy.ndarray of int, shape (samples,)
        Their classes, 0 or 1.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If there is no such task, or a number is out of its range.

    Examples
    --------
    >>> from helpers.datasets import make_task
    >>> x, y = make_task("circles", samples=6, noise=0.0)
    >>> print(y, (x**2).sum(axis=1).round(2))
    [0 1 0 1 0 1] [1.   0.25 1.   0.25 1.   0.25]
    """
    if name not in _TASKS:
        raise ValueError(f"name must be one of {', '.join(_TASKS)}. {received('name', name)}")
    samples = as_integer(samples, "samples", minimum=2)
    noise = as_real(noise, "noise", minimum=0.0)
    rng = np.random.default_rng(as_integer(seed, "seed", minimum=0))
    y = np.arange(samples) % 2
    t = rng.uniform(size=samples)
    if name == "moons":
        angle, radius = np.pi * (t + y), 1.0
    elif name == "circles":
        angle, radius = 2.0 * np.pi * t, np.where(y == 0, 1.0, 0.5)
    else:
        angle, radius = np.pi * (3.0 * t + y), 0.2 + t
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    if name == "moons":
        x += np.where(y[:, np.newaxis] == 0, (-0.5, -0.25), (0.5, 0.25))
    return (x + rng.normal(0.0, noise, x.shape)).astype(np.float32), y


def _table(x, name):
    table = as_float_array(x, name)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError(
            f"{name} must be a table of finite numbers, with the shape (samples, columns). "
            f"{received(name, x)}"
        )
    return table


def _listed(value, name):
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise TypeError(f"{name} must be a list, a tuple or an array. {received(name, value)}")
    return value


def _load(source, title, files, real, stand_in):
    """Return the data set that `source` asks for, with its note."""
    source, reason = _chosen(source)
    if source != "embedded":
        try:
            paths = provide(files, _SECONDS[source])
        except UnavailableError as error:
            if source == "keras":
                raise OSError(
                    f"{title} cannot be loaded: {error}. Without a network: {_advice(files)}."
                ) from None
            reason = str(error)
        else:
            data = _through_keras(paths, real)
            counts = f"{len(data.x_train)} training and {len(data.x_test)} test samples"
            return dataclasses.replace(data, note=f"{data.name}: the real data, {counts}.")
    data = stand_in()
    note = (
        f"A stand-in for {title}: {data.name}, because {reason}. For the real data, load "
        f'with source="keras", which waits up to {_SECONDS["keras"]:.0f} seconds. Without '
        f"a network: {_advice(files)}."
    )
    return dataclasses.replace(data, note=note)


def _chosen(source):
    """Return the source that is meant, and who chose it."""
    name, value = "source", source
    if source == "auto" and os.environ.get(_VARIABLE):
        name, value = _VARIABLE, os.environ[_VARIABLE]
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text. {received(name, value)}")
    if value not in ("auto", "keras", "embedded"):
        raise ValueError(f"{name} must be auto, keras or embedded. {received(name, value)}")
    return value, f"{name}={value!r} asks for it"


def _advice(files):
    return f"put {' and '.join(files)} from {ADDRESS} into {cache_folders()[-1]}"


def _through_keras(paths, real):
    """Return what `real` loads, after handing the files to Keras if they are not in its cache.

    They are not where `KERAS_HOME` was changed after the import of Keras, or may only be read.
    """
    import keras

    with contextlib.redirect_stdout(io.StringIO()):  # Keras announces the copying as a download
        for path in paths:
            keras.utils.get_file(path.name, origin=path.as_uri(), file_hash=SHA256[path.name])
        return real()


def _boston_housing():
    import keras

    (x_train, y_train), (x_test, y_test) = keras.datasets.boston_housing.load_data()
    return Dataset(
        *(x_train, y_train, x_test, y_test),
        name="Boston housing",
        source="keras",
        target="median price of a home, in thousands of dollars",
        names=(
            *("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE"),
            *("DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"),
        ),
    )


def _reuters():
    import keras

    reuters = keras.datasets.reuters
    (x_train, y_train), (x_test, y_test) = reuters.load_data(num_words=_NUM_WORDS)
    words = [*_RESERVED, *[""] * (_NUM_WORDS - len(_RESERVED))]
    for word, rank in reuters.get_word_index().items():
        if rank + 3 < _NUM_WORDS:
            words[rank + 3] = word
    return Dataset(
        *(x_train, y_train, x_test, y_test),
        name="Reuters newswire",
        source="keras",
        target="topic of a story",
        names=tuple(reuters.get_label_names()),
        words=tuple(words),
    )


def _mnist():
    import keras

    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    return Dataset(
        *(x_train, y_train, x_test, y_test),
        name="MNIST, handwritten digits of 28 x 28 pixels",
        source="keras",
        target="digit",
        names=tuple("0123456789"),
    )


def _diabetes():
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    return Dataset(
        *_split(bunch.data, bunch.target),
        name="diabetes, a study of 442 patients from scikit-learn",
        source="embedded",
        target="progression of the disease in a year, a score from 25 to 346",
        names=tuple(bunch.feature_names),
    )


def _digits():
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.round(bunch.images * (255 / 16)).astype(np.uint8)
    return Dataset(
        *_split(images, bunch.target),
        name="handwritten digits of 8 x 8 pixels from scikit-learn",
        source="embedded",
        target="digit",
        names=tuple("0123456789"),
    )


def _split(x, y):
    """Return training and test samples of a fixed random order."""
    order = np.random.default_rng(0).permutation(len(x))
    train, test = np.split(order, [math.ceil(0.8 * len(x))])
    return x[train], y[train], x[test], y[test]


def _generated_corpus(stories=8000, ranks=12_000):
    """Draw every word from the frequencies of the story's topic, or of a second one."""
    rng = np.random.default_rng(0)
    shares = np.append([0.35, 0.22], 0.43 * _proportions(0.91 ** np.arange(_TOPICS - 2)))
    zipf = 1.0 / np.arange(1, ranks + 1)
    frequencies = zipf * rng.lognormal(0.0, 2.0, (_TOPICS, ranks))
    frequencies = frequencies[:, np.argsort(-(shares @ frequencies))]  # the most frequent first
    topic, second = rng.choice(_TOPICS, (2, stories), p=shares)
    lengths = rng.lognormal(4.6, 0.7, stories).clip(10, 500).astype(int)
    story = np.repeat(np.arange(stories), lengths)
    own_share = rng.uniform(0.4, 1.0, stories)[story]
    drawn_from = np.where(rng.random(len(story)) < own_share, topic[story], second[story])
    numbers = np.empty(len(story), dtype=int)
    for k in range(_TOPICS):
        here = np.flatnonzero(drawn_from == k)
        numbers[here] = rng.choice(ranks, len(here), p=_proportions(frequencies[k]))
    numbers += len(_RESERVED)
    numbers[numbers >= _NUM_WORDS] = 2
    x = np.empty(stories, dtype=object)
    x[:] = [[1, *part.tolist()] for part in np.split(numbers, lengths.cumsum()[:-1])]
    return Dataset(
        *_split(x, topic),
        name="8 000 generated stories of random syllables",
        source="embedded",
        target="topic of a story",
        names=tuple(f"topic {k}" for k in range(_TOPICS)),
        words=(*_RESERVED, *_pseudo_words(_NUM_WORDS - len(_RESERVED))),
    )


def _proportions(weights):
    return weights / weights.sum()


def _pseudo_words(number):
    """Return different words of three syllables, in a random order."""
    syllables = ["".join(pair) for pair in itertools.product("bdlmnrstvz", "aeiou")]
    words = ["".join(triple) for triple in itertools.product(syllables, repeat=3)]
    chosen = np.random.default_rng(0).choice(len(words), number, replace=False)
    return [words[index] for index in chosen]
