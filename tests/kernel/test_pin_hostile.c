/* SPDX-License-Identifier: GPL-2.0-only */
/* --pin: what else may lie in the place of what was pinned, and places where nothing can be. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "session.h"
#include "pins.h"

TEST(pinned_by_somebody_else)
{
	char *out = text("%s/out", test_dir()), *pin;
	struct session *s;
	int map;

	pins_begin();
	s = start_pinned(out, NULL);
	pins_end(s, SIGKILL);
	chmod(pins_folder(), 0777);
	check_refused("other users may change it");
	chmod(pins_folder(), 0700);
	REQUIRE(chown(pins_folder(), 65534, 65534) == 0, "chown: %s", strerror(errno));
	check_refused("belongs to another user");
	REQUIRE(chown(pins_folder(), 0, 0) == 0, "chown: %s", strerror(errno));
	pin = text("%s/resume", pins_folder());
	REQUIRE(chown(pin, 65534, 65534) == 0, "chown: %s", strerror(errno));
	check_refused("belongs to another user");
	unlink(pin);
	REQUIRE(symlink("counters", pin) == 0, "symlink: %s", strerror(errno));
	check_refused("symbolic link");
	unlink(pin);
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "resume", 4, 64, 1, NULL);
	REQUIRE(map >= 0 && bpf_obj_pin(map, pin) == 0, "pin: %s", strerror(errno));
	check_refused("no state of an observer");
	unlink(pin);
	close(map);
	map = bpf_map_create(BPF_MAP_TYPE_HASH, "resume", 4, 64, 1, NULL);
	REQUIRE(map >= 0 && bpf_obj_pin(map, pin) == 0, "pin: %s", strerror(errno));
	close(map);
	check_refused("expected type");
	unlink(pin);
	/* Without the map that makes it whole, it is what an interrupted start leaves. */
	s = start_pinned(out, NULL);
	CHECK(strstr(session_errors(s), "replaced"), "not said: %s", session_errors(s));
	kill(s->pid, SIGINT);
	session_finish(s, 0);
}

/* Puts an object in the place of a pinned one; -1: nothing. Returns the path of the one that was there. */
static char *exchange(const char *name, int fd)
{
	char *pin = text("%s/%s", pins_folder(), name), *kept = text("%s/kept", pins_folder());

	REQUIRE(rename(pin, kept) == 0, "rename '%s': %s", pin, strerror(errno));
	REQUIRE(fd < 0 || bpf_obj_pin(fd, pin) == 0, "pin '%s': %s", pin, strerror(errno));
	return kept;
}

static void check_exchanged(const char *name, int fd, const char *why)
{
	char *kept = exchange(name, fd), *pin = text("%s/%s", pins_folder(), name);

	check_refused(why);
	unlink(pin);
	REQUIRE(rename(kept, pin) == 0, "rename '%s': %s", kept, strerror(errno));
	close(fd);
}

static int map_like(const char *name, int key_bytes, int value_bytes, int entries)
{
	struct bpf_map_info info = {};
	uint32_t bytes = sizeof(info);
	int fd = bpf_obj_get(text("%s/%s", pins_folder(), name)), made;

	LIBBPF_OPTS(bpf_map_create_opts, options);
	REQUIRE(fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &bytes), "%s: %s", name, strerror(errno));
	close(fd);
	options.map_flags = info.map_flags;
	made = bpf_map_create(info.type, name, info.key_size + key_bytes, info.value_size + value_bytes,
			      info.max_entries + entries, &options);
	REQUIRE(made >= 0, "no other %s: %s", name, strerror(errno));
	return made;
}

/* Maps of the right type in another shape, and of the right shape that no program writes to. */
TEST(pinned_maps_exchanged)
{
	char *out = text("%s/out", test_dir());
	int page = sysconf(_SC_PAGESIZE);
	struct session *s;

	pins_begin();
	pins_end(start_pinned(out, NULL), SIGKILL);
	check_exchanged("events", map_like("events", 0, 0, 4 << 20), "another size");
	check_exchanged("bell", map_like("bell", 0, 0, page), "another size");
	check_exchanged("counters", map_like("counters", 0, 64, 0), "another size");
	check_exchanged("counters", map_like("counters", 0, 0, 1), "another size");
	check_exchanged("reader", map_like("reader", 0, 4, 0), "another size");
	check_exchanged("reader", map_like("reader", 0, 0, 1), "another size");
	check_exchanged("events", map_like("counters", 0, 0, 0), "expected type");
	check_exchanged("events", map_like("events", 0, 0, 0), "not what the programs write to");
	check_exchanged("counters", map_like("counters", 0, 0, 0), "not what the programs write to");
	/* Put right, it goes on. */
	s = start_pinned(out, NULL);
	CHECK(strstr(session_errors(s), "goes on where another stopped"), "not taken over: %s", session_errors(s));
	pins_end(s, SIGKILL);
}

