/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of --pin share. */
#include <errno.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "session.h"
#include "pins.h"

static const char *folder;

const char *pins_folder(void)
{
	return folder;
}

void pins_set_folder(const char *path)
{
	folder = path;
}

static void unpin(void *arg)
{
	(void)arg;
	run_observer_with("unpin", folder);
	/* What was made here to be refused. */
	remove_tree(folder);
}

static void unmount(void *at)
{
	umount(at);
}

char *own_bpffs(unsigned long flags, const char *name)
{
	char *at = text("%s/bpf", test_dir());

	need_bpf();
	own_mounts();
	make_dir(at);
	if (mount("bpf", at, "bpf", flags, NULL))
		test_skip("no BPF file system can be mounted: %s", strerror(errno));
	test_on_end(unmount, at);
	return text("%s/%s", at, name);
}

void pins_begin(void)
{
	struct statfs fs;

	need_bpf();
	if (statfs("/sys/fs/bpf", &fs) || fs.f_type != BPF_FS_MAGIC)
		folder = own_bpffs(0, "observer");
	else
		folder = text("/sys/fs/bpf/observer-test-%d", getpid());
	test_on_end(unpin, NULL);
}

/* Writes events of all kinds to the file `out`. */
struct session *start_with(const char *out, const char *const *more)
{
	const char *usual[] = {"--append", "-o", text("json:%s", out), text("--pin=%s", folder)};
	const char **args = calloc(32, sizeof(*args)); /* the session looks at them */

	memcpy(args, usual, sizeof(usual));
	for (size_t n = 4; *more; more++)
		args[n++] = *more;
	return session_start_raw(args);
}

struct session *start_pinned(const char *out, const char *more)
{
	return start_with(out, LIST("--fields", "cpu,seq,pid,argv", more));
}

void pins_end(struct session *s, int signal_number)
{
	kill(s->pid, signal_number);
	session_join(s);
	session_close(s);
}

/* Numbers of one processor in the stream: each must have come. */
struct numbers {
	unsigned long first, last, nr_known;
	bool *known;
};

/* Looks at every line: whole, and of this type none missing between the first and the last number of its processor.
 * Returns how many events of it there were, each counted once. */
unsigned long check_numbers_of(const char *path, const char *type)
{
	struct numbers *cpus = calloc(CPUS_MAX, sizeof(*cpus));
	char *content = read_whole(path, NULL), *of = text("{\"event\":\"%s\"", type);
	unsigned long total = 0;

	REQUIRE(content, "no output");
	for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n")) {
		const char *at = strstr(line, "\"cpu\":");
		unsigned long cpu, seq;
		struct numbers *n;

		CHECK(line[strlen(line) - 1] == '}', "a torn line: %s", shown(line, strlen(line)));
		CHECK(strncmp(line, "{\"event\":\"lost\"", 15), "lost: %s", line);
		if (strncmp(line, of, strlen(of)) != 0)
			continue;
		if (!at || sscanf(at, "\"cpu\":%lu,\"seq\":%lu", &cpu, &seq) != 2 || cpu >= CPUS_MAX || seq >= 1 << 20)
			continue;
		n = &cpus[cpu];
		if (!n->known) {
			n->known = calloc(1 << 20, 1);
			n->first = seq;
		}
		n->nr_known += !n->known[seq];
		n->known[seq] = true;
		n->last = seq > n->last ? seq : n->last;
	}
	for (int cpu = 0; cpu < CPUS_MAX; cpu++) {
		const struct numbers *n = &cpus[cpu];

		if (!n->known)
			continue;
		CHECK(n->nr_known == n->last - n->first + 1, "%s, CPU %d: %lu of the numbers %lu to %lu", type, cpu,
		      n->nr_known, n->first, n->last);
		total += n->nr_known;
	}
	return total;
}

unsigned long check_numbers(const char *path)
{
	return check_numbers_of(path, "exec");
}

void fail_to_exec(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/*
 * Two readers, one after the other; in between a program is run with an argument that is returned, and one that is not
 * there, of that name, is tried. Waits until the second reader has written `wanted` behind that argument.
 */
char *run_between(const char *const *args, const char *out, const char *wanted)
{
	char *tag = new_tag(), *hold = make_hold("hold"), *have = NULL, *at = NULL;
	struct session *s = start_with(out, args);
	struct child c;

	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	c = child_hold(hold, LIST(hold, tag), NULL);
	fail_to_exec(text("/%s", tag));
	child_end(&c);
	s = start_with(out, args);
	CHECK(strstr(session_errors(s), "goes on where another stopped"), "not taken over: %s", session_errors(s));
	for (unsigned int i = 0; i < 500 * test_patience() && !(at && strstr(at, wanted)); i++) {
		sleep_ms(20);
		have = read_whole(out, NULL);
		at = have ? strstr(have, tag) : NULL;
	}
	CHECK(at, "what was run in between is not there");
	CHECK(at && strstr(at, wanted), "no %s behind it", wanted);
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	return tag;
}

/* Each line of the event `type` in which `tag` stands. */
unsigned int count_lines(const char *out, const char *type, const char *tag)
{
	char *content = read_whole(out, NULL), *begin = text("{\"event\":\"%s\"", type);
	unsigned int nr = 0;

	for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n"))
		nr += !strncmp(line, begin, strlen(begin)) && strstr(line, tag);
	return nr;
}

void run_one(void)
{
	char *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold), NULL);

	child_end(&c);
}

/* A reader has ended, and three programs were run since. */
void leave_unread(const char *out)
{
	struct session *s = start_pinned(out, NULL);

	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	for (int i = 0; i < 3; i++)
		run_one();
}

/* The next reader replaces what it finds, says so, and tells as lost what was unread there, by type where that is
 * known. */
void check_replaced(const char *out, const char *option, const char *said, const char *type)
{
	struct session *s = start_pinned(out, option);
	struct summary sum;
	char *content;

	CHECK(strstr(session_errors(s), said), "'%s' is not said: %s", said, session_errors(s));
	run_one();
	kill(s->pid, SIGINT);
	sum = session_finish(s, 0);
	CHECK(sum.printed >= 1, "nothing came of the new one");
	CHECK(strstr(session_errors(s), text("\n%s: seen ", type)), "no sum: %s", session_errors(s));
	content = read_whole(out, NULL);
	content = strstr(content, "\"cause\":\"replaced\"");
	CHECK(content && atoi(strstr(content, "\"count\":") + 8) >= 3, "not told in the stream");
	CHECK(!strstr(content + 1, "\"cause\":\"replaced\""), "told twice");
}

void check_refused(const char *why)
{
	struct outcome o = run_observer_with("-o", "json", text("--pin=%s", folder), "--fields", "cpu,seq,pid,argv");

	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, why), "not refused for '%s': %s", why, o.err);
	CHECK(strstr(o.err, "hint: "), "no hint: %s", o.err);
}
