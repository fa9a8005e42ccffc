/* SPDX-License-Identifier: GPL-2.0-only */
/* --pin: the kernel side that outlives its reader, and what else may lie in its place. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "load.h"
#include "session.h"

#define CYCLES 8 /* fifty take a minute: PIN_CYCLES=50 */

static const char *folder;

static void unpin(void *arg)
{
	(void)arg;
	run_observer_with("unpin", folder);
	/* What was made here to be refused. */
	remove_tree(folder);
}

/* A folder under bpffs of this test alone. */
static void begin(void)
{
	struct statfs fs;

	need_bpf();
	if (statfs("/sys/fs/bpf", &fs) != 0 || fs.f_type != BPF_FS_MAGIC)
		test_skip("no BPF file system is mounted at /sys/fs/bpf");
	folder = text("/sys/fs/bpf/observer-test-%d", getpid());
	test_on_end(unpin, NULL);
}

/* Writes events of all kinds to the file `out`. */
static struct session *start_with(const char *out, const char *const *more)
{
	const char *args[32] = {"--append", "-o", text("json:%s", out), text("--pin=%s", folder)};

	for (size_t n = 4; *more; more++)
		args[n++] = *more;
	return session_start_raw(args);
}

static struct session *start_pinned(const char *out, const char *more)
{
	return session_start_raw(LIST("--append", "-o", text("json:%s", out), text("--pin=%s", folder), "--fields",
				      "cpu,seq,pid,argv", more));
}

static void end(struct session *s, int signal_number)
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
static unsigned long check_numbers_of(const char *path, const char *type)
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

static unsigned long check_numbers(const char *path)
{
	return check_numbers_of(path, "exec");
}

