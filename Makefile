# make demo: rescue the sample app. make test: prove that the project holds. Both set up all they need in .venv.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
QUIETLY := --silent --no-audit --no-fund
NODE_FOLDERS := tests/source/statements/clients tests/lab/installed
SET_UP := $(shell { cat pyproject.toml $(NODE_FOLDERS:=/package-lock.json); pwd; } | cksum | cut -d' ' -f1)
READY := .venv/ready-$(SET_UP)
READY_TO_TEST := .venv/ready-to-test-$(SET_UP)
DEMO := build/demo/fanbase
PACK := build/demo/handover
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.PHONY: demo test lint corpus tuning repairing autofix bench peers index-advice docs clean
.DEFAULT_GOAL := demo

demo: $(READY)
	@rm -rf build/demo && mkdir -p build/demo && cp -r examples/fanbase $(DEMO)
	@git -C $(DEMO) init --quiet && git -C $(DEMO) add --all --force \
		&& git -C $(DEMO) -c user.name=Owner -c user.email=owner@localhost commit --quiet --message "The app as it was"
	@$(BIN)/apprescue sprint $(DEMO) --yes --rows 1000,20000 --answers examples/fanbase.answers.toml --pack $(PACK)
	@echo "The handover pack: file://$(CURDIR)/$(PACK)/handover.html"
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(BIN)/python -m webbrowser "file://$(CURDIR)/$(PACK)/handover.html" >/dev/null 2>&1 || true; fi

test: lint
	$(BIN)/python -m pytest --quiet

lint: $(READY_TO_TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# make corpus CORPUS=folder-of-apps [TRUTH=truth.json SCORE=scoring-program]
corpus: $(READY)
	$(BIN)/python bench/corpus.py "$(CORPUS)" build/corpus $(if $(TRUTH),--truth "$(TRUTH)" --score "$(SCORE)")

# make tuning CORPUS=folder-of-apps [ONLY="parts of names"]: every app before and after tuning, at a million rows
tuning: $(READY)
	$(BIN)/python bench/tuning.py "$(CORPUS)" build/tuning $(if $(ONLY),--only $(ONLY))

# make repairing CORPUS=folder-of-apps [ONLY="parts of names"]: how many findings proved patches close
repairing: $(READY)
	$(BIN)/python bench/repairing.py "$(CORPUS)" build/repairing $(if $(ONLY),--only $(ONLY))

# make autofix CORPUS=folder-of-apps RULES=semgrep-rules: what other programs close of the same findings
autofix: $(READY)
	$(BIN)/python bench/autofix.py "$(CORPUS)" build/repairing "$(RULES)"

# make bench CORPUS=folder-of-apps
bench: $(READY)
	$(BIN)/python bench/audit.py "$(CORPUS)"

# make peers [CORPUS=folder-of-apps TRUTH=truth.json ONLY="parts of names"]: the laboratory beside other programs
peers: $(READY)
	$(BIN)/python bench/access.py --write $(if $(TRUTH),--apps "$(CORPUS)" --truth "$(TRUTH)" --only $(ONLY))

# make index-advice [APPS="folders of apps" ONLY="parts of cases"] [LARGE=1]: index advice beside other programs
index-advice: $(READY)
	PYTHONPATH=bench $(BIN)/python -m index_advice --write $(if $(APPS),--apps $(APPS)) $(if $(ONLY),--only $(ONLY)) \
		$(if $(LARGE),--large)

docs: $(READY)
	$(BIN)/python docs/make.py

clean:
	rm -rf .venv build $(NODE_FOLDERS:=/node_modules)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, with its venv module (on Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv

$(READY): | .venv/bin/python
	$(PIP) install 'pip>=25.1'
	$(PIP) install --editable .
	@touch $@

$(READY_TO_TEST): | $(READY)
	$(PIP) install --group dev
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
		>/dev/null 2>&1 || $(BIN)/playwright install chromium >/dev/null 2>&1 \
		|| echo "there is no Chromium on this machine and none could be had: the desk is not tried in a browser"
	@if command -v npm >/dev/null; then for f in $(NODE_FOLDERS); do \
		npm ci --prefix $$f $(QUIETLY) || npm install --no-save --prefix $$f $(QUIETLY); done; \
		else echo "npm is not on this machine: what supabase-js sends is not compared, no app's own checks are run"; fi
	@touch $@
