# framebus: everything is one command. `make` shows them.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := chromium fonts-dejavu-core kcat curl lftp mosquitto-clients ncftp openssl rsync python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base \
            gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly

INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends

COMPOSE := docker compose -f deploy/compose.yaml
PIN := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
EXTRAS = $(addprefix --extra ,$(subst _,-,$(SERVICES)) apprise boxes broker onnx png rekognition ses stamp webrtc)
SERVICES = $(patsubst services/%/__init__.py,%,$(wildcard services/*/__init__.py))

.DEFAULT_GOAL := help
.PHONY: help setup demo test proof extras check format bench up down system requirements clean

help: ## show this menu
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: .venv/ready ## build .venv with framebus and every service

.venv/ready: requirements/all.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("framebus needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@echo "setting up .venv (about 250 MB to fetch the first time)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## run the whole chain on a street clip, in a browser (ARGS=--no-browser for scripts)
	@$(BIN)/framebus demo $(ARGS)

test: setup ## run all tests on real parts (ARGS=tests/common for some)
	@.ci/test $(ARGS)

proof: setup ## the long versions of the fault tests, about 75 minutes (ARGS=--long: and a broker away for 15 more)
	@.ci/proof $(ARGS)

extras: setup ## install each service alone, use it and test it there (ARGS=redactor for one)
	@$(BIN)/python .ci/extras.py $(ARGS)

check: setup ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure each step of the chain against its bare counterpart (ARGS="--json FILE")
	@$(BIN)/python -m bench $(ARGS)

up: ## run the whole chain in containers, on the street clip (PROFILE=camera or cameras for your own, see docs/operations.md)
	$(COMPOSE) --profile $(or $(PROFILE),demo) up -d --build
	@echo "the viewer: http://127.0.0.1:5000/   user viewer, its password: $(COMPOSE) logs viewer"

down: ## stop the containers; their data stays
	$(COMPOSE) $(addprefix --profile ,demo camera cameras ftp browsers notifier) down

system: ## install the Debian packages that the full test suite uses (as root)
	apt-get update -qq
	$(INSTALL) $(PACKAGES)
	command -v mosquitto >/dev/null || { $(INSTALL) mosquitto && { systemctl disable --now mosquitto || true; }; }
	command -v promtool >/dev/null || { $(INSTALL) prometheus && { systemctl disable --now prometheus || true; }; }

requirements: setup ## pin all dependencies again, with hashes (needs uv)
	$(PIN) $(EXTRAS) --group dev --upgrade pyproject.toml -o requirements/all.txt
	for service in $(SERVICES); do $(PIN) --extra $$(echo $$service | tr _ -) \
		-c requirements/all.txt pyproject.toml -o requirements/$$service.txt; done
	$(PIN) --extra producer --extra webrtc -c requirements/all.txt pyproject.toml -o requirements/webrtc.txt
	echo pytest | $(PIN) -c requirements/all.txt - -o requirements/test.txt

clean: ## remove .venv and what the tools left
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
