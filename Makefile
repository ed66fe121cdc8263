# Everything starts here: `make demo` and `make test` set up what they need on a machine with python3, venv and make.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test twin bench-check bench-update lint lock clean

help:
	@echo "make demo          ten years of an implanted insulin pump, ten thousand times: studies/demo.h5, studies/demo.html"
	@echo "make test          the tests"
	@echo "make twin          ten thousand patients against the slow twin"
	@echo "make lint          ruff, mypy, import-linter"
	@echo "make bench-check   speed against benchmarks/baseline.json; make bench-update rewrites it"
	@echo "make lock          write requirements.lock anew (needs uv)"
	@echo "make clean         remove what the others made"
	@echo "Another Python: make demo PYTHON=python3.12"

demo: .venv/installed
	@mkdir -p studies
	@rm -rf studies/demo.*
	$(BIN)/pumpsim study implanted-insulin --patients 10000 --years 10 --seed 1 -o studies/demo.h5
	$(BIN)/pumpsim report studies/demo.h5 -o studies/demo.html

test: .venv/installed
	$(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile

twin: .venv/installed
	$(BIN)/python -m pytest -q -s -m twin --timeout 0

bench-check: .venv/installed
	$(BIN)/python benchmarks/gate.py check

bench-update: .venv/installed
	$(BIN)/python benchmarks/gate.py update

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:
	@command -v uv > /dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 2; }
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header \
		--quiet --upgrade --output-file requirements.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	rm -rf studies/demo.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/locked: requirements.lock
	@command -v "$(PYTHON)" > /dev/null || { \
		echo "There is no '$(PYTHON)' here: install Python 3.11 or newer, or name one (make PYTHON=python3.12)." >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 14) or sys.exit( \
		"pumpsim needs Python 3.11 to 3.14 and this is %d.%d: name another one (make PYTHON=python3.12)." % v)'
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "This Python has no venv module: install it first (Debian, Ubuntu: sudo apt install python3-venv)." >&2; exit 2; }
	@echo "1/3  an environment in .venv, with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv --clear .venv
	@echo "2/3  the packages of requirements.lock, about 220 MB; one to two minutes"
	@set -o pipefail; $(BIN)/python -u -m pip install --disable-pip-version-check --require-hashes -r requirements.lock | \
		awk '/^Collecting/ { print "     " $$2; fflush() } /^Installing/ { print "     unpacking ..."; fflush() }'
	@touch $@

.venv/installed: .venv/locked pyproject.toml
	@echo "3/3  pumpsim itself, from this folder"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@
