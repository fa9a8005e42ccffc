/* SPDX-License-Identifier: GPL-2.0-only */
/* From records to lives: what each event type says of its process. Prints nothing. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A row of exec_fail has this name. */
#undef errno

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/shell.h"
#include "base/utf8.h"
#include "events/events.h"
#include "events/lost.h"
#include "report/lives.h"
#include "schema/schema.h"

/* Of one argument as much is quoted; command lines are shown to a terminal's width. */
#define ARGUMENT_BYTES_MAX  1024
#define COMMAND_COLUMNS_MAX 400

struct report *report_new(const struct report_settings *settings, struct error *err)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r) {
		fail(err, -ENOMEM, "no memory for the report");
		return NULL;
	}
	r->settings = *settings;
	if (!r->settings.max_lives)
		r->settings.max_lives = REPORT_LIVES_MAX;
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	lives_done(r);
	free(r);
}

void report_set_root(struct report *r, uint32_t pid)
{
	r->settings.root_pid = pid;
}

size_t report_nr_alive(const struct report *r)
{
	return r->nr_alive;
}

struct bytes {
	const char *data;
	size_t length;
};

/* The bytes of a span inside the record; none where it lies outside. */
static struct bytes span_bytes(const struct record *record, size_t size, struct span span)
{
	if (span.offset > size || span.length > size - span.offset)
		return (struct bytes){0};
	return (struct bytes){(const char *)record + span.offset, span.length};
}

static struct bytes last_component(struct bytes path)
{
	const char *slash = path.data ? memrchr(path.data, '/', path.length) : NULL;

	if (!slash || slash + 1 == path.data + path.length)
		return path;
	return (struct bytes){slash + 1, path.data + path.length - slash - 1};
}

static struct bytes take_string(struct bytes *list)
{
	struct bytes string = {list->data, strnlen(list->data, list->length)};
	size_t used = string.length < list->length ? string.length + 1 : string.length;

	list->data += used;
	list->length -= used;
	return string;
}

static char *copy_buffer(const struct buffer *b)
{
	return b->failed ? NULL : strndup(b->data ? b->data : "", b->length);
}

/* The first argument without its folder; a title, which has blanks, stays whole. */
static struct bytes shorten_first(struct bytes word)
{
	struct bytes last = last_component(word);

	return word.length && memchr(word.data, ' ', word.length - last.length) ? word : last;
}

/* The arguments quoted, the first without its folder. */
static char *make_whole_command(struct bytes argv)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct bytes word = shorten_first(take_string(&argv));

	shell_append_command(&text, word.data, word.length);
	while (argv.length) {
		word = take_string(&argv);
		buffer_append_char(&text, ' ');
		shell_append_word(&text, word.data, word.length);
	}
	return copy_buffer(&text);
}

/* The same, cut to what is shown of it where lines are cut. */
static char *make_command(struct bytes argv)
{
	_cleanup_buffer_ struct buffer text = {0}, cut = {0};
	struct bytes word = shorten_first(take_string(&argv));
	bool whole = true;

	shell_append_command(&text, word.data, word.length < ARGUMENT_BYTES_MAX ? word.length : ARGUMENT_BYTES_MAX);
	while (argv.length && text.length < 2 * ARGUMENT_BYTES_MAX) {
		word = take_string(&argv);
		whole = word.length <= ARGUMENT_BYTES_MAX;
		buffer_append_char(&text, ' ');
		shell_append_word(&text, word.data, whole ? word.length : ARGUMENT_BYTES_MAX);
		if (!whole)
			break;
	}
	if (argv.length || !whole)
		buffer_append_text(&text, "…");
	buffer_append_cut(&cut, text.data, text.length, COMMAND_COLUMNS_MAX);
	return copy_buffer(&cut);
}

/* For a program whose arguments are not known: [NAME]. */
static char *make_bracketed(const char *comm)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_append_char(&text, '[');
	buffer_append_visible(&text, comm, strlen(comm));
	buffer_append_char(&text, ']');
	return copy_buffer(&text);
}

static void remember_earlier(struct life *l)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (l->earlier) {
		buffer_append_text(&text, l->earlier);
		/* A process that execs itself for ever is told by its count. */
		if (text.length > COMMAND_BYTES_MAX)
			return;
		buffer_append_text(&text, " > ");
	}
	buffer_append_visible(&text, l->program, strlen(l->program));
	free(l->earlier);
	l->earlier = copy_buffer(&text);
}

/* Failures of the name that was found at last were looking for it. */
static void mark_probes(struct report *r, struct life *l, struct bytes name)
{
	for (uint32_t i = l->nr_failures; i > 0; i--) {
		struct failure *f = &l->failures[i - 1];

		if (f->probe || strlen(f->name) != name.length || memcmp(f->name, name.data, name.length))
			return;
		if (f->number != ENOENT && f->number != ENOTDIR && f->number != EACCES)
			return;
		f->probe = true;
		r->sums.nr_probes += f->count;
		r->sums.nr_failed_execs -= f->count;
	}
}

