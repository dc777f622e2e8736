# `make help` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Python 3.11 or newer; `make PYTHON=...` selects another interpreter.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip
# Python compiles on first import what it imports, which is a small part.
QUIETLY := --quiet --disable-pip-version-check --no-compile
BENCH_PIP := .tools/bench/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
TORCH := torch==2.13.0
# `$(INSTALL) ENVIRONMENT PACKAGES...` asks uv first, which is several times as fast, then pip, which also reads pip.conf.
INSTALL = install() { UV_HTTP_RETRIES=1 $(BIN)/uv pip install --quiet --python "$$1/bin/python" "$${@:2}" 2>/dev/null \
	|| $(PIP) --python "$$1/bin/python" install $(QUIETLY) "$${@:2}"; }; install
# Independent targets side by side; what a line of a recipe prints stays together, if this make can do that.
JOBS := --no-print-directory --jobs=4 $(if $(filter output-sync,$(.FEATURES)),--output-sync=line)
# The tests of one file in one process.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
SAM := .tools/sam/bin/sam
CHECKOV := .tools/checkov/bin/checkov
SCHEMATHESIS := .tools/schemathesis/bin/st
MINISTACK := .tools/strict/bin/ministack
LIGHTHOUSE_VERSION := 12.8.2
# The image: its model, its Python version, and a base image that has Python and pip.
BRAIN_MODEL ?= dlib-resnet
PYTHON_VERSION ?= 3.13
BASE_IMAGE ?= public.ecr.aws/lambda/python:$(PYTHON_VERSION)
IMAGE ?= brain-explain
# The first container engine that is running: the docker command may exist without its daemon.
ENGINE ?= $(shell for engine in docker podman buildah; do \
	"$$engine" info >/dev/null 2>&1 && echo "$$engine" && break; done)
BUILD_ARGS ?= --build-arg BRAIN_MODEL=$(BRAIN_MODEL) --build-arg PYTHON_VERSION=$(PYTHON_VERSION) --build-arg BASE_IMAGE=$(BASE_IMAGE)
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: start
start: .venv/.start static_site/samples/index.json ## run the whole stack on this machine; PORT and S3_PORT set the ports, HOST serves the network
	@exec $(BIN)/python -m infra.local

.PHONY: deploy
deploy: .venv/.start static_site/samples/index.json $(SAM) ## build, deploy to AWS and publish the page; asks for the stack's parameters the first time
	@$(BIN)/python -m infra.cloud.deploy --sam $(abspath $(SAM))

.PHONY: destroy
destroy: .venv/.start $(SAM) ## delete the stack from AWS with all its data; asks first
	@$(BIN)/python -m infra.cloud.destroy --sam $(abspath $(SAM))

.PHONY: image
image: ## build the explain function's image; set BRAIN_MODEL, PYTHON_VERSION, BASE_IMAGE or ENGINE
	@[ -n "$(ENGINE)" ] || { echo "Building an image needs docker, podman or buildah, and none is running. \`make weigh\` needs none." >&2; exit 1; }
	$(ENGINE) build $(BUILD_ARGS) --file functions/explain/Dockerfile --tag $(IMAGE) .
	@$(ENGINE) images $(IMAGE)

.PHONY: weigh
weigh: .venv/.start ## print the size of the explain function's image, without a container engine
	@$(BIN)/python -m infra.image --model $(BRAIN_MODEL)

.PHONY: docs
docs: .venv/.start ## regenerate docs/architecture.svg and docs/openapi.json
	$(BIN)/python -m infra.diagram docs/architecture.svg
	$(BIN)/python -m functions.api.openapi docs/openapi.json

.PHONY: setup
setup: browser .venv/.start .venv/.test node_modules/.ready $(SAM) $(CHECKOV) $(SCHEMATHESIS) ministack ## install everything that `start` and `test` need

.PHONY: test
test: ## run all checks and tests
	@$(MAKE) $(JOBS) setup lint javascript
	$(PYTEST) tests/unit
	$(PYTEST) --no-loadscope-reorder tests/strict tests/e2e tests/integration

.PHONY: javascript
javascript: node_modules/.ready
	node --import ./tests/unit/static_site/js/setup.js --test-reporter=spec --test $$(find tests/unit/static_site -name '*.test.js')

