/* SPDX-License-Identifier: GPL-2.0-only */
/* Each key of an exec event against a source of its own. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"

/* Keys of every exec event without --fields; those that may be absent are marked. */
static const struct {
	const char *name;
	bool optional;
} keys[] = {
	{"event", false},
	{"time", false},
	{"boot_ns", false},
	{"cpu", false},
	{"seq", false},
	{"pid", false},
	{"old_pid", false},
	{"ppid", false},
	{"vpid", false},
	{"start_ns", false},
	{"entity_id", false},
	{"parent_entity_id", true},
	{"comm", false},
	{"parent_comm", true},
	{"uid", false},
	{"gid", false},
	{"euid", false},
	{"egid", false},
	{"suid", false},
	{"sgid", false},
	{"loginuid", true},
	{"audit_session", true},
	{"cap_permitted", false},
	{"cap_effective", false},
	{"privileged", false},
	{"filename", false},
	{"exe", false},
	{"interp", true},
	{"cwd", false},
	{"argv", false},
	{"argc", false},
	{"argv_bytes", false},
	{"env_bytes", false},
	{"env", true},
	{"tty", true},
	{"cgroup", true},
	{"cgroup_id", true},
	{"container_id", true},
	{"mntns", false},
	{"pidns", false},
	{"netns", false},
	{"userns", false},
	{"utsns", false},
	{"ipcns", false},
	{"cgroupns", false},
	{"dev", false},
	{"ino", false},
	{"memfd", false},
	{"unlinked", false},
	{"user", true},
	{"truncated", true},
	{"unreadable", true},
};

static void check_keys(const json_t *e)
{
	const char *key;
	json_t *value;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		CHECK(keys[i].optional || json_has(e, keys[i].name), "key '%s' is missing", keys[i].name);
	json_object_foreach((json_t *)e, key, value)
	{
		size_t length = strlen(key), i = 0;

		if (length > 4 && !strcmp(key + length - 4, "_b64"))
			length -= 4;
		while (i < sizeof(keys) / sizeof(keys[0]) &&
		       (strncmp(keys[i].name, key, length) != 0 || keys[i].name[length]))
			i++;
		CHECK(i < sizeof(keys) / sizeof(keys[0]), "key '%s' is not known", key);
	}
}

/* Field number `nr` of /proc/PID/stat, counted as in proc(5), from 3 on. */
static unsigned long long stat_field(pid_t pid, int nr)
{
	char *line = read_proc(pid, "stat", NULL), *at = line ? strrchr(line, ')') : NULL;

	REQUIRE(at, "no /proc/%d/stat", pid);
	for (at += 2; nr > 3; nr--)
		at = strchr(at, ' ') + 1;
	return strtoull(at, NULL, 10);
}

static void check_identity(const json_t *e, const struct facts *facts)
{
	char *status = read_proc(facts->pid, "status", NULL);
	char *nspid = line_value(status, "NSpid"), *ppid = line_value(status, "PPid");
	char *parent_comm = read_whole(text("/proc/%s/comm", ppid), NULL);
	char *comm = read_proc(facts->pid, "comm", NULL);
	uint64_t tick_ns = 1000000000U / (uint64_t)sysconf(_SC_CLK_TCK);

	CHECK_NUMBER(e, "pid", facts->pid);
	CHECK_NUMBER(e, "old_pid", facts->old_pid ? facts->old_pid : facts->pid);
	CHECK_NUMBER(e, "ppid", atoi(ppid));
	if (nspid) {
		char *last = strrchr(nspid, '\t');

		CHECK_NUMBER(e, "vpid", atoi(last ? last + 1 : nspid));
	}
	CHECK_EQ(json_number(e, "start_ns") / tick_ns, stat_field(facts->pid, 22));
	comm[strlen(comm) - 1] = '\0';
	CHECK_JSON_TEXT(e, "comm", comm);
	if (parent_comm) {
		parent_comm[strlen(parent_comm) - 1] = '\0';
		CHECK_JSON_TEXT(e, "parent_comm", parent_comm);
	}
}

