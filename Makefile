# Commands for the newsroom. `make run` and `make test` first install what they need into .venv.

PYTHON ?= python3
PORT ?= 8000
export PORT

python := .venv/bin/python
manage := $(python) manage.py
audit_python := .venv/audit/bin/python

.PHONY: help run upgrade go-back dev test test-fast faults lint check-pages screenshots format messages lock audit sbom restore-drill

help:
	@echo "make run       serve the newsroom at http://127.0.0.1:$(PORT)  (PORT=8001 make run: another port)"
	@echo "make upgrade   get the newest version of the newsroom, or go back if it fails  (make upgrade TO=v1.2)"
	@echo "make test      run all tests, on SQLite and on PostgreSQL  (make test TESTS=tests/text: some of them)"
	@echo "make test-fast run the tests that need no browser and no server, on SQLite"
	@echo "make faults    break, overload or kill a running newsroom, and measure what people get (Linux)"
	@echo "make dev       serve it reloading, for work on the code"
	@echo "make lint      check format, code, types, migrations, translations and spelling"
	@echo "make check-pages  check every kind of page with vnu, axe and Lighthouse (needs node, npm, java, chromium)"
	@echo "make screenshots  make the screenshots of the README, and contact sheets of all pages (needs chromium)"
	@echo "make format    format the code"
	@echo "make messages  update the Spanish catalog"
	@echo "make lock      update the lock files from pyproject.toml"
	@echo "make restore-drill BACKUP=FILE  restore a backup into a scratch folder, and compare it"
	@echo "make audit     check the packages of requirements.txt for known vulnerabilities (needs the internet)"
	@echo "make sbom      list the packages of requirements.txt in sbom.json (CycloneDX)"

run: go-back .venv/.ready-to-run
	@$(manage) serve

# After an interrupted upgrade, only the copy of the program is sure to be whole.
upgrade_program = $(if $(wildcard .upgrade/journal.json),.upgrade/upgrade.py,-m carecen_news.upgrade)
upgrade:
	@$(check_python)
	@PYTHON="$(PYTHON)" $(PYTHON) $(upgrade_program) $(TO)

go-back:
	@if [ -e .upgrade/journal.json ]; then PYTHON="$(PYTHON)" $(PYTHON) .upgrade/upgrade.py --go-back; fi

dev: go-back .venv/.ready-to-run
	@DEBUG=1 $(manage) serve --reload

test: .venv/.ready-to-test
	@$(python) -m tests $(TESTS)

test-fast: .venv/.ready-to-test
	@$(python) -m tests --fast $(TESTS)

faults: .venv/.ready-to-test
	@$(python) -m tests.faults $(FAULTS)

lint: .venv/.ready-to-test
	! git grep -nE '^(<<<<<<<|>>>>>>>)( |$$)'
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m djlint --check --lint --quiet templates
	git ls-files | xargs $(python) -m codespell_lib
	git ls-files '*.py' | xargs $(python) -m django_upgrade --target-version 5.2 --check
	$(python) -m mypy
	DJANGO_SETTINGS_MODULE=tests.settings $(manage) makemigrations --check --dry-run
	$(python) -m tests.catalogs
	$(python) -m tests.check_names
	$(python) -m tests.check_spelling

check-pages: .venv/.ready-to-test
	@$(python) -m tests.check_pages

screenshots: .venv/.ready-to-test
	@$(python) -m docs.screenshots

format: .venv/.ready-to-test
	-$(python) -m ruff check --fix .
	$(python) -m ruff format .
	$(python) -m djlint --reformat --quiet templates

messages: .venv/.ready-to-test
	$(python) -m tests.catalogs --update

compile = .venv/bin/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: .venv/.ready-to-test
	$(python) -m pip install --quiet uv
	$(compile) pyproject.toml -o requirements.txt
	$(compile) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(compile) --group audit -o requirements-audit.txt

restore-drill: .venv/.ready-to-run
	@$(manage) restore_drill $(BACKUP)

audit: .venv/audit/.ready
	@$(audit_python) carecen_news/audit.py requirements.txt

# The warning is that the lock file doesn't tell which packages need which.
sbom: .venv/audit/.ready
	@$(audit_python) -W ignore::UserWarning -m cyclonedx_py requirements requirements.txt \
		--pyproject pyproject.toml --output-reproducible --output-format JSON --output-file sbom.json
	@echo "The packages of requirements.txt are listed in sbom.json."

is_supported = -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
check_python = $(PYTHON) $(is_supported) || \
	{ echo "Python 3.11 or newer is needed: install it, or name one you have: make run PYTHON=python3.12"; exit 1; }
install = $(python) $(is_supported) || \
	{ echo "The environment .venv has no working Python 3.11 or newer. Delete it (rm -rf .venv), then run make again."; exit 1; }; \
	PYTHON="$(PYTHON)" $(python) carecen_news/install.py

.venv/.ready-to-run: requirements.txt carecen_news/web_fonts.py $(python)
	@echo "Installing what the newsroom runs on …"
	@$(install) $< $@
	@$(python) carecen_news/web_fonts.py

.venv/.ready-to-test: requirements-dev.txt carecen_news/web_fonts.py $(python)
	@echo "Installing what the newsroom and its tests run on …"
	@$(install) $< $@ .venv/.ready-to-run
	@$(python) carecen_news/web_fonts.py

.venv/audit/.ready: requirements-audit.txt $(audit_python)
	@echo "Installing what checks and lists the packages of the newsroom …"
	@PYTHON="$(PYTHON)" $(audit_python) carecen_news/install.py $< $@

$(audit_python): | $(python)
	@$(python) carecen_news/install.py .venv/audit

# If it is created again, all packages are installed again.
$(python):
	@$(check_python)
	@$(PYTHON) carecen_news/install.py
