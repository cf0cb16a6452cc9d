# Every target does its own set-up: with uv when it is there, otherwise with venv and pip.
# The environment is .venv; `rm -rf .venv` starts afresh.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-e2e demo test test-slow test-browser test-realdata test-further test-all check lint types imports fix bench fuzz kit-screens docs clean

# A pyenv shim named uv may be on the PATH and still not run: ask it.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
    if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)
BIN := .venv/bin
STAMP := .venv/.ready
STAMP_E2E := .venv/.ready-e2e
PYTEST := $(BIN)/python -m pytest -n auto
# The three further suites may take minutes for one test; the fast one may not.
PYTEST_FURTHER := $(PYTEST) --timeout 1800 --durations 10

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-22s %s\n' "$$name" "$$text"; done

setup: $(STAMP) ## make .venv with everything that demo, check and test need

# Two set-ups at once would write into one .venv.
.NOTPARALLEL:

ifeq ($(UV),uv)
$(STAMP): pyproject.toml
	@echo 'Setting up .venv with uv; once, some seconds.'
	uv sync --quiet --inexact
	@touch $@

$(STAMP_E2E): $(STAMP)
	uv sync --quiet --inexact --group e2e
	@touch $@

INSTALL_FUZZ := uv sync --quiet --inexact --group fuzz
else
$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Bluezone needs Python 3.11 or newer; none was found.' >&2; exit 1; }
	@echo 'Setting up .venv with pip; once, about a minute.'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[sim]' --group dev
	@touch $@

$(STAMP_E2E): $(STAMP)
	$(BIN)/python -m pip install --quiet --group e2e
	@touch $@

INSTALL_FUZZ := $(BIN)/python -m pip install --quiet --group fuzz
endif

setup-e2e: $(STAMP_E2E) ## the same and the browser tests' packages (large)

demo: $(STAMP) ## a small town in the browser: authority, phones, one confirmed case
	$(BIN)/bluezone demo

test: $(STAMP) ## the fast tests, a few minutes at most
	$(PYTEST)

test-slow: $(STAMP_E2E) ## only the tests that take minutes
	$(PYTEST_FURTHER) -m slow

test-browser: $(STAMP_E2E) ## only the tests that need chromium
	$(PYTEST_FURTHER) -m browser

test-realdata: $(STAMP_E2E) ## only the tests that need the contact traces in ../shared/data
	$(PYTEST_FURTHER) -m realdata

test-further: $(STAMP_E2E) ## everything that `make test` leaves out
	$(PYTEST_FURTHER) -m '(slow or realdata) and not browser'
	@# A process of its own: playwright keeps an event loop running in it, beside which no other can start.
	$(PYTEST_FURTHER) -m browser

test-all: test test-further ## every test there is

check: lint types imports ## all that a machine can say without running anything

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

imports: $(STAMP) ## the import rules of .importlinter
	$(BIN)/lint-imports

fix: $(STAMP) ## let ruff repair what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP) ## measure, and print the figures the documents quote
	$(BIN)/bluezone bench all

FUZZ_RUNS ?= 1000000
fuzz: $(STAMP) ## feed every decoder FUZZ_RUNS hostile inputs, memory bounded
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(INSTALL_FUZZ)
	$(BIN)/python -m tests.fuzz.run --runs $(FUZZ_RUNS)

kit-screens: $(STAMP_E2E) ## photograph the screens that the campaign kit shows
	$(BIN)/python -m tests.browser.kit_screens

docs: $(STAMP) ## write the generated pages and test that no page lies
	$(BIN)/python -m tests.docs.error_codes --write
	$(BIN)/python -m tests.docs.package_tree --write
	$(BIN)/python -m pytest -q tests/docs

clean: ## remove caches and output; .venv stays
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist out site
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
