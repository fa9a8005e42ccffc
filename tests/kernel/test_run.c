/* SPDX-License-Identifier: GPL-2.0-only */
/* observer run -- CMD: CMD is as without observer, and all that it starts, nothing else, is told. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "load.h"
#include "run_events.h"
#include "session.h"

/* Plays CMD: ends as it is told. */
MODE(end_by)
{
	(void)argc;
	if (!strcmp(argv[2], "signal")) {
		struct rlimit none = {0, 0};

		setrlimit(RLIMIT_CORE, &none);
		kill(getpid(), atoi(argv[3]));
		for (;;)
			pause();
	}
	return atoi(argv[3]);
}

TEST(run_status_of_cmd)
{
	static const int codes[] = {0, 1, 3, 77, 125, 126, 127, 255};
	static const int signals[] = {SIGTERM, SIGKILL, SIGSEGV, SIGINT, SIGHUP, SIGUSR1, SIGPIPE, SIGQUIT};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		CHECK_EQ(RUN("--", me(), "@end_by", "code", text("%d", codes[i])).status, codes[i]);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct outcome o = RUN("--", me(), "@end_by", "signal", text("%d", signals[i]));

		CHECK(o.status == 128 + signals[i], "signal %d: status %d: %s", signals[i], o.status, o.err);
	}
}

TEST(run_status_of_no_program)
{
	char *plain = text("%s/plain", test_dir()), *no_format = text("%s/text", test_dir());
	struct outcome o;

	make_file(plain, "no program\n", 11, 0644);
	make_file(no_format, "\177no program\n", 12, 0755);
	o = RUN("--", "/no/such/program");
	CHECK(o.status == 127 && strstr(o.err, "/no/such/program"), "status %d: %s", o.status, o.err);
	CHECK_EQ(RUN("--", "no-such-program-in-the-path").status, 127);
	CHECK_EQ(RUN("--", text("%s/below", plain)).status, 127);
	o = RUN("--", plain);
	CHECK(o.status == 126 && strstr(o.err, plain), "status %d: %s", o.status, o.err);
	CHECK_EQ(RUN("--", test_dir()).status, 126);
	CHECK_TEXT(o.out, "");
}

static void drop_rights(void *arg)
{
	(void)arg;
	if (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)
		child_skip("changing ids");
}

TEST(run_status_of_observer)
{
	char *marker = text("%s/marker", test_dir());
	const char *const bad[][6] = {
		{"--no-such-option", "--", "touch", marker},
		{"--ring", "3", "--", "touch", marker},
		{"-o", "json:/no/such/folder/file", "--", "touch", marker},
		{"--user", "no-such-user-here", "--", "touch", marker},
		{"--"},
	};
	struct outcome o;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		o = run_words(bad[i], NULL);
		CHECK(o.status == 125, "%s %s: status %d: %s", bad[i][0], bad[i][1] ? bad[i][1] : "", o.status, o.err);
		CHECK_TEXT(o.out, "");
	}
	o = run_words(LIST("--", "touch", marker), drop_rights);
	CHECK(o.status == 125, "without rights: status %d: %s", o.status, o.err);
	CHECK(access(marker, F_OK) != 0, "CMD ran though observer failed");
}

/* Standard input and output are CMD's, byte by byte; observer's words are on standard error. */
MODE(copy)
{
	char bytes[65536];
	ssize_t got;

	(void)argc;
	(void)argv;
	while ((got = read(0, bytes, sizeof(bytes))) > 0)
		if (write(1, bytes, (size_t)got) != got)
			return 1;
	dprintf(2, "said on standard error\n");
	return 5;
}

static char *input;

static void take_input(void *arg)
{
	int fd = open(input, O_RDONLY | O_CLOEXEC);

	(void)arg;
	if (fd < 0 || dup2(fd, 0) < 0)
		child_fail("no input");
}

TEST(run_passes_input_and_output)
{
	static const size_t length = 300000;
	char *bytes = calloc(1, length + 1), *out_path = text("%s/out", test_dir()), *got;
	int out = open(out_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	size_t got_length;
	struct session *s;

	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	input = text("%s/in", test_dir());
	make_file(input, bytes, length, 0600);
	need_bpf();
	s = session_open(&(struct session_options){.args = LIST("run", "-o", "json", "--", me(), "@copy"),
						   .raw = true,
						   .no_wait = true,
						   .prepare = take_input,
						   .stdout_fd = out});
	session_join(s);
	CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == 5, "wait status %#x: %s", s->status, session_errors(s));
	got = read_whole(out_path, &got_length);
	CHECK(got_length == length && !memcmp(got, bytes, length), "%zu bytes of %zu came through: %s", got_length,
	      length, shown(got + (got_length > 300 ? got_length - 300 : 0), got_length > 300 ? 300 : got_length));
	CHECK(strstr(session_errors(s), "said on standard error"), "standard error: %s", session_errors(s));
	CHECK(strstr(session_errors(s), "{\"event\":\"exec\""), "no events on standard error: %s", session_errors(s));
	session_close(s);
	close(out);
}

