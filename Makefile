# Every target makes or renews .venv first, and finds it ready the second time. `make` alone lists the targets.
.DEFAULT_GOAL := help
.SUFFIXES:

BIN := .venv/bin
READY := .venv/.ready
DEMO := var/demo
# Tests that share a server or a browser stay on one worker; the others use as many as WORKERS says.
WORKERS ?= 2
# make test ARGS="-k opt_out"
ARGS ?=

$(READY): requirements.lock requirements-bootstrap.lock pyproject.toml scripts/bootstrap
	@PYTHON="$(PYTHON)" scripts/bootstrap
	@touch $@

.PHONY: help install demo test test-long check lock bench clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

install: $(READY) ## prepare .venv and nothing else
	@echo "Ready: $(BIN)/tactful"

demo: $(READY) ## build the sample workspace in var/demo and run it, directly and through Prefect
	@rm -rf $(DEMO)
	@$(BIN)/tactful demo $(DEMO)
	@$(BIN)/python -m flows.prefect_demo --workspace $(DEMO)

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

test-long: $(READY) ## run the long soaks, and every property with hundreds of examples
	TACTFUL_HYPOTHESIS=long $(BIN)/python -m pytest -m "long or hypothesis" -n $(WORKERS) --dist loadgroup --timeout 3600 $(ARGS)

check: $(READY) ## style, types, layers, rules and their cases
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/tactful policy check
	$(BIN)/tactful policy test
	$(BIN)/python -m pytest -q tests/test_house.py -k registry_host

# make lock ARGS=--upgrade takes the newest versions the ranges of pyproject.toml allow.
lock: $(READY) ## renew the lock files from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" --group bootstrap --output-file requirements-bootstrap.lock $(ARGS)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" --group dev --output-file requirements.lock $(ARGS) pyproject.toml

bench: $(READY) ## print the benchmarks' figures
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean: ## remove the demo and all caches; .venv stays
	rm -rf var dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
