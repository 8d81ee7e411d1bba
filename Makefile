# `make run` serves the atlas, `make test` checks everything; both set up what they need.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# compiled when first imported, and kept: most of what libraries bring never is, but the tests start
# processes by the dozen, which would compile the rest for longer than they run
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check \
	--retries 5 --timeout 60
BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
MISSING := $(strip $(if $(BROWSER),,chromium) \
	$(if $(shell command -v soffice),,libreoffice-impress) \
	$(if $(shell command -v pdftotext),,poppler-utils))

.PHONY: run test bench attack boundaries sample notebook programs clean help

run: .venv/run.stamp ## serve the atlas on http://127.0.0.1:8050
	$(BIN)/python app.py

test: ## lint, types, contracts, doctests and tests, a real browser included
	@$(MAKE) --no-print-directory --jobs=2 .venv/dev.stamp programs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses 2

bench: .venv/dev.stamp programs ## measure the budgets of the design
	$(BIN)/python -m benchmarks

attack: .venv/dev.stamp ## try for an hour to break what is promised
	$(BIN)/python -m benchmarks.attack

boundaries: .venv/dev.stamp ## rebuild data/seoul
	$(BIN)/python -m geo boundaries

sample: .venv/run.stamp ## rebuild data/sample
	$(BIN)/python -m geo sample

notebook: .venv/dev.stamp ## run the worked example again and keep what it says
	$(BIN)/python -m tests.test_notebook

programs: ## find what the tests drive (Chromium, LibreOffice, pdftotext), or install Debian's as root
ifneq ($(MISSING),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(MISSING) >/dev/null; \
	else \
		echo "Not found: $(MISSING). Install it (Debian: apt-get install $(MISSING))." >&2; \
	fi
endif

# a stamp, since a failed `venv` may leave a python without a pip
.venv/venv.stamp:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install it first." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: requirements.txt constraints.txt | .venv/venv.stamp
	$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt constraints.txt | .venv/venv.stamp
	$(PIP) -r requirements-dev.txt
	@touch $@ .venv/run.stamp

clean: ## remove what was set up
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

help: ## list these
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
