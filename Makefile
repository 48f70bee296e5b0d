# `make` sets up, builds and answers; `make test` runs the tests. Nothing else is needed on a fresh machine
# but Python 3.11 or later.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
KG := $(BIN)/kg

.PHONY: all build test test-all test-fast coverage check format bench dist clean

all: build
	@echo; echo "Who acted on the treaty, and when?  (kg query treaty-actions)"; echo
	@$(KG) query treaty-actions --format table
	@echo "More: $(KG) query          every question    $(KG) why 'Kofi Annan'   the words behind the answers"

build: $(VENV)/.installed
	@$(KG) build

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "kg needs Python 3.11 or later; install it, or run make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[serve]'
	@touch $@

$(VENV)/.checking: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[check]'
	@touch $@

# The tests that take long are skipped, unless every test is required, as in CI (KG_REQUIRE_ALL=1).
test: $(VENV)/.checking
	@echo "The tests: three to four minutes on two cores. What this machine lacks is skipped, with the reason."
	$(BIN)/python -m pytest

test-all: $(VENV)/.checking
	@echo "Every test: about fifteen minutes on two cores. What this machine lacks is skipped, with the reason."
	$(BIN)/python -m pytest --long

# Which lines no test reaches; it takes half as long again.
coverage: $(VENV)/.checking
	$(BIN)/python -m pytest --long --cov --cov-fail-under=95

# What a developer runs while working: what needs no process beside it.
test-fast: $(VENV)/.checking
	@echo "The fast tests: half a minute on two cores."
	$(BIN)/python -m pytest tests/rdf tests/facts tests/stores/test_loader.py tests/stores/test_plan.py tests/test_imports.py tests/test_docs.py

check: $(VENV)/.checking
	$(BIN)/ruff format --check kg tests
	$(BIN)/ruff check kg tests
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml kg/new_project/.github/workflows/*.yml

format: $(VENV)/.checking
	$(BIN)/ruff format kg tests
	$(BIN)/ruff check --fix kg tests

bench: $(VENV)/.checking build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m tests.bench

dist: $(VENV)/.checking
	$(BIN)/python -m hatchling build

clean:
	rm -rf $(VENV) build dist
