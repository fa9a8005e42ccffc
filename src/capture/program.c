/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads and attaches a variant of the kernel side. Must not decide which. */
#include "capture/program.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "capture/tracefs.h"

/* A verifier log of this size is enough for the last lines of any of our programs. */
#define LOG_BYTES (16 << 20)

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

/* The last line of the verifier's log that says why: the statistics behind it do not. */
static const char *last_reason(char *log)
{
	char *line, *end;

	for (;;) {
		end = log + strlen(log);
		while (end > log && end[-1] == '\n')
			*--end = '\0';
		line = strrchr(log, '\n');
		if (!line)
			return log;
		if (strncmp(line + 1, "processed ", 10) && strncmp(line + 1, "verification time", 17) &&
		    strncmp(line + 1, "stack depth", 11))
			return line + 1;
		*line = '\0';
	}
}

static void object_configure(struct bpf_object *object, const struct settings *settings, uint32_t nr_cpus)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		const char *name = bpf_map__name(map);

		if (strstr(name, ".rodata"))
			bpf_map__set_initial_value(map, settings, sizeof(*settings));
		else if (!strcmp(name, "events"))
			bpf_map__set_max_entries(map, settings->ring_bytes);
		else if (!strcmp(name, "counters"))
			bpf_map__set_max_entries(map, nr_cpus);
	}
}

static int object_take(struct bpf_object *object, struct program *ret)
{
	const struct program p = {
		.trace_fd = dup(bpf_program__fd(bpf_object__find_program_by_name(object, "trace_sched_process_exec"))),
		.root_fd = dup(bpf_program__fd(bpf_object__find_program_by_name(object, "remember_root"))),
		.events_fd = dup(bpf_object__find_map_fd_by_name(object, "events")),
		.counters_fd = dup(bpf_object__find_map_fd_by_name(object, "counters")),
		.reader_fd = dup(bpf_object__find_map_fd_by_name(object, "reader")),
	};

	*ret = p;
	return 0;
}

/* One try; a log makes the kernel verify slowly, so it is asked for only to explain a failure. */
static int object_load(const struct variant *v, const struct settings *settings, uint32_t nr_cpus, char *log, struct program *ret)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "observer", .kernel_log_buf = log,
		    .kernel_log_size = log ? LOG_BYTES : 0, .kernel_log_level = log ? 1 : 0);
	struct bpf_object *object;
	const void *bytes;
	size_t nr_bytes;
	int code;

	bytes = v->object(&nr_bytes);
	object = bpf_object__open_mem(bytes, nr_bytes, &options);
	if (!object)
		return -errno;
	object_configure(object, settings, nr_cpus);
	code = bpf_object__load(object);
	if (!code)
		code = object_take(object, ret);
	bpf_object__close(object);
	return code;
}

int program_load_object(const struct variant *v, const struct settings *settings, uint32_t nr_cpus, struct program *ret,
			struct error *err)
{
	_cleanup_free_ char *log = NULL;
	int code;

	libbpf_set_print(print_nothing);
	code = object_load(v, settings, nr_cpus, NULL, ret);
	if (!code)
		return 0;
	log = calloc(1, LOG_BYTES);
	if (log && object_load(v, settings, nr_cpus, log, ret) == 0)
		return 0;
	errno = -code;
	return fail(err, code, "%m%s%s", log && *log ? ": " : "", log && *log ? last_reason(log) : "");
}

int program_load(const struct variant *v, const struct settings *settings, uint32_t nr_cpus, struct program *ret, struct error *err)
{
	if (v->load_light && v->load_light(settings, nr_cpus, ret) == 0)
		return 0;
	return program_load_object(v, settings, nr_cpus, ret, err);
}

void program_close(struct program *p)
{
	cleanup_close(&p->trace_fd);
	cleanup_close(&p->root_fd);
	cleanup_close(&p->events_fd);
	cleanup_close(&p->counters_fd);
	cleanup_close(&p->reader_fd);
	*p = (struct program){-1, -1, -1, -1, -1};
}

static int attach_tracepoint(const struct program *p, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.sample_period = 1,
		.wakeup_events = 1,
	};
	int id = tracefs_read_id("sched", "sched_process_exec", err);

	if (id < 0)
		return id;
	attr.config = id;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return fail(err, -errno, "cannot open the tracepoint sched:sched_process_exec: %m");
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, p->trace_fd) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return fail(err, -errno, "cannot attach to the tracepoint sched:sched_process_exec: %m");
	return take_fd(fd);
}

int program_attach(const struct program *p, enum capture_hook hook, struct error *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int fd;

	if (bpf_prog_test_run_opts(p->root_fd, &run))
		return fail(err, -errno, "cannot run the program remember_root: %m");
	if (hook == HOOK_TRACEPOINT)
		return attach_tracepoint(p, err);
	fd = bpf_raw_tracepoint_open(NULL, p->trace_fd);
	return fd < 0 ? fail(err, fd, "cannot attach to sched_process_exec (tp_btf): %m") : fd;
}

uint64_t program_count_missed(const struct program *p)
{
	struct bpf_prog_info info = {};
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(p->trace_fd, &info, &bytes))
		return 0;
	return info.recursion_misses;
}
