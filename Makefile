# `make demo` and `make test` each do all the set-up: on a fresh machine Python 3.11 to 3.13 is enough.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test official lint clean

demo: $(VENV)/.installed
	$(BIN)/drafter draft tests/mails/01_opener_saftladen.eml

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.installed-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check drafter tests

# de_core_news_sm lies on its project's release page, not on the package index.
official: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet ".[official]"

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q drafter
	touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	$(BIN)/python -m compileall -q drafter
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .pytest_cache
