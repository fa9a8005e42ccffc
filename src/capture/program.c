/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads and attaches a variant of the kernel side. Must not decide which. */
#include "capture/program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "capture/objects.h"
#include "capture/returns.h"
#include "capture/tracefs.h"
#include "diagnosis/diagnosis.h"

/* A verifier log of this size is enough for the last lines of any of our programs. */
#define LOG_BYTES (16 << 20)

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

void program_silence_libbpf(void)
{
	libbpf_set_print(print_nothing);
}

/* Describes a refusal by the line of the log that tells why, in plain words too where they are known. */
static int fail_refused(int code, const char *log, struct error *err)
{
	struct diagnosis d;
	const char *line;

	errno = -code;
	if (!log || !diagnose(log, strlen(log), &d))
		return fail(err, code, "%m");
	line = memrchr(d.reason.data, '\n', d.reason.length);
	line = line ? line + 1 : d.reason.data;
	return fail(err, code, "%m: %.*s%s%s%s", (int)(d.reason.data + d.reason.length - line), line,
		    d.cause ? " (" : "", d.cause ? d.cause->sentence : "", d.cause ? ")" : "");
}

/* Where a variable lies in .rodata; -1 where it does not. */
static int find_constant(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, id) : NULL;

	for (int i = 0; section && i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *variable = btf_var_secinfos(section) + i;
		const struct btf_type *type = btf__type_by_id(btf, variable->type);

		if (!strcmp(btf__name_by_offset(btf, type->name_off), name))
			return variable->offset;
	}
	return -1;
}

static int put_constant(struct bpf_object *object, const char *name, const void *bytes, size_t nr_bytes)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");
	int offset = find_constant(bpf_object__btf(object), name);
	size_t room = 0;
	char *constants = map ? (char *)bpf_map__initial_value(map, &room) : NULL;

	if (!constants || offset < 0 || offset + nr_bytes > room)
		return -EINVAL;
	memcpy(constants + offset, bytes, nr_bytes);
	return 0;
}
int program_keep(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

#define NAME(slot, name) [slot] = #name,
static const char *const names[PROGRAM_FD_MAX] = {ALL_ROWS(NAME, NAME)};
#undef NAME

static int object_configure(struct bpf_object *object, const struct program_settings *settings)
{
	struct bpf_map *map;
	int code;

	for (int i = PROGRAM_EVENTS; i < PROGRAM_FD_MAX; i++) {
		map = bpf_object__find_map_by_name(object, names[i]);
		if (map && settings->max_entries[i])
			bpf_map__set_max_entries(map, settings->max_entries[i]);
	}
	code = settings->returns ? returns_choose(object) : 0;
	/* Without the settings it would observe the wrong things. */
	if (!code)
		code = put_constant(object, "settings", &settings->settings, sizeof(settings->settings));
	return code ? code : put_constant(object, "klog_on", settings->klog_on, sizeof(settings->klog_on));
}

static void object_take(struct bpf_object *object, struct program *ret)
{
	program_init(ret);
	for (int i = RECORD_NONE + 1; i < PROGRAM_EVENTS; i++) {
		struct bpf_program *program = bpf_object__find_program_by_name(object, names[i]);

		ret->fds[i] = program ? program_keep(bpf_program__fd(program)) : -1;
	}
	for (int i = PROGRAM_EVENTS; i < PROGRAM_FD_MAX; i++)
		ret->fds[i] = program_keep(bpf_object__find_map_fd_by_name(object, names[i]));
	returns_take(object, ret);
}

void *program_unpack(const struct packed *packed)
{
	uLongf bytes = packed->bytes;
	void *object = malloc(bytes);

	if (object && uncompress(object, &bytes, packed->packed, packed->packed_bytes) == Z_OK)
		return object;
	free(object);
	return NULL;
}

/* One try; a log makes the kernel verify slowly, so it is asked for only to explain a failure. */
static int object_load(const struct variant *v, const struct program_settings *settings, char *log, struct program *ret)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "observer", .btf_custom_path = settings->btf,
		    .kernel_log_buf = log, .kernel_log_size = log ? LOG_BYTES : 0, .kernel_log_level = log ? 1 : 0);
	_cleanup_free_ void *bytes = program_unpack(v->object);
	struct bpf_object *object;
	int code;

	if (!bytes)
		return -ENOMEM;
	object = bpf_object__open_mem(bytes, v->object->bytes, &options);
	if (!object)
		return -errno;
	code = object_configure(object, settings);
	if (!code)
		code = bpf_object__load(object);
	if (!code)
		object_take(object, ret);
	bpf_object__close(object);
	return code;
}

static int load_object(const struct variant *v, const struct program_settings *settings, struct program *ret,
		       struct error *err)
{
	_cleanup_free_ char *log = NULL;
	int code;

	code = object_load(v, settings, NULL, ret);
	if (!code)
		return 0;
	log = calloc(1, LOG_BYTES);
	if (log && object_load(v, settings, log, ret) == 0)
		return 0;
	return fail_refused(code, log, err);
}