static uint64_t time_of(const json_t *e)
{
	struct tm tm = {0};
	unsigned int ns = 0;
	char *end = strptime(json_text(e, "time") ? json_text(e, "time") : "", "%Y-%m-%dT%H:%M:%S.", &tm);

	CHECK(end && strlen(end) == 10 && strspn(end, "0123456789") == 9 && end[9] == 'Z', "time is %s",
	      json_shown(e, "time"));
	if (end)
		ns = (unsigned int)strtoul(end, NULL, 10);
	return (uint64_t)timegm(&tm) * 1000000000U + ns;
}

/* An exec lies between the process's start and now; both clocks tell the same moment. */
static void check_times(const json_t *e)
{
	uint64_t boot_ns = json_number(e, "boot_ns"), now_boot = now_ns(CLOCK_BOOTTIME), now = now_ns(CLOCK_REALTIME);
	int64_t apart = (int64_t)((now - time_of(e)) - (now_boot - boot_ns));

	CHECK(boot_ns >= json_number(e, "start_ns") && boot_ns < now_boot, "boot_ns %llu, now %llu",
	      (unsigned long long)boot_ns, (unsigned long long)now_boot);
	CHECK(apart > -100000000 && apart < 100000000, "time and boot_ns are %lld ns apart", (long long)apart);
	CHECK(json_number(e, "cpu") < (uint64_t)sysconf(_SC_NPROCESSORS_CONF), "cpu %s", json_shown(e, "cpu"));
}

bool secure_exec(pid_t pid)
{
	size_t length, width = 8;
	char *auxv = read_proc(pid, "auxv", &length), *exe = read_whole(text("/proc/%d/exe", pid), NULL);

	REQUIRE(auxv && exe, "no /proc/%d/auxv", pid);
	if (exe[EI_CLASS] == ELFCLASS32)
		width = 4;
	for (size_t at = 0; at + 2 * width <= length; at += 2 * width) {
		uint64_t key = 0, value = 0;

		memcpy(&key, auxv + at, width);
		memcpy(&value, auxv + at + width, width);
		if (key == AT_SECURE)
			return value != 0;
	}
	return false;
}

char *user_name(unsigned int uid)
{
	char *passwd = read_whole("/etc/passwd", NULL);

	for (char *line = passwd; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char name[64];
		unsigned int id;

		if (sscanf(line, "%63[^:\n]:%*[^:\n]:%u:", name, &id) == 2 && id == uid)
			return text("%s", name);
	}
	return NULL;
}

static void check_ids(const json_t *e, const char *status, const char *line, const char *const *names)
{
	char *values = line_value(status, line);
	unsigned int real, effective, saved;

	REQUIRE(values && sscanf(values, "%u %u %u", &real, &effective, &saved) == 3, "no '%s' in status", line);
	CHECK_NUMBER(e, names[0], real);
	CHECK_NUMBER(e, names[1], effective);
	CHECK_NUMBER(e, names[2], saved);
}

static void check_credentials(const json_t *e, pid_t pid)
{
	char *status = read_proc(pid, "status", NULL), *loginuid = read_proc(pid, "loginuid", NULL);
	char *session = read_proc(pid, "sessionid", NULL), *name = user_name((unsigned int)json_number(e, "uid"));

	check_ids(e, status, "Uid", LIST("uid", "euid", "suid"));
	check_ids(e, status, "Gid", LIST("gid", "egid", "sgid"));
	CHECK_EQ(json_hex(e, "cap_permitted"), strtoull(line_value(status, "CapPrm"), NULL, 16));
	CHECK_EQ(json_hex(e, "cap_effective"), strtoull(line_value(status, "CapEff"), NULL, 16));
	CHECK_FLAG(e, "privileged", secure_exec(pid));
	if (loginuid)
		CHECK_NUMBER(e, "loginuid", strtoull(loginuid, NULL, 10));
	if (session)
		CHECK_NUMBER(e, "audit_session", strtoull(session, NULL, 10));
	if (name)
		CHECK_JSON_TEXT(e, "user", name);
}

