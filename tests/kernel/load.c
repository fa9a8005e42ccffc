/* SPDX-License-Identifier: GPL-2.0-only */
/* Starting storms and booking their serial numbers. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "load.h"

#define CALIBRATION 100 /* execs, to see how fast this machine is */

void load_start(struct load *l, const char *mode)
{
	const char *program = getenv("STORM");
	const char *target = getenv("STORM_TARGET");
	int ends[2];

	if (!program || !*program)
		program = beside_me("storm");
	if (!program)
		test_skip("no storm program beside this one");
	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	fflush(NULL);
	l->pid = fork();
	if (l->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		dup2(ends[1], 1);
		execl(program, program, "--mode", mode, "--tag", l->tag, "--count",
		      text("%llu", (unsigned long long)l->count), "--first", text("%llu", (unsigned long long)l->first),
		      "--threads", text("%ld", l->one_thread ? 1 : sysconf(_SC_NPROCESSORS_ONLN)),
		      target ? "--target" : (char *)NULL, target, (char *)NULL);
		_exit(127);
	}
	setpgid(l->pid, l->pid);
	test_own_process(l->pid);
	close(ends[1]);
	l->result = ends[0];
}

void load_join(struct load *l)
{
	char said[512] = {0};
	int status = -1;
	json_t *result;

	(void)!read(l->result, said, sizeof(said) - 1);
	waitpid(l->pid, &status, 0);
	test_disown_process(l->pid);
	close(l->result);
	result = json_loads(said, 0, NULL);
	REQUIRE(status == 0 && result, "the storm failed: %#x: %s", status, said);
	CHECK_NUMBER(result, "execs", l->count);
}

void load_run(struct load *l, const char *mode)
{
	load_start(l, mode);
	load_join(l);
}

struct load *load_new(uint64_t count, double seconds)
{
	struct load probe = {.tag = "calibration", .count = CALIBRATION}, *l = calloc(1, sizeof(*l));
	uint64_t begin = now_ns(CLOCK_MONOTONIC);
	double possible;

	load_run(&probe, "vfork");
	possible = seconds * 1e9 / (double)(now_ns(CLOCK_MONOTONIC) - begin) * CALIBRATION;
	l->tag = new_tag();
	l->count = possible < (double)count ? (uint64_t)possible + 1 : count;
	l->printed = calloc(l->count, 1);
	return l;
}

bool load_visit(json_t *object, void *load)
{
	struct load *l = load;
	json_t *argv = json_object_get(object, "argv");
	const char *serial = json_string_value(json_array_get(argv, 1)),
		   *tag = json_string_value(json_array_get(argv, 3));
	uint64_t number;

	if (!tag || !serial || strcmp(tag, l->tag) != 0)
		return true;
	number = strtoull(serial, NULL, 10) - l->first;
	if (!CHECK(number < l->count, "serial number %s of %llu", serial, (unsigned long long)l->count))
		return true;
	if (l->printed[number]++)
		l->nr_twice++;
	l->nr_printed++;
	return false;
}

void load_check_all(const struct load *l)
{
	CHECK_EQ(l->nr_twice, 0);
	for (uint64_t i = 0; i < l->count; i++)
		if (!CHECK(l->printed[i], "number %llu of %llu is missing (%llu are there)", (unsigned long long)i,
			   (unsigned long long)l->count, (unsigned long long)l->nr_printed))
			return;
}

void load_check_rest(const struct load *l, uint64_t lost_or_unread)
{
	CHECK_EQ(l->nr_twice, 0);
	CHECK(l->count - l->nr_printed <= lost_or_unread, "%llu of %llu are missing, %llu are accounted for",
	      (unsigned long long)(l->count - l->nr_printed), (unsigned long long)l->count,
	      (unsigned long long)lost_or_unread);
}

struct session *load_session(struct load *l, const char *const *args)
{
	return session_open(&(struct session_options){.args = args, .visit = load_visit, .arg = l});
}
