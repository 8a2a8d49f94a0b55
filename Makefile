# remindd: everything a person or a machine does with this checkout. `make` alone lists it.

SWIFT ?= swift
PYTHON := /usr/bin/python3# Debian's own: the packages that packaging/setup.sh installs are its packages
SOURCES := Sources Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help setup build release demo test lint format check oracles bench-calendar clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the Debian packages that are missing (build, demo, tests)
	@packaging/setup.sh test

build: ## build the daemon for development: .build/debug/remindd
	@packaging/setup.sh build
	$(SWIFT) build --product remindd

release: ## build the daemon for use: .build/release/remindd
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd

demo: ## set up, build, then watch a whole year of the five plans go by in a minute or two
	@packaging/setup.sh demo
	$(SWIFT) build --product remindd
	@$(PYTHON) packaging/demo/demo.py

test: setup ## set up, build and run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest --filter 'SchedulerTests|LedgersTests|TidyTests'
	@echo "One at a time from here: these tests measure how long real servers and the real program take."
	$(SWIFT) test --skip-build --disable-xctest --no-parallel --filter 'NotifiersTests|reminddTests'

lint: ## check the style; fails on any finding
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## put the style right, in place
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

check: lint test ## what has to pass before a change goes in

oracles: ## run the independent calculations again that the calendar tests compare with
	@packaging/setup.sh build
	@set -e; for oracle in Tests/Oracles/*.py; do echo "$$oracle"; $(PYTHON) "$$oracle"; done

bench-calendar: ## measure what the calendar costs in time and memory; fails over its limits
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product CalendarBench
	.build/release/CalendarBench

clean: ## remove what was built and rehearsed
	rm -rf .build .rehearsal
