# SPDX-License-Identifier: GPL-2.0-only
# A thin front of meson: what people type. How things are built is told in the meson.build files.
BUILD := build
SANITIZED := build-sanitized
PREFIX ?= /usr/local

.PHONY: all static deps run test test-vm test-service vm-deps bench fuzz codegen docs format install deb clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet observer

$(BUILD)/build.ninja:
	@packaging/deps check build
	@meson setup $(BUILD) --prefix $(PREFIX) >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log

$(SANITIZED)/build.ninja:
	@meson setup $(SANITIZED) -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized >$(SANITIZED).log 2>&1 || \
		{ cat $(SANITIZED).log; exit 1; }
	@rm -f $(SANITIZED).log

# One file that needs nothing but the kernel where it runs: build/observer-static; ARCH=arm64 makes
# build/observer-static-arm64.
static:
	@packaging/deps check build
	@packaging/static $(BUILD) $(ARCH)

# Installs the Debian packages that building and testing need.
deps:
	@packaging/deps install build test

# Installs what is missing, builds, and shows each program that starts. OPTIONS="-o json" are passed on.
run:
	@packaging/deps install build
	@$(MAKE) --no-print-directory all
	@if [ "$$(id -u)" = 0 ]; then exec $(BUILD)/observer $(OPTIONS); else exec sudo $(BUILD)/observer $(OPTIONS); fi

# Installs what is missing, builds, and runs every test; with KERNELS="6.1-amd64 6.1-arm64" some of them in those too.
test: $(if $(KERNELS),vm-deps)
	@packaging/deps install build test
	@$(MAKE) --no-print-directory $(BUILD)/build.ninja $(SANITIZED)/build.ninja
	@tests/run $(BUILD) $(SANITIZED) $(KERNELS)

# The kernel tests in other kernels under qemu, one after the other: all of tests/vm/kernels.list, or KERNELS="6.1-amd64 *-arm64";
# all tests, or TESTS="argv_2_megabytes". Kernels are downloaded into ~/.cache/observer-vm, or OBSERVER_VM_CACHE.
test-vm: vm-deps
	@packaging/deps install build test
	@tests/vm/run $(patsubst %,-k '%',$(KERNELS)) $(TESTS)

# The Debian package in a Debian that boots under qemu: the service, its troubles, an upgrade, a removal. CHECKS="killed_with_pins" are
# some of tests/package/service/checks.py, KERNELS=6.12-amd64 is another kernel.
test-service: vm-deps
	@packaging/deps install build test
	@tests/package/service.py . $(patsubst %,-k %,$(KERNELS)) $(CHECKS)

# Without them the tests that need them are skipped, which says why.
vm-deps:
	@packaging/deps install vm || true

# The figures of docs/performance.md; FIGURE=name for one of them.
bench: all
	@ninja -C $(BUILD) --quiet
	@bench/run $(or $(FIGURE),all)

# Fuzzes the record decoder and the writers for SECONDS.
fuzz:
	@tests/fuzz/run $(or $(SECONDS),60)

# The kernel's types as the programs use them, from the running kernel's BTF. Where the programs use already what the header still
# lacks, an observer built before does it.
codegen: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet observer || [ -x $(BUILD)/observer ]
	@$(BUILD)/observer gen type --list src/bpf/kernel_types.list -o src/bpf/kernel_types.h
	@$(BUILD)/observer gen type --list src/bpf/kernel_types.list --extract -o tests/data/kernel_types.btf

# docs/fields.md and the options in the man page, from the rows.
docs: all
	@ninja -C $(BUILD) --quiet docs

format:
	@git ls-files '*.c' '*.h' | grep -vE 'kernel_types|unicode_ranges' | xargs clang-format -i

# Program, manual page, completion, systemd unit and documents, under PREFIX (/usr/local), in DESTDIR where it is given.
install: all
	@ninja -C $(BUILD) --quiet
	@meson configure $(BUILD) --prefix $(PREFIX)
	@meson install -C $(BUILD) --quiet

# A Debian package in build/deb.
deb:
	@packaging/deps install build deb
	@packaging/deb $(BUILD)

clean:
	@rm -rf $(BUILD) $(SANITIZED) build-vm