.PHONY: strict
strict: .venv/.test $(MINISTACK) ## test roles, forms and delivery on an emulator that enforces IAM policies
	$(BIN)/python -m pytest tests/strict

.PHONY: faults
faults: .venv/.test ## send 5,000 photos through faults and write the table in docs/reliability.md; FAULTS=... passes options
	@PYTHONPATH=layers/brain/python:. $(BIN)/python -m reliability.faults $(FAULTS)

.PHONY: fuzz
fuzz: .venv/.test ## decode 20,000 hostile photos and write the outcome in docs/reliability.md; FUZZ=... passes options
	@PYTHONPATH=layers/brain/python:. $(BIN)/python -m reliability.fuzz $(FUZZ)

.PHONY: load
load: .venv/.test ## let 200 visitors use the local stack and write the table in docs/reliability.md; LOAD=... passes options
	@PYTHONPATH=layers/brain/python:. $(BIN)/python -m reliability.load $(LOAD)

# Versions and hashes for every supported Python and platform.
.PHONY: lock
lock: .venv/.start ## lock the packages of both functions with hashes, after a change of requirements.in or constraints.txt
	@for function in api explain; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --constraint constraints.txt --output-file functions/$$function/requirements.txt \
		functions/$$function/requirements.in; done

.PHONY: audit
audit: .tools/audit/.ready ## look up known vulnerabilities of the functions' packages
	@.tools/audit/bin/python -m infra.audit --pip-audit .tools/audit/bin/pip-audit

