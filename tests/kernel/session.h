/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The observer under test: started, waited for, read, stopped, its sum checked. Everything that must hold for every run
 * (exact sum, no gap without a loss, encodings, keys) is checked here, so that each test checks it.
 */
#ifndef KERNEL_SESSION_H
#define KERNEL_SESSION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"

#define CPUS_MAX   1024
#define CAUSES_MAX 16

struct loss {
	char cause[32];
	uint64_t count;
};

/* Types of events that come from the kernel, named as in the stream. */
enum type {
	TYPE_exec,
	TYPE_exec_fail,
	TYPE_exit,
	TYPE_fork,
	TYPE_snapshot,
	TYPES,
};
extern const char *const type_names[TYPES];

/* A line that observer ends with: exec: seen N = printed A + filtered B + lost C (...) + unread D. Of a type that is
 * captured and not shown: used A. */
struct summary {
	bool found;
	uint64_t seen, printed, used, filtered, lost, unread;
	uint64_t earlier; /* told by readers before: only after a takeover */
	struct loss causes[CAUSES_MAX];
	size_t nr_causes;
};

struct session_options {
	const char *const *args;    /* options for observer; "-o json" is put before them unless `raw` */
	void (*prepare)(void *arg); /* runs in the child before the exec; calls child_fail or child_skip on errors */
	void *arg;
	int stdout_fd; /* instead of a file that the session reads; 0: none */
	bool raw;      /* standard output is not JSON lines, or is not read here */
	bool no_wait;  /* do not wait for `observer: ready` */
	bool keep_all; /* `objects` holds every event, not only the lost ones and those with a tag */
	/* Sees each object that would be kept; returns true to keep it. */
	bool (*visit)(json_t *object, void *arg);
};

/* One event of the stream; parsed when asked for, since a busy machine has many that are not the test's. */
struct line {
	enum type type;
	pid_t pid;
	uint64_t offset; /* in the file, bytes */
	size_t length;
	json_t *object;
};

struct session {
	struct session_options options;
	pid_t pid;
	char *out_path, *err_path;
	int out_fd;
	char *partial; /* of the last line */
	size_t partial_length;
	uint64_t offset; /* of `partial` in the file */
	struct line *lines;
	size_t nr_lines;
	json_t **objects; /* kept ones, in the order of the stream */
	size_t nr_objects;
	uint64_t nr_events[TYPES], lost[TYPES]; /* in the stream; `lost` sums the counts of lost events */
	uint64_t nr_lost_events;
	/* Per cpu: the number expected, and what lost events since then explain. */
	uint64_t next_seq[TYPES][CPUS_MAX], gap[TYPES][CPUS_MAX];
	bool ended;
	int status; /* wait status once ended */
};

/* Starts observer and waits until it is ready. The test is skipped where nobody could attach (no root, no BPF). */
struct session *session_open(const struct session_options *options);
#define session_start(...)	session_open(&(struct session_options){.args = LIST(__VA_ARGS__)})
#define session_start_default() session_open(&(struct session_options){.args = (const char *const[]){NULL}})

/* The same with standard output as it is: text, and no -o of ours. */
struct session *session_start_raw(const char *const *args);

/* Reads what has come so far; returns how many events there were. */
size_t session_read(struct session *s);
/* Waits for the exec event with that pid (and the given number of earlier ones skipped), or with that argument. */
json_t *session_wait_pid(struct session *s, pid_t pid);
json_t *session_wait_pid_nth(struct session *s, pid_t pid, size_t nth);
json_t *session_wait_tag(struct session *s, const char *tag);
/* The same for events of any type; NULL where it has not come yet. */
json_t *session_wait_event(struct session *s, enum type type, pid_t pid, size_t nth);
json_t *session_find_event(struct session *s, enum type type, pid_t pid, size_t nth);
/* Place of an event in the stream, counted from 0, for comparisons; the test fails where it is not there. */
size_t session_place(struct session *s, enum type type, pid_t pid, size_t nth);
/* How many exec events of this pid, or with this argument, have come so far. */
size_t session_count_pid(struct session *s, pid_t pid);
size_t session_count_events(struct session *s, enum type type, pid_t pid);
size_t session_count_tag(struct session *s, const char *tag);
/* Whether this text stands anywhere in the output so far. */
bool session_printed(struct session *s, const char *wanted);
/* Waits until `wanted` stands in what observer wrote to its standard output (raw sessions), with the rest of its line;
 * returns all of it. */
char *session_wait_output(struct session *s, const char *wanted);
/* The line of a text in which a word stands; NULL where there is none. */
char *line_with(const char *output, const char *word);
/* What it wrote to standard error so far. */
char *session_errors(struct session *s);

/* Stops it by SIGSTOP, and waits until it stands still. */
void session_pause(struct session *s);

/* Ends observer by SIGINT, reads the rest, checks status 0, the sum and the stream. */
struct summary session_stop(struct session *s);
/* The same, when it ends by itself or by another signal already sent, with that exit status. */
struct summary session_finish(struct session *s, int expected_status);
/* Parts of the above, for tests that expect something else. */
bool session_has_ended(struct session *s);
json_t *session_parse(const char *line, size_t length);
void session_join(struct session *s);
struct summary session_summary(struct session *s);
struct summary session_summary_of(struct session *s, enum type type);
void session_close(struct session *s);

/* Runs observer to its end, at most 30 s; text of both streams, exit status (128 + signal where killed). */
struct outcome {
	int status;
	char *out, *err;
};
struct outcome run_observer(const struct session_options *options);
#define run_observer_with(...) run_observer(&(struct session_options){.args = LIST(__VA_ARGS__), .raw = true})

/* Makes a BPF ring buffer of that size; returns a descriptor, or -1 and errno. */
int ring_buffer_open(uint32_t bytes);
/* Skips the test where no one could attach BPF programs. */
void need_bpf(void);

#endif
