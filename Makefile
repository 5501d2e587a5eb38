# The front door. Needs Python 3.11+ and make, nothing else; `make setup` brings the rest into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: help setup demo year up down status check test torture mutants rebuild contracts rules bench bench-full bench-page clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## fetch all that is needed into .venv (once; later runs are instant)

demo: $(STAMP) ## start everything, play the case files, print chains and report (full=1: a whole year; keep=1: leave it running)
	@$(BIN)/minsheng demo $(if $(full),--full) $(if $(keep),--keep)

year: $(STAMP) ## play 2022 of a whole district and print its annual report (scale=0.1: a tenth of it; keep=1: leave it running)
	@$(BIN)/minsheng year $(if $(scale),--scale $(scale)) $(if $(keep),--keep)

up: $(STAMP) ## start PostgreSQL, Kafka and the services and leave them running (simulation=1: with a clock that you move)
	@$(BIN)/minsheng up --detach $(if $(simulation),--simulation)

down: $(STAMP) ## stop them in order
	@$(BIN)/minsheng down

status: $(STAMP) ## show what runs
	@$(BIN)/minsheng status

check: $(STAMP) ## format, lint, types, import arrows, contracts, rules, fast tests: before every commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m contracts.generate --check
	$(BIN)/python -m tests.proofs --check
	$(BIN)/pytest -q -m "not real"

test: $(STAMP) ## all tests, on a real PostgreSQL and a real Kafka
	$(BIN)/pytest -q

torture: $(STAMP) ## 1,000,000 events under every fault we know, then all is compared (events=50000: fewer; seed=7: that run again)
	@$(BIN)/python -m tests.torture $(if $(events),--events $(events)) $(if $(seed),--seed $(seed))

mutants: $(STAMP) ## one broken build after the other: fails if a checker of the torture stays green
	@$(BIN)/python -m tests.mutants

rebuild: $(STAMP) ## make a view anew beside the live one and switch to it: make rebuild view=NAME
	@test -n "$(view)" || { echo "which view? make rebuild view=NAME" >&2; exit 2; }
	@$(BIN)/minsheng rebuild $(view)

contracts: $(STAMP) ## write schemas and examples from the declared events
	$(BIN)/python -m contracts.generate

rules: $(STAMP) ## write docs/rules.md: what each rule says, how far it is built, the tests that prove it
	$(BIN)/python -m tests.proofs

bench: $(STAMP) ## measure our bars that are short, and quick peers beside them: a few minutes (out=FILE: also as JSON; only=NAME: one bar)
	@$(BIN)/python -m bench run $(if $(out),--out $(out)) $(if $(only),--only $(only))

bench-full: $(STAMP) ## measure all bars and peers at full size: some hours (out=FILE, only=NAME as above)
	@$(BIN)/python -m bench run --full $(if $(out),--out $(out)) $(if $(only),--only $(only))

bench-page: $(STAMP) ## write the table and the charts of docs/performance.md from a report: make bench-page in=FILE
	@test -n "$(in)" || { echo "from which report? make bench-page in=FILE" >&2; exit 2; }
	@$(BIN)/python -m bench page $(in)

clean: ## stop and remove the installation's data, .venv and what tools left behind
	@if [ -x $(BIN)/minsheng ]; then $(BIN)/minsheng down --remove-data; fi
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements/dev.lock pyproject.toml deploy/local/kafka-jars.lock
	@python=$$(deploy/local/find-python) && { [ -x $(BIN)/python ] || { echo "making $(VENV) with $$python"; "$$python" -m venv $(VENV); }; }
	$(BIN)/python -m pip install --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	$(BIN)/minsheng setup
	@touch $@
