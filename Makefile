# Every target works in a fresh clone: it first installs what it needs (see deploy/install.sh).

HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
# The demo is a small production: no debug mode, a secret of its own, and a database that demo-reset may remove.
DEMO := DB=sqlite DB_NAME=var/demo.sqlite3 SECRET_KEY_FILE=var/demo-secret STATIC_ROOT=var/demo-static REDIS_URL=
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset run stack load test lint format bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: .venv/runtime var/demo-secret var/demo-static/made ## a program's year, from its spreadsheets to a site you can sign in to
	@[ -s var/demo.sqlite3 ] || $(DEMO) $(MANAGE) serve --host $(HOST) --port $(PORT) --check
	@$(DEMO) $(MANAGE) demo
	@$(DEMO) $(MANAGE) serve --host $(HOST) --port $(PORT)

demo-reset: .venv/runtime var/demo-secret ## the demo from the start, forgetting what was changed in it
	@$(DEMO) $(MANAGE) serve --host $(HOST) --port $(PORT) --check
	@rm -f var/demo.sqlite3 var/demo.sqlite3-shm var/demo.sqlite3-wal
	@$(MAKE) --no-print-directory demo

var/demo-secret: | .venv/runtime
	@mkdir -p var
	@umask 077 && $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))" > $@

var/demo-static/made: $(shell find static -type f) .venv/runtime | var/demo-secret
	@$(DEMO) $(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@

run: export DEBUG ?= 1
run: .venv/runtime ## the site, restarting when its code changes, and a worker, on your own settings
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) serve --host $(HOST) --port $(PORT) --reload

# As in production, on loopback: PORT (8080; the nine after it are the other servers'), SIZE of PostgreSQL, its folder
# STACK, and WITH=demo for the demonstration program. As root it installs the servers' packages where they are missing.
stack: .venv/runtime ## nginx, two gunicorns, workers, PgBouncer, PostgreSQL, Redis and Prometheus with the files of deploy/
	@$(PYTHON) -m deploy.stack --port $(if $(filter file,$(origin PORT)),8080,$(PORT)) $(if $(STACK),--home $(STACK)) \
		$(if $(SIZE),--size $(SIZE)) $(if $(filter demo,$(WITH)),--demo)

# Against the running `make stack` of the same PORT and STACK, in which it makes its data; or URL=https://... with them.
load: .venv/runtime var/load/made ## a hundred people for two minutes, while a schedule is generated, on the running make stack
	@$(if $(URL),,$(PYTHON) -m deploy.stack --port $(if $(filter file,$(origin PORT)),8080,$(PORT)) \
		$(if $(STACK),--home $(STACK)) manage shell -v0 -c "from benchmarks.load.data import make; make()")
	@var/load/bin/python -m benchmarks.load \
		--url $(or $(URL),http://127.0.0.1:$(if $(filter file,$(origin PORT)),8080,$(PORT)))

# Locust has an environment of its own: it brings a plugin for pytest, and patches sockets.
var/load/made: uv.lock pyproject.toml deploy/install.sh
	@UV_PROJECT_ENVIRONMENT=var/load deploy/install.sh --only-group load
	@touch $@

test: .venv/dev ## everything that must pass
	@$(PYTHON) -m tests.run

lint: .venv/dev ## the checks alone: linters, formats, types, import order
	@$(PYTHON) -m tests.run checks

format: .venv/dev ## bring code and templates into form
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 {} +

bench: .venv/dev ## measure; make bench CASES="plan-60 roster-60" measures these
	@$(PYTHON) -m benchmarks $(CASES)

# What is installed, as files newer than what it was installed from. A full installation serves for the demo, too.
.venv/dev: uv.lock pyproject.toml deploy/install.sh
	@deploy/install.sh
	@touch .venv/dev .venv/runtime

.venv/runtime: uv.lock pyproject.toml deploy/install.sh
	@deploy/install.sh --no-dev --inexact
	@touch .venv/runtime
