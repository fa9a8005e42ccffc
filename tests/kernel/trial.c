/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads, attaches and fires a counting program per kind of hook. Knows nothing of observer. */
#include "trial.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "harness.h"
#include "session.h"

/* The kernel's own ENOTSUPP: include/linux/errno.h. */
#define KERNEL_ENOTSUPP 524

#ifdef __x86_64__
#define FUNCTION_OF_EXECVEAT "__x64_sys_execveat"
#else
#define FUNCTION_OF_EXECVEAT "__arm64_sys_execveat"
#endif

static void fire_exec(const struct trial *t)
{
	pid_t pid = fork();

	(void)t;
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		execl("/proc/self/exe", "kernel_tests", "--list", (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void fire_execveat(const struct trial *t)
{
	(void)t;
	syscall(SYS_execveat, -1, NULL, NULL, NULL, 0);
}

static void fire_open(const struct trial *t)
{
	(void)t;
	close(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
}

/* The kernel calls bpf_fentry_test1 for this: net/bpf/test_run.c. */
static void fire_test_run(const struct trial *t)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	bpf_prog_test_run_opts(t->program_fd, &options);
}

static int attach_raw(const struct trial *t);
static int attach_typed(const struct trial *t);
static int attach_kprobe(const struct trial *t);

static const struct kind {
	const char *name, *target;
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type;
	const char *function; /* in the kernel's types */
	int (*attach)(const struct trial *t);
	void (*fire)(const struct trial *t);
} kinds[TRIALS_ALL] = {
	[TRIAL_RAW_TP] = {"raw_tp", "sched_process_exec", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL, attach_raw, fire_exec},
	[TRIAL_TP_BTF] = {"tp_btf", "sched_process_exec", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "sched_process_exec",
			  attach_typed, fire_exec},
	[TRIAL_FENTRY] = {"fentry", "bpf_fentry_test1", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1",
			  attach_typed, fire_test_run},
	[TRIAL_FEXIT] = {"fexit", "bpf_fentry_test1", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "bpf_fentry_test1",
			 attach_typed, fire_test_run},
	[TRIAL_FMOD_RET] = {"fmod_ret", "security_file_open", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN,
			    "security_file_open", attach_typed, fire_open},
	[TRIAL_LSM] = {"lsm", "bpf_lsm_file_open", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open", attach_typed,
		       fire_open},
	[TRIAL_KPROBE] = {"kprobe", "security_file_open", BPF_PROG_TYPE_KPROBE, 0, NULL, attach_kprobe, fire_open},
	[TRIAL_EXECVEAT] = {"fexit", FUNCTION_OF_EXECVEAT, BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, FUNCTION_OF_EXECVEAT,
			    attach_typed, fire_execveat},
};

static int attach_raw(const struct trial *t)
{
	return bpf_raw_tracepoint_open(t->target, t->program_fd);
}

static int attach_typed(const struct trial *t)
{
	return bpf_raw_tracepoint_open(NULL, t->program_fd);
}

static int attach_kprobe(const struct trial *t)
{
	char *type = read_whole("/sys/bus/event_source/devices/kprobe/type", NULL);
	struct perf_event_attr attr = {.size = sizeof(attr), .kprobe_func = (uintptr_t)t->target};
	int fd;

	if (!type)
		return -EOPNOTSUPP;
	attr.type = (unsigned int)atoi(type);
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, t->program_fd) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0)) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

/* Looks at the first word of what it is given, adds one to the only value of the map, and returns 0. */
static int load(const struct kind *kind, const struct trial *t)
{
	const struct bpf_insn code[] = {
		{.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 6, .src_reg = 1},
		{.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = t->map_fd},
		{0},
		{.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem},
		{.code = BPF_JMP | BPF_JEQ | BPF_K, .off = 2},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 0, .src_reg = 1, .imm = BPF_ADD},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = kind->attach_type);
	int fd;

	if (kind->function) {
		int id = libbpf_find_vmlinux_btf_id(kind->function, kind->attach_type);

		if (id <= 0)
			return id ? id : -ENOENT;
		options.attach_btf_id = (unsigned int)id;
	}
	fd = bpf_prog_load(kind->type, t->program, "GPL", code, sizeof(code) / sizeof(code[0]), &options);
	return fd < 0 ? -errno : fd;
}

static void fail_at(struct trial *t, const char *step, int code)
{
	t->failed = step;
	t->error = code == -KERNEL_ENOTSUPP ? EOPNOTSUPP : -code;
}

static bool has_run(const struct trial *t)
{
	uint32_t zero = 0;
	uint64_t count = 0;

	return bpf_map_lookup_elem(t->map_fd, &zero, &count) == 0 && count > 0;
}

struct trial trial_begin(enum trial_kind kind)
{
	const struct kind *k = &kinds[kind];
	struct trial t = {.name = k->name, .target = k->target, .program_fd = -1, .link_fd = -1};

	libbpf_set_print(NULL);
	snprintf(t.program, sizeof(t.program), "trial_%s", k->name);
	t.map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "trial", sizeof(uint32_t), sizeof(uint64_t), 1, NULL);
	REQUIRE(t.map_fd >= 0, "no array: %s", strerror(errno));
	t.program_fd = load(k, &t);
	if (t.program_fd < 0) {
		fail_at(&t, "load", t.program_fd);
		return t;
	}
	t.link_fd = k->attach(&t);
	if (t.link_fd < 0) {
		fail_at(&t, "attach", t.link_fd);
		return t;
	}
	k->fire(&t);
	if (!has_run(&t))
		fail_at(&t, "run", 0);
	return t;
}

void trial_end(struct trial *t)
{
	if (t->link_fd >= 0)
		close(t->link_fd);
	if (t->program_fd >= 0)
		close(t->program_fd);
	close(t->map_fd);
}

void need_hook(enum trial_kind kind)
{
	struct trial t;

	need_bpf();
	t = trial_begin(kind);
	if (t.failed)
		test_skip("no program of type %s here: %s: %s", t.name, t.failed,
			  t.error ? strerror(t.error) : "the kernel never calls it");
	trial_end(&t);
}
