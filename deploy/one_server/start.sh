#!/bin/sh
# Starts one student's server, as that student and in their home folder. A notebook that they do not
# have yet arrives; one that they have is left as it is.
course=$(cd "$(dirname "$0")/../.." && pwd)
"$course/.venv/bin/python" - "$course/notebooks" notebooks <<'COPY'
import shutil, sys
from pathlib import Path

source, target = map(Path, sys.argv[1:])
for file in source.rglob("*.ipynb"):
    mine = target / file.relative_to(source)
    if not mine.exists() and ".ipynb_checkpoints" not in file.parts:
        mine.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, mine)
COPY
exec "$course/.venv/bin/jupyterhub-singleuser" "$@"