/* What a program can see of how it was started. Times, pids and counters are left out. */
static void tell_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char seen[1024] = {0};

	/* The descriptor of the folder itself is the last. */
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) != dirfd(dir))
			seen[atoi(entry->d_name) & 1023] = 1;
	closedir(dir);
	for (int i = 0; i < 1024; i++)
		if (seen[i])
			printf("descriptor %d\n", i);
}

MODE(tell_surroundings)
{
	static const char *const keys[] = {"Umask",  "Uid",    "Gid",	 "Groups", "NoNewPrivs",      "Seccomp",
					   "SigBlk", "SigIgn", "SigCgt", "CapInh", "Seccomp_filters", "CapPrm",
					   "CapEff", "CapBnd", "CapAmb", "SigPnd", "TracerPid",	      "Cpus_allowed"};
	char *status = read_whole("/proc/self/status", NULL);

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		printf("%s %s\n", keys[i], line_value(status, keys[i]) ? line_value(status, keys[i]) : "-");
	printf("%s", read_whole("/proc/self/limits", NULL));
	printf("cwd %s\n", link_text("/proc/self/cwd"));
	printf("cgroup %s\n", read_whole("/proc/self/cgroup", NULL));
	printf("nice %d, session %d, group %d, dumpable %d, death signal %d, securebits %d\n",
	       getpriority(PRIO_PROCESS, 0), getsid(0) == getpid(), getpgrp() == getpid(),
	       prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), prctl(PR_GET_PDEATHSIG, NULL), prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	for (const char *ns = "mnt\0pid\0net\0user\0uts\0ipc\0cgroup\0"; *ns; ns += strlen(ns) + 1)
		printf("%s\n", link_text("/proc/self/ns/%s", ns));
	for (char **variable = environ; *variable; variable++)
		printf("%s\n", *variable);
	tell_folder("/proc/self/fd");
	return 0;
}

static char *surroundings(bool observed)
{
	const char *const words[] = {me(), "@tell_surroundings", NULL};
	char *path = text("%s/plain-%d", test_dir(), observed);
	int status, out;
	pid_t pid;

	if (observed) {
		struct outcome o = RUN("--no-report", "--", words[0], words[1]);

		CHECK(o.status == 0, "status %d: %s", o.status, o.err);
		return o.out;
	}
	out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND, 0644);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		/* As observer itself is started by the session. */
		signal(SIGPIPE, SIG_DFL);
		signal(SIGALRM, SIG_DFL);
		alarm(0);
		dup2(out, 1);
		dup2(out, 2);
		execv(words[0], (char *const *)words);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	close(out);
	CHECK_EQ(status, 0);
	return read_whole(path, NULL);
}

/* The first line in which two texts differ, for the message. */
static char *difference(const char *one, const char *other)
{
	size_t i = 0, line = 0;

	while (one[i] && one[i] == other[i]) {
		i++;
		if (one[i - 1] == '\n')
			line = i;
	}
	return text("'%s' instead of '%s'", shown(one + line, strcspn(one + line, "\n")),
		    shown(other + line, strcspn(other + line, "\n")));
}

TEST(run_changes_nothing_for_cmd)
{
	char *bare, *observed;

	/* It raises a limit, which both then inherit. */
	need_bpf();
	bare = surroundings(false);
	observed = surroundings(true);
	CHECK(strstr(bare, "SigCgt") && strstr(bare, "descriptor 1\n"), "nothing was told: %s", bare);
	CHECK(!strcmp(observed, bare), "with observer: %s", difference(observed, bare));
}

