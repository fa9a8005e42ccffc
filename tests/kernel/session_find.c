/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding events in what a session has read: by process id, by a word among the arguments. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

#define EVENT_TIMEOUT_MS 15000
#define POLL_MS		 2

static json_t *object_of(struct session *s, struct line *l)
{
	char *bytes;

	if (l->object)
		return l->object;
	bytes = malloc(l->length);
	REQUIRE(pread(s->out_fd, bytes, l->length, (off_t)l->offset) == (ssize_t)l->length,
		"cannot read the output again");
	l->object = session_parse(bytes, l->length);
	free(bytes);
	return l->object;
}

/* Place among the lines; nr_lines where it has not come. */
static size_t find_place(struct session *s, enum type type, pid_t pid, size_t nth)
{
	for (size_t i = 0; i < s->nr_lines; i++)
		if (s->lines[i].type == type && s->lines[i].pid == pid && nth-- == 0)
			return i;
	return s->nr_lines;
}

static json_t *find_pid(struct session *s, enum type type, pid_t pid, size_t nth)
{
	size_t place = find_place(s, type, pid, nth);

	return place < s->nr_lines ? object_of(s, &s->lines[place]) : NULL;
}

json_t *session_find_event(struct session *s, enum type type, pid_t pid, size_t nth)
{
	session_read(s);
	return find_pid(s, type, pid, nth);
}

size_t session_place(struct session *s, enum type type, pid_t pid, size_t nth)
{
	size_t place = find_place(s, type, pid, nth);

	REQUIRE(place < s->nr_lines, "no %s event number %zu of pid %d", type_names[type], nth, pid);
	return place;
}

static bool is_exec(const json_t *e)
{
	return !strcmp(json_text(e, "event"), "exec");
}

static json_t *find_tag(struct session *s, const char *tag)
{
	for (size_t i = 0; i < s->nr_objects; i++)
		if (is_exec(s->objects[i]) && json_array_has(s->objects[i], "argv", tag))
			return s->objects[i];
	return NULL;
}

/* One of pid and tag is given. */
static json_t *session_wait(struct session *s, enum type type, pid_t pid, size_t nth, const char *tag)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + test_patience() * EVENT_TIMEOUT_MS * 1000000ULL;
	size_t seen = (size_t)-1;

	do {
		if (session_read(s) != seen) {
			json_t *e = tag ? find_tag(s, tag) : find_pid(s, type, pid, nth);

			if (e)
				return e;
			seen = s->nr_lines;
		}
		REQUIRE(!session_has_ended(s), "observer ended (wait status %#x): %s", s->status, session_errors(s));
		sleep_ms(POLL_MS);
	} while (now_ns(CLOCK_MONOTONIC) < end);
	if (tag)
		REQUIRE(false, "no exec event with the argument '%s' among %zu", tag, s->nr_lines);
	REQUIRE(false, "no %s event number %zu of pid %d among %zu", type_names[type], nth, pid, s->nr_lines);
	return NULL;
}

json_t *session_wait_pid_nth(struct session *s, pid_t pid, size_t nth)
{
	return session_wait(s, TYPE_exec, pid, nth, NULL);
}

json_t *session_wait_event(struct session *s, enum type type, pid_t pid, size_t nth)
{
	return session_wait(s, type, pid, nth, NULL);
}

json_t *session_wait_pid(struct session *s, pid_t pid)
{
	return session_wait(s, TYPE_exec, pid, 0, NULL);
}

json_t *session_wait_tag(struct session *s, const char *tag)
{
	return session_wait(s, TYPE_exec, 0, 0, tag);
}

size_t session_count_events(struct session *s, enum type type, pid_t pid)
{
	size_t nr = 0;

	session_read(s);
	for (size_t i = 0; i < s->nr_lines; i++)
		nr += s->lines[i].type == type && s->lines[i].pid == pid;
	return nr;
}

size_t session_count_pid(struct session *s, pid_t pid)
{
	return session_count_events(s, TYPE_exec, pid);
}

size_t session_count_tag(struct session *s, const char *tag)
{
	size_t nr = 0;

	session_read(s);
	for (size_t i = 0; i < s->nr_objects; i++)
		nr += is_exec(s->objects[i]) && json_array_has(s->objects[i], "argv", tag);
	return nr;
}

bool session_printed(struct session *s, const char *wanted)
{
	size_t length = 0;
	char *output = read_whole(s->out_path, &length);

	return memmem(output, length, wanted, strlen(wanted)) != NULL;
}

char *line_with(const char *output, const char *word)
{
	const char *at = strstr(output, word), *begin = at;

	if (!at)
		return NULL;
	while (begin > output && begin[-1] != '\n')
		begin--;
	return text("%.*s", (int)strcspn(begin, "\n"), begin);
}
