/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes of what this process may: capabilities, lockdown, filters, namespaces, limits. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/capabilities.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "capture/refusal.h"
#include "doctor/probes.h"

/* Numbers that the initial namespaces have in every kernel: include/linux/proc_ns.h. */
#define INITIAL_USER_NAMESPACE 0xeffffffdUL
#define INITIAL_PID_NAMESPACE  0xeffffffcUL

#define CGROUP_ROOT "/sys/fs/cgroup"
/* Rings, heap and counters of observer in its normal size. */
#define MEMORY_WANTED (16ULL << 20)

void probe_capabilities(const struct check *check, struct finding *ret)
{
	_cleanup_buffer_ struct buffer missing = {0};

	(void)check;
	if (capabilities_describe_missing(&missing, NEED_BPF | NEED_PERFMON))
		check_found(ret, CHECK_MISSING, "this process lacks %.*s", (int)missing.length, missing.data);
	else
		check_found(ret, CHECK_OK, "CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN");
}

void probe_admin(const struct check *check, struct finding *ret)
{
	(void)check;
	ret->state = capabilities_have(CAP_SYS_ADMIN) ? CHECK_OK : CHECK_MISSING;
}

void probe_lockdown(const struct check *check, struct finding *ret)
{
	static const char *const names[] = {
		[LOCKDOWN_NONE] = "none",
		[LOCKDOWN_INTEGRITY] = "integrity: reading the kernel's memory is allowed",
		[LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
	};
	enum lockdown lockdown = refusal_lockdown();

	(void)check;
	if (lockdown == LOCKDOWN_UNKNOWN)
		check_found(ret, CHECK_UNKNOWN, "/sys/kernel/security/lockdown cannot be read");
	else
		check_found(ret, lockdown == LOCKDOWN_CONFIDENTIALITY ? CHECK_MISSING : CHECK_OK, "%s",
			    names[lockdown]);
}

void probe_seccomp(const struct check *check, struct finding *ret)
{
	_cleanup_buffer_ struct buffer status = {0};
	const char *at;

	(void)check;
	if (file_read("/proc/self/status", &status, NULL))
		return;
	buffer_append_char(&status, '\0');
	at = status.failed ? NULL : strstr(status.data, "\nSeccomp:");
	if (!at)
		return;
	if (atoi(at + strlen("\nSeccomp:")) == 0)
		check_found(ret, CHECK_OK, "no filter");
	else
		check_found(ret, CHECK_MISSING, "this process has a filter of system calls");
}

static void probe_namespace(const char *path, unsigned long initial, struct finding *ret)
{
	struct stat file;

	if (stat(path, &file))
		check_found(ret, CHECK_UNKNOWN, "%s: %s", path, strerror(errno));
	else if (file.st_ino == initial)
		check_found(ret, CHECK_OK, "the initial one");
	else
		check_found(ret, CHECK_MISSING, "another than the initial one: a container");
}

void probe_user_namespace(const struct check *check, struct finding *ret)
{
	(void)check;
	probe_namespace("/proc/self/ns/user", INITIAL_USER_NAMESPACE, ret);
}

void probe_pid_namespace(const struct check *check, struct finding *ret)
{
	(void)check;
	probe_namespace("/proc/self/ns/pid", INITIAL_PID_NAMESPACE, ret);
}

/* Since Linux 5.11 the limit says nothing: whether a larger map is made tells. */
void probe_memory_lock(const struct check *check, struct finding *ret)
{
	_cleanup_close_ int fd = -1;
	struct rlimit limit;

	(void)check;
	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= 1ULL << 30) {
		check_found(ret, CHECK_OK, "unlimited, or 1 GiB and more");
		return;
	}
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(__u32), 4096, limit.rlim_cur / 4096 + 1, NULL);
	if (fd >= 0)
		check_found(ret, CHECK_OK, "%llu KiB, which maps do not count against",
			    (unsigned long long)limit.rlim_cur >> 10);
	else if (errno == EPERM && !capabilities_missing(NEED_BPF))
		check_found(ret, CHECK_MISSING, "%llu KiB", (unsigned long long)limit.rlim_cur >> 10);
	else
		check_found(ret, CHECK_UNKNOWN, "%llu KiB; a map larger than that: %s",
			    (unsigned long long)limit.rlim_cur >> 10, strerror(errno));
}

/* Reads a number of a cgroup's file; false where there is none ("max" is none). */
static bool read_number(const char *folder, const char *name, unsigned long long *ret)
{
	char path[4096 + 64];
	_cleanup_fclose_ FILE *file = NULL;

	snprintf(path, sizeof(path), CGROUP_ROOT "%s/%s", folder, name);
	file = fopen(path, "re");
	return file && fscanf(file, "%llu", ret) == 1;
}

/* The path of this process's cgroup of version 2, without a slash at its end; false where it is in none. */
static bool read_own_cgroup(char *ret, size_t room)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(ret, room, "%s", strcmp(line + 3, "/") ? line + 3 : "");
		return true;
	}
	return false;
}

/* A limit may stand anywhere above: the tightest counts. */
void probe_memory_cgroup(const struct check *check, struct finding *ret)
{
	unsigned long long most, used, room = ~0ULL;
	char folder[4096], *slash;

	(void)check;
	if (!read_own_cgroup(folder, sizeof(folder))) {
		check_found(ret, CHECK_UNKNOWN, "this process is in no cgroup of version 2");
		return;
	}
	for (;;) {
		if (read_number(folder, "memory.max", &most) && read_number(folder, "memory.current", &used) &&
		    (most > used ? most - used : 0) < room)
			room = most > used ? most - used : 0;
		slash = strrchr(folder, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	if (room == ~0ULL)
		check_found(ret, CHECK_OK, "no limit");
	else
		check_found(ret, room < MEMORY_WANTED ? CHECK_MISSING : CHECK_OK, "%llu MiB are left", room >> 20);
}

void probe_cgroup(const struct check *check, struct finding *ret)
{
	struct statfs fs;

	(void)check;
	if (statfs(CGROUP_ROOT, &fs))
		check_found(ret, CHECK_UNKNOWN, CGROUP_ROOT ": %s", strerror(errno));
	else if (fs.f_type == CGROUP2_SUPER_MAGIC)
		check_found(ret, CHECK_OK, CGROUP_ROOT);
	else
		check_found(ret, CHECK_MISSING, "what is mounted at " CGROUP_ROOT " is not version 2");
}
