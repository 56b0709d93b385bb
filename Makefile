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

BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
VENV := .venv/$(BIN)/python
OLDEST := .cache/oldest/$(BIN)/python
COLAB := .cache/colab/$(BIN)/python
AS_OLDEST := -o addopts=-rs -p no:warnings
WITHOUT_KERAS := $(patsubst %,tests/test_%.py,oldest activations gradients imports losses network \
    optimizers validation)
PIP := -m pip install --disable-pip-version-check

# This file is written when everything is installed, and says by which Python and where. .venv is
# made anew where it is missing, where that is another Python or folder, and after `make lock`.
COMPLETE := .venv/complete
MADE := $(shell test -x $(VENV) && cat $(COMPLETE) 2>/dev/null)
WANTED := $(if $(NAMED),by $(NAMED) )in $(CURDIR).

.PHONY: help lab test check site test-oldest test-colab test-hub refresh bench lock browser clean

help: ## list these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-11s  %s\n", $$1, $$2 }' Makefile

lab: $(COMPLETE) ## open the first lesson in JupyterLab
	cd notebooks && ../$(VENV) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) \
	    --LabApp.default_url=/lab/tree/$(LESSON) $(LAB_ARGS)

test: $(COMPLETE) ## run every test, the notebooks' stored outputs included
	$(VENV) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(TEST_ARGS)

check: $(COMPLETE) ## check style (notebooks too) and run the examples in the docstrings
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m pytest --doctest-modules helpers

test-oldest: .cache/oldest/complete ## run what needs no Keras on the oldest packages, and without threads
	$(OLDEST) -m pytest $(AS_OLDEST) --doctest-modules helpers $(WITHOUT_KERAS)
	$(OLDEST) -m pytest $(AS_OLDEST) --no-threads --doctest-modules helpers tests/test_oldest.py

test-colab: .cache/colab/complete ## run the notebooks for Colab on its versions (Linux)
	$(COLAB) -m pytest $(AS_OLDEST) --noconftest -n 2 tests/test_colab.py $(TEST_ARGS)

test-hub: STUDENTS ?= 6
test-hub: .venv/complete-hub ## let a simulated class work on JupyterHub: make test-hub STUDENTS=20
	STUDENTS=$(STUDENTS) $(VENV) -m pytest -s tests/test_hub.py tests/test_handing_out.py $(TEST_ARGS)

site: .venv/complete-site ## build the course's web site, site/index.html
	$(VENV) -m website.build $(if $(REPOSITORY),--repository $(REPOSITORY))

refresh: $(COMPLETE) ## run the notebooks afresh and store their outputs
	$(VENV) -m tests.refresh $(REFRESH_ARGS)

bench: $(COMPLETE) ## measure what the README claims about speed
	$(VENV) -m benchmarks $(BENCH_ARGS)

lock: LOCKED := --quiet --universal --python-version 3.11 --upgrade --custom-compile-command "make lock"
lock: ## renew requirements.txt, the site's and the hub's, from pyproject.toml
	$(CHECK_PYTHON)
	"$(PYTHON)" -m venv --clear .cache/lock
	.cache/lock/$(BIN)/python $(PIP) --quiet uv
	echo "-e .[fast,keras,lab,test]" | .cache/lock/$(BIN)/python -m uv pip compile - \
	    --output-file requirements.txt $(LOCKED)
	grep -v "^-e" requirements.txt > .cache/lock/same-versions.txt
	echo "-e .[site]" | .cache/lock/$(BIN)/python -m uv pip compile - \
	    --output-file website/requirements.txt --constraint .cache/lock/same-versions.txt $(LOCKED)
	echo "-e .[hub]" | .cache/lock/$(BIN)/python -m uv pip compile - \
	    --output-file deploy/requirements.txt --constraint .cache/lock/same-versions.txt $(LOCKED)

browser: $(COMPLETE) ## download Playwright's Chromium for the browser tests, if you have none
	$(VENV) -m playwright install chromium

clean: ## remove .venv and everything else that these commands made
	rm -rf .venv .cache .pytest_cache .ruff_cache .hypothesis build dist screenshots site
	find . -name __pycache__ -prune -exec rm -rf {} +

ifeq ($(findstring $(WANTED),$(MADE)),)
.PHONY: $(COMPLETE)
endif

$(COMPLETE): requirements.txt
	$(CHECK_PYTHON)
	"$(PYTHON)" -m venv --clear .venv
	$(VENV) $(PIP) -r requirements.txt
	$(VENV) -c "import matplotlib.font_manager" # builds the font cache, which would be told in red
	@echo "by $(PYTHON) in $(CURDIR)." > $@

.venv/complete-site: website/requirements.txt $(COMPLETE)
	$(VENV) $(PIP) -r website/requirements.txt
	@touch $@

# JupyterHub, and the proxy that it starts, which npm installs.
.venv/complete-hub: deploy/requirements.txt $(COMPLETE)
	@command -v npm >/dev/null || \
	    { echo "JupyterHub's proxy needs Node.js, with npm: https://nodejs.org" >&2; exit 1; }
	$(VENV) $(PIP) -r deploy/requirements.txt
	npm install --no-save --no-audit --no-fund --prefix .cache/proxy configurable-http-proxy@5.1.0
	@touch $@

# The lowest versions that pyproject.toml allows: neither isal nor TensorFlow, nor Keras. For Colab,
# the TensorFlow and Keras that it has, and without the Hypothesis that it lacks.
.cache/colab/complete: WITH := tensorflow-cpu==2.20.0 keras==3.13.2 nbclient==0.10.0 nbformat==5.10.0 \
    pytest-xdist==3.7.0
.cache/colab/complete: WITHOUT := hypothesis
.cache/oldest/complete .cache/colab/complete: pyproject.toml
	$(CHECK_PYTHON)
	"$(PYTHON)" -m venv --clear $(@D)
	$(@D)/$(BIN)/python $(PIP) --quiet uv pytest
	$(@D)/$(BIN)/python -m uv pip install --quiet --resolution lowest-direct --only-binary numpy \
	    -r pyproject.toml $(WITH)
	$(if $(WITHOUT),$(@D)/$(BIN)/python -m uv pip uninstall --quiet $(WITHOUT))
	@touch $@

define CHECK_PYTHON
	$(eval PYTHON := $(PYTHON))
	@"$(PYTHON)" -c "" 2>/dev/null || \
	    { echo "'$(PYTHON)' does not run here. $(ADVICE)" >&2; exit 1; }
	@"$(PYTHON)" -c "$(SUPPORTED)" || \
	    { echo "'$(PYTHON)' is $$("$(PYTHON)" --version 2>&1), too old or too new." \
	           "$(ADVICE)" >&2; exit 1; }
	@"$(PYTHON)" -c "$(HAS_VENV)" 2>/dev/null || \
	    { echo "'$(PYTHON)' has no venv module (Debian, Ubuntu: apt install python3-venv)." \
	           "$(ADVICE)" >&2; exit 1; }
endef
