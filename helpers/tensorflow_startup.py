"""TensorFlow's start-up messages, and how the course keeps them from the learner.

TensorFlow's C++ code writes to file descriptor 2 while it is imported, before its
own log level counts. A notebook shows that as red text. `quiet_tensorflow` sets the
documented environment variables and holds the descriptor during that first import;
what is not a known start-up line is passed on when the import ends.
"""

import contextlib
import importlib.abc
import importlib.util
import os
import re
import sys
import tempfile

__all__ = ["is_startup_line", "quiet_tensorflow"]

_ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}

# "I0000 00:00:1795204080.008690    3524 cudart_stub.cc:31] Could not find cuda drivers ..."
_STARTUP_LINE = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog\(\) is called"
    rb"|[IW]\d{4} [\d:.]+\s+\d+ (cudart_stub|port|cpu_feature_guard)\.cc:\d+\]"
)


def is_startup_line(line):
    """Tell whether TensorFlow writes this line at every start, whatever you do.

    Parameters
    ----------
    line : bytes
        One line as it arrived on file descriptor 2.

    Returns
    -------
    bool
        True for the notices about CUDA drivers, oneDNN and processor features.

    Examples
    --------
    >>> is_startup_line(b"I0000 00:00:1.2    34 cudart_stub.cc:31] Could not find cuda drivers")
    True
    >>> is_startup_line(b"E0000 00:00:1.2    34 allocator.cc:7] Out of memory")
    False
    """
    return _STARTUP_LINE.match(line) is not None


def quiet_tensorflow():
    """Quiet TensorFlow's start-up messages in this process; call it before the import.

    Sets ``TF_CPP_MIN_LOG_LEVEL=3`` and ``TF_ENABLE_ONEDNN_OPTS=0`` unless they are
    set, and arranges that the first ``import tensorflow`` (``import keras`` does one)
    leaves out its known start-up lines. Everything else on file descriptor 2, errors
    above all, is passed on when the import ends. Does nothing after TensorFlow has
    been imported, and nothing when called again.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    watching = any(isinstance(finder, _FirstImport) for finder in sys.meta_path)
    if "tensorflow" not in sys.modules and not watching:
        sys.meta_path.insert(0, _FirstImport())


class _FirstImport(importlib.abc.MetaPathFinder):
    """Wraps the loader of the first ``import tensorflow``, then takes itself away."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                with _startup_lines_left_out():
                    execute(module)

            spec.loader.exec_module = exec_module
        return spec


@contextlib.contextmanager
def _startup_lines_left_out():
    """Hold file descriptor 2; at the end pass on what is not a start-up line."""
    try:
        stderr = os.dup(2)
    except OSError:  # a process without standard error, such as pythonw, has nothing to hold
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            os.write(2, b"".join(line for line in held if not is_startup_line(line)))
