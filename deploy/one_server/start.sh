#!/bin/sh
# Starts one student's server, as that student and in their home folder.
course=$(cd "$(dirname "$0")/../.." && pwd)
"$course/.venv/bin/python" "$course/deploy/copy_notebooks.py" notebooks
exec "$course/.venv/bin/jupyterhub-singleuser" "$@"
