/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes of the kernel itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <zlib.h>

#include "base/capabilities.h"
#include "base/cleanup.h"
#include "capture/tracefs.h"
#include "doctor/probes.h"

#define TYPES_PATH  "/sys/kernel/btf/vmlinux"
#define JIT_PATH    "/proc/sys/net/core/bpf_jit_enable"
#define RING_BYTES  (4U << 20) /* of observer, where --ring says nothing else */
#define CONFIG_MOST (4U << 20)

void probe_version(const struct check *check, struct finding *ret)
{
	struct utsname name;

	(void)check;
	if (uname(&name) == 0)
		check_found(ret, CHECK_OK, "%.64s %.64s on %.32s", name.sysname, name.release, name.machine);
}

/* The smallest map: whether bpf(2) is there, and for this user. */
void probe_bpf(const struct check *check, struct finding *ret)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(__u32), sizeof(__u32), 1, NULL);

	(void)check;
	if (fd >= 0)
		check_found(ret, CHECK_OK, "bpf(2) makes a map");
	else
		check_found(ret, CHECK_MISSING, "bpf(2) refuses a map: %s", strerror(errno));
}

void probe_types(const struct check *check, struct finding *ret)
{
	struct stat file;

	(void)check;
	if (stat(TYPES_PATH, &file) || access(TYPES_PATH, R_OK))
		check_found(ret, CHECK_MISSING, TYPES_PATH ": %s", strerror(errno));
	else
		check_found(ret, CHECK_OK, TYPES_PATH ", %llu KiB", (unsigned long long)file.st_size >> 10);
}

/* Of the kernel, or as its distribution left it. False where neither is there. */
static bool read_config(struct buffer *ret)
{
	struct utsname name = {0};
	char path[128];
	gzFile file;
	int bytes = 0;

	uname(&name);
	snprintf(path, sizeof(path), "/boot/config-%s", name.release);
	file = gzopen("/proc/config.gz", "re");
	if (!file)
		file = gzopen(path, "re"); /* gzread passes plain text on as it is */
	if (!file)
		return false;
	if (buffer_reserve(ret, CONFIG_MOST))
		bytes = gzread(file, ret->data, CONFIG_MOST - 1);
	gzclose(file);
	if (bytes <= 0)
		return false;
	ret->data[bytes] = '\0';
	ret->length = bytes;
	return true;
}

static bool has_option(const struct buffer *config, const char *option)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "\nCONFIG_%s=y", option);

	return memmem(config->data, config->length, line, length);
}

void probe_config(const struct check *check, struct finding *ret)
{
	static const char *const options[] = {
		"BPF_SYSCALL", "BPF_JIT",     "DEBUG_INFO_BTF",	 "BPF_EVENTS", "TRACEPOINTS", "FTRACE_SYSCALLS",
		"CGROUPS",     "PERF_EVENTS", "FUNCTION_TRACER", "KPROBES",    "UPROBES",     "BPF_LSM",
	};
	_cleanup_buffer_ struct buffer config = {0}, missing = {0};

	(void)check;
	if (!read_config(&config)) {
		check_found(ret, CHECK_UNKNOWN,
			    "neither /proc/config.gz nor /boot/config-* of this kernel can be read");
		return;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!has_option(&config, options[i]))
			buffer_printf(&missing, " CONFIG_%s", options[i]);
	if (missing.length)
		check_found(ret, CHECK_MISSING, "not set:%.*s", (int)missing.length, missing.data);
	else
		check_found(ret, CHECK_OK, "all %zu options that matter are set", sizeof(options) / sizeof(options[0]));
}

void probe_jit(const struct check *check, struct finding *ret)
{
	_cleanup_fclose_ FILE *file = fopen(JIT_PATH, "re");
	int value = -1;

	(void)check;
	if (!file || fscanf(file, "%d", &value) != 1)
		check_found(ret, CHECK_UNKNOWN, JIT_PATH ": %s", strerror(errno));
	else
		check_found(ret, value ? CHECK_OK : CHECK_MISSING, "net.core.bpf_jit_enable is %d", value);
}

void probe_tracefs(const struct check *check, struct finding *ret)
{
	struct error err = {0};
	int id = tracefs_read_id("sched", "sched_process_exec", &err);

	(void)check;
	if (id >= 0)
		check_found(ret, CHECK_OK, "sched:sched_process_exec is number %d", id);
	else
		check_found(ret, CHECK_MISSING, "%s", err.text);
}

void probe_ring(const struct check *check, struct finding *ret)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, RING_BYTES, NULL);

	(void)check;
	if (fd >= 0)
		check_found(ret, CHECK_OK, "a ring of %u MiB can be made", RING_BYTES >> 20);
	else
		check_found(ret, errno == EPERM && capabilities_missing(NEED_BPF) ? CHECK_UNKNOWN : CHECK_MISSING,
			    "a ring of %u MiB is refused: %s", RING_BYTES >> 20, strerror(errno));
}

/* Where nobody may ask, the answer would be no. */
static bool may_ask(struct finding *ret)
{
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(__u32), sizeof(__u32), 1, NULL);

	if (fd < 0)
		check_found(ret, CHECK_UNKNOWN, "bpf(2) is refused to this user");
	return fd >= 0;
}

static void found_feature(struct finding *ret, int answer)
{
	if (answer < 0)
		check_found(ret, CHECK_UNKNOWN, "the probe failed: %s", strerror(-answer));
	else
		ret->state = answer ? CHECK_OK : CHECK_MISSING;
}

void probe_map(const struct check *check, struct finding *ret)
{
	if (may_ask(ret))
		found_feature(ret, libbpf_probe_bpf_map_type(*(const __u32 *)check->argument, NULL));
}

void probe_helper(const struct check *check, struct finding *ret)
{
	if (may_ask(ret))
		found_feature(ret,
			      libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, *(const __u32 *)check->argument, NULL));
}
