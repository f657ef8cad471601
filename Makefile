# QuietHire. `make` or `make help` lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
READY := $(VENV)/.ready
export QUIETHIRE_DATA_DIR ?= $(CURDIR)/.quiethire
ARGS ?=
# Used by `make fuzz` alone, and installed by it.
ATHERIS := 3.0.0

.PHONY: help setup demo up test check fmt bench faults accuracy fuzz histories lock clean

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## virtual environment, pinned dependencies, Chromium if it can be had

$(READY): requirements.lock pyproject.toml ops/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash ops/setup.sh
	@touch $@

demo: setup ## the main job, end to end, over a made-up web (ARGS=--json for one JSON object)
	@$(BIN)/quiethire demo $(ARGS)

up: setup ## the platform in the foreground: stack, worker, API and page on port 3000
	@$(BIN)/quiethire up $(ARGS)

test: setup ## the whole test suite, on real servers (ARGS="-k name" for a part)
	@$(BIN)/python -m pytest --numprocesses=logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(ARGS)

check: setup ## format, lint, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

fmt: setup ## format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## the figures that the documents name
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r benchmarks/peers.lock
	@$(BIN)/python -m benchmarks.pipeline $(ARGS)
	@$(BIN)/python -m benchmarks.demo $(ARGS)
	@$(BIN)/python -m benchmarks.parser $(ARGS)
	@$(BIN)/python -m benchmarks.crawler $(ARGS)
	@$(BIN)/python -m benchmarks.politeness $(ARGS)
	@$(BIN)/python -m benchmarks.discovery $(ARGS)
	@$(BIN)/python -m benchmarks.lifecycle $(ARGS)
	@$(BIN)/python -m benchmarks.duplicates $(ARGS)
	@$(BIN)/python -m benchmarks.reparse $(ARGS)
	@$(BIN)/python -m benchmarks.loop $(ARGS)
	@$(BIN)/python -m benchmarks.search $(ARGS)
	@$(BIN)/python -m benchmarks.degraded $(ARGS)
	@$(BIN)/python -m benchmarks.exports $(ARGS)
	@$(BIN)/python -m benchmarks.page $(ARGS)

faults: setup ## the worker killed at twenty random moments; every run completes (ARGS=--quick for three)
	@$(BIN)/python -m benchmarks.kills $(ARGS)

accuracy: setup ## how right the parser is on the corpus, into docs/accuracy.md
	@$(BIN)/python -m benchmarks.accuracy $(ARGS)

fuzz: setup ## look for inputs that break the parser, guided by coverage (ARGS="--seconds 600")
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target $(VENV)/fuzz "atheris==$(ATHERIS)"
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python tests/services/parser/fuzz.py $(ARGS)

histories: setup ## record the workflows' histories anew, after a deliberate change of their commands
	@$(BIN)/python tests/workflows/record_histories.py >/dev/null

lock: setup ## pin the newest dependencies that pyproject.toml allows
	@$(BIN)/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --all-extras --group dev \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile benchmarks/peers.in --constraints requirements.lock --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file benchmarks/peers.lock

clean: ## remove the virtual environment and what the tools left (data stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
