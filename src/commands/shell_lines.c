/* SPDX-License-Identifier: GPL-2.0-only */
/* Execs as command lines. Environments are kept once each: most processes share their parent's. */
#include "commands/shell_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell.h"
#include "events/events.h"
#include "outputs/command.h"
#include "report/map.h"
#include "schema/schema.h"

/* Strings ended by NUL each. */
struct environment {
	size_t length;
	char strings[];
};

/* What a process was started with. */
struct inherited {
	uint32_t pid;
	uint64_t start_ns;
	const struct environment *environment;
};

struct shell_lines {
	struct map environments, processes;
	const struct environment *first;
	struct command_fields fields;
	struct scratch scratch;
};

struct strings {
	const char *data;
	size_t length;
};

static bool has_strings(const void *value, const void *key)
{
	const struct environment *e = value;
	const struct strings *s = key;

	return e->length == s->length && !memcmp(e->strings, s->data, s->length);
}

static const struct environment *keep(struct shell_lines *s, const char *data, size_t length)
{
	const struct strings strings = {data, length};
	uint64_t hash = map_hash(0, data, length);
	struct environment *e = map_find(&s->environments, hash, has_strings, &strings);

	if (e)
		return e;
	e = malloc(sizeof(*e) + length + 1);
	if (!e)
		return NULL;
	e->length = length;
	memcpy(e->strings, data, length);
	e->strings[length] = '\0';
	if (map_add(&s->environments, hash, e)) {
		free(e);
		return NULL;
	}
	return e;
}

static bool has_identity(const void *value, const void *key)
{
	const struct inherited *a = value, *b = key;

	return a->pid == b->pid && a->start_ns == b->start_ns;
}

static uint64_t hash_identity(uint32_t pid, uint64_t start_ns)
{
	return map_hash(pid, &start_ns, sizeof(start_ns));
}

static struct inherited *find(const struct shell_lines *s, uint32_t pid, uint64_t start_ns)
{
	const struct inherited key = {.pid = pid, .start_ns = start_ns};

	return map_find(&s->processes, hash_identity(pid, start_ns), has_identity, &key);
}

static void set(struct shell_lines *s, uint32_t pid, uint64_t start_ns, const struct environment *environment)
{
	struct inherited *i = find(s, pid, start_ns);

	if (!i) {
		i = calloc(1, sizeof(*i));
		if (!i)
			return;
		*i = (struct inherited){.pid = pid, .start_ns = start_ns};
		if (map_add(&s->processes, hash_identity(pid, start_ns), i)) {
			free(i);
			return;
		}
	}
	i->environment = environment;
}

struct shell_lines *shell_lines_new(char *const *environment, struct error *err)
{
	struct shell_lines *s = calloc(1, sizeof(*s));
	struct buffer list = {0};

	for (; environment && *environment; environment++)
		buffer_append(&list, *environment, strlen(*environment) + 1);
	if (s) {
		command_find_fields(&s->fields, &schema_exec);
		s->first = keep(s, list.data ? list.data : "", list.length);
	}
	buffer_done(&list);
	if (!s || !s->first) {
		shell_lines_free(s);
		fail(err, -ENOMEM, "no memory for the command lines");
		return NULL;
	}
	return s;
}

static void free_values(struct map *m)
{
	for (size_t i = 0; i < m->nr_slots; i++)
		free(m->slots[i].value);
	map_done(m);
}

void shell_lines_free(struct shell_lines *s)
{
	if (!s)
		return;
	free_values(&s->environments);
	free_values(&s->processes);
	scratch_done(&s->scratch);
	free(s);
}

/* The string of this name in a list; NULL where there is none. A string without = is all name. */
static const char *find_name(const struct environment *e, const char *name, size_t length)
{
	for (const char *at = e->strings; at < e->strings + e->length; at += strlen(at) + 1) {
		if (strcspn(at, "=") == length && !memcmp(at, name, length))
			return at;
	}
	return NULL;
}

/* Only such names can be exported by a shell; others go along as they are. */
static bool is_exportable(const char *string)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	size_t length = strspn(string, letters);

	return length && string[length] == '=' && (*string < '0' || *string > '9');
}

static void append_word(struct buffer *out, const char *before, const char *word, size_t length)
{
	buffer_append_text(out, before);
	shell_append_word(out, word, length);
}

/* What is in `a` and, with the same value or at all, not in `b`. */
static void append_difference(struct buffer *out, const struct environment *a, const struct environment *b, bool names)
{
	const char *before = names ? "unset " : "export ";
	size_t begin = out->length;

	for (const char *at = a->strings; at < a->strings + a->length; at += strlen(at) + 1) {
		size_t name_length = strcspn(at, "=");
		const char *other = find_name(b, at, name_length);

		if (!is_exportable(at) || (other && (names || !strcmp(at, other))))
			continue;
		append_word(out, before, at, names ? name_length : strlen(at));
		before = " ";
	}
	if (out->length > begin)
		buffer_append_text(out, " && ");
}

static struct value get(const struct event *e, enum exec_row row)
{
	struct value v;

	event_get(e, schema_find_row(&schema_exec, row), &v);
	return v;
}

static const struct environment *find_former(const struct shell_lines *s, const struct exec_event *x)
{
	const struct inherited *i = find(s, x->pid, x->start_ns);

	if (!i)
		i = find(s, x->ppid, x->parent_start_ns);
	return i ? i->environment : s->first;
}

static void take_exec(struct shell_lines *s, const struct record *record, size_t bytes, struct buffer *out)
{
	const struct environment *former, *now;
	struct event e = {.schema = &schema_exec, .parts[PART_RECORD] = {record, bytes}, .scratch = &s->scratch};
	struct value env, cwd;
	struct exec_event x;

	if (bytes < sizeof(x))
		return;
	memcpy(&x, record, sizeof(x));
	scratch_reset(&s->scratch);
	former = find_former(s, &x);
	env = get(&e, EXEC_env);
	cwd = get(&e, EXEC_cwd);
	now = env.type == VALUE_LIST ? keep(s, env.text.data, env.text.length) : former;
	if (!now)
		now = former;
	buffer_append_char(out, '(');
	if (cwd.type == VALUE_TEXT) {
		append_word(out, "cd ", cwd.text.data, cwd.text.length);
		buffer_append_text(out, " && ");
	}
	append_difference(out, former, now, true);
	append_difference(out, now, former, false);
	command_append(out, &e, &s->fields, SIZE_MAX);
	buffer_append_text(out, ")\n");
	set(s, x.pid, x.start_ns, now);
}

static void take_fork(struct shell_lines *s, const struct record *record, size_t bytes)
{
	const struct inherited *parent;
	struct fork_event f;

	if (bytes < sizeof(f))
		return;
	memcpy(&f, record, sizeof(f));
	parent = f.thread ? NULL : find(s, f.ppid, f.parent_start_ns);
	/* The child may have been faster: its exec came from another processor. */
	if (parent && !find(s, f.pid, f.start_ns))
		set(s, f.pid, f.start_ns, parent->environment);
}

void shell_lines_take(struct shell_lines *s, const struct record *record, size_t bytes, struct buffer *out)
{
	if (record->type == RECORD_exec)
		take_exec(s, record, bytes, out);
	else if (record->type == RECORD_fork)
		take_fork(s, record, bytes);
}
