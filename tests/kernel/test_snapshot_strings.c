/* SPDX-License-Identifier: GPL-2.0-only */
/* Arguments and environment of what was there already: those of /proc/PID/cmdline and environ, where the kernel lets a
 * program read them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

/* Sleepable iterators that the modern variant can use. */
static void need_arguments(void)
{
	const char *variant = getenv("OBSERVER_VARIANT");

	need_bpf();
	if (!kernel_names("bpf_copy_from_user_task") || !kernel_names("bpf_rdonly_cast"))
		test_skip("this kernel has no sleepable iterator over tasks, or not what else the program needs");
	if (variant && strcmp(variant, "modern") != 0)
		test_skip("the variant %s reads no other process's memory", variant);
}

static json_t *find_snapshot(struct session *s, pid_t pid)
{
	json_t *e = session_wait_event(s, TYPE_snapshot, pid, 0);

	REQUIRE(e, "process %d is not in the snapshot", pid);
	return e;
}

static void check_proc_strings(const json_t *e, const char *key, const char *file, pid_t pid)
{
	size_t length;
	char *bytes = read_proc(pid, file, &length);

	REQUIRE(bytes, "cannot read /proc/%d/%s", pid, file);
	CHECK_STRINGS(e, key, strings_of(bytes, length));
}

TEST(snapshot_has_arguments)
{
	char *hold = make_hold("hold"), *huge = memset(calloc(1, 120001), 'h', 120000);
	struct child plain = child_hold(hold, LIST(hold, "", "a b", "\xff\n", ""), LIST("A=1", "B=", "", "C=\xfe"));
	struct child none = child_hold(hold, LIST(hold), LIST(NULL)), big, many;
	const char **words = long_list(20000, 20);
	struct child *all[] = {&plain, &none, &big, &many};
	struct session *s;

	need_arguments();
	allow_arguments(4 << 20);
	big = child_hold(hold, LIST(hold, huge, huge, huge, huge, huge, huge, "last"), LIST(huge));
	many = child_hold(hold, words, NULL);
	s = session_start("--events", "exec,snapshot", "--env");
	for (size_t i = 0; i < 4; i++) {
		json_t *e = find_snapshot(s, all[i]->pid);

		check_proc_strings(e, "argv", "cmdline", all[i]->pid);
		check_proc_strings(e, "env", "environ", all[i]->pid);
		CHECK_NUMBER(e, "argc", json_array_size(json_object_get(e, "argv")));
		CHECK_ABSENT(e, "truncated");
		CHECK(!json_array_has(e, "unreadable", "argv"), "argv is there and unreadable");
		child_end(all[i]);
	}
	session_stop(s);
}

TEST(snapshot_cut_by_option)
{
	char *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold, "0123456789", "abcdef"), NULL);
	struct session *s;
	json_t *e;

	need_arguments();
	s = session_start("--events", "exec,snapshot", "--max-argv", text("%zu", strlen(hold) + 1 + 4));
	e = find_snapshot(s, c.pid);
	CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(hold, "0123"), 2}));
	CHECK(json_array_has(e, "truncated", "argv"), "cut in silence");
	CHECK_NUMBER(e, "argc", 3);
	CHECK_ABSENT(e, "env");
	child_end(&c);
	session_stop(s);
}

/* Puts other memory under the long argument of this program, where nothing else lies; returns its address. */
static char *cover(char *argument, int flags, int fd)
{
	char *at = (char *)(((uintptr_t)argument + 8191) & ~4095UL);

	at = mmap(at, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | flags, fd, 0);
	if (at == MAP_FAILED)
		child_fail("mmap");
	return at;
}

static void hold(void)
{
	dprintf(1, ".");
	pause();
}

/* A part of its arguments is a file: whose file system decides when that comes. */
MODE(hide_in_a_file)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)argc;
	cover(argv[argc - 1], 0, fd);
	hold();
	return 0;
}

/* A part of its arguments is a page that another program would have to deliver. */
MODE(hide_in_a_page_that_never_comes)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	range.range.start = (uintptr_t)cover(argv[argc - 1], MAP_ANONYMOUS, -1);
	range.range.len = 16384;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))
		child_skip("userfaultfd");
	hold();
	return 0;
}

/* Who hides its arguments behind memory that does not come holds nobody up. */
TEST(snapshot_waits_for_no_page)
{
	static const char *const modes[] = {"@hide_in_a_file", "@hide_in_a_page_that_never_comes"};
	char *me = link_text("/proc/self/exe"), *huge = memset(calloc(1, 120001), 'h', 120000);
	struct child c[2];
	struct session *s;

	need_arguments();
	for (int i = 0; i < 2; i++)
		c[i] = child_hold(me, LIST(me, modes[i], huge), NULL);
	s = session_start("--events", "exec,snapshot");
	for (int i = 0; i < 2; i++) {
		json_t *e = find_snapshot(s, c[i].pid);

		CHECK(!json_array_has(e, "argv", huge), "what cannot be read is there");
		CHECK(json_array_has(e, "unreadable", "argv") || json_array_has(e, "truncated", "argv"),
		      "no word of argv");
		child_end(&c[i]);
	}
	session_stop(s);
}

/* A life that began before observer is told with its arguments. */
TEST(life_that_began_before_has_arguments)
{
	char *hold = make_hold("hold"), *tag = new_tag(), *end;
	struct child c = child_hold(hold, LIST(hold, tag, "word"), NULL);
	struct session *s;

	need_arguments();
	s = session_open(&(struct session_options){.args = LIST("life", "-o", "json"), .raw = true});
	child_end(&c);
	end = line_with(session_wait_output(s, tag), tag);
	CHECK(end && strstr(end, "\"seen_from\":\"snapshot\"") &&
		      strstr(end, text("\"argv\":[\"%s\",\"%s\",\"word\"]", hold, tag)),
	      "the life is %s", end);
	kill(s->pid, SIGINT);
	session_finish(s, 0);
}