static void check_arguments(const json_t *e, const struct facts *facts)
{
	size_t argv_bytes, env_bytes;
	char *argv = read_proc(facts->pid, "cmdline", &argv_bytes), *env = read_proc(facts->pid, "environ", &env_bytes);

	if (env)
		CHECK_NUMBER(e, "env_bytes", env_bytes);
	if (facts->other_argv || !CHECK(argv, "no /proc/%d/cmdline", facts->pid))
		return;
	CHECK_STRINGS(e, "argv", strings_of(argv, argv_bytes));
	CHECK_NUMBER(e, "argc", strings_of(argv, argv_bytes).nr);
	CHECK_NUMBER(e, "argv_bytes", argv_bytes);
}

static bool name_gone(pid_t pid)
{
	static const char mark[] = " (deleted)";
	char *exe = link_text("/proc/%d/exe", pid);

	return exe && strlen(exe) > strlen(mark) && !strcmp(exe + strlen(exe) - strlen(mark), mark);
}

static void check_device(const json_t *e, const struct facts *facts)
{
	struct stat st;

	REQUIRE(stat(text("/proc/%d/exe", facts->pid), &st) == 0, "stat of /proc/%d/exe: %s", facts->pid,
		strerror(errno));
	CHECK_FLAG(e, "memfd", facts->memfd);
	/* With another name left it counts as unlinked too: the name that it runs by is gone. */
	if (!facts->memfd && (st.st_nlink == 0 || !name_gone(facts->pid)))
		CHECK_FLAG(e, "unlinked", st.st_nlink == 0);
	CHECK_NUMBER(e, "dev", st.st_dev);
	CHECK_NUMBER(e, "ino", st.st_ino);
}

static void check_paths(const json_t *e, const struct facts *facts)
{
	CHECK_JSON_TEXT(e, "filename", facts->filename);
	if (!facts->cut_exe)
		CHECK_JSON_TEXT(e, "exe", facts->exe ? facts->exe : link_text("/proc/%d/exe", facts->pid));
	if (!facts->cut_cwd)
		CHECK_JSON_TEXT(e, "cwd", facts->cwd ? facts->cwd : link_text("/proc/%d/cwd", facts->pid));
	if (facts->interp_unreadable)
		CHECK_ABSENT(e, "interp");
	else
		CHECK_JSON_TEXT(e, "interp", facts->interp);
	if (!facts->cut_exe && !facts->cut_cwd && !facts->other_argv)
		CHECK_ABSENT(e, "truncated");
	if (!facts->interp_unreadable)
		CHECK_ABSENT(e, "unreadable");
}