static void fail_to_exec(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* Observers come and go; most are killed, each third ends by itself, in the midst of it with a sum that adds up. */
static void storm_through(const char *out, const char *const *args)
{
	const char *wanted = getenv("PIN_CYCLES");
	int nr_cycles = wanted ? atoi(wanted) : CYCLES;
	struct session *s = start_with(out, args);
	struct load *l = load_new(nr_cycles * 1000, nr_cycles);
	struct summary sum;

	load_start(l, "vfork");
	for (int i = 0; i < nr_cycles; i++) {
		sleep_ms(30 + i * 7 % 50);
		kill(s->pid, i % 3 == 2 ? SIGTERM : SIGKILL);
		if (i % 3 == 2)
			session_finish(s, 0);
		else
			end(s, SIGKILL);
		fail_to_exec("/nowhere");
		sleep_ms(i * 13 % 40);
		s = start_with(out, args);
		CHECK(strstr(session_errors(s), "goes on where another stopped"), "cycle %d: %s", i, session_errors(s));
	}
	load_join(l);
	sleep_ms(300);
	kill(s->pid, SIGINT);
	sum = session_finish(s, 0);
	CHECK_EQ(sum.lost, 0);
	CHECK(sum.seen >= l->count, "%llu events for %llu execs", (unsigned long long)sum.seen,
	      (unsigned long long)l->count);
	CHECK(sum.printed < sum.seen, "the last one printed all");
	for (enum type type = 0; type < TYPES; type++) {
		struct summary of = session_summary_of(s, type);

		if (of.found)
			CHECK_EQ(check_numbers_of(out, type_names[type]), of.seen);
	}
}

TEST(pinned_and_killed_in_a_storm)
{
	begin();
	storm_through(text("%s/out", test_dir()), LIST("--fields", "cpu,seq,pid,argv"));
}

/* Two rings, and four kinds of numbers. */
TEST(pinned_with_all_events_and_killed_in_a_storm)
{
	char *out = text("%s/out", test_dir());

	begin();
	storm_through(out, LIST("--failed", "--events", "exec,exit,fork", "--fields", "cpu,seq,pid,argv"));
	CHECK(check_numbers_of(out, "exec_fail") >= 1, "no failed exec");
}

/* What happens while nobody reads is read by the next. */
TEST(pinned_while_nobody_reads)
{
	char *out = text("%s/out", test_dir()), *tag = new_tag(), *hold = make_hold("hold"), *have = NULL;
	struct session *s;
	struct child c;

	begin();
	s = start_pinned(out, NULL);
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	c = child_hold(hold, LIST(hold, tag), NULL);
	child_end(&c);
	s = start_pinned(out, NULL);
	for (int i = 0; i < 200 && !(have && strstr(have, tag)); i++) {
		sleep_ms(20);
		have = read_whole(out, NULL);
	}
	CHECK(have && strstr(have, tag), "not read");
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	check_numbers(out);
}

/*
 * Two readers, one after the other; in between a program is run with an argument that is returned, and one that is not
 * there, of that name, is tried. Waits until the second reader has written `wanted` behind that argument.
 */
static char *run_between(const char *const *args, const char *out, const char *wanted)
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
	for (int i = 0; i < 500 && !(at && strstr(at, wanted)); i++) {
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
static unsigned int count_lines(const char *out, const char *type, const char *tag)
{
	char *content = read_whole(out, NULL), *begin = text("{\"event\":\"%s\"", type);
	unsigned int nr = 0;

	for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n"))
		nr += !strncmp(line, begin, strlen(begin)) && strstr(line, tag);
	return nr;
}

TEST(pinned_with_failed_execs)
{
	char *out = text("%s/out", test_dir()), *tag;

	begin();
	tag = run_between(LIST("--failed"), out, "\"exec_fail\"");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
	CHECK_EQ(count_lines(out, "exec_fail", tag), 1);
}

TEST(pinned_with_failed_execs_by_fexit)
{
	char *out = text("%s/out", test_dir()), *tag;
	struct outcome o;

	begin();
	o = run_observer_with("-o", "json", "--failed", "--fail-hook", "fexit", "--duration", "10ms");
	if (o.status)
		test_skip("no fexit here: %s", o.err);
	tag = run_between(LIST("--failed", "--fail-hook", "fexit"), out, "\"exec_fail\"");
	CHECK_EQ(count_lines(out, "exec_fail", tag), 1);
}

/* Of a time when nobody watched, parents are known as far as its events tell; later ones whole. */
TEST(pinned_with_a_table_of_processes)
{
	char *out = text("%s/out", test_dir());

	begin();
	run_between(LIST("--ancestors", "2", "--events", "exec,exit,fork,snapshot", "--fields", "pid,argv"), out,
		    "\"event\":\"snapshot\"");
	/* Each start tells what is there. */
	CHECK_EQ(count_lines(out, "snapshot", text("\"pid\":%d,", getpid())), 2);
}

TEST(pinned_with_log_lines)
{
	char *out = text("%s/out", test_dir()), *tag;

	begin();
	tag = run_between(LIST("--klog", "info"), out, "\"event\":\"log\"");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
}

TEST(pinned_by_the_classic_hook)
{
	char *out = text("%s/out", test_dir()), *tag;
	struct outcome o;

	begin();
	o = run_observer_with("-o", "json", "--hook", "tracepoint", text("--pin=%s", folder), "--duration", "10ms");
	if (o.status) {
		CHECK(strstr(o.err, "cannot be kept by this kernel"), "no reason: %s", o.err);
		CHECK(strstr(o.err, "hint: "), "no hint: %s", o.err);
		test_skip("the classic hook cannot be pinned here: %s", o.err);
	}
	tag = run_between(LIST("--hook", "tracepoint"), out, "}");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
}

/* What older kernels load, with all that can be asked for. */
TEST(pinned_in_the_compat_variant)
{
	char *out = text("%s/out", test_dir()), *tag;

	begin();
	setenv("OBSERVER_VARIANT", "compat", 1);
	tag = run_between(LIST("--failed", "--events", "exec,exit,fork", "--ancestors", "2", "--klog", "info"), out,
			  "\"exec_fail\"");
	CHECK_EQ(count_lines(out, "exec", tag), 1);
}

/* Takes what lies in the pinned ring, as a reader would that nobody knows of. */
static void rob_ring(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int fd = bpf_obj_get(text("%s/events", folder));
	uint64_t *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint64_t *producer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, page);

	REQUIRE(consumer != MAP_FAILED && producer != MAP_FAILED, "the ring: %s", strerror(errno));
	*consumer = *producer;
	close(fd);
}

static void run_one(void)
{
	char *hold = make_hold("hold");
	struct child c = child_hold(hold, LIST(hold), NULL);

	child_end(&c);
}

/* The sum is no matter of form: who takes a record out of the ring is found out, while nobody reads and while one does.
 */
TEST(pinned_and_read_by_another)
{
	char *out = text("%s/out", test_dir());
	struct session *s;

	begin();
	s = start_pinned(out, NULL);
	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	run_one();
	rob_ring();
	s = start_pinned(out, NULL);
	CHECK(strstr(session_errors(s), "something else has read"), "not said: %s", session_errors(s));
	run_one();
	kill(s->pid, SIGTERM);
	session_join(s);
	CHECK(strstr(session_errors(s), "are unaccounted for"), "the sum adds up: %s", session_errors(s));
	session_close(s);
}

TEST(pinned_and_robbed_of_the_last)
{
	char *out = text("%s/out", test_dir());
	struct session *s;

	begin();
	s = start_pinned(out, NULL);
	kill(s->pid, SIGSTOP);
	run_one();
	rob_ring();
	kill(s->pid, SIGTERM);
	kill(s->pid, SIGCONT);
	session_join(s);
	CHECK(strstr(session_errors(s), "are unaccounted for"), "the sum adds up: %s", session_errors(s));
	session_close(s);
}

/* Three readers: what each tells and what those before told is what the kernel side saw. */
TEST(pinned_sum_over_three_readers)
{
	char *out = text("%s/out", test_dir());
	uint64_t told = 0;

	begin();
	for (int i = 0; i < 3; i++) {
		struct session *s = start_pinned(out, NULL);
		struct summary sum;

		run_one();
		kill(s->pid, SIGTERM);
		sum = session_finish(s, 0);
		CHECK_EQ(sum.earlier, told);
		told = sum.seen;
	}
	CHECK_EQ(check_numbers(out), told);
}

/* A reader has ended, and three programs were run since. */
static void leave_unread(const char *out)
{
	struct session *s = start_pinned(out, NULL);

	kill(s->pid, SIGTERM);
	session_finish(s, 0);
	for (int i = 0; i < 3; i++)
		run_one();
}

/* The next reader replaces what it finds, says so, and tells as lost what was unread there, by type where that is
 * known. */
static void check_replaced(const char *out, const char *option, const char *said, const char *type)
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

TEST(pinned_with_other_options)
{
	char *out = text("%s/out", test_dir());

	begin();
	leave_unread(out);
	check_replaced(out, "--env", "replaced what was pinned with other options", "exec");
}

/* Makes the pinned state that of another version: `word` as struct resume_key has them. */
enum { WORD_FRAME = 1, WORD_LAYOUT = 2 };
static void change_version(int word)
{
	int fd = bpf_obj_get(text("%s/resume", folder));
	uint64_t *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	REQUIRE(words != MAP_FAILED, "the state: %s", strerror(errno));
	words[word]++;
	munmap(words, 4096);
	close(fd);
}

TEST(pinned_by_another_version)
{
	char *out = text("%s/out", test_dir());

	begin();
	leave_unread(out);
	change_version(WORD_LAYOUT);
	check_replaced(out, NULL, "replaced what another version left pinned", "exec");
}

/* So different that records can only be counted. */
TEST(pinned_by_a_version_of_another_age)
{
	char *out = text("%s/out", test_dir());

	begin();
	leave_unread(out);
	change_version(WORD_FRAME);
	check_replaced(out, NULL, "replaced what another version left pinned", "unknown");
}

/* A loss that was found is told by the one who comes next where the finder was killed before it told. */
TEST(pinned_and_killed_while_replacing)
{
	char *out = text("%s/out", test_dir());
	struct session *s;
	int ends[2];

	begin();
	leave_unread(out);
	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	REQUIRE(fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0, "no small pipe: %s", strerror(errno));
	REQUIRE(write(ends[1], text("%4096s", ""), 4096) == 4096, "the pipe takes no page");
	s = session_open(&(struct session_options){
		.args = LIST("-o", "json", text("--pin=%s", folder), "--env", "--fields", "cpu,seq,pid,argv"),
		.stdout_fd = ends[1],
		.raw = true});
	sleep_ms(100);
	end(s, SIGKILL);
	close(ends[0]);
	close(ends[1]);
	s = start_pinned(out, "--env");
	CHECK(strstr(session_errors(s), "goes on where another stopped"), "not taken over: %s", session_errors(s));
	kill(s->pid, SIGINT);
	session_finish(s, 0);
	CHECK(strstr(read_whole(out, NULL), "\"cause\":\"replaced\""), "not told in the stream");
}

/* A newer observer of the same layout: other bytes, another version. */
static char *make_newer(void)
{
	struct outcome old = run_observer_with("--version");
	char *bytes, *path = text("%s/newer", test_dir()), version[32] = "";
	size_t length, nr;

	REQUIRE(sscanf(old.out, "observer %31s", version) == 1, "no version: %s", old.out);
	bytes = read_whole(observer_path(), &length);
	nr = strlen(version);
	for (char *at = bytes; (at = memmem(at, length - (size_t)(at - bytes), version, nr)); at += nr)
		at[nr - 1] += at[-1] != '_'; /* not LIBBPF_0.1.0 */
	make_file(path, bytes, length, 0755);
	return path;
}

TEST(pinned_and_upgraded_in_place)
{
	char *out = text("%s/out", test_dir()), *newer;
	struct outcome o;
	struct session *s;

	begin();
	newer = make_newer();
	leave_unread(out);
	o = run_observer_with("--version");
	setenv("OBSERVER", newer, 1);
	CHECK(strcmp(o.out, run_observer_with("--version").out), "not another version: %s", o.out);
	s = start_pinned(out, NULL);
	CHECK(strstr(session_errors(s), "goes on where another stopped"), "not taken over: %s", session_errors(s));
	kill(s->pid, SIGINT);
	CHECK(session_finish(s, 0).printed >= 3, "what was unread is not there");
	check_numbers(out);
}

static void check_refused(const char *why)
{
	struct outcome o = run_observer_with("-o", "json", text("--pin=%s", folder));

	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, why), "not refused for '%s': %s", why, o.err);
	CHECK(strstr(o.err, "hint: "), "no hint: %s", o.err);
}

