# Every target, one line each; what they do lives in the package.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
NO_PYTHON = $(error Python 3.11 or newer is needed and was not found; install it, or say where it is: make PYTHON=/path/to/python3.11)
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check
RUN := .venv/bin/pocketdev-analytics
FROM := $${SOURCE:+--source "$$SOURCE"}

.DEFAULT_GOAL := help
.PHONY: help setup report report-cost report-activity notebooks lab test lint types bench torture clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-24s%s\n", $$1, $$2}'

setup: .venv/ready .venv/ready-lab .venv/ready-test ## make the environment for all targets in .venv (each makes what it needs by itself)

report: .venv/ready ## read the Claude Code history and write all of reports/ (SOURCE=folder: another history)
	@$(RUN) build $(FROM)

report-cost: .venv/ready ## write reports/cost.html alone
	@$(RUN) build cost $(FROM)

report-activity: .venv/ready ## write reports/activity.html alone
	@$(RUN) build activity $(FROM)

notebooks: .venv/ready ## execute the notebooks and export them to reports/notebooks/
	@$(RUN) build notebooks $(FROM)

lab: .venv/ready-lab ## open copies of the notebooks in JupyterLab (ARGS=options for it)
	@$(RUN) notebooks --lab $(FROM) -- $(ARGS)

test: .venv/ready-test ## run the tests, on up to four cores
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: .venv/ready-test ## check style and format
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: .venv/ready-test ## check types, strictly
	@.venv/bin/mypy

bench: .venv/ready-test ## measure the speed of import, reports and pricing
	@.venv/bin/python tests/benchmarks/bench.py && .venv/bin/python tests/benchmarks/bench_pricing.py

torture: .venv/ready-test ## kill, fuzz and damage it, and print the figures (KILLS=, FUZZ=, EXAMPLES=, DAMAGES=: how often)
	@.venv/bin/python tests/torture.py

clean: ## remove what make made here: reports, caches and .venv (never the store)
	@rm -rf .venv reports build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/ready-lab .venv/ready-test: .venv/ready-%: requirements-%.txt .venv/ready
	@echo "Adding to it what 'make $*' needs ..." && $(PIP) -r $< && touch $@

.venv/ready: requirements.txt pyproject.toml
	@echo "Making the environment in .venv ..." && $(or $(PYTHON),$(NO_PYTHON)) -m venv .venv && $(PIP) -r requirements.txt && $(PIP) --no-deps --no-build-isolation --editable . && touch $@
