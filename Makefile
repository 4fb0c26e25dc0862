# `make run` and `make test` set up everything they need; nothing has to be installed before either.
PYTHON ?= python3
RUN := .venv/bin/python
BOOTSTRAP := $(PYTHON) console/launcher/bootstrap.py

# An image that forbids Python its caches would make each program that is started compile the whole console anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test lint types format check lock imports migrations deploy-check bench manage fuzz screenshots messages vendor clean install install-dev

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

install:
	@$(BOOTSTRAP) requirements.lock

install-dev:
	@$(BOOTSTRAP) requirements.lock requirements-dev.lock

run: install  ## Start the console at http://127.0.0.1:8000 (PORT, SLIPWAY_HOME, DATABASE_URL, CELERY_BROKER_URL)
	@exec $(RUN) -m console.launcher

test: install-dev  ## Run the whole suite (more options: make test ARGS="-k promote")
	@exec $(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: install-dev  ## Code, templates
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	$(RUN) -m djlint templates --lint --quiet

types: install-dev  ## mypy --strict
	SLIPWAY_ENVIRONMENT=local $(RUN) -m mypy .

format: install-dev  ## Write code and templates in the house format
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .
	-find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

imports: install-dev  ## Which room may import which
	.venv/bin/lint-imports --no-cache

migrations: install-dev  ## No model without its migration (needs no database, so its absence is no warning)
	SLIPWAY_ENVIRONMENT=local $(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

deploy-check: install-dev  ## Django's deployment check on production settings
	@$(RUN) -m console.launcher.production_check

check: lint types imports migrations deploy-check  ## Everything that .ci/run does after the tests

manage: install  ## One command of manage.py on the data of `make run`: make manage ARGS="audit_verify"
	@$(RUN) -m console.launcher.manage $(ARGS)

lock:  ## Resolve pyproject.toml anew into the two lock files (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --upgrade --quiet --output-file requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --constraint requirements.lock --quiet --output-file requirements-dev.lock

bench: install  ## Measure the verbs (a benchmark, not a test)
	$(RUN) -m console.launcher.manage bench $(ARGS)

fuzz: install-dev  ## Ask the API everything its OpenAPI document allows and forbids, as four roles (minutes, not a test)
	@$(RUN) -m tests.fuzzing $(ARGS)

screenshots: install-dev  ## A picture of every screen in both themes: screenshots/ and docs/screens/ (needs Chromium)
	@$(RUN) -m tests.browser.screenshots

messages: install-dev  ## Collect the words of templates and code into locale/ (needs GNU gettext)
	@mkdir -p locale/en
	SLIPWAY_ENVIRONMENT=local $(RUN) manage.py makemessages --all --no-location --no-wrap --ignore '.venv' --ignore 'tests' --ignore 'templates/gallery.html'

vendor:  ## Fetch the pinned third-party files of static/vendor again (needs npm)
	sh static/vendor/fetch.sh

clean:  ## Remove the environment and caches; the data in SLIPWAY_HOME stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist staticfiles
