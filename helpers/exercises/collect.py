"""Collect a class: `python -m helpers.exercises.collect FOLDER results.csv`.

FOLDER holds a folder for each student, and the student is called by that folder's name. Somewhere
in it is the `exercises.json` of the student's notebooks. There is a line for each student and
exercise, also for what was not attempted.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from helpers.exercises import LESSONS
from helpers.exercises.results import COLUMNS, FILE, read


def collect(folder: Path) -> tuple[list[tuple], list[str]]:
    """Return the rows of the table, its head first, and what could not be read."""
    rows, problems = [("student", *COLUMNS)], []
    for student in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            results = read(LESSONS, *_find_files(student))
        except (OSError, ValueError) as error:
            problems.append(f"{student.name} is left out: {error}")
        else:
            rows += ((student.name, *(getattr(row, name) for name in COLUMNS)) for row in results)
    return rows, problems


def _find_files(student: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(student, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]  # no waste bins
        if FILE in files:
            yield Path(place, FILE)


def main() -> None:
    """Write the table as comma-separated values, so that spreadsheets read every name right."""
    parser = argparse.ArgumentParser(prog="python -m helpers.exercises.collect")
    parser.description = "Write a table of a class's exercises."
    parser.add_argument("folder", type=Path, help="it holds a folder for each student")
    parser.add_argument("table", type=Path, help="the file to write, such as results.csv")
    options = parser.parse_args()
    rows, problems = collect(options.folder)
    with options.table.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
