# The commands of this checkout. `make` alone lists them.

SWIFT ?= swift
PYTHON := /usr/bin/python3# Debian's own, because packaging/setup.sh installs packages for it
SOURCES := Sources Tests bench Package.swift

.DEFAULT_GOAL := help
.PHONY: help setup build build-release demo test lint format check oracles bench-calendar bench-check bench-evaluation bench-inputs fuzz schemas refusals faults crash-points coverage clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the Debian packages that are missing (build, demo, tests)
	@packaging/setup.sh test

build: ## build the daemon for development: .build/debug/remindd
	@packaging/setup.sh build
	$(SWIFT) build --product remindd

build-release: ## build the daemon for production: .build/release/remindd
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd

demo: ## set up, build, and rehearse a whole year of the five plans in a minute or two
	@packaging/setup.sh demo
	$(SWIFT) build --product remindd
	@$(PYTHON) packaging/demo/demo.py

test: setup ## set up, build and run all tests
	@$(MAKE) --no-print-directory tests simulate simulate-mutations

# Tests that start programs wait most of the time, so several run in parallel. Tests that measure
# how long something takes, or that use up a limit of the machine, run one at a time.
STARTED := ProgramTests|reminddTests
TIMED := ListenerTests|NotifiersTests|ProgramTests\.(FieldCase|HostileClient|LimitFault|NetworkFault|ProcessFault|RealServer|Stopping|TimeFault)Tests
BESIDE ?= 3

.PHONY: tests
tests:
	$(SWIFT) build $(SCRATCH) $(COVER) --build-tests
	$(SWIFT) test $(SCRATCH) --skip-build --disable-xctest --skip '$(STARTED)' --skip '$(TIMED)'
	$(SWIFT) test $(SCRATCH) --skip-build --disable-xctest --filter '$(STARTED)' --skip '$(TIMED)' \
	  --experimental-maximum-parallelization-width $(BESIDE)
	@echo "The following tests run one at a time, because they measure the times of real servers and programs."
	$(SWIFT) test $(SCRATCH) --skip-build --disable-xctest --no-parallel --filter '$(TIMED)'

COVERED := .build/coverage