static void set_parent(struct life *l, uint32_t ppid, uint64_t parent_start_ns, bool at_birth)
{
	if (l->forked || (l->ppid && !at_birth))
		return;
	l->ppid = ppid;
	l->parent_start_ns = parent_start_ns;
	l->forked = at_birth;
}

static void set_comm(struct life *l, const kind_comm *comm)
{
	memcpy(l->comm, comm->bytes, COMM_BYTES);
}

/* The moment from which on it counts as living here. */
static void set_begin(struct life *l, uint64_t begin_ns)
{
	if (!l->begin_ns)
		l->begin_ns = begin_ns;
}

static struct event as_event(struct report *r, const struct record *record, size_t size)
{
	scratch_reset(&r->scratch);
	return (struct event){.schema = &schema_exec, .parts[PART_RECORD] = {record, size}, .scratch = &r->scratch};
}

static struct bytes exec_row(const struct event *e, enum exec_row row)
{
	struct value v;

	event_get(e, schema_find_row(&schema_exec, row), &v);
	if (v.type != VALUE_TEXT && v.type != VALUE_LIST)
		return (struct bytes){0};
	return (struct bytes){v.text.data, v.text.length};
}

/* Says whether two execs ran the same: file, folder and arguments, whole. */
static uint64_t identify(const struct exec_event *x, struct bytes exe, struct bytes cwd, struct bytes argv)
{
	uint64_t hash = map_hash(2, exe.data, exe.length);

	if (!argv.length || x->truncated & (ROW_BIT(EXEC_argv) | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_cwd)))
		return 0;
	hash = map_hash(hash, cwd.data, cwd.length);
	return map_hash(hash, argv.data, argv.length) | 1;
}

/* A script is known by its own name, a program by the one it was called by. */
static struct bytes find_program(struct bytes filename, struct bytes exe, const struct life *l)
{
	struct bytes program = last_component(filename);

	if (filename.length > 8 && !memcmp(filename.data, "/dev/fd/", 8))
		program = last_component(exe);
	if (!program.length)
		program = (struct bytes){l->comm, strlen(l->comm)};
	return program;
}

/* A process that has written a title over its arguments leaves empty ones behind it. */
static struct bytes without_empty_end(struct bytes list)
{
	while (list.length > 1 && !list.data[list.length - 1] && !list.data[list.length - 2])
		list.length--;
	return list;
}

static void describe_exec(struct report *r, struct life *l, const struct exec_event *x, const struct event *e)
{
	struct bytes filename = exec_row(e, EXEC_filename), argv = exec_row(e, EXEC_argv);
	struct bytes exe = exec_row(e, EXEC_exe), cwd = exec_row(e, EXEC_cwd);
	struct bytes program = find_program(filename, exe, l);

	if (x->header.type == RECORD_snapshot)
		argv = without_empty_end(argv);
	mark_probes(r, l, last_component(filename));
	l->program = lives_intern(r, program.data, program.length);
	l->identity = identify(x, exe, cwd, argv);
	free(l->command);
	if (!argv.length)
		l->command = make_bracketed(l->comm);
	else
		l->command = r->settings.whole ? make_whole_command(argv) : make_command(argv);
}

static bool read_whole(void *to, size_t size, const struct record *record, size_t bytes)
{
	if (bytes >= size)
		memcpy(to, record, size);
	return bytes >= size;
}

static void feed_exec(struct report *r, const struct record *record, size_t bytes)
{
	struct exec_event x;
	struct event e = as_event(r, record, bytes);
	struct life *l;

	if (!read_whole(&x, sizeof(x), record, bytes))
		return;
	r->sums.nr_execs++;
	l = lives_find(r, x.pid, x.start_ns);
	if (!l)
		return;
	set_parent(l, x.ppid, x.parent_start_ns, false);
	set_begin(l, x.header.boot_ns);
	set_comm(l, &x.comm);
	if (l->nr_execs++ && l->program)
		remember_earlier(l);
	describe_exec(r, l, &x, &e);
}

/* What was there before says nothing of execs that it did. */
static void feed_snapshot(struct report *r, const struct record *record, size_t bytes)
{
	struct exec_event x;
	struct event e = as_event(r, record, bytes);
	struct life *l;

	if (!read_whole(&x, sizeof(x), record, bytes))
		return;
	l = lives_find(r, x.pid, x.start_ns);
	if (!l || l->begun || l->nr_execs || l->ended)
		return;
	set_parent(l, x.ppid, x.parent_start_ns, false);
	l->begun = true;
	l->begin_ns = x.start_ns;
	set_comm(l, &x.comm);
	describe_exec(r, l, &x, &e);
	/* Threads of the kernel are children of kthreadd, which is 2, and have no arguments. */
	l->kernel = (x.ppid == 2 || x.pid == 2) && !exec_row(&e, EXEC_argv).length && !exec_row(&e, EXEC_exe).length;
}

static void feed_fork(struct report *r, const struct record *record, size_t bytes)
{
	struct fork_event f;
	struct life *l;

	if (!read_whole(&f, sizeof(f), record, bytes) || f.thread)
		return;
	l = lives_find(r, f.pid, f.start_ns);
	if (!l)
		return;
	set_parent(l, f.ppid, f.parent_start_ns, true);
	l->begun = true;
	l->begin_ns = f.header.boot_ns;
	if (!l->nr_execs && !l->ended)
		set_comm(l, &f.comm);
}

