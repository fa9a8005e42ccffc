/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks one by one: the program `return 0` is loaded for each, and attached where it harms nobody. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/capabilities.h"
#include "base/cleanup.h"
#include "capture/capture.h"
#include "capture/tracefs.h"
#include "doctor/probes.h"

/* Enough for a trial. */
#define TRIAL_RING_BYTES (256U << 10)

/* r0 = 0; exit */
static const struct bpf_insn nothing[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	{.code = BPF_JMP | BPF_EXIT},
};

static int load_code(const struct hook *hook, const struct bpf_insn *code, size_t nr_insns)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = hook->attach_type);
	int fd;

	if (hook->attach_type) {
		int id = libbpf_find_vmlinux_btf_id(hook->target, hook->attach_type);

		if (id <= 0)
			return id ? id : -ENOENT;
		options.attach_btf_id = id;
	}
	fd = bpf_prog_load(hook->type, "doctor", "GPL", code, nr_insns, &options);
	return fd < 0 ? -errno : fd;
}

static int load(const struct hook *hook)
{
	return load_code(hook, nothing, sizeof(nothing) / sizeof(nothing[0]));
}

int hook_attach_raw(int program, const struct hook *hook)
{
	int fd = bpf_raw_tracepoint_open(hook->attach_type ? NULL : hook->target, program);

	return fd < 0 ? -errno : fd;
}

int hook_attach_iter(int program, const struct hook *hook)
{
	int fd = bpf_link_create(program, 0, hook->attach_type, NULL);

	return fd < 0 ? -errno : fd;
}

/* The program runs with the event until the descriptor is closed. */
static int attach_perf_event(int program, struct perf_event_attr *attr, pid_t pid, int cpu)
{
	_cleanup_close_ int fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, program))
		return -errno;
	return take_fd(fd);
}

int hook_attach_tracepoint(int program, const struct hook *hook)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .sample_period = 1};
	int id = tracefs_read_id("sched", hook->target, NULL);

	if (id < 0)
		return id;
	attr.config = id;
	return attach_perf_event(program, &attr, -1, 0);
}

int hook_attach_clock(int program, const struct hook *hook)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = sizeof(attr),
				       .config = PERF_COUNT_SW_CPU_CLOCK,
				       .sample_period = 1000000000};

	(void)hook;
	return attach_perf_event(program, &attr, 0, -1);
}

/* The number of a source of perf events, or -errno: it is there where the kernel has such probes. */
static int read_source(const char *name)
{
	char path[128];
	_cleanup_fclose_ FILE *file = NULL;
	int type;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	return fscanf(file, "%d", &type) == 1 ? type : -EINVAL;
}

int hook_attach_kprobe(int program, const struct hook *hook)
{
	int type = read_source("kprobe");
	struct perf_event_attr attr = {.type = type, .size = sizeof(attr), .kprobe_func = (uintptr_t)hook->target};

	return type < 0 ? -EOPNOTSUPP : attach_perf_event(program, &attr, -1, 0);
}

static void found_refusal(struct finding *ret, const char *what, int code)
{
	if (code == -EPERM && capabilities_missing(NEED_BPF | NEED_PERFMON)) {
		check_found(ret, CHECK_UNKNOWN, "bpf(2) is refused to this user");
		return;
	}
	/* The kernel's own ENOTSUPP has no name outside: include/linux/errno.h. */
	check_found(ret, CHECK_MISSING, "%s: %s", what, code == -524 ? strerror(EOPNOTSUPP) : strerror(-code));
}

void probe_hook(const struct check *check, struct finding *ret)
{
	const struct hook *hook = check->argument;
	_cleanup_close_ int program = load(hook), link = -1;

	if (program < 0) {
		found_refusal(ret, "the kernel does not load it", program);
		return;
	}
	link = hook->attach(program, hook);
	if (link < 0)
		found_refusal(ret, "it loads, but attaching fails", link);
	else
		check_found(ret, CHECK_OK, "loads and attaches");
}

/* Writes 1 into the only value of an array, and returns 0: whatever it is asked for is allowed. */
static int load_that_tells(const struct hook *hook, int map)
{
	const struct bpf_insn code[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = map},
		{.code = 0},
		{.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = BPF_REG_1, .imm = 1},
		nothing[0],
		nothing[1],
	};

	return load_code(hook, code, sizeof(code) / sizeof(code[0]));
}

/* What loads and attaches is called only where the kernel was told so when it was started: it is made to run. The hook
 * is in bpf(2), which looking at the map is. */
void probe_lsm(const struct check *check, struct finding *ret)
{
	const struct hook *hook = check->argument;
	_cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "doctor", 4, 4, 1, NULL), program = -1, link = -1;
	__u32 key = 0, called = 0;

	program = map < 0 ? map : load_that_tells(hook, map);
	if (program < 0) {
		found_refusal(ret, "the kernel does not load it", program);
		return;
	}
	link = hook->attach(program, hook);
	if (link < 0)
		found_refusal(ret, "it loads, but attaching fails", link);
	else if (bpf_map_lookup_elem(map, &key, &called) || bpf_map_lookup_elem(map, &key, &called) || !called)
		check_found(ret, CHECK_MISSING,
			    "it loads and attaches, but the kernel does not call it: bpf is not "
			    "among its security modules (lsm= of its command line)");
	else
		check_found(ret, CHECK_OK, "loads, attaches and runs");
}

/* Attaching wants an address in some file: that the kernel has such probes is told by their source of events. */
void probe_uprobe(const struct check *check, struct finding *ret)
{
	_cleanup_close_ int program = load(check->argument);
	int type = read_source("uprobe");

	if (program < 0)
		found_refusal(ret, "the kernel does not load it", program);
	else if (type < 0)
		found_refusal(ret, "it loads, but the kernel has no uprobes", type);
	else
		check_found(ret, CHECK_OK, "loads, and the kernel has uprobes");
}

void probe_observer(const struct check *check, struct finding *ret)
{
	const struct capture_settings settings = {.events = CAPTURE_BIT(exec),
						  .ring_bytes = TRIAL_RING_BYTES,
						  .max_argv_bytes = 4096,
						  .max_env_bytes = 4096};
	struct capture *capture;
	struct error err = {0};
	int code = capture_open(&settings, &capture, &err);

	(void)check;
	if (!code) {
		code = capture_attach(capture, &err);
		if (!code)
			check_found(ret, CHECK_OK, "attached as %s", capture_describe(capture));
		capture_close(capture);
	}
	if (code)
		check_found(ret, CHECK_MISSING, "%.300s", err.text);
}