coverage: setup ## all tests with coverage; fails if they miss a way in which Scheduler, Ledgers or Notifiers can fail
	@rm -rf $(COVERED)/profiles
	@LLVM_PROFILE_FILE=$(CURDIR)/$(COVERED)/profiles/%m.profraw \
	  $(MAKE) --no-print-directory tests SCRATCH='--scratch-path $(COVERED)' COVER=--enable-code-coverage
	@$(PYTHON) packaging/coverage.py $(COVERED)/debug $(COVERED)/profiles/*.profraw

lint: ## check the style; fails on any finding
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## correct the style in place
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

.PHONY: language
language: ## write Tests/Tidy/LanguageDebt.swift, the list of findings of the rules of language; fails if it grows
	$(SWIFT) build --build-tests
	LANGUAGE_DEBT=write $(SWIFT) test --skip-build --disable-xctest --filter LanguageTests

check: lint test ## the checks that a change has to pass

.PHONY: recompiled
recompiled: ## count the lines that an edit of one command recompiles; fails above 3 500
	@packaging/setup.sh build
	@$(PYTHON) packaging/recompiled.py

oracles: ## repeat the independent calculations with which the calendar tests compare
	@packaging/setup.sh build
	@set -e; for oracle in Tests/Oracles/*.py; do echo "$$oracle"; $(PYTHON) "$$oracle"; done

bench-inputs: ## measure how long the release build takes to refuse the worst files of 256 kB; fails above LIMIT (100) ms
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) bench/inputs.py .build/release/remindd $(if $(LIMIT),--limit $(LIMIT))

bench-check: ## measure check of 10 000 campaigns, which renders every text; fails above LIMIT (3) seconds
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) bench/check.py .build/release/remindd $(if $(LIMIT),--limit $(LIMIT))

bench-calendar: ## measure time and memory of the calendar; fails above its limits
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product CalendarBench
	.build/release/CalendarBench

bench-evaluation: ## measure a full evaluation of 50 000 fired reminders with 500 000 recipients; fails above half a second
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product EvaluationBench
	@mkdir -p $(BENCH)
	.build/release/EvaluationBench $(BENCH)

BENCH := .build/bench
YARDSTICKS := webhook mail ledger timer

.PHONY: bench bench-quick bench-programs
bench-programs:
	$(SWIFT) build --configuration release --product remindd
	$(SWIFT) build --configuration release --product LedgerBench
	$(SWIFT) build --configuration release --product CalendarBench
	@mkdir -p $(BENCH)
	@set -e; for name in $(YARDSTICKS); do \
	  cc -O2 -Wall -Wextra -Werror -o $(BENCH)/$$name bench/yardsticks/$$name.c -lcurl -lsqlite3 -lpthread; done

bench: ## ROUNDS=5: compare the packaged remindd with C, Alertmanager, Apprise, APScheduler and remind; writes docs/evidence/benchmarks.md; an hour
	@packaging/setup.sh bench
	@$(MAKE) --no-print-directory bench-programs
	$(SWIFT) build --configuration release --product remindd --static-swift-stdlib --scratch-path .build/static
	@[ -x $(BENCH)/peers/bin/apprise ] || { $(PYTHON) -m venv $(BENCH)/peers && $(BENCH)/peers/bin/pip install --quiet apprise; }
	@REMINDD=$(CURDIR)/.build/static/release/remindd $(PYTHON) bench/bench.py --rounds $(or $(ROUNDS),5) $(if $(ONLY),--only $(ONLY),--write docs/evidence/benchmarks.md)

bench-quick: ## a minute of `bench` with the yardsticks in C; fails far below the goals
	@packaging/setup.sh test
	@$(MAKE) --no-print-directory bench-programs
	@$(PYTHON) bench/bench.py --quick

clean: ## remove builds and rehearsals
	rm -rf .build .rehearsal dist

FUZZED := plan configuration csv phrase tzif address url retry-after smtp-reply template request
export FUZZ_SECONDS FUZZ_RUNS

fuzz: ## run libFuzzer on every target for FUZZ_SECONDS (30) or FUZZ_RUNS each; FUZZED="csv url" selects some; fails on a finding
	@packaging/setup.sh build
	REMINDD_FUZZ=1 $(SWIFT) build --scratch-path .build/fuzz --product Fuzz
	@packaging/fuzz.sh .build/fuzz/debug/Fuzz .build/fuzz $(FUZZED)

schemas: build ## write config/*.schema.json from the keys of the readers
	@set -e; for file in config plan working-days; do .build/debug/remindd schema $$file > config/$$file.schema.json; done

refusals: ## write docs/officer/refusals.md and refusals.vi.md from the twenty commonest cases
	@$(PYTHON) packaging/refusals.py

.PHONY: refusals-all
refusals-all: ## write .build/refusals.md and .build/refusals.vi.md, the pages of all refusals
	@mkdir -p .build
	@$(PYTHON) packaging/refusals.py --print-all >.build/refusals.md
	@$(PYTHON) packaging/refusals.py --print-all vi >.build/refusals.vi.md

.PHONY: refusals-record
refusals-record: ## write the answers of the debug build into all cases of refusals, in both languages
	@$(PYTHON) packaging/refusals.py --record .build/debug/remindd

.PHONY: pictures
pictures: ## draw docs/pictures, a mail and the demo, from the program's output; ONLY=mail selects some
	@packaging/setup.sh pictures
	$(SWIFT) build --product remindd
	@$(PYTHON) packaging/pictures.py $(if $(ONLY),--only $(ONLY))

.PHONY: comments
comments: ## COUNT=200 SEED=1: draw comments of the sources at random, to be judged by somebody who did not write them
	@$(PYTHON) packaging/comments.py --count $(or $(COUNT),200) --seed $(SEED)

faults: ## write docs/faults.md anew from packaging/faults.tsv and the names of the tests
	@$(PYTHON) packaging/faults.py

crash-points: ## kill and fail one delivery at every single write, not only where a transaction completes; minutes
	$(SWIFT) build --build-tests
	CRASH_POINTS=all $(SWIFT) test --skip-build --disable-xctest --no-parallel --filter 'CrashPointTests'

SEEDS ?= 200
YEARS ?= 400
CRASHES ?= $(shell expr $(YEARS) \* 50)
SIMULATOR := .build/release/Simulator

.PHONY: simulate simulate-mutations
simulate: ## SEEDS=200 YEARS=400 (in all): run the loops and the ledger with crashes, edits and failing servers
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product Simulator
	@$(SIMULATOR) --seeds $(SEEDS) --years $(YEARS) --crashes $(CRASHES)

simulate-mutations: ## prove that the simulator's oracle detects each mechanism that is switched off
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product Simulator
	@$(SIMULATOR) --mutate all

SECONDS ?= 600
SEED ?= 1

.PHONY: soak endurance endurance-edits endurance-quick hostile
soak: ## SECONDS=600 SEED=1: run the real program, killed every 5 s, with failing servers; then everything must be delivered
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/soak.py --seconds $(SECONDS) --seed $(SEED)

endurance: ## measure a start after a crash, a full minute, bad servers and hostile clients at the receivers; a quarter of an hour
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/goals.py

endurance-edits: ## RECIPIENTS=60000 ROUNDS=10: remove and restore a campaign while its messages are sent, with kills in between
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/edits.py --recipients $(or $(RECIPIENTS),60000) --rounds $(or $(ROUNDS),10)

endurance-quick: ## each goal of `endurance` once
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/goals.py --quick

hostile: ## measure the effect of hostile clients on the control socket, and on the delivery beside them; five minutes
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/goals.py --only hostile,beside

.PHONY: test-servers
test-servers: ## as root: measure the release build with real servers that refuse (Postfix, postgrey, Exim, nginx); half an hour
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Servers/real.py

.PHONY: deb release test-systemd test-image test-tarball test-upgrade
deb: ## build the Debian package: dist/remindd_VERSION_ARCH.deb
	@packaging/setup.sh package
	@packaging/deb.sh

release: ## build a release into dist/: the Debian package, a tarball, an OCI image, SHA256SUMS
	@packaging/setup.sh release
	@packaging/release.sh

test-systemd: deb ## as root: install, start, break, reboot, upgrade and purge the package in a minimal Debian under systemd
	@$(PYTHON) packaging/test_systemd.py

test-image: ## as root, after make release: run the image with runc or in a chroot, up to the first mail
	@packaging/setup.sh release
	@$(PYTHON) packaging/test_image.py

test-tarball: ## as root, after make release: install the tarball in a minimal Debian under systemd, as its README says
	@packaging/setup.sh release
	@$(PYTHON) packaging/test_tarball.py

test-upgrade: ## as root, after make deb: upgrade 0.1.0, built from its commit, with pending deliveries; the first build takes a quarter of an hour
	@packaging/setup.sh package
	@$(PYTHON) packaging/test_upgrade.py