static void ignore_some(void *arg)
{
	sigset_t set;

	(void)arg;
	signal(SIGINT, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* What was inherited as ignored or blocked stays so. */
TEST(run_passes_the_signal_mask)
{
	struct outcome o = run_words(LIST("--no-report", "--", me(), "@tell_surroundings"), ignore_some);
	char *line = line_with(o.out, "SigBlk");

	CHECK(line && strtoull(line + 7, NULL, 16) == ((1ULL << (SIGTERM - 1)) | (1ULL << (SIGUSR1 - 1))),
	      "blocked: %s", line ? line : o.err);
	line = line_with(o.out, "SigIgn");
	CHECK(line && (strtoull(line + 7, NULL, 16) & ((1ULL << (SIGINT - 1)) | (1ULL << (SIGUSR2 - 1)))) ==
			      ((1ULL << (SIGINT - 1)) | (1ULL << (SIGUSR2 - 1))),
	      "ignored: %s", line ? line : o.err);
}

/* Signals sent to observer are CMD's. */
static volatile sig_atomic_t received;

static void on_signal(int number)
{
	received = number;
}

MODE(await_signal)
{
	(void)argc;
	(void)argv;
	for (int number = 1; number < 32; number++)
		if (number != SIGCHLD && number != SIGCONT && number != SIGTSTP)
			signal(number, on_signal);
	alarm(30); /* never left behind */
	(void)!write(1, "waits\n", 6);
	while (!received)
		pause();
	return received;
}

TEST(run_passes_signals)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct session *s;

		need_bpf();
		s = session_open(&(struct session_options){
			.args = LIST("run", "--no-report", "--", me(), "@await_signal"), .raw = true, .no_wait = true});
		session_wait_output(s, "waits");
		kill(s->pid, signals[i]);
		session_join(s);
		CHECK(WIFEXITED(s->status) && WEXITSTATUS(s->status) == signals[i], "signal %d: wait status %#x: %s",
		      signals[i], s->status, session_errors(s));
		session_close(s);
	}
}

/* --- what is told --- */

TEST(run_misses_nothing_of_cmd)
{
	char *program = text("%s/exit", test_dir());
	struct outcome o;
	json_t *events, *e;

	make_program(program, PROGRAM_EXIT);
	for (int i = 0; i < 10; i++) {
		events = events_of(&o, LIST("--", program, "a", "b c"));
		CHECK_EQ(o.status, 0);
		e = find_event(events, "exec", "filename", program);
		REQUIRE(e, "CMD's first exec is missing: %s", json_dumps(events, JSON_COMPACT));
		CHECK_STRINGS(e, "argv", ((struct strings){(const char **)LIST(program, "a", "b c"), 3}));
		CHECK_EQ(count_events(events, "exec"), 1);
		CHECK_EQ(count_events(events, "exit"), 1);
		e = find_event(events, "exit", "entity_id", json_text(e, "entity_id"));
		REQUIRE(e, "CMD's end is missing");
		CHECK_JSON_TEXT(e, "exe", program);
		check_only_family(events);
	}
	/* Looked for along PATH. */
	setenv("PATH", text("/no/such/folder:/none:%s", test_dir()), 1);
	events = events_of(&o, LIST("--", "exit"));
	CHECK_EQ(o.status, 0);
	/* Observer finds it: the folders where it is not are no failures of CMD. */
	CHECK_EQ(count_events(events, "exec_fail"), 0);
	CHECK(find_event(events, "exec", "filename", program), "the exec is missing");
}

/* A tree, and a storm of others beside it. */
TEST(run_tells_descendants_only)
{
	char *tag = new_tag();
	struct load *l = load_new(20000, 5);
	struct outcome o;
	json_t *events;
	size_t nr_exec = 0;

	load_start(l, "vfork");
	events = events_of(&o, LIST("--", me(), "@tree", "5", tag));
	kill(-l->pid, SIGKILL);
	kill(l->pid, SIGKILL);
	waitpid(l->pid, NULL, 0);
	test_disown_process(l->pid);
	close(l->result);
	CHECK_EQ(o.status, 0);
	check_only_family(events);
	for (size_t i = 0; i < json_array_size(events); i++) {
		json_t *e = json_array_get(events, i);

		nr_exec += is_event(e, "exec") && json_array_has(e, "argv", tag);
	}
	/* 1 + 2 + 4 + ... + 32 */
	CHECK_EQ(nr_exec, 63);
	CHECK_EQ(count_events(events, "exec"), 63);
	CHECK_EQ(count_events(events, "exit"), 63);
	CHECK(count_events(events, "fork") >= 62, "%zu forks", count_events(events, "fork"));
}

/* Leaves a daemon that goes on for a while and then execs. */
MODE(daemon)
{
	pid_t pid = fork();

	(void)argc;
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		return 4;
	}
	setsid();
	if (fork() > 0)
		_exit(0);
	close(1);
	close(2);
	/* As long as the test wants; after the end of CMD in any case. */
	for (int i = 0; i < 1500 && access(argv[3], F_OK) != 0; i++)
		sleep_ms(20);
	sleep_ms(700);
	execl(argv[2], argv[2], "from the daemon", (char *)NULL);
	_exit(1);
}