static int pinned_fd(const char *name)
{
	int fd = bpf_obj_get(text("%s/%s", pins_folder(), name));

	REQUIRE(fd >= 0, "%s: %s", name, strerror(errno));
	return fd;
}

TEST(pinned_programs_and_links_exchanged)
{
	struct outcome o;

	pins_begin();
	pins_end(start_with(text("%s/out", test_dir()), LIST("--events", "exec,exit", "--fields", "pid")), SIGKILL);
	for (int i = 0; i < 4; i++) {
		static const char *const rows[][3] = {
			{"program_exec", "events", "an object of another kind"},
			{"program_exec", "program_root", "no program of this type"},
			{"link_exec", "program_exec", "an object of another kind"},
			{"link_exec", "link_exit", "holds another program"},
		};
		char *pin = text("%s/%s", pins_folder(), rows[i][0]);
		int fd = pinned_fd(rows[i][1]);
		char *kept = exchange(rows[i][0], fd);

		close(fd);
		o = run_observer_with("-o", "json", text("--pin=%s", pins_folder()), "--events", "exec,exit",
				      "--fields", "pid");
		CHECK_EQ(o.status, 1);
		CHECK(strstr(o.err, rows[i][2]), "not refused for '%s': %s", rows[i][2], o.err);
		unlink(pin);
		rename(kept, pin);
	}
}

/* Without its link a program sees nothing: that is said, and what it had seen before is told as lost. */
TEST(pinned_and_one_is_gone)
{
	char *out = text("%s/out", test_dir());

	pins_begin();
	leave_unread(out);
	REQUIRE(unlink(text("%s/link_exec", pins_folder())) == 0, "unlink: %s", strerror(errno));
	check_replaced(out, NULL, "a part of it was gone", "exec");
}

TEST(pinned_in_another_bpffs)
{
	char *out = text("%s/out", test_dir()), *tag;
	struct outcome o;

	pins_set_folder(own_bpffs(0, "\033[31mred\nobserver: ready"));
	tag = run_between(LIST("--fields", "pid,argv"), out, "}");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
	REQUIRE(chmod(pins_folder(), 0777) == 0, "chmod: %s", strerror(errno));
	o = run_observer_with("-o", "json", text("--pin=%s", pins_folder()));
	CHECK_EQ(o.status, 1);
	CHECK(!strchr(o.err, '\033') && !strstr(o.err, "\nobserver: ready"), "not escaped: %s",
	      shown(o.err, strlen(o.err)));
	chmod(pins_folder(), 0700);
	CHECK_EQ(run_observer_with("unpin", pins_folder()).status, 0);
	CHECK(access(pins_folder(), F_OK), "the folder is still there");
}

TEST(pinned_in_a_bpffs_that_is_read_only)
{
	pins_set_folder(own_bpffs(MS_RDONLY, "observer"));
	check_refused("cannot make the folder");
}

/* Each pin fails, as it may for want of memory: nothing stays. */
static void refuse_pins(void *arg)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_OBJ_PIN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	(void)arg;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		child_skip("seccomp");
}

TEST(pinned_without_memory)
{
	struct outcome o;

	pins_begin();
	o = run_observer(&(struct session_options){
		.args = LIST("-o", "json", text("--pin=%s", pins_folder())), .prepare = refuse_pins, .raw = true});
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, "cannot pin") && strstr(o.err, strerror(ENOMEM)), "not said: %s", o.err);
	CHECK(access(pins_folder(), F_OK), "the folder is still there");
}

TEST(pinned_beside_a_folder)
{
	struct outcome o;
	char *other;

	pins_begin();
	pins_end(start_pinned(text("%s/out", test_dir()), NULL), SIGKILL);
	other = text("%s/other", pins_folder());
	make_dir(other);
	o = run_observer_with("unpin", pins_folder());
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, other) && strstr(o.err, "hint: "), "not said: %s", o.err);
	rmdir(other);
	CHECK_EQ(run_observer_with("unpin", pins_folder()).status, 0);
}

TEST(pinned_by_way_of_a_symbolic_link)
{
	char *out = text("%s/out", test_dir()), *target, *link;

	pins_begin();
	pins_end(start_pinned(out, NULL), SIGKILL);
	target = text("%s", pins_folder());
	link = text("%s-link", pins_folder());
	REQUIRE(symlink(target, link) == 0, "symlink: %s", strerror(errno));
	pins_set_folder(link);
	check_refused("it is no folder");
	pins_set_folder(target);
	unlink(link);
}

TEST(pinned_outside_of_bpffs)
{
	need_bpf();
	pins_set_folder(test_dir());
	check_refused("not in a BPF file system");
	pins_set_folder(text("%s/new", test_dir()));
	check_refused("not in a BPF file system");
	CHECK(access(pins_folder(), F_OK), "what it made is still there");
}
