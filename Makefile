# Two commands matter: `make run` serves the demonstration, `make test` runs the tests. `make help` tells the rest.
# All begin with the set-up, which costs nothing when nothing has changed.

PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
HOST ?= 127.0.0.1
PORT ?= 8000
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run test test-fast test-all coverage mutants lint format translations bench fuzz verapdf fresh release setup setup-test clean
.DEFAULT_GOAL := help

# A line that begins with "name: ## words" is what this prints.
help: ## What can be made (this)
	@echo "Campaign: an open platform for humanitarian urgent actions. New here? make run, then CONTRIBUTING.md."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'
	@echo
	@echo "  make run PORT=9000                    another port"
	@echo "  make test ARGS='tests/mail -n 0 -x'   some tests, one after the other, up to the first that fails"

# Whatever is told of an address, sign-in and mails included, is told with this port; what you set yourself is kept.
ifeq ($(CAMPAIGN_BASE_URL_FILE)$(filter 0,$(PORT)),)
run: export CAMPAIGN_BASE_URL ?= http://$(HOST):$(PORT)
endif
run: setup ## Serve the demonstration on http://127.0.0.1:8000
	@$(BIN)/campaign init --demo --quiet
	@$(BIN)/campaign serve --host $(HOST) --port $(PORT)

test: setup-test ## All tests (both databases where it matters, pages in three languages)
	@$(BIN)/pytest $(ARGS)

test-fast: setup-test ## Rules and rooms on SQLite, within a minute or two: no pages, prints or processes
	@$(BIN)/pytest --fast $(ARGS)

test-all: setup-test ## Every test on both databases, every page in all seven languages
	@$(BIN)/pytest --everything $(ARGS)

coverage: setup-test ## Branch coverage of the tests that run in their own process
	@$(BIN)/pytest --cov=campaign --cov-branch --cov-report=term:skip-covered --cov-report=html:htmlcov $(ARGS)

mutants: setup-test ## Break the rules one by one; 90 of 100 must be noticed (an hour or more)
	@$(BIN)/python ops/mutants $(ARGS)

lint: setup-test ## All static checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/mypy --config-file tests/mypy.ini

format: setup-test ## Put code into its form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

translations: setup-test ## Collect new sentences into every catalogue, and say what is missing
	@$(BIN)/python ops/translations

bench: setup-test ## Measure the figures of docs/performance.md
	@ops/system-packages bench $(PYTHON)
	@for figure in bench/[a-z]*.py; do $(BIN)/python $$figure || exit 1; done

# A hundred thousand requests that nobody's browser sends, to every route, with an organiser's session and without:
# the half of an hour or more. The tests send two hundred, others each day, and five thousand with --everything.
fuzz: setup-test ## Send 100,000 hostile requests to every route
	@CAMPAIGN_FUZZ_REQUESTS=$${CAMPAIGN_FUZZ_REQUESTS:-100000} $(BIN)/pytest tests/fuzz $(ARGS)

# Every print before veraPDF, on a machine that has it.
verapdf: setup-test ## Hold every print against veraPDF, if it is installed
	@command -v verapdf >/dev/null || { echo "veraPDF is not on the path. Install it from https://verapdf.org and run this again." >&2; exit 2; }
	@$(BIN)/pytest tests/printing/test_validators.py -k verapdf $(ARGS)

fresh: ## Both commands in a bare Debian, old and new (root, debootstrap, an hour)
	@ops/fresh bookworm trixie

release: ## Check, then tag the version that campaign/version.py names
	@ops/release

setup: $(VENV)/.run
setup-test: $(VENV)/.test

clean: ## Remove what was installed and left behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info build htmlcov .coverage

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
