# `make` alone explains itself.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo install test test-slow check bench quality docs lock clean
.DELETE_ON_ERROR:

bin := .venv/bin
# A file runs in one process, so what its tests share is made once; tests/conftest.py says which go first
by_file := --dist loadfile --no-loadscope-reorder
made_from := pyproject.toml constraints.txt package.json package-lock.json hatch_build.py src/yuelao/web/icons.txt

help: ## show this list
	@echo "Yuelao: make TARGET [PYTHON=python3.12] [ARGS=...]"
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 14

demo: .venv/ready ## simulate an operator, run the whole main job, serve it on 127.0.0.1:8000 (ARGS="--no-serve --json")
	@$(bin)/yuelao demo $(ARGS)

install: .venv/ready-dev ## make .venv with everything for development

test: .venv/ready-dev ## the whole test suite: SQLite and PostgreSQL, DuckDB and Spark, a real browser (ARGS="-k tasks")
	@scripts/system_packages.sh $(PYTHON) test
	@$(bin)/pytest -n $(WORKERS) $(by_file) -m "not slow" $(ARGS)

test-slow: .venv/ready-dev ## the tests that take minutes each
	@scripts/system_packages.sh $(PYTHON) test
	@$(bin)/pytest -n $(WORKERS) $(by_file) -m slow $(ARGS)

check: .venv/ready-dev ## format, lint, types, layers, documentation
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports --no-logo
	$(bin)/pytest -q tests/docs

bench: .venv/ready-dev ## the benchmarks, each against a peer
	@set -e; for file in benchmarks/*.py; do $(bin)/python "$$file" $(ARGS); done

quality: .venv/ready-dev ## write docs/model_quality.md from what its commands print (ARGS="--only rough_sets": one part)
	@$(bin)/python scripts/model_quality.py $(ARGS)

docs: .venv/ready-dev ## write the generated pages of docs/ anew
	@$(bin)/python scripts/write_docs.py

lock: ## resolve the newest allowed dependencies into constraints.txt
	@scripts/lock.sh $(PYTHON)

clean: ## remove .venv, node_modules, caches and built files
	rm -rf .venv node_modules dist build src/yuelao/web/static/vendor
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/ready: $(made_from)
	@scripts/system_packages.sh $(PYTHON) demo
	@scripts/install.sh $(PYTHON)
	@touch $@

.venv/ready-dev: .venv/ready
	@scripts/install.sh $(PYTHON) dev
	@touch $@
