/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real work under observer run: what is told of it against what the programs themselves recorded. Counts and exit codes
 * are exact; CPU times of single processes are within 10 % and a clock tick (lives.h), their sum within 5 %.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "lives.h"
#include "run_events.h"
#include "session.h"

#define SOURCE_ROOT SOURCE_FOLDER "/.."

/* --- a parallel build made for the test --- */

#define NR_JOBS	     2000
#define JOBS_AT_ONCE 4

/* What the build itself knows of each of its jobs, by wait4(2). */
struct job {
	pid_t pid;
	int status;
	uint64_t cpu_ns, ended_ns;
};

static uint64_t usage_ns(const struct rusage *u)
{
	return ((uint64_t)u->ru_utime.tv_sec + (uint64_t)u->ru_stime.tv_sec) * 1000000000U +
	       ((uint64_t)u->ru_utime.tv_usec + (uint64_t)u->ru_stime.tv_usec) * 1000U;
}

/* A compiler, so to say: takes as long as its number says, and some fail. */
MODE(job)
{
	unsigned int number = (unsigned int)atoi(argv[argc - 1]);

	burn_user(number % 3);
	return (int)(number % 5);
}

static void wait_for_job(struct job *jobs)
{
	struct rusage usage;
	struct job done;

	done.pid = wait4(-1, &done.status, 0, &usage);
	done.ended_ns = now_ns(CLOCK_BOOTTIME);
	done.cpu_ns = usage_ns(&usage);
	for (int i = 0; i < NR_JOBS; i++)
		if (jobs[i].pid == done.pid && !jobs[i].cpu_ns)
			jobs[i] = done;
}

