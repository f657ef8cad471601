# QuietHire. `make` or `make help` lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
READY := $(VENV)/.ready
export QUIETHIRE_DATA_DIR ?= $(CURDIR)/.quiethire
# Some machines forbid Python to keep what it compiled: every process then compiles 3,000 modules anew, in ten seconds.
export PYTHONDONTWRITEBYTECODE :=
ARGS ?=
# One more than there are cores: a third of the time of `make test` is waited for platforms that start, stop and are killed.
PROCESSES ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# Used by `make fuzz` alone, and installed by it.
ATHERIS := 3.0.0

.PHONY: help setup demo up test check fmt bench faults load accuracy docs fuzz fuzz-api sbom audit histories lock clean

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
	@$(BIN)/python -m pytest --numprocesses=$(PROCESSES) --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(ARGS)

check: setup ## format, lint, security, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive quiethire workflows activities services demo worker.py
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
	@$(BIN)/python -m benchmarks.matching $(ARGS)
	@$(BIN)/python -m benchmarks.delivery $(ARGS)
	@$(BIN)/python -m benchmarks.resumes $(ARGS)
	@$(BIN)/python -m benchmarks.skills $(ARGS)
	@$(BIN)/python -m benchmarks.titles $(ARGS)
	@$(BIN)/python -m benchmarks.text $(ARGS)
	@$(BIN)/python -m benchmarks.restore $(ARGS)
	@$(BIN)/python -m benchmarks.upgrade $(ARGS)

faults: setup ## everything that can break, broken under load, into docs/faults.md (ARGS="--only F23 --quick")
	@$(BIN)/python -m benchmarks.faults $(ARGS)

load: setup ## searches and a crawl at once, five times too much, and a soak of two hours (ARGS="--minutes 10 --part soak")
	@$(BIN)/python -m benchmarks.load $(ARGS)

accuracy: setup ## how right the parser is on the corpus, into docs/accuracy.md
	@$(BIN)/python -m benchmarks.accuracy $(ARGS)

docs: setup ## the site of the documents, into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

fuzz: setup ## look for inputs that break the parser, guided by coverage (ARGS="--seconds 600")
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target $(VENV)/fuzz "atheris==$(ATHERIS)"
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python tests/services/parser/fuzz.py $(ARGS)

fuzz-api: setup ## a hundred made-up requests to every operation of the API, by its OpenAPI document
	@FUZZ_EXAMPLES=100 $(BIN)/python -m pytest --timeout=3600 tests/services/api/test_schema_fuzz.py $(ARGS)

sbom: setup ## what it runs on, with versions, licences and hashes, as CycloneDX, into dist/
	@mkdir -p dist
	@$(BIN)/python ops/sbom.py > dist/quiethire.cdx.json
	@echo "dist/quiethire.cdx.json"

audit: setup ## known vulnerabilities of what the lock pins (needs the network)
	@$(BIN)/pip-audit --strict --requirement requirements.lock --require-hashes --disable-pip --progress-spinner=off $(ARGS) || { \
		echo "make audit: not passed. Where no vulnerability is listed above, nothing was looked up:" \
			"the service that knows them could not be reached, and this needs the network." >&2; exit 1; }

histories: setup ## record the workflows' histories anew, after a deliberate change of their commands
	@$(BIN)/python tests/workflows/record_histories.py >/dev/null

lock: setup ## pin the newest dependencies that pyproject.toml allows
	@$(BIN)/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --all-extras --group dev \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile benchmarks/peers.in --constraints requirements.lock --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file benchmarks/peers.lock

clean: ## remove the virtual environment and what the tools left (data stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis site