.PHONY: sbom
sbom: .tools/audit/.ready ## write the functions' software bills of materials (CycloneDX) to build/sbom
	@mkdir -p build/sbom
	@.tools/audit/bin/cyclonedx-py requirements functions/api/requirements.txt --output-file build/sbom/api.json
	@cat functions/explain/requirements.txt functions/explain/torch.txt \
		| .tools/audit/bin/cyclonedx-py requirements - --output-file build/sbom/explain.json
	@ls build/sbom/*.json

.PHONY: pr
pr: test ## run what CI runs: all checks and tests

.PHONY: lint
lint: ruff mypy eslint tsc ## check style, formatting and types

.PHONY: ruff
ruff: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: mypy
mypy: .venv/.test
	$(BIN)/mypy

.PHONY: eslint
eslint: node_modules/.ready
	node_modules/.bin/eslint .

.PHONY: tsc
tsc: node_modules/.ready
	node_modules/.bin/tsc --project .
	node_modules/.bin/tsc --project tests/unit/static_site

.PHONY: clean
clean: ## delete what was installed and built here
	rm -rf .venv .tools .aws-sam .pytest_cache .ruff_cache .mypy_cache node_modules

# The browser of the end-to-end tests, from the operating system's packages.
.PHONY: browser
browser:
	@for browser in $(BROWSERS); do command -v "$$browser" >/dev/null && exit 0; done; \
	as_root=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	echo "Installing Chromium for the browser tests ..."; \
	{ command -v apt-get >/dev/null && $$as_root apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	|| { echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium) and try again." >&2; exit 1; }

.venv/.python:
	@[ -n "$(PYTHON)" ] || { echo "BRAIN needs Python 3.11 or newer, which was not found." >&2; exit 1; }
	@echo "Preparing .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Install Python's venv module (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(PIP) install $(QUIETLY) --constraint constraints.txt uv
	@touch $@

# The CPU build of torch, from its own index if that is reachable: the default build brings gigabytes of CUDA.
.venv/.torch: .venv/.python
	@echo "Installing PyTorch (takes a few minutes, once) ..."
	@UV_HTTP_RETRIES=1 $(BIN)/uv pip install --quiet --python $(BIN)/python --torch-backend=cpu $(TORCH) 2>/dev/null \
		|| { echo "The index of CPU builds is unreachable; installing the default build ..."; \
			$(PIP) install $(QUIETLY) --constraint constraints.txt $(TORCH); }
	@touch $@

.venv/.start: pyproject.toml constraints.txt .venv/.torch
	@echo "Installing BRAIN ..."
	@$(INSTALL) .venv --constraint constraints.txt --editable '.[explain,api,local]'
	@touch $@

.venv/.test: pyproject.toml constraints.txt .venv/.start
	@echo "Installing the test dependencies ..."
	@$(INSTALL) .venv --constraint constraints.txt --editable '.[explain,api,local,test]'
	@touch $@

# The page's sample photos, with their results from the default model.
static_site/samples/index.json: infra/samples.py .venv/.start
	@echo "Preparing the sample photos ..."
	@$(BIN)/python -m infra.samples

# ESLint, TypeScript and axe-core check the page. The page itself needs none of them.
node_modules/.ready: package.json package-lock.json
	@command -v npm >/dev/null || { echo "The page's checks need Node.js 20.19 or newer with npm. Install it and try again." >&2; exit 1; }
	@echo "Installing the checks for the page ..."
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# In an environment of its own, because it pins many packages.
$(SAM): | .venv/.python
	@echo "Installing the AWS SAM command line ..."
	@$(PYTHON) -m venv --without-pip .tools/sam
	@$(INSTALL) .tools/sam 'aws-sam-cli>=1.150,<2'

$(CHECKOV): | .venv/.python
	@echo "Installing checkov ..."
	@$(PYTHON) -m venv --without-pip .tools/checkov
	@$(INSTALL) .tools/checkov 'checkov>=3.2,<4'

$(SCHEMATHESIS): | .venv/.python
	@echo "Installing Schemathesis ..."
	@$(PYTHON) -m venv --without-pip .tools/schemathesis
	@$(INSTALL) .tools/schemathesis 'schemathesis>=4,<5'

.tools/audit/.ready: | .venv/.python
	@echo "Installing pip-audit and CycloneDX ..."
	@$(PYTHON) -m venv --without-pip .tools/audit
	@$(INSTALL) .tools/audit 'pip-audit>=2.10,<3' 'cyclonedx-bom>=7,<8'
	@touch $@

$(MINISTACK): | .venv/.python
	@echo "Installing MiniStack ..."
	@$(PYTHON) -m venv --without-pip .tools/strict
	@$(INSTALL) .tools/strict 'ministack==1.5.33'

.PHONY: ministack
ministack:
	@[ -x $(MINISTACK) ] || $(MAKE) --no-print-directory $(MINISTACK) || echo "MiniStack cannot be installed: the strict tests are skipped." >&2

# In an environment of its own, because it brings 200 packages that nothing else needs.
.tools/lighthouse/.ready:
	@command -v npm >/dev/null || { echo "Lighthouse needs Node.js 20.19 or newer with npm. Install it and try again." >&2; exit 1; }
	@echo "Installing Lighthouse ..."
	@npm install --prefix .tools/lighthouse --no-audit --no-fund --loglevel=error lighthouse@$(LIGHTHOUSE_VERSION)
	@touch $@

.PHONY: lighthouse
lighthouse: .venv/.test browser .tools/lighthouse/.ready static_site/samples/index.json ## score the page as a phone sees it; ADDRESS=... scores a running stack
	$(BIN)/python -m docs.lighthouse $(ADDRESS)

.PHONY: bench
bench: .tools/bench/.ready ## measure BRAIN beside its peers and write the reports; BENCH=... passes options
	PYTHONPATH=layers/brain/python:. .tools/bench/bin/python -m benchmarks $(BENCH)

# In an environment of its own: the peers are installed without dependencies, to run on BRAIN's torch and OpenCV.
.tools/bench/.ready: pyproject.toml constraints.txt benchmarks/requirements.txt benchmarks/support.txt
	@[ -n "$(PYTHON)" ] || { echo "BRAIN needs Python 3.11 or newer, which was not found." >&2; exit 1; }
	@echo "Installing BRAIN and its peers (takes a few minutes, once) ..."
	@$(PYTHON) -m venv .tools/bench
	@$(BENCH_PIP) uv
	@.tools/bench/bin/python -c 'import torch' 2>/dev/null \
		|| UV_HTTP_RETRIES=1 .tools/bench/bin/uv pip install --quiet --python .tools/bench/bin/python \
			--torch-backend=cpu $(TORCH) 2>/dev/null || $(BENCH_PIP) $(TORCH)
	@$(BENCH_PIP) --requirement benchmarks/support.txt --editable '.[explain,api,local]'
	@for peer in $$(grep -v '^#' benchmarks/requirements.txt); do $(BENCH_PIP) --no-deps "$$peer" \
		|| echo "$$peer cannot be installed; its rows will be marked as not measured." >&2; done
	@touch $@
