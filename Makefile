# One word for each thing a maintainer does. `make demo` and `make test` set up what they need.
.DEFAULT_GOAL := test
SHELL := /bin/bash
PY := .venv/bin/python
CORNERPOST := .venv/bin/cornerpost
DATA ?=
PORT_BASE ?=
WHERE = $(if $(DATA),--data $(DATA))
PORTS = $(if $(PORT_BASE),--port-base $(PORT_BASE))

.PHONY: setup setup-testing demo test check lint messages bench experiment experiments up down clean

setup: ## what running needs
	@python3 -m deploy.setup.bootstrap

setup-testing: ## and what tests need beside it
	@python3 -m deploy.setup.bootstrap --testing

demo: setup ## the main job on real input, on a training stack
	@$(CORNERPOST) demo $(WHERE)

test: setup-testing ## every test, on one stack of its own
	@$(PY) -m tests.run

check: setup-testing ## style, types, imports, house rules; no stack needed
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m pytest -q tests/architecture

lint: check

messages: setup-testing ## the portal's language packs get the words of its pages: [PACKS=folder]
	@$(PY) -m portal.web.packs $(PACKS)

bench: setup-testing ## how fast, beside limits measured in the same run; ONLY=name for one
	@$(PY) -m tests.bench $(if $(ONLY),--only $(ONLY))

experiment: setup-testing ## one promise under test: ID=R1 [SIZE=every-run|acceptance] [SEED=n]
	@$(PY) -m tests.experiments $(ID) $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

experiments: setup-testing ## all of them: [SIZE=every-run|acceptance]
	@$(PY) -m tests.experiments $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

up: setup ## a training stack
	@$(CORNERPOST) up --training $(WHERE) $(PORTS)

down:
	@$(CORNERPOST) down $(WHERE)

clean: ## what tests and checks left behind; never the stack's data
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build .test-data
