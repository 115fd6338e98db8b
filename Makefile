# One command to run it (make run), one to know that it is good (make check).
# The environment lives in .venv and is made when a target first needs it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PORT ?= 5000
DEMO ?= 1
VENV := .venv
PYTHON := $(VENV)/bin/python
UV_VERSION := 0.13.8

# Where the environment was left half made, or its Python is gone, make it anew.
ifneq ($(wildcard $(VENV)/*.stamp),)
ifneq ($(shell $(PYTHON) -c 'import pip' >/dev/null 2>&1 && echo sound),sound)
$(shell rm -f $(VENV)/*.stamp)
endif
endif

# Flask-Principal has no wheel, so it alone is built from its (hashed) source.
INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check \
	--require-hashes --only-binary :all: --no-binary flask-principal --use-pep517

TRANSLATIONS := helpdesk/translations
CATALOGUE := $(VENV)/messages.pot

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

.PHONY: run
run: $(VENV)/run.stamp ## Start the help desk with demo data at http://127.0.0.1:5000 (PORT=…, DEMO=0)
	@export PORT="$(PORT)" DEMO="$(DEMO)"; \
	$(PYTHON) -m flask --app app db upgrade && \
	{ [ "$$DEMO" != 1 ] || $(PYTHON) -m flask --app app demo load; } && \
	exec $(PYTHON) -m flask --app app up

.PHONY: migrate
migrate: $(VENV)/run.stamp ## Bring the database up to date
	@$(PYTHON) -m flask --app app db upgrade

.PHONY: test
test: $(VENV)/dev.stamp ## Run all tests; TESTS="tests/domain -k reply" for some of them
	@$(PYTHON) -m pytest -n auto --dist loadgroup -rs $(TESTS)

.PHONY: faults
faults: $(VENV)/dev.stamp ## Kill and crowd it on purpose and count what is lost (minutes, needs PostgreSQL)
	@status=0; for experiment in worker_killed web_killed worker_down poison_job lost_answer mail_moods \
		parallel_writers crossing_replies one_code double_click migrations_killed postgres_restarted redis_gone disk_full \
		backup_restored transitions; do \
		$(PYTHON) -m tests.faults.$$experiment || status=1; \
	done; exit $$status

.PHONY: hostile
hostile: $(VENV)/dev.stamp ## Throw bad input, requests and files at all of it and pry everywhere (minutes, needs PostgreSQL)
	@$(PYTHON) -m pytest -q -n 2 --dist loadgroup tests/hostile $(TESTS)

.PHONY: bench
bench: $(VENV)/dev.stamp ## Measure every page at 10,000 complaints (minutes); BENCH="--only search" for some
	@$(PYTHON) -m bench $(BENCH)

.PHONY: bench-full
bench-full: $(VENV)/dev.stamp ## Measure at 10,000 and 1,000,000 (hours, 30 GB; keeps them in KEEP=instance/bench)
	@$(PYTHON) -m bench --sizes 10000 1000000 --seconds 5 --keep "$(or $(KEEP),instance/bench)" $(BENCH)

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp ## Take pictures of every page into docs/screenshots; TO=… for another folder
	@$(PYTHON) -m tests.browser.screenshots $(if $(TO),--to "$(TO)")

.PHONY: check
check: format-check lint types contracts templates translations test ## Everything that must hold before a change lands

.PHONY: format
format: $(VENV)/dev.stamp ## Rewrite the code in its one format
	@$(PYTHON) -m ruff check --quiet --fix-only .
	@$(PYTHON) -m ruff format .

.PHONY: format-check
format-check: $(VENV)/dev.stamp
	@$(PYTHON) -m ruff format --check .

.PHONY: lint
lint: $(VENV)/dev.stamp ## Look for mistakes in the Python code
	@$(PYTHON) -m ruff check .

.PHONY: types
types: $(VENV)/dev.stamp ## Check the types
	@$(PYTHON) -m mypy

.PHONY: contracts
contracts: $(VENV)/dev.stamp ## Check which way the modules depend
	@$(VENV)/bin/lint-imports --no-logo

.PHONY: templates
templates: $(VENV)/dev.stamp ## Look for mistakes in the templates
	@$(PYTHON) -m djlint --lint --quiet templates

.PHONY: translations
translations: $(VENV)/dev.stamp ## Check that every text has its Arabic
	@$(PYTHON) -m pytest -q tests/code/test_words.py

.PHONY: translations-update
translations-update: $(VENV)/dev.stamp ## Collect new texts into the catalogue and compile it
	@$(PYTHON) -m babel.messages.frontend -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext \
		--no-location --sort-output --project helpdesk --header-comment '# Texts of the help desk.' -o $(CATALOGUE) .
	@$(PYTHON) -m babel.messages.frontend -q update -i $(CATALOGUE) -d $(TRANSLATIONS) -l ar \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --init-missing
	@$(PYTHON) -m babel.messages.frontend -q compile -d $(TRANSLATIONS)

.PHONY: lock
lock: $(VENV)/created.stamp ## Choose versions anew; LOCK=--upgrade for the newest that fit
	@$(PYTHON) -m pip install -qq --disable-pip-version-check uv==$(UV_VERSION)
	@$(PYTHON) -m uv pip compile pyproject.toml $(LOCK_OPTIONS) --output-file requirements.txt
	@$(PYTHON) -m uv pip compile pyproject.toml $(LOCK_OPTIONS) --output-file requirements-dev.txt \
		--extra postgres --extra redis --group dev --constraint requirements.txt

LOCK_OPTIONS = --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK)

.PHONY: clean
clean: ## Remove what was made here, but for the instance with its data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/created.stamp:
	@for name in python3.13 python3.12 python3.11 python3 python; do \
		"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		found="$$name"; \
		if "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then able="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "The help desk needs Python 3.11 or newer, and none was found. Please install it and try again." >&2; exit 1; \
	fi; \
	if [ -z "$$able" ]; then \
		echo "$$found cannot make virtual environments. On Debian or Ubuntu, install python3-venv and try again." >&2; exit 1; \
	fi; \
	echo "Making the environment in $(VENV) with $$("$$able" --version) (the first time takes a minute) …"; \
	"$$able" -m venv --clear $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/created.stamp requirements.txt
	@$(INSTALL) -r requirements.txt
	@touch $@

# The development lock holds the runtime one whole.
$(VENV)/dev.stamp: $(VENV)/created.stamp requirements.txt requirements-dev.txt
	@echo "Installing what the checks need …"
	@$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/run.stamp $@