static struct failure *find_failure(struct life *l, struct bytes name, uint32_t number)
{
	struct failure *f = l->nr_failures ? &l->failures[l->nr_failures - 1] : NULL;

	if (f && !f->probe && f->number == number && strlen(f->name) == name.length &&
	    !memcmp(f->name, name.data, name.length))
		return f;
	if (l->nr_failures == FAILURES_MAX)
		return NULL;
	f = &l->failures[l->nr_failures];
	*f = (struct failure){.name = strndup(name.data ? name.data : "", name.length), .number = number};
	if (!f->name)
		return NULL;
	l->nr_failures++;
	return f;
}

static void feed_exec_fail(struct report *r, const struct record *record, size_t bytes)
{
	struct exec_fail_event x;
	struct failure *f;
	struct life *l;

	if (!read_whole(&x, sizeof(x), record, bytes))
		return;
	r->sums.nr_failed_execs++;
	l = lives_find(r, x.pid, x.start_ns);
	if (!l)
		return;
	set_parent(l, x.ppid, x.parent_start_ns, false);
	set_begin(l, x.header.boot_ns);
	if (!l->nr_execs)
		set_comm(l, &x.comm);
	f = find_failure(l, last_component(span_bytes(record, bytes, x.filename)), x.errno);
	if (f)
		f->count++;
	else
		l->nr_more_failures++;
}

/*
 * The exact sum that the scheduler keeps, divided as the ticks say: so wait4 reports it as well. cputime_adjust(),
 * kernel/sched/cputime.c.
 */
static void split_cpu(const struct exit_event *x, uint64_t *ret_utime_ns, uint64_t *ret_stime_ns)
{
	unsigned __int128 scaled = (unsigned __int128)x->raw_stime_ns * x->runtime_ns;

	if (!x->raw_stime_ns)
		*ret_stime_ns = 0;
	else if (!x->raw_utime_ns)
		*ret_stime_ns = x->runtime_ns;
	else
		*ret_stime_ns = scaled / (x->raw_stime_ns + x->raw_utime_ns);
	*ret_utime_ns = x->runtime_ns - *ret_stime_ns;
}

static void add_exit(struct sums *s, const struct exit_event *x, bool kept)
{
	uint64_t utime_ns, stime_ns;

	split_cpu(x, &utime_ns, &stime_ns);
	s->nr_ended++;
	s->nr_lives += !kept;
	s->nr_unkept += !kept;
	s->nr_killed += x->signal != 0;
	s->nr_exit_failures += !x->signal && x->exit_code;
	s->utime_ns += utime_ns;
	s->stime_ns += stime_ns;
	s->read_bytes += x->read_bytes;
	s->write_bytes += x->write_bytes;
}

static void feed_exit(struct report *r, const struct record *record, size_t bytes)
{
	struct exit_event x;
	struct life *l;

	if (!read_whole(&x, sizeof(x), record, bytes))
		return;
	l = lives_find(r, x.pid, x.start_ns);
	if (l && l->ended)
		return;
	add_exit(&r->sums, &x, l != NULL);
	if (!l)
		return;
	set_parent(l, x.ppid, x.parent_start_ns, false);
	set_begin(l, x.start_ns);
	set_comm(l, &x.comm);
	l->ended = true;
	l->end_ns = x.header.boot_ns;
	l->exit_code = x.signal ? 0 : x.exit_code;
	l->signal = x.signal;
	l->core = x.core;
	split_cpu(&x, &l->utime_ns, &l->stime_ns);
	l->max_rss_bytes = x.max_rss_bytes;
	l->read_bytes = x.read_bytes;
	l->write_bytes = x.write_bytes;
	r->nr_alive--;
}

static void feed_lost(struct report *r, const struct record *record, size_t bytes)
{
	struct lost_event x;

	if (read_whole(&x, sizeof(x), record, bytes))
		r->sums.nr_lost += x.count;
}

void report_live_on(struct report *r)
{
	uint64_t now_ns = clock_now(CLOCK_BOOTTIME);

	if (now_ns > r->last_ns)
		r->last_ns = now_ns;
}

void report_feed(struct report *r, const struct record *record, size_t bytes)
{
	static void (*const feeds[RECORD_EVENT_MAX])(struct report * r, const struct record *record, size_t bytes) = {
		[RECORD_exec] = feed_exec, [RECORD_exec_fail] = feed_exec_fail, [RECORD_exit] = feed_exit,
		[RECORD_fork] = feed_fork, [RECORD_snapshot] = feed_snapshot,
	};
	struct record header;

	if (!read_whole(&header, sizeof(header), record, bytes))
		return;
	if (header.type == RECORD_LOST)
		feed_lost(r, record, bytes);
	if (header.type >= RECORD_EVENT_MAX || !feeds[header.type])
		return;
	if (header.boot_ns > r->last_ns)
		r->last_ns = header.boot_ns;
	feeds[header.type](r, record, bytes);
}
