"""``python -m benchmarks [name …]``: run the benchmarks named, or all of them."""

import importlib
import os
import sys

NAMES = ("frames", "answers", "training", "film_strips")
# The threads of NumPy's matrix products: which name counts depends on how NumPy was built. They
# are read when NumPy is imported.
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main(names):
    for name in names:
        if name not in NAMES:
            sys.exit(f"name must be one of {', '.join(NAMES)}. Received: name={name!r}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    os.environ.update(dict.fromkeys(THREADS, str(cores)))
    print(describe_machine(cores), end="\n\n")
    for name in names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        print(module.__doc__.strip(), end="\n\n")
        module.main()
        print()


def describe_machine(cores):
    """Say how many cores there are and how busy they are; warn if that spoils the ratios."""
    threads = f"{cores} cores, and as many threads for NumPy and for TensorFlow"
    if not hasattr(os, "getloadavg"):
        return f"{threads}. This system does not tell its load: let nothing else run."
    load = os.getloadavg()[0]
    text = f"{threads}. Load at the start: {load:.1f}."
    if load > cores / 2:
        text += "\nThe machine is busy: DO NOT TRUST THE RATIOS. Measure again when it is idle."
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
