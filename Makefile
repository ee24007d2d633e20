# The README's two commands, and the single stages of the second. Each does its own set-up.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run test lint types contracts templates js unit process e2e bench proof lock messages clean

run: $(BIN)/.run-ready
	$(BIN)/genre-sorter serve

test: $(BIN)/.test-ready
	@.ci/stages

$(BIN)/.run-ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.test-ready: $(BIN)/.run-ready .ci/requirements-dev.lock package-lock.json
	$(BIN)/python -m pip install --quiet --require-hashes -r .ci/requirements-dev.lock
	npm ci --silent --no-audit --no-fund
	.ci/system-packages
	@touch $@

lint: $(BIN)/.test-ready
	.ci/stages lint
types: $(BIN)/.test-ready
	.ci/stages types
unit: $(BIN)/.test-ready
	.ci/stages unit
process: $(BIN)/.test-ready
	.ci/stages process
e2e: $(BIN)/.test-ready
	.ci/stages e2e

# Speed and store operations, as ratios and counts of one run.
bench: $(BIN)/.test-ready
	.ci/stages bench

# The long forms: the main job on the library in GENRE_SORTER_LIBRARY, at the pace of the real services.
proof: $(BIN)/.test-ready
	.ci/stages proof

# Pins everything anew; the locks name no index host.
lock: $(BIN)/.test-ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --upgrade \
		pyproject.toml .ci/build-requirements.txt -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --upgrade \
		--extra dev -c requirements.lock pyproject.toml -o .ci/requirements-dev.lock

# Writes the catalogue that translators start from.
messages: $(BIN)/.test-ready
	$(BIN)/pybabel --quiet extract --mapping=.ci/babel.cfg --no-location --omit-header --sort-output -o app/locale/messages.pot templates

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis test-artifacts
