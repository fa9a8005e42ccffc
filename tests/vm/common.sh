# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What fetch, mkinitramfs, boot and run share: where the cache lies and how a row of kernels.list is found. Does nothing
# by itself.

vm_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
vm_cache=${OBSERVER_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/observer-vm}
vm_list=$vm_here/kernels.list

# Status 2 is bad usage, 3 is the harness itself (no kernel, no qemu, no end mark); boot hands on a guest's own status.
die() {
	local status=$1
	shift
	printf '%s: %s\n' "$(basename "$0")" "$1" >&2
	[ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
	exit "$status"
}

need() {
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null ||
			die 3 "'$tool' is missing" "as root: apt-get install $(package_of "$tool")"
	done
}

package_of() {
	case $1 in
	qemu-system-x86_64) echo qemu-system-x86 ;;
	qemu-system-aarch64) echo qemu-system-arm ;;
	aarch64-linux-gnu-gcc) echo gcc-aarch64-linux-gnu ;;
	*) echo "$1" ;;
	esac
}

qemu_of() {
	case $1 in
	amd64) echo qemu-system-x86_64 ;;
	arm64) echo qemu-system-aarch64 ;;
	esac
}

kernel_rows() {
	grep -Ev '^[[:space:]]*(#|$)' "$vm_list"
}

# Sets kernel_name, kernel_arch, kernel_suite, kernel_pattern, kernel_purpose.
# shellcheck disable=SC2034 # used by those that source this
kernel_find() {
	local wanted=$1
	while read -r kernel_name kernel_arch kernel_suite kernel_pattern kernel_purpose; do
		[ "$kernel_name" != "$wanted" ] || return 0
	done < <(kernel_rows)
	die 2 "no kernel '$wanted' in $vm_list" "one of: $(kernel_rows | awk '{ printf "%s ", $1 }')"
}

kernel_folder() {
	printf '%s/kernels/%s\n' "$vm_cache" "$1"
}
