/* SPDX-License-Identifier: GPL-2.0-only */
/* Control groups and the containers that they name. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"
#include "tagged.h"

/* Control groups. */
static void join_and_exec(void *group)
{
	if (write_text(text("%s/cgroup.procs", (char *)group), "0") != 0)
		child_skip("joining a control group");
	tagged_exec();
}

static void remove_group(void *path)
{
	/* The last process may still be on its way out. */
	for (int i = 0; i < 200 && rmdir(path) != 0 && errno == EBUSY; i++)
		sleep_ms(10);
}

/* Makes the groups of `path` below `mount`, removed at the end; returns the last one's folder. */
static char *make_groups(const char *mount, const char *path)
{
	char *where = text("%s", mount), *parts = text("%s", path);

	for (char *part = strtok(parts, "/"); part; part = strtok(NULL, "/")) {
		where = text("%s/%s", where, part);
		if (mkdir(where, 0755) == 0)
			test_on_end(remove_group, where);
		else if (errno != EEXIST)
			test_skip("no control group '%s': %s", where, strerror(errno));
	}
	return where;
}

/* One exec in that group; the key container_id must be `container`, or absent for NULL. */
static void check_group(struct session *s, const char *mount, const char *path, const char *container)
{
	char *group = make_groups(mount, path);
	unsigned int before = test_failures();
	struct child c;

	tagged_next();
	c = child_start(join_and_exec, group);
	child_wait(&c);
	CHECK_JSON_TEXT(tagged_check(s), "container_id", container);
	CHECK(test_failures() == before, "the group was %s", path);
	child_end(&c);
}

static const char id64[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static char *need_cgroup2(void)
{
	char *mount = cgroup2_mount();

	if (!mount)
		test_skip("no cgroup v2 mounted");
	return mount;
}

TEST(cgroup_v2_path)
{
	char *mount = need_cgroup2(), *prefix = text("obs-%d", getpid());
	struct session *s = tagged_start();
	char *long_name = memset(calloc(1, 201), 'g', 200);

	check_group(s, mount, prefix, NULL);
	check_group(s, mount, text("%s/a/b", prefix), NULL);
	check_group(s, mount, text("%s/odd \xc3\xa4 (deleted)", prefix), NULL);
	check_group(s, mount, text("%s/bad\xff\x1b[31m", prefix), NULL);
	check_group(s, mount, text("%s/%s/%s/%s", prefix, long_name, long_name, long_name), NULL);
	session_stop(s);
}

TEST(cgroup_v2_container)
{
	char *mount = need_cgroup2(), *prefix = text("obs-%d", getpid());
	struct session *s = tagged_start();

	check_group(s, mount, text("%s/docker/%s", prefix, id64), id64);
	check_group(s, mount, text("%s/docker-%s.scope", prefix, id64), id64);
	check_group(s, mount, text("%s/libpod-%s.scope/container", prefix, id64), id64);
	check_group(s, mount, text("%s/kubepods.slice/cri-containerd-%s.scope", prefix, id64), id64);
	check_group(s, mount, text("%s/kubepods.slice/crio-%s.scope", prefix, id64), id64);
	check_group(s, mount, text("%s/kubepods/besteffort/pod0001/%s", prefix, id64), id64);
	/* Not the id of a container: too short, not hexadecimal, the service itself. */
	check_group(s, mount, text("%s/docker/0123456789abcdef", prefix), NULL);
	check_group(s, mount, text("%s/docker/%.63sg", prefix, id64), NULL);
	check_group(s, mount, text("%s/system.slice/docker.service", prefix), NULL);
	session_stop(s);
}

/* A container that is told by a v1 group only. */
TEST(cgroup_v1_container)
{
	char *mount = cgroup1_mount("pids"), *prefix = text("obs-%d", getpid());
	struct session *s;

	if (!mount)
		mount = cgroup1_mount("memory");
	if (!mount)
		test_skip("no cgroup v1 controller mounted");
	s = tagged_start();
	check_group(s, mount, text("%s/docker/%s", prefix, id64), id64);
	check_group(s, mount, text("%s/kubepods/burstable/pod-1/%s", prefix, id64), id64);
	check_group(s, mount, text("%s/plain", prefix), NULL);
	session_stop(s);
}

/* Seen from the root, not from the process's own cgroup namespace. */
static void join_unshare_and_exec(void *group)
{
	if (write_text(text("%s/cgroup.procs", (char *)group), "0") != 0)
		child_skip("joining a control group");
	if (unshare(CLONE_NEWCGROUP) != 0)
		child_skip("cgroup namespace");
	tagged_exec();
}

TEST(cgroup_namespace)
{
	char *group = make_groups(need_cgroup2(), text("obs-%d/inner", getpid()));
	struct session *s = tagged_start();
	struct child c = child_start(join_unshare_and_exec, group);
	json_t *e;

	child_wait(&c);
	e = tagged_check(s);
	CHECK_JSON_TEXT(e, "cgroup", text("/obs-%d/inner", getpid()));
	child_end(&c);
	session_stop(s);
}

/* A path of the same group after it was renamed or made anew must not be an old one. */
TEST(cgroup_made_again)
{
	char *mount = need_cgroup2(), *path = text("%s/obs-%d", mount, getpid());
	struct session *s = tagged_start();

	for (int i = 0; i < 20; i++) {
		struct child c;

		if (mkdir(path, 0755) != 0)
			test_skip("no control group: %s", strerror(errno));
		mkdir(text("%s/%d", path, i), 0755);
		tagged_next();
		c = child_start(join_and_exec, text("%s/%d", path, i));
		child_wait(&c);
		CHECK_JSON_TEXT(tagged_check(s), "cgroup", text("/obs-%d/%d", getpid(), i));
		child_end(&c);
		remove_group(text("%s/%d", path, i));
		remove_group(path);
	}
	session_stop(s);
}
