/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting, reading and stopping the observer under test. What each event must hold is told in expect.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"
#include "stream.h"

#define READY_TIMEOUT_MS 30000
#define EVENT_TIMEOUT_MS 15000
#define STOP_TIMEOUT_MS	 60000
#define POLL_MS		 2

int ring_buffer_open(uint32_t bytes)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_RINGBUF, .max_entries = bytes};
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	/* Before Linux 5.11 BPF memory counts against this limit; later it does not matter. */
	setrlimit(RLIMIT_MEMLOCK, &all);
	return (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

void need_bpf(void)
{
	int fd = ring_buffer_open(65536);

	if (fd < 0)
		test_skip("no BPF ring buffer for this user here: %s", strerror(errno));
	close(fd);
}

/* The command line: observer [-o json] ARGS. */
static char **command_line(const struct session_options *options)
{
	size_t nr = 0, used = 0;
	char **argv;

	while (options->args && options->args[nr])
		nr++;
	argv = calloc(nr + 4, sizeof(*argv));
	argv[used++] = (char *)observer_path();
	if (!options->raw) {
		argv[used++] = text("-o");
		argv[used++] = text("json");
	}
	for (size_t i = 0; i < nr; i++)
		argv[used++] = (char *)options->args[i];
	return argv;
}

static void become_observer(struct session *s, char **argv, int write_fd, int err_fd)
{
	signal(SIGPIPE, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	alarm(0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(s->options.stdout_fd ? s->options.stdout_fd : write_fd, 1);
	dup2(err_fd, 2);
	if (s->options.prepare)
		s->options.prepare(s->options.arg);
	execv(argv[0], argv);
	dprintf(2, "cannot exec '%s': %s\n", argv[0], strerror(errno));
	_exit(127);
}

static struct session *session_spawn(const struct session_options *options)
{
	static unsigned int nr_sessions;
	struct session *s = calloc(1, sizeof(*s));
	char **argv = command_line(options);
	int err_fd, write_fd;

	s->options = *options;
	s->out_path = text("%s/observer-%u.out", test_dir(), ++nr_sessions);
	s->err_path = text("%s/observer-%u.err", test_dir(), nr_sessions);
	write_fd = open(s->out_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	s->out_fd = open(s->out_path, O_RDONLY | O_CLOEXEC);
	err_fd = open(s->err_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	REQUIRE(write_fd >= 0 && s->out_fd >= 0 && err_fd >= 0, "no files in '%s': %s", test_dir(), strerror(errno));
	fflush(NULL);
	s->pid = fork();
	REQUIRE(s->pid >= 0, "cannot fork: %s", strerror(errno));
	if (s->pid == 0)
		become_observer(s, argv, write_fd, err_fd);
	test_own_process(s->pid);
	close(write_fd);
	close(err_fd);
	return s;
}

char *session_errors(struct session *s)
{
	char *errors = read_whole(s->err_path, NULL);

	return errors ? errors : text("%s", "");
}

bool session_has_ended(struct session *s)
{
	if (!s->ended && waitpid(s->pid, &s->status, WNOHANG) == s->pid) {
		s->ended = true;
		test_disown_process(s->pid);
	}
	return s->ended;
}

/* Where `prepare` could not do its part, what it said stands in the output. */
static void look_for_skip(struct session *s)
{
	char *said = WIFEXITED(s->status) && WEXITSTATUS(s->status) == 126 ? read_whole(s->out_path, NULL) : NULL;

	if (said && said[0] == '?')
		test_skip("%s", said + 1);
	REQUIRE(!said || said[0] != '!', "before the start of observer: %s", said + 1);
}

static void wait_ready(struct session *s)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + test_patience() * READY_TIMEOUT_MS * 1000000ULL;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		bool over = session_has_ended(s);
		const char *ready = strstr(session_errors(s), "observer: ready\n");

		if (ready)
			return;
		if (over)
			look_for_skip(s);
		REQUIRE(!over, "observer ended before it was ready (wait status %#x): %s", s->status,
			session_errors(s));
		sleep_ms(POLL_MS);
	}
	REQUIRE(false, "observer did not get ready: %s", session_errors(s));
}

struct session *session_start_raw(const char *const *args)
{
	return session_open(&(struct session_options){.args = args, .raw = true});
}

struct session *session_open(const struct session_options *options)
{
	struct session *s;

	need_bpf();
	s = session_spawn(options);
	if (!options->no_wait)
		wait_ready(s);
	return s;
}

json_t *session_parse(const char *line, size_t length)
{
	json_error_t error;
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);

	REQUIRE(json_is_object(object), "not one JSON object: %s: %s", error.text, shown(line, length));
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ')
			CHECK(false, "a raw control character in %s", shown(line, length));
	check_encoding(object);
	return object;
}

/* Room for one more in an array that grows at powers of two. */
static void *grow(void *array, size_t nr, size_t item_bytes)
{
	return (nr & (nr - 1)) == 0 ? realloc(array, (nr ? nr * 2 : 1) * item_bytes) : array;
}

static void keep(struct session *s, json_t *object)
{
	if (s->options.visit && !s->options.visit(object, s->options.arg)) {
		json_decref(object);
		return;
	}
	s->objects = grow(s->objects, s->nr_objects, sizeof(*s->objects));
	s->objects[s->nr_objects++] = object;
}

/*
 * The number behind a key near the start of the line, where no text of a user can stand; -1 where there is none. A
 * string could not feign a key: its quotes are escaped.
 */
static int64_t number_of(const char *line, size_t length, const char *key)
{
	const char *at = memmem(line, length < 400 ? length : 400, key, strlen(key));

	return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

/* Type of an event, from how its line begins; TYPES where it is none from the kernel. A life is made of an exit. */
static enum type type_of_line(const char *line, size_t length)
{
	static const char life_begin[] = "{\"event\":\"life\"";

	if (length >= strlen(life_begin) && memcmp(line, life_begin, strlen(life_begin)) == 0)
		return TYPE_exit;
	for (enum type type = 0; type < TYPES; type++) {
		char begin[32];
		size_t bytes = (size_t)snprintf(begin, sizeof(begin), "{\"event\":\"%s\"", type_names[type]);

		if (length >= bytes && memcmp(line, begin, bytes) == 0)
			return type;
	}
	return TYPES;
}

static void take_line(struct session *s, const char *line, size_t length, uint64_t offset)
{
	static const char lost_begin[] = "{\"event\":\"lost\"", log_begin[] = "{\"event\":\"log\"";
	enum type type = type_of_line(line, length);
	json_t *object;

	if (type == TYPES) {
		object = session_parse(line, length);
		if (memcmp(line, log_begin, strlen(log_begin)) == 0) {
			keep(s, object);
			return;
		}
		CHECK(memcmp(line, lost_begin, strlen(lost_begin)) == 0, "an event of no known type: %s",
		      shown(line, length));
		stream_follow_lost(s, object);
		keep(s, object);
		return;
	}
	stream_follow_event(s, type, number_of(line, length, "\"cpu\":"), number_of(line, length, "\"seq\":"));
	s->lines = grow(s->lines, s->nr_lines, sizeof(*s->lines));
	s->lines[s->nr_lines++] = (struct line){type, (pid_t)number_of(line, length, "\"pid\":"), offset, length, NULL};
	if (!s->options.keep_all && !memmem(line, length, tag_prefix(), strlen(tag_prefix())))
		return;
	keep(s, session_parse(line, length));
}

size_t session_read(struct session *s)
{
	static const size_t step = 1 << 20;
	ssize_t got;

	if (s->options.raw)
		return 0;
	for (;;) {
		char *line, *end;

		s->partial = realloc(s->partial, s->partial_length + step);
		got = read(s->out_fd, s->partial + s->partial_length, step);
		if (got <= 0)
			return s->nr_lines;
		s->partial_length += (size_t)got;
		for (line = s->partial; (end = memchr(line, '\n', s->partial_length - (size_t)(line - s->partial)));
		     line = end + 1)
			take_line(s, line, (size_t)(end - line), s->offset + (uint64_t)(line - s->partial));
		s->offset += (uint64_t)(line - s->partial);
		s->partial_length -= (size_t)(line - s->partial);
		memmove(s->partial, line, s->partial_length);
	}
}

char *session_wait_output(struct session *s, const char *wanted)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + test_patience() * EVENT_TIMEOUT_MS * 1000000ULL;

	for (;;) {
		size_t length;
		char *output = read_whole(s->out_path, &length);
		const char *at = memmem(output, length, wanted, strlen(wanted));

		/* A long line comes in several parts. */
		if (at && strchr(at + strlen(wanted) - 1, '\n'))
			return output;
		REQUIRE(now_ns(CLOCK_MONOTONIC) < end, "'%s' is not in the output: %s", wanted, shown(output, length));
		sleep_ms(POLL_MS);
	}
}

void session_pause(struct session *s)
{
	siginfo_t info = {};

	kill(s->pid, SIGSTOP);
	REQUIRE(!waitid(P_PID, (id_t)s->pid, &info, WSTOPPED | WEXITED | WNOWAIT) && info.si_code == CLD_STOPPED,
		"observer was not stopped: %s", session_errors(s));
}

void session_join(struct session *s)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + test_patience() * STOP_TIMEOUT_MS * 1000000ULL;

	while (!session_has_ended(s)) {
		session_read(s);
		REQUIRE(now_ns(CLOCK_MONOTONIC) < end, "observer did not end: %s", session_errors(s));
		sleep_ms(POLL_MS);
	}
	session_read(s);
}

struct summary session_summary_of(struct session *s, enum type type)
{
	return summary_parse(session_errors(s), type);
}

struct summary session_summary(struct session *s)
{
	return session_summary_of(s, TYPE_exec);
}

void session_close(struct session *s)
{
	close(s->out_fd);
}

/* Each type that has a sum adds up, and no event came of a type that has none. */
/* --where, or a choice of observer life. */
static bool is_filtered(const struct session *s)
{
	for (const char *const *arg = s->options.args; arg && *arg; arg++)
		if (!strcmp(*arg, "--where") || !strcmp(*arg, "life"))
			return true;
	return false;
}

static void check_sums(struct session *s)
{
	for (enum type type = 0; type < TYPES; type++) {
		struct summary sum = session_summary_of(s, type);

		if (sum.found)
			summary_check(&sum, session_errors(s));
		CHECK(sum.filtered == 0 || is_filtered(s), "filtered without a filter: %s", session_errors(s));
		if (!s->options.raw)
			stream_check_end(s, type, &sum);
	}
}

struct summary session_finish(struct session *s, int expected_status)
{
	struct summary sum;

	session_join(s);
	CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == expected_status,
	      "observer's wait status is %#x, expected exit status %d: %s", s->status, expected_status,
	      session_errors(s));
	sum = session_summary(s);
	summary_check(&sum, session_errors(s));
	check_sums(s);
	session_close(s);
	return sum;
}

struct summary session_stop(struct session *s)
{
	if (!s->ended)
		kill(s->pid, SIGINT);
	return session_finish(s, 0);
}

struct outcome run_observer(const struct session_options *options)
{
	struct session *s = session_spawn(options);
	struct outcome outcome;

	session_join(s);
	look_for_skip(s);
	outcome.status = WIFEXITED(s->status) ? WEXITSTATUS(s->status) : 128 + WTERMSIG(s->status);
	outcome.out = read_whole(s->out_path, NULL);
	outcome.err = session_errors(s);
	session_close(s);
	return outcome;
}