TEST(pinned_and_used_by_another)
{
	char *out = text("%s/out", test_dir());
	struct session *s;

	begin();
	s = start_pinned(out, NULL);
	check_refused("another observer uses");
	CHECK(run_observer_with("unpin", folder).status == 1, "unpinned under a running one");
	kill(s->pid, SIGINT);
	session_finish(s, 0);
}

TEST(pinned_by_somebody_else)
{
	char *out = text("%s/out", test_dir()), *pin;
	struct session *s;
	int map;

	begin();
	s = start_pinned(out, NULL);
	end(s, SIGKILL);
	chmod(folder, 0777);
	check_refused("other users may change it");
	chmod(folder, 0700);
	REQUIRE(chown(folder, 65534, 65534) == 0, "chown: %s", strerror(errno));
	check_refused("belongs to another user");
	REQUIRE(chown(folder, 0, 0) == 0, "chown: %s", strerror(errno));
	pin = text("%s/resume", folder);
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

TEST(pinned_outside_of_bpffs)
{
	need_bpf();
	folder = test_dir();
	check_refused("not in a BPF file system");
}

/* An end that had to give up its output leaves what was not written to the next. */
TEST(pinned_and_ended_with_a_blocked_output)
{
	char *out = text("%s/out", test_dir());
	struct session *s;
	struct load *l;
	int ends[2];

	begin();
	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	s = session_open(&(struct session_options){
		.args = LIST("-o", "json", text("--pin=%s", folder), "--fields", "cpu,seq,pid,argv"),
		.stdout_fd = ends[1],
		.raw = true});
	close(ends[1]);
	l = load_new(2000, 2);
	load_run(l, "vfork");
	kill(s->pid, SIGINT);
	sleep_ms(300);
	kill(s->pid, SIGINT);
	session_join(s);
	session_close(s);
	close(ends[0]);
	s = start_pinned(out, NULL);
	sleep_ms(500);
	kill(s->pid, SIGINT);
	session_finish(s, 0);
	/* The pipe took 64 KiB; the rest, and some of it again, is here. */
	CHECK(check_numbers(out) >= l->count / 2, "not there");
}
