/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a made-up trace by -o perfetto to the file named, and what must be in it to standard output. Judged by
 * perfetto.py. */
#include <errno.h>
#undef errno

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events/events.h"
#include "events/lost.h"
#include "outputs/outputs.h"

#define NAME_BYTES 64

static struct output *output;
static struct scratch scratch;
static unsigned long long now_ns = 1000000000;

static void give(const struct schema *s, void *record, size_t bytes, uint32_t type)
{
	struct event e = {.schema = s, .parts[PART_RECORD] = {record, bytes}, .scratch = &scratch};
	struct record *header = record;

	header->boot_ns = now_ns += 1500;
	header->type = type;
	scratch_reset(&scratch);
	output_write(output, &e);
}

static void put_fork(uint32_t pid, uint64_t start_ns, bool thread)
{
	struct fork_event f = {.pid = pid, .tid = pid, .start_ns = start_ns, .thread = thread, .comm.bytes = "sh"};

	give(&schema_fork, &f, sizeof(f), RECORD_fork);
}

static void put_exec(uint32_t pid, uint64_t start_ns, const char *filename)
{
	struct {
		struct exec_event x;
		char name[NAME_BYTES];
	} e = {.x = {.pid = pid, .start_ns = start_ns, .comm.bytes = "name"}};

	e.x.filename = (struct span){sizeof(e.x), strlen(filename)};
	memcpy(e.name, filename, strlen(filename));
	give(&schema_exec, &e, sizeof(e), RECORD_exec);
}

static void put_exec_fail(uint32_t pid, uint64_t start_ns)
{
	struct exec_fail_event x = {.pid = pid, .start_ns = start_ns, .errno = ENOENT};

	give(&schema_exec_fail, &x, sizeof(x), RECORD_exec_fail);
}

static void put_exit(uint32_t pid, uint64_t start_ns, uint32_t signal)
{
	struct exit_event x = {.pid = pid, .start_ns = start_ns, .exit_code = signal ? ~0ULL : 3, .signal = signal};

	give(&schema_exit, &x, sizeof(x), RECORD_exit);
}

static void put_lost(void)
{
	struct lost_event x = {.of = RECORD_exit, .count = 4};

	give(&schema_lost, &x, sizeof(x), RECORD_LOST);
}

static void tell(void)
{
	put_exec(10, 1, "/bin/first");
	for (uint32_t pid = 11; pid < 1000; pid++) {
		put_fork(pid, pid, false);
		put_exec_fail(pid, pid);
		put_exec(pid, pid, pid % 2 ? "/bin/\"quoted\\\"" : "/bin/\x1b[31m\n\xff");
		put_exec(pid, pid, "/bin/second/");
		if (pid % 3)
			put_exit(pid, pid, pid % 5 ? 0 : 9);
	}
	put_fork(10, 1, true);
	/* The pid 12 is given again: its former life was never seen to end. */
	put_fork(12, 5000, false);
	put_exec(12, 5000, "/bin/again");
	put_exit(12, 5000, 0);
	/* The end of one whose beginning was not seen. */
	put_exit(2000, 7, 0);
	put_lost();
	/* An event of another processor that comes late. */
	now_ns -= 1000000;
	put_exec(10, 1, "/bin/late");
	now_ns += 1000000;
}

int main(int argc, char **argv)
{
	static const struct schema *const schemas[] = {&schema_exec, &schema_exec_fail, &schema_exit,
						       &schema_fork, &schema_lost,	NULL};
	const struct output_settings settings = {0};
	struct error err = {0};
	char spec[4096];

	if (argc != 2)
		return 2;
	snprintf(spec, sizeof(spec), "perfetto:%s", argv[1]);
	if (output_open(spec, &settings, schemas, &output, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	tell();
	if (output_close(output, NULL, &err))
		return 1;
	scratch_done(&scratch);
	/* Lives: 10, 11..999, 12 again, 2000. Execs: two of each but 10's two, the second life's one. */
	printf("{\"B\": %d, \"E\": %d, \"i\": %d}\n", 992 + 2 * 989 + 2 + 1, 992 + 2 * 989 + 2 + 1, 989 + 1 + 1);
	return 0;
}