TEST(run_waits_for_daemons_when_asked)
{
	char *program = text("%s/exit", test_dir());
	char *go = text("%s/go", test_dir());
	struct outcome o;
	json_t *events, *e;

	make_program(program, PROGRAM_EXIT);
	events = events_of(&o, LIST("--", me(), "@daemon", program, go));
	CHECK_EQ(o.status, 4);
	CHECK(!find_event(events, "exec", "filename", program), "the daemon was told");
	make_file(go, "", 0, 0644);
	events = events_of(&o, LIST("--wait-all", "--", me(), "@daemon", program, go));
	CHECK_EQ(o.status, 4);
	check_only_family(events);
	e = find_event(events, "exec", "filename", program);
	REQUIRE(e, "the daemon's exec is missing: %s", json_dumps(events, JSON_COMPACT));
	CHECK(find_event(events, "exit", "entity_id", json_text(e, "entity_id")), "the daemon's end is missing");
	CHECK_EQ(count_events(events, "exit"), 3);
}

/* The report: on standard error, with the program and the numbers in it; not where it is not wanted. */
TEST(run_reports)
{
	struct outcome o = RUN("--", me(), "@tree", "3", "x");

	CHECK(o.status == 0 && !*o.out, "status %d, out '%s'", o.status, o.out);
	CHECK(strstr(o.err, "kernel_tests"), "no program in the report: %s", o.err);
	CHECK(strstr(o.err, "15"), "15 processes are not in the report: %s", o.err);
	CHECK(strstr(o.err, "ritical path"), "no critical path: %s", o.err);
	CHECK(!strchr(o.err, '\033'), "colours without a terminal");
	o = RUN("--no-report", "--", me(), "@tree", "3", "x");
	CHECK_TEXT(o.err, "");
}

/* As another user, and as the one who called sudo. */
static void as_by_sudo(void *arg)
{
	(void)arg;
	setenv("SUDO_UID", "54321", 1);
	setenv("SUDO_GID", "54322", 1);
	setenv("SUDO_USER", "someone", 1);
	setenv("SUDO_COMMAND", "observer", 1);
}

TEST(run_as_another_user)
{
	char *copy = text("%s/cmd", test_dir());
	struct outcome o;
	size_t length;
	char *bytes = read_whole(me(), &length);

	if (geteuid() != 0 || !user_name(65534))
		test_skip("not root, or no user 65534");
	make_file(copy, bytes, length, 0755);
	chmod(test_dir(), 0755);
	o = RUN("--user", user_name(65534), "--no-report", "--", copy, "@tell_surroundings");
	CHECK(o.status == 0, "status %d: %s", o.status, o.err);
	CHECK(strstr(o.out, "Uid 65534\t65534\t65534\t65534\n"), "ids: %s", line_with(o.out, "Uid"));
	CHECK(strstr(o.out, "CapEff 0000000000000000\n"), "capabilities: %s", line_with(o.out, "CapEff"));
	CHECK(strstr(o.out, text("\nUSER=%s\n", user_name(65534))), "no USER in the environment");
	o = run_words(LIST("--no-report", "--", copy, "@tell_surroundings"), as_by_sudo);
	CHECK(o.status == 0, "status %d: %s", o.status, o.err);
	CHECK(strstr(o.out, "Uid 54321\t54321\t54321\t54321\n"), "ids: %s", line_with(o.out, "Uid"));
	CHECK(strstr(o.out, "Gid 54322\t54322\t54322\t54322\n"), "ids: %s", line_with(o.out, "Gid"));
	CHECK(strstr(o.out, "CapEff 0000000000000000\n"), "capabilities: %s", line_with(o.out, "CapEff"));
}

/* Killed, observer does not take CMD along in the middle of its work, nor leave it hanging before its start. */
TEST(run_when_observer_is_killed)
{
	struct session *s;
	pid_t cmd = 0;
	char *children;

	need_bpf();
	s = session_open(&(struct session_options){
		.args = LIST("run", "--no-report", "--", me(), "@await_signal"), .raw = true, .no_wait = true});
	session_wait_output(s, "waits");
	children = read_whole(text("/proc/%d/task/%d/children", s->pid, s->pid), NULL);
	cmd = children ? atoi(children) : 0;
	REQUIRE(cmd > 0, "no child of observer");
	kill(s->pid, SIGKILL);
	session_join(s);
	sleep_ms(100);
	CHECK(kill(cmd, 0) == 0, "CMD is gone with observer");
	kill(cmd, SIGKILL);
	session_close(s);
}
