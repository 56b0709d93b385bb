"""A data file is downloaded once, into Keras' cache, and compared with its known sum every time.

The cache is the folder ``datasets`` in ``KERAS_HOME``, or else in ``.keras`` in your home, and
the files and their address are those of `keras.datasets`. Keras' own download, though, waits
without a limit, and writes over a file before it has a whole new one. Here a download has a
deadline, and a file enters the cache whole or not at all.
"""

import hashlib
import http.client
import os
import queue
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

__all__ = ["ADDRESS", "SHA256", "UnavailableError", "cache_folders", "provide"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SHA256 = {
    "boston_housing.npz": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    "mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    "reuters.npz": "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
    "reuters_word_index.json": "9b56000edc4b34a32e89fd5a23b2605594682c74efcf7d8f4e2a5514b771e633",
}
_SILENCE = 10.0  # how many seconds a host may say nothing


class UnavailableError(OSError):
    """A file is not in the cache, and could not be downloaded into it."""


def provide(files, seconds):
    """Return where intact files are, after downloading those that the cache does not hold.

    Parameters
    ----------
    files : iterable of str
        Names of files, keys of `SHA256`.
    seconds : float
        How long all downloads together may take.

    Returns
    -------
    list of pathlib.Path
        Absolute, in the order of `files`.

    Raises
    ------
    UnavailableError
        If a file is not in the cache and could not be downloaded or stored; the message has the
        reason.
    OSError
        If a file in the cache is damaged, and no intact one could be downloaded in its place;
        the message says what to delete. The damaged file is left as it is.
    """
    deadline = time.monotonic() + seconds
    return [_provide(file, deadline) for file in files]


def cache_folders():
    """Return the folders that may hold the files; Keras reads and writes in the last.

    Returns
    -------
    list of pathlib.Path
        The cache; and where Keras may not write there, also the folder for temporary files that
        it uses instead.
    """
    home = os.environ.get("KERAS_HOME")
    if home is None:
        user = os.path.expanduser("~")
        home = os.path.join(user if os.access(user, os.W_OK) else "/tmp", ".keras")
    home = Path(home).expanduser().absolute()
    made_in = next((folder for folder in (home, *home.parents) if folder.exists()), home)
    if os.access(made_in, os.W_OK):
        return [home / "datasets"]
    temporary = Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir())
    return [home / "datasets", temporary / ".keras" / "datasets"]


def _provide(file, deadline):
    paths = [folder / file for folder in cache_folders()]
    present = [path for path in paths if path.exists()]
    for path in present:
        if _is_intact(path.read_bytes(), file):
            return path
    try:
        return _save(_download(file, deadline), paths[-1])
    except (OSError, http.client.HTTPException) as error:
        reason = " ".join(str(getattr(error, "reason", error)).split())  # on one line
        if present:
            raise OSError(
                f"{present[-1]} is damaged, and could not be downloaded anew: {reason}. "
                "Delete this file and load again."
            ) from None
        raise UnavailableError(
            f"{file} is not in {paths[-1].parent} and could not be downloaded: {reason}"
        ) from None


def _is_intact(content, file):
    return hashlib.sha256(content).hexdigest() == SHA256[file]


def _save(content, path):
    """Write a file that is there whole or not at all; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        new = Path(folder, path.name)
        new.write_bytes(content)
        new.replace(path)
    return path


def _download(file, deadline):
    """Return the content of a file, or raise an error once the deadline is over.

    The time limit of a socket counts anew with every byte, and not at all while a name is looked
    up. So a thread does the waiting, and is left alone when time is up; it ends at the next byte.
    """
    answers = queue.SimpleQueue()

    def fetch():
        try:
            answers.put(_read(ADDRESS + file, deadline))
        except Exception as error:  # raised again below
            answers.put(error)

    threading.Thread(target=fetch, daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise TimeoutError("it took too long") from None
    if isinstance(answer, Exception):
        raise answer
    if not _is_intact(answer, file):
        raise OSError("what arrived is not the file, or only a part; is a proxy in between?")
    return answer


def _read(url, deadline):
    content = bytearray()
    try:
        response = urllib.request.urlopen(url, timeout=_SILENCE)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise
    with response:
        while chunk := response.read1(65_536):
            content += chunk
            if time.monotonic() > deadline:
                raise TimeoutError("it took too long")
    return content
