"""Copy the notebooks that a student does not have yet: `python copy_notebooks.py FOLDER`.

What is in the folder already is left as it is, so this may run each time that a student comes.
"""

import shutil
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

if __name__ == "__main__":
    for notebook in NOTEBOOKS.rglob("*.ipynb"):
        mine = Path(sys.argv[1], notebook.relative_to(NOTEBOOKS))
        if not mine.exists() and ".ipynb_checkpoints" not in notebook.parts:
            mine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(notebook, mine)