int program_load_light(const struct variant *v, const struct program_settings *settings, struct program *ret)
{
	/* There the kernel relocates, by its own types alone. */
	return v->load_light && !settings->btf && !settings->returns ? v->load_light(settings, ret) : -ENOTSUP;
}

int program_load(const struct variant *v, const struct program_settings *settings, struct program *ret,
		 struct error *err)
{
	int code = program_load_light(v, settings, ret);

	if (code == -ENOMEM)
		return fail(err, code, "%s", strerror(ENOMEM)); /* libbpf would need more */
	if (!code)
		return 0;
	return load_object(v, settings, ret, err);
}

void program_init(struct program *p)
{
	for (int i = 0; i < PROGRAM_FD_MAX; i++)
		p->fds[i] = -1;
	for (int i = 0; i < EXEC_RETURNS_MAX; i++)
		p->returns[i] = -1;
	p->pinned = false;
}

void program_close(struct program *p)
{
	for (int i = 0; i < PROGRAM_FD_MAX; i++)
		cleanup_close(&p->fds[i]);
	for (int i = 0; i < EXEC_RETURNS_MAX; i++)
		cleanup_close(&p->returns[i]);
	program_init(p);
}

/* The perf event of a tracepoint, of all processors and processes where a BPF program sits on it. -errno. */
static int open_tracepoint(uint32_t id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .config = id,
		/* No sampling: some tracepoints refuse that (irq_vectors:irq_work_exit), and BPF needs none. */
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int attach_exec_tracepoint(const struct program *p, struct error *err)
{
	_cleanup_close_ int fd = -1;
	int id = tracefs_read_id("sched", "sched_process_exec", err), link = -1;

	if (id < 0)
		return id;
	fd = open_tracepoint(id);
	if (fd < 0)
		return fail(err, fd, "cannot open the tracepoint sched:sched_process_exec: %s", strerror(-fd));
	/* A link can be pinned (Linux 5.15). The event itself tells others what it is of. */
	if (p->pinned)
		link = bpf_link_create(p->fds[RECORD_exec], fd, BPF_PERF_EVENT, NULL);
	if (link >= 0)
		return link;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, p->fds[RECORD_exec]) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return fail(err, -errno, "cannot attach to the tracepoint sched:sched_process_exec: %m");
	return take_fd(fd);
}

int program_attach_tracepoint(const struct program *p, uint32_t id, uint64_t cookie)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .perf_event.bpf_cookie = cookie);
	_cleanup_close_ int fd = open_tracepoint(id);

	/* The link holds the event. */
	return fd < 0 ? fd : bpf_link_create(p->fds[RECORD_tracepoint], fd, BPF_PERF_EVENT, &options);
}

static int attach_typed(int program, struct error *err)
{
	int fd = bpf_raw_tracepoint_open(NULL, program);

	return fd < 0 ? fail(err, fd, "cannot attach a program of type tp_btf: %m") : fd;
}

int program_attach_follower(const struct program *p, enum program_fd which, struct error *err)
{
	return attach_typed(p->fds[which], err);
}

static int attach_snapshot(const struct program *p, struct error *err)
{
	_cleanup_close_ int link = bpf_link_create(p->fds[RECORD_snapshot], 0, BPF_TRACE_ITER, NULL);
	int fd;

	if (link < 0)
		return fail(err, link, "cannot make an iterator over the processes: %m");
	fd = bpf_iter_create(link);
	return fd < 0 ? fail(err, fd, "cannot open an iterator over the processes: %m") : fd;
}

int program_attach(const struct program *p, enum record_type type, enum capture_hook hook, struct error *err)
{
	if (type == RECORD_snapshot)
		return attach_snapshot(p, err);
	if (type == RECORD_exec && hook == HOOK_TRACEPOINT)
		return attach_exec_tracepoint(p, err);
	return attach_typed(p->fds[type], err);
}

int program_remember_root(const struct program *p, struct error *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	if (bpf_prog_test_run_opts(p->fds[PROGRAM_ROOT], &run))
		return fail(err, -errno, "cannot run the program remember_root: %m");
	return 0;
}

int program_find_process(const struct program *p, uint32_t pid, uint32_t *ret_pid, struct error *err)
{
	uint64_t context = pid;
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &context, .ctx_size_in = sizeof(context));

	if (bpf_prog_test_run_opts(p->fds[PROGRAM_FIND], &run))
		return fail(err, -errno, "cannot run the program find_process: %m");
	if (!run.retval)
		return fail(err, -ESRCH, "process %u is not among the youngest children of observer", pid);
	*ret_pid = run.retval;
	return 0;
}

static uint64_t count_missed(int program)
{
	struct bpf_prog_info info = {};
	uint32_t bytes = sizeof(info);

	return program < 0 || bpf_obj_get_info_by_fd(program, &info, &bytes) ? 0 : info.recursion_misses;
}

uint64_t program_count_missed(const struct program *p, enum record_type type)
{
	uint64_t missed = count_missed(p->fds[type]);

	for (int i = 0; type == RECORD_exec_fail && i < EXEC_RETURNS_MAX; i++)
		missed += count_missed(p->returns[i]);
	return missed;
}
