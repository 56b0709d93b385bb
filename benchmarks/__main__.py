"""``python -m benchmarks [name …]``: run the benchmarks named, or all of them."""

import importlib
import sys

NAMES = ("frames", "answers", "training")


def main(names):
    for name in names or NAMES:
        if name not in NAMES:
            sys.exit(f"name must be one of {', '.join(NAMES)}. Received: name={name!r}")
        module = importlib.import_module(f"benchmarks.{name}")
        print(module.__doc__.strip(), end="\n\n")
        module.main()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
