# Every chore of the course; `make` alone lists them. Written for GNU make 3.81 and later.

LESSON ?= 01_relu_and_derivatives.ipynb
LAB_ARGS ?=
TEST_ARGS ?=
REFRESH_ARGS ?=
BENCH_ARGS ?=

# The Python that makes .venv: the one named with PYTHON=..., else the first that will do.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
HAS_VENV := import ensurepip, venv
NAMED := $(PYTHON)
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
    "$$python" -c "$(HAS_VENV); $(SUPPORTED)" >/dev/null 2>&1 && echo "$$python" && exit; \
    done; echo python3)
ADVICE := Install Python 3.11, 3.12 or 3.13, or name one that you have: make lab PYTHON=python3.12

VENV := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
# This file is written when everything is installed. Where it is missing .venv is half-made, and
# where .venv was made by another Python or in another folder it is of no use: start again.
COMPLETE := .venv/complete
MADE := $(shell test -x $(VENV) && test -f $(COMPLETE) && cat .venv/made)
WANTED := $(if $(NAMED),by $(NAMED) )in $(CURDIR).

.PHONY: help lab test check refresh bench lock browser clean python venv

help: ## list these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

lab: $(COMPLETE) ## open the first lesson in JupyterLab
	cd notebooks && ../$(VENV) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) \
	    --LabApp.default_url=/lab/tree/$(LESSON) $(LAB_ARGS)

test: $(COMPLETE) ## run every test, the notebooks' stored outputs included
	$(VENV) -m pytest -n 2 --dist loadscope $(TEST_ARGS)

check: $(COMPLETE) ## check style (notebooks too) and run the examples in the docstrings
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m pytest --doctest-modules helpers

refresh: $(COMPLETE) ## run the notebooks afresh and store their outputs
	$(VENV) -m tests.refresh $(REFRESH_ARGS)

bench: $(COMPLETE) ## measure what the README claims about speed
	$(VENV) -m benchmarks $(BENCH_ARGS)

lock: python ## renew requirements.txt from pyproject.toml
	"$(PYTHON)" -m venv --clear .cache/lock
	$(VENV:.venv%=.cache/lock%) -m pip install --quiet uv
	echo "-e ." | $(VENV:.venv%=.cache/lock%) -m uv pip compile - --output-file requirements.txt \
	    --quiet --universal --python-version 3.11 --upgrade --custom-compile-command "make lock"

browser: $(COMPLETE) ## download Playwright's Chromium for the browser tests, if you have none
	$(VENV) -m playwright install chromium

clean: ## remove .venv and everything else that these commands made
	rm -rf .venv .cache .pytest_cache .ruff_cache .hypothesis build dist screenshots
	find . -name __pycache__ -prune -exec rm -rf {} +

ifeq ($(findstring $(WANTED),$(MADE)),)
$(COMPLETE): venv
endif

$(COMPLETE): requirements.txt pyproject.toml
	@rm -f $@
	$(VENV) -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

venv: python
	"$(PYTHON)" -m venv --clear .venv
	@echo "by $(PYTHON) in $(CURDIR)." > .venv/made

python:
	$(eval PYTHON := $(PYTHON))
	@"$(PYTHON)" -c "" 2>/dev/null || \
	    { echo "'$(PYTHON)' does not run here. $(ADVICE)" >&2; exit 1; }
	@"$(PYTHON)" -c "$(SUPPORTED)" || \
	    { echo "'$(PYTHON)' is $$("$(PYTHON)" --version 2>&1), too old or too new." \
	           "$(ADVICE)" >&2; exit 1; }
	@"$(PYTHON)" -c "$(HAS_VENV)" 2>/dev/null || \
	    { echo "'$(PYTHON)' has no venv module (Debian, Ubuntu: apt install python3-venv)." \
	           "$(ADVICE)" >&2; exit 1; }
