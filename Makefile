# make app    sets up what is missing and serves the app
# make test   sets up what is missing and runs every test

PYTHON ?= python3
VENV ?= .venv
# Not ?=: some shells and compilers export HOST.
HOST := 127.0.0.1
PORT := 8501
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The build backend is one of the hashed requirements, so building fetches nothing more.
INSTALL_INKREAD := PATH="$(abspath $(BIN)):$$PATH" $(INSTALL) --no-deps --no-build-isolation --editable .

.PHONY: app test check format requirements pictures clean

app: $(VENV)/app-is-set-up
	$(BIN)/inkread app --host $(HOST) --port $(PORT)

test: $(VENV)/tests-are-set-up
	$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/tests-are-set-up
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/tests-are-set-up
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: $(VENV)/tests-are-set-up
	$(BIN)/python -m docs.take_pictures

requirements:
	uv pip compile $(COMPILE) --extra app --extra heic --extra pdf \
	  pyproject.toml requirements/build.in --output-file requirements/app.txt
	uv pip compile $(COMPILE) --all-extras --override requirements/without-torch.txt \
	  --constraint requirements/app.txt \
	  pyproject.toml requirements/build.in requirements/test.in --output-file requirements/test.txt

COMPILE := --quiet --universal --generate-hashes --python-version 3.11 \
  --no-emit-index-url --no-emit-find-links --no-header

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Inkread needs Python 3.11 or newer, got $$($(PYTHON) --version 2>&1)" >&2; \
	    echo "hint: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "hint: on Debian, apt install python3-venv" >&2; exit 2; }

$(VENV)/app-is-set-up: requirements/app.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up the app in $(VENV), a minute or two, once"
	$(INSTALL) --require-hashes --requirement requirements/app.txt
	$(INSTALL_INKREAD)
	@touch $@

# torch comes from whichever source pip is configured with: there may be one without CUDA.
$(VENV)/tests-are-set-up: requirements/test.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up the tests in $(VENV), a few minutes, once"
	$(INSTALL) --require-hashes --requirement requirements/test.txt
	$(INSTALL) torch==2.13.0
	$(INSTALL_INKREAD)
	@touch $@ $(VENV)/app-is-set-up
