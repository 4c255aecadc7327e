# Every command of a developer and an operator. `make help` lists them.

PYTHON := .venv/bin/python
ARGS ?=
# How many tests run at once.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test test-long check bench chaos chaos-sabotage ui ui-catalogue ui-references ui-shots ui-pictures api api-check transcript up fmt lock clean environment servers

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: environment ui ## Run the whole system on http://localhost:8080 (ARGS="--port N --data DIR --demo")
	@$(PYTHON) -m chatflow up $(ARGS)

test: environment servers ui ## Run the tests that this machine can run (ARGS="…" goes to pytest)
	@$(PYTHON) chat_ui/build.py check
	@$(PYTHON) -m pytest -n $(WORKERS) $(ARGS)

test-long: environment servers ## The tests that take minutes: FerretDB, upgrades of every kind, REST with all limits tried
	@$(PYTHON) -m pytest -m long $(ARGS)

check: environment ## All that must hold before a commit lands: format, lint, types, imports, lock, tests
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy .
	@.venv/bin/lint-imports
	@$(PYTHON) scripts/lock.py --check
	@$(MAKE) --no-print-directory test

bench: environment ## Measure everything, against peers built here (ARGS="--only NAME --quick --write")
	@$(PYTHON) -m benchmarks $(ARGS)

chaos: environment ## Break it on purpose, with a verdict (ARGS="--seconds N --seed N --profile embedded|cluster")
	@$(PYTHON) -m tests.faults $(ARGS)

chaos-sabotage: environment ## Show that builds which break a promise on purpose are caught
	@$(PYTHON) -m pytest -m sabotage tests/journeys/test_chaos.py $(ARGS)

ui: environment ## Build the browser client, if its sources changed
	@$(PYTHON) chat_ui/build.py

ui-catalogue: environment ## Show every component of the client in its states, on http://localhost:5174/catalogue/
	@$(PYTHON) chat_ui/build.py catalogue
	@$(PYTHON) -m http.server 5174 --bind 127.0.0.1 --directory build/ui-catalogue

ui-references: environment ## Take the pictures of the catalogue anew, after looking at what changed
	@$(PYTHON) -m tests.chat_ui.catalogue

ui-shots: environment ## Render every screen into build/ui-shots (ARGS="--only NAME… --widths N… --languages ko --themes dark")
	@$(PYTHON) -m tests.chat_ui.shots $(ARGS)

ui-pictures: environment ## Take README's three pictures anew, into docs/pictures
	@$(PYTHON) -m tests.chat_ui.readme_pictures

api: environment ## Make the documents of the API, and the client's types, out of the code
	@$(PYTHON) -m scripts.api_documents

api-check: environment ## Ask the running product all that the document describes (ARGS="--seconds N --seed N")
	@$(PYTHON) -m tests.journeys.documented $(ARGS)

transcript: environment ## Play the transcript of the documents anew
	@$(PYTHON) -m tests.journeys.transcript

up: ## Run the cluster profile by Docker Compose
	@docker compose up --build $(ARGS) || docker-compose up --build $(ARGS)

fmt: environment ## Put the code into its format
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix-only .

lock: environment ## Lock the newest versions that pyproject.toml allows
	@$(PYTHON) scripts/lock.py

clean: ## Remove what was made here; never the data in var
	@rm -rf .venv build chat_ui/dist chat_ui/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

environment:
	@python3 scripts/environment.py

servers:
	@$(PYTHON) scripts/servers.py