static void check_namespaces(const json_t *e, pid_t pid)
{
	static const struct {
		const char *key, *link;
	} rows[] = {{"mntns", "mnt"}, {"pidns", "pid"}, {"netns", "net"},      {"userns", "user"},
		    {"utsns", "uts"}, {"ipcns", "ipc"}, {"cgroupns", "cgroup"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *link = link_text("/proc/%d/ns/%s", pid, rows[i].link);

		if (link)
			CHECK_NUMBER(e, rows[i].key, strtoull(strchr(link, '[') + 1, NULL, 10));
	}
}

/* The last mount whose line in /proc/self/mountinfo ends in " - TYPE SOURCE OPTIONS" with that option, "" for any. */
static char *find_mount(const char *type, const char *option)
{
	char *info = read_whole("/proc/self/mountinfo", NULL), *found = NULL;

	for (char *line = strtok(info, "\n"); line; line = strtok(NULL, "\n")) {
		char root[256], where[256], *tail = strstr(line, text(" - %s ", type));
		char *options = tail ? strrchr(tail, ' ') + 1 : NULL;

		if (!tail || sscanf(line, "%*s %*s %*s %255s %255s", root, where) != 2 || strcmp(root, "/") != 0)
			continue;
		if (!*option || strstr(text(",%s,", options), text(",%s,", option)))
			found = text("%s", where);
	}
	return found;
}

char *cgroup2_mount(void)
{
	return find_mount("cgroup2", "");
}

char *cgroup1_mount(const char *controller)
{
	return find_mount("cgroup", controller);
}

static void check_cgroup(const json_t *e, pid_t pid)
{
	char *path = line_value(read_proc(pid, "cgroup", NULL), "0:"), *mount = cgroup2_mount();
	struct stat st;

	if (!path)
		return;
	CHECK_JSON_TEXT(e, "cgroup", path);
	if (mount && stat(text("%s%s", mount, path), &st) == 0)
		CHECK_NUMBER(e, "cgroup_id", st.st_ino);
}

/* As ps(1) says it: pts/3, tty1; absent without a controlling terminal. */
static void check_tty(const json_t *e, pid_t pid)
{
	unsigned int number = (unsigned int)stat_field(pid, 7);
	unsigned int device_major = number >> 8 & 0xfff, device_minor = (number & 0xff) | (number >> 12 & 0xfff00);

	if (number == 0)
		CHECK_ABSENT(e, "tty");
	else if (device_major >= 136 && device_major <= 143)
		CHECK_JSON_TEXT(e, "tty", text("pts/%u", device_minor + (device_major - 136) * 256));
	else
		CHECK(json_text(e, "tty"), "no tty, though its device is %u:%u", device_major, device_minor);
}

void check_exec(const json_t *e, const struct facts *facts)
{
	unsigned int before = test_failures();

	CHECK_JSON_TEXT(e, "event", "exec");
	check_keys(e);
	check_identity(e, facts);
	check_times(e);
	check_credentials(e, facts->pid);
	check_paths(e, facts);
	check_arguments(e, facts);
	check_device(e, facts);
	check_namespaces(e, facts->pid);
	check_cgroup(e, facts->pid);
	check_tty(e, facts->pid);
	if (test_failures() != before) {
		char *dumped = json_dumps(e, JSON_COMPACT);

		fprintf(stderr, "the event was: %.2000s\n", dumped);
	}
}

void check_plain(const json_t *e, pid_t pid, const char *filename)
{
	check_exec(e, &(struct facts){.pid = pid, .filename = filename});
}

void check_works_by(struct session *s, bool classic)
{
	char *hold = make_hold(new_tag());
	struct child c = child_hold(hold, LIST(hold, "works"), LIST("A=1"));
	json_t *e = session_wait_pid(s, c.pid), *unreadable = json_object_get(e, "unreadable");

	check_exec(e, &(struct facts){.pid = c.pid, .filename = hold, .interp_unreadable = classic});
	CHECK(!classic || json_array_size(unreadable) <= json_array_has(e, "unreadable", "interp"), "unreadable is %s",
	      json_shown(e, "unreadable"));
	child_end(&c);
}

void check_works(struct session *s)
{
	check_works_by(s, false);
}

void memory_group_join(void *group)
{
	if (write_text(text("%s/cgroup.procs", (char *)group), "0") != 0)
		child_skip("joining a control group");
}

static void remove_group(void *path)
{
	for (int i = 0; i < 200 && rmdir(path) != 0 && errno == EBUSY; i++)
		sleep_ms(10);
}

char *memory_group(size_t limit)
{
	char *mount = cgroup1_mount("memory"), *name = "memory.limit_in_bytes", *group;

	if (!mount) {
		mount = cgroup2_mount();
		name = "memory.max";
	}
	if (!mount)
		test_skip("no control groups mounted");
	group = text("%s/obs-%d", mount, getpid());
	if (mkdir(group, 0755) != 0)
		test_skip("no control group: %s", strerror(errno));
	test_on_end(remove_group, group);
	if (write_text(text("%s/%s", group, name), text("%zu", limit)) != 0)
		test_skip("no memory limit: %s", strerror(errno));
	return group;
}
