# Two commands matter: `make run` serves the demonstration, `make test` runs every test.
# Both begin with the set-up, which costs nothing when nothing has changed.

PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
HOST ?= 127.0.0.1
PORT ?= 8000
export PYTHONDONTWRITEBYTECODE =

.PHONY: run test setup setup-test lint bench verapdf clean

run: setup
	@$(BIN)/campaign init --demo --quiet
	@$(BIN)/campaign serve --host $(HOST) --port $(PORT)

test: setup-test
	@$(BIN)/pytest $(ARGS)

setup: $(VENV)/.run
setup-test: $(VENV)/.test

lint: setup-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy

bench: setup-test
	@for figure in bench/[a-z]*.py; do $(BIN)/python $$figure || exit 1; done

# Every print before veraPDF, on a machine that has it.
verapdf: setup-test
	@command -v verapdf >/dev/null || { echo "veraPDF is not on the path. Install it from https://verapdf.org and run this again." >&2; exit 2; }
	@$(BIN)/pytest tests/printing/test_validators.py -k verapdf $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info build

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it: apt-get install python3" >&2; exit 2; }
	@ops/system-packages run $(PYTHON)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.lock setup.cfg pyproject.toml ops/system-packages | $(VENV)/.python
	@ops/system-packages run $(PYTHON)
	@echo "Installing Campaign's libraries"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock ops/system-packages $(VENV)/.run
	@ops/system-packages test $(PYTHON)
	@echo "Installing what the tests need"
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@