/* The build: so many jobs, a few at a time; what became of them goes into the file that it is given. */
MODE(build)
{
	int fd = open(argv[argc - 1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct job *jobs;

	if (fd < 0 || ftruncate(fd, NR_JOBS * sizeof(*jobs)))
		return 1;
	jobs = mmap(NULL, NR_JOBS * sizeof(*jobs), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (int i = 0; i < NR_JOBS; i++) {
		char number[16];
		pid_t pid;

		if (i >= JOBS_AT_ONCE)
			wait_for_job(jobs);
		snprintf(number, sizeof(number), "%d", i);
		pid = fork();
		if (!pid) {
			execl("/proc/self/exe", "job", "@job", number, (char *)NULL);
			_exit(127);
		}
		jobs[i].pid = pid;
	}
	for (int i = 0; i < JOBS_AT_ONCE; i++)
		wait_for_job(jobs);
	return 0;
}

/* The exit events by pid. */
static json_t *exits_by_pid(const json_t *events)
{
	json_t *exits = json_object();

	for (size_t i = 0; i < json_array_size(events); i++) {
		json_t *e = json_array_get(events, i);

		if (is_event(e, "exit"))
			json_object_set(exits, text("%llu", (unsigned long long)json_number(e, "pid")), e);
	}
	return exits;
}

TEST(run_of_a_parallel_build)
{
	char *path = text("%s/jobs", test_dir());
	uint64_t recorded_ns = 0, told_ns = 0;
	const struct job *jobs;
	json_t *events, *exits;
	struct outcome o;
	size_t nr_far = 0;

	events = events_of(&o, LIST("--ring", "32M", "--", me(), "@build", path));
	CHECK_EQ(o.status, 0);
	CHECK(!strstr(o.err, "lost"), "events were lost: %s", o.err);
	jobs = (const struct job *)read_whole(path, NULL);
	REQUIRE(jobs, "the build recorded nothing");
	CHECK_EQ(count_events(events, "fork"), NR_JOBS);
	CHECK_EQ(count_events(events, "exec"), NR_JOBS + 1);
	CHECK_EQ(count_events(events, "exit"), NR_JOBS + 1);
	exits = exits_by_pid(events);
	for (int i = 0; i < NR_JOBS; i++) {
		json_t *e = json_object_get(exits, text("%d", jobs[i].pid));
		uint64_t cpu_ns;

		if (!CHECK(e, "job %d (process %d) has no end", i, jobs[i].pid))
			continue;
		CHECK_EQ(WEXITSTATUS(jobs[i].status), i % 5);
		CHECK_NUMBER(e, "exit_code", i % 5);
		cpu_ns = json_number(e, "utime_ns") + json_number(e, "stime_ns");
		recorded_ns += jobs[i].cpu_ns;
		told_ns += cpu_ns;
		nr_far += !cpu_close_at_exit(e, cpu_ns, jobs[i].cpu_ns, jobs[i].ended_ns);
	}
	CHECK_EQ(nr_far, 0);
	/* Less by the way out after the event; more by what a hypervisor stole in a last tick alone. */
	CHECK(told_ns > recorded_ns * 90 / 100 && told_ns < recorded_ns * 102 / 100,
	      "%llu ns of CPU time, wait4 says %llu", (unsigned long long)told_ns, (unsigned long long)recorded_ns);
	CHECK(strstr(o.err, "2001"), "2001 processes are not in the report: %s", o.err);
}

/* The same build as a trace, judged by a reader that shares nothing with the writer: nesting, begin and end, and the
 * counter equal to the processes that live. */
TEST(run_of_a_parallel_build_as_a_trace)
{
	char *path = text("%s/trace.json", test_dir()), *said = text("%s/said", test_dir());
	struct outcome o;
	int status;

	if (access(SOURCE_ROOT "/tests/unit/perfetto.py", R_OK) || system("python3 -c '' 2>/dev/null"))
		test_skip("the reader, or python3, is not here");
	o = RUN("--ring", "32M", "-o", text("perfetto:%s", path), "--", me(), "@build", text("%s/jobs", test_dir()));
	CHECK(o.status == 0, "status %d: %s", o.status, o.err);
	status = system(text("python3 -B %s/tests/unit/perfetto.py --file %s >%s 2>&1", SOURCE_ROOT, path, said));
	CHECK(status == 0, "the trace is wrong: %s", read_whole(said, NULL));
	CHECK(strstr(read_whole(said, NULL), text("'B': %d", 2 * NR_JOBS + 2)), "not a process and an exec of each: %s",
	      read_whole(said, NULL));
}

/* --- programs of everybody --- */

TEST(run_of_a_pipeline)
{
	/* By their paths: a shell may have the names built in. */
	static const char pipeline[] = "printf 'b\\na\\nb\\n' | /usr/bin/sort | /usr/bin/uniq -c | /bin/cat; exit 5";
	static const char *const programs[] = {"sort", "uniq", "cat"};
	struct outcome o;
	json_t *events;

	if (access("/usr/bin/sort", X_OK) || access("/usr/bin/uniq", X_OK) || access("/bin/cat", X_OK))
		test_skip("sort, uniq and cat are not in /usr/bin and /bin");
	events = events_of(&o, LIST("--", "/bin/sh", "-c", pipeline));
	CHECK_EQ(o.status, 5);
	CHECK(strstr(o.out, "2 b"), "the pipeline's output is '%s'", o.out);
	CHECK_EQ(count_events(events, "exit"), count_events(events, "fork") + 1);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		json_t *e = find_event(events, "exec", "comm", programs[i]), *end;

		if (!CHECK(e, "no exec of %s", programs[i]))
			continue;
		end = find_event(events, "exit", "entity_id", json_text(e, "entity_id"));
		REQUIRE(end, "no end of %s", programs[i]);
		CHECK_NUMBER(end, "exit_code", 0);
	}
	check_only_family(events);
}

/* What apt-get says is the same, and so is its status; it runs dpkg to ask for the architecture. */
TEST(run_of_apt_get)
{
	struct outcome o;
	json_t *events, *first;

	if (access("/usr/bin/apt-get", X_OK))
		test_skip("there is no apt-get");
	events = events_of(&o, LIST("--", "apt-get", "--help"));
	CHECK_EQ(o.status, 0);
	CHECK(strstr(o.out, "apt-get"), "it says nothing: %s", o.out);
	first = find_event(events, "exec", "exe", "/usr/bin/apt-get");
	REQUIRE(first, "no exec of apt-get");
	CHECK_STRINGS(first, "argv", ((struct strings){(const char **)LIST("apt-get", "--help"), 2}));
	CHECK_EQ(count_events(events, "exit"), count_events(events, "fork") + 1);
	check_only_family(events);
}

/* --- this project's own build --- */

/* The lines of ninja's log that name a command's output. */
static size_t count_built(const char *log, const json_t *events)
{
	size_t nr = 0;

	for (const char *line = strchr(log, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		char *output = text("%.*s", (int)strcspn(line + 1, "\n"), line + 1);
		bool named = false;

		/* begin, end, time of the file, output, hash */
		strtok(output, "\t");
		strtok(NULL, "\t");
		strtok(NULL, "\t");
		output = strtok(NULL, "\t");
		if (!output)
			continue;
		nr++;
		for (size_t i = 0; !named && i < json_array_size(events); i++) {
			json_t *e = json_array_get(events, i);

			named = is_event(e, "exec") && json_array_has(e, "argv", output);
		}
		CHECK(named, "no exec has the output '%s' among its arguments", output);
	}
	return nr;
}

TEST(run_of_make_on_a_clean_build)
{
	static const char rule[] = "all:\n\tninja -C build --quiet src/base/libbase.a\n";
	char *folder = text("%s/build", test_dir()), *log;
	struct outcome o;
	json_t *events;

	if (access(SOURCE_ROOT "/meson.build", R_OK) || system("meson --version >/dev/null 2>&1") ||
	    system("make --version >/dev/null 2>&1"))
		test_skip("the sources, meson or make are not here");
	/* A compiler that is named is used without ccache. */
	setenv("CC", "cc", 1);
	setenv("CCACHE_DISABLE", "1", 1);
	if (system(text("meson setup %s %s >%s.log 2>&1", folder, SOURCE_ROOT, folder)))
		test_skip("meson setup fails here: %s", read_whole(text("%s.log", folder), NULL));
	make_file(text("%s/Makefile", test_dir()), rule, strlen(rule), 0644);
	events = events_of(&o, LIST("--ring", "32M", "--", "make", "-s", "-C", test_dir()));
	CHECK(o.status == 0, "status %d: %s", o.status, o.err);
	log = read_whole(text("%s/.ninja_log", folder), NULL);
	REQUIRE(log, "ninja wrote no log");
	CHECK(count_built(log, events) >= 10, "too little was built: %s", log);
	CHECK(!strstr(o.err, "lost"), "events were lost: %s", o.err);
	CHECK_EQ(count_events(events, "exit"), count_events(events, "fork") + 1);
	check_only_family(events);
	CHECK(strstr(o.err, "ritical path") && strstr(o.err, "ninja"), "no report: %s", o.err);
}
