/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel told to be another one: its types, changed in a file, make the programs take the ways that other
 * kernels need, and here they can be compared with the truth. Offsets stay, or nothing would be true.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"
#include "tagged.h"

/* Where member `name` of a struct or union lies; NULL where this kernel has none. */
static struct btf_member *find_member(struct btf *btf, const char *type, const char *name)
{
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (int i = 0; t && i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(t)[i].name_off), name))
			return btf_members(t) + i;
	return NULL;
}

/* Gives the member another name, and another type where it is not 0. Returns false where this kernel has none. */
static bool change_member(struct btf *btf, const char *type, const char *name, const char *new_name, int new_type)
{
	int offset = btf__add_str(btf, new_name); /* first: it moves the types */
	struct btf_member *m = find_member(btf, type, name);

	REQUIRE(offset > 0, "cannot add a name to BTF: %s", strerror(-offset));
	if (!m)
		return false;
	m->name_off = (__u32)offset;
	if (new_type)
		m->type = (__u32)new_type;
	return true;
}

/* As before Linux 6.15: names of members that have been renamed since. */
static int make_older(struct btf *btf)
{
	int letter = btf__find_by_name_kind(btf, "unsigned char", BTF_KIND_INT), name = 0;

	if (find_member(btf, "dentry", "d_shortname"))
		name = btf__add_array(btf, letter, letter, 40);
	return change_member(btf, "kernfs_node", "__parent", "parent", 0) +
	       change_member(btf, "dentry", "d_shortname", "d_iname", name) +
	       change_member(btf, "trace_event_raw_sched_process_exit", "group_dead", "another", 0);
}

/* As of later kernels, on one that has the older names. */
static int make_newer(struct btf *btf)
{
	int letter = btf__find_by_name_kind(btf, "unsigned char", BTF_KIND_INT), name = 0;

	if (find_member(btf, "dentry", "d_iname")) {
		int array = btf__add_array(btf, letter, letter, 32);

		name = btf__add_struct(btf, "any_name_store", 32);
		btf__add_field(btf, "string", array, 0, 0);
	}
	return change_member(btf, "kernfs_node", "parent", "__parent", 0) +
	       change_member(btf, "dentry", "d_iname", "d_shortname", name);
}

/* A kernel built without audit and without counting I/O: members that may be missing altogether. */
static int make_smaller(struct btf *btf)
{
	return change_member(btf, "task_struct", "loginuid", "missing_1", 0) +
	       change_member(btf, "task_struct", "sessionid", "missing_2", 0) +
	       change_member(btf, "task_struct", "ioac", "missing_3", 0) +
	       change_member(btf, "signal_struct", "ioac", "missing_4", 0);
}

/* A file with the running kernel's types so changed; the test is skipped where there is nothing to change. */
static char *make_types(int (*change)(struct btf *btf))
{
	struct btf *btf = btf__parse("/sys/kernel/btf/vmlinux", NULL);
	char *path = text("%s/types", test_dir());
	const void *bytes;
	__u32 length;

	if (!btf)
		test_skip("this kernel does not show its types");
	if (!change(btf))
		test_skip("this kernel has none of the members");
	bytes = btf__raw_data(btf, &length);
	REQUIRE(bytes, "cannot write BTF: %s", strerror(errno));
	make_file(path, bytes, length, 0644);
	return path;
}

static void check_with(int (*change)(struct btf *btf))
{
	char *path;
	struct session *s;

	need_bpf();
	path = make_types(change);
	s = session_start("--btf", path);
	check_works(s);
	session_stop(s);
	s = session_start("--btf", path, "--hook", "tracepoint");
	check_works_by(s, true);
	session_stop(s);
	s = session_start("--btf", path, "--events", "exec,exec_fail,exit,fork,snapshot");
	check_works(s);
	session_stop(s);
}

TEST(layout_of_older_kernels)
{
	check_with(make_older);
}

TEST(layout_of_newer_kernels)
{
	check_with(make_newer);
}

/* What this kernel is said to lack is told as unreadable, and the rest is there. */
TEST(layout_without_audit_and_io)
{
	char *hold = make_hold(new_tag());
	struct session *s;
	struct child c;
	json_t *e;

	need_bpf();
	s = session_start("--btf", make_types(make_smaller), "--events", "exec,exit");
	c = child_hold(hold, LIST(hold, "works"), LIST("A=1"));
	e = session_wait_pid(s, c.pid);
	CHECK(json_array_has(e, "unreadable", "loginuid") && json_array_has(e, "unreadable", "audit_session"),
	      "unreadable is %s", json_shown(e, "unreadable"));
	CHECK_ABSENT(e, "loginuid");
	CHECK_JSON_TEXT(e, "filename", hold);
	child_end(&c);
	e = session_wait_event(s, TYPE_exit, c.pid, 0);
	CHECK(json_array_has(e, "unreadable", "read_bytes") && json_array_has(e, "unreadable", "write_bytes"),
	      "unreadable is %s", json_shown(e, "unreadable"));
	CHECK_ABSENT(e, "read_bytes");
	CHECK(json_number(e, "max_rss_bytes") > 0, "no memory");
	session_stop(s);
}
