/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes up what processes did, as records for the report. Times are in milliseconds, starts at 1,000,000 ms since boot.
 */
#ifndef REPORT_STORY_H
#define REPORT_STORY_H

#include <errno.h>
#undef errno

#include "check.h"
#include "events/events.h"
#include "events/lost.h"
#include "report/report.h"

#define STORY_MS(ms) ((1000000ULL + (ms)) * 1000000ULL)
#define STORY_SPANS  4096

static struct report *story;
static uint64_t story_starts[1 << 16]; /* by pid */

static inline void story_begin(uint32_t root_pid)
{
	const struct report_settings settings = {.root_pid = root_pid};

	memset(story_starts, 0, sizeof(story_starts));
	story = report_new(&settings, NULL);
}

static inline void story_fork(uint64_t ms, uint32_t parent, uint32_t pid)
{
	struct fork_event f = {
		.header = {.boot_ns = STORY_MS(ms), .type = RECORD_fork}, .pid = pid, .tid = pid, .ppid = parent};

	story_starts[pid] = STORY_MS(ms);
	f.start_ns = story_starts[pid];
	f.parent_start_ns = story_starts[parent];
	strcpy(f.comm.bytes, "forked");
	report_feed(story, &f.header, sizeof(f));
}

/* Behind the fixed part of a record. */
struct story_tail {
	char bytes[STORY_SPANS];
	size_t used;
};

static inline void story_put(struct story_tail *tail, struct span *span, size_t offset, const void *bytes,
			     size_t length)
{
	if (tail->used + length > sizeof(tail->bytes))
		abort();
	memcpy(tail->bytes + tail->used, bytes, length);
	*span = (struct span){offset + tail->used, length};
	tail->used += length;
}

/* argv: words with one blank between them, made to a list. */
static inline void story_exec_type(uint64_t ms, uint32_t pid, const char *filename, const char *words, uint32_t type)
{
	struct {
		struct exec_event x;
		struct story_tail tail;
	} e = {.x = {.header = {.boot_ns = STORY_MS(ms), .type = type}, .pid = pid, .start_ns = story_starts[pid]}};
	char list[1024];
	size_t length = strlen(words) + 1;

	memcpy(list, words, length);
	for (size_t i = 0; i < length; i++)
		list[i] = list[i] == ' ' ? 0 : list[i];
	strncpy(e.x.comm.bytes, strrchr(filename, '/') ? strrchr(filename, '/') + 1 : filename, COMM_BYTES - 1);
	story_put(&e.tail, &e.x.filename, sizeof(e.x), filename, strlen(filename));
	story_put(&e.tail, &e.x.argv, sizeof(e.x), list, length);
	report_feed(story, &e.x.header, sizeof(e.x) + e.tail.used);
}

static inline void story_exec(uint64_t ms, uint32_t pid, const char *filename, const char *words)
{
	story_exec_type(ms, pid, filename, words, RECORD_exec);
}

static inline void story_exec_fail(uint64_t ms, uint32_t pid, const char *filename, uint32_t number)
{
	struct {
		struct exec_fail_event x;
		struct story_tail tail;
	} e = {.x = {.header = {.boot_ns = STORY_MS(ms), .type = RECORD_exec_fail},
		     .pid = pid,
		     .start_ns = story_starts[pid]}};

	e.x.errno = number;
	story_put(&e.tail, &e.x.filename, sizeof(e.x), filename, strlen(filename));
	report_feed(story, &e.x.header, sizeof(e.x) + e.tail.used);
}

struct story_end {
	uint64_t utime_ms, stime_ms, rss_bytes, read_bytes, write_bytes;
	uint32_t code, signal;
};

static inline void story_exit(uint64_t ms, uint32_t pid, struct story_end end)
{
	struct exit_event x = {
		.header = {.boot_ns = STORY_MS(ms), .type = RECORD_exit}, .pid = pid, .start_ns = story_starts[pid]};

	x.exit_code = end.signal ? ~0ULL : end.code;
	x.signal = end.signal;
	x.raw_utime_ns = end.utime_ms * 1000000;
	x.raw_stime_ns = end.stime_ms * 1000000;
	x.runtime_ns = x.raw_utime_ns + x.raw_stime_ns;
	x.max_rss_bytes = end.rss_bytes;
	x.read_bytes = end.read_bytes;
	x.write_bytes = end.write_bytes;
	report_feed(story, &x.header, sizeof(x));
}

#define story_exit_like(ms, pid, ...) story_exit(ms, pid, (struct story_end){__VA_ARGS__})

/* Prints the report and ends the story. */
static inline struct buffer story_print(struct report_look look)
{
	struct buffer text = {0};

	report_print(story, &look, &text);
	report_free(story);
	story = NULL;
	return text;
}

static inline void story_check(struct report_look look, const char *expected, struct check_place place)
{
	struct buffer text = story_print(look);

	if (!check_bytes(text.data, text.length, expected, strlen(expected), place))
		fwrite(text.data, 1, text.length, stderr);
	buffer_done(&text);
}
#define STORY_CHECK(expected, ...) story_check((struct report_look){__VA_ARGS__}, expected, CHECK_PLACE(story))

#endif
