# Two commands for a newcomer: `make demo` and `make test`. Everything else is beside them.
PY   := .venv/bin/python
UV   := .venv/bin/uv
ARGS ?=

.PHONY: demo dev test check bench format lock install clean

demo: install  ## Ravensburg's town, played through the public API on real services
	$(PY) -m cli.main demo $(ARGS)

dev: install  ## everything that temporal-dev.yaml describes, in this terminal
	$(PY) -m cli.main dev $(ARGS)

test: install .venv/browser
	$(PY) -m pytest $(ARGS)

check: install  ## format, lint, strict types, import contracts
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: install
	$(PY) -m benchmarks $(ARGS)
	$(PY) -m benchmarks.replay

format: install
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

install: .venv/installed api/static/kern/kern.min.css

.venv/bin/uv:
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check uv

# hatchling and editables come from the lock file, so the editable install builds with what is locked.
.venv/installed: requirements.lock pyproject.toml | .venv/bin/uv
	$(UV) pip sync --quiet --system-certs --require-hashes requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# npm from the locked wheel, so that a machine without Node.js needs nothing more.
node_modules/.package-lock.json: package.json package-lock.json .venv/installed
	PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	touch $@

api/static/kern/kern.min.css: node_modules/.package-lock.json
	mkdir -p api/static/kern/fonts
	cp node_modules/@kern-ux/native/dist/kern.min.css api/static/kern/
	cp node_modules/@kern-ux/native/dist/fonts/fira-sans/FiraSans-Regular.woff2 node_modules/@kern-ux/native/dist/fonts/fira-sans/FiraSans-SemiBold.woff2 api/static/kern/fonts/
	touch $@

# The browser tests drive Debian's Chromium; where another one is installed, LOTSE_CHROMIUM names it.
.venv/browser: | .venv/installed
	@command -v "$${LOTSE_CHROMIUM:-chromium}" >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
	touch $@

lock: .venv/bin/uv
	$(UV) pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --extra dev --custom-compile-command "make lock" -o requirements.lock pyproject.toml

clean:
	rm -rf .venv node_modules api/static/kern
