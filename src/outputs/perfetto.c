/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * -o perfetto: a trace that ui.perfetto.dev and chrome://tracing open: the trace-event format, an array of JSON
 * objects. A process is a track with a slice for its life and in it one for each exec; failed execs are instants; a
 * counter tells how many live. Each event is written as it comes: a file that was cut off is still opened.
 */
#include "outputs/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* Tracks of no process: the kernel gives no pid above 4194304 (PID_MAX_LIMIT, include/linux/threads.h). */
#define TRACK_MACHINE 4194305
/* A pid that is given again gets a track of its own, from here on. */
#define TRACK_AGAIN 4194306

/* Name of the slice that is a process's life. */
#define LIFE "process"

enum role {
	ROLE_OTHER,
	ROLE_EXEC,
	ROLE_SNAPSHOT,
	ROLE_EXEC_FAIL,
	ROLE_EXIT,
	ROLE_FORK,
	ROLE_MAX,
};

static const char *const role_names[ROLE_MAX] = {
	[ROLE_EXEC] = "exec", [ROLE_SNAPSHOT] = "snapshot", [ROLE_EXEC_FAIL] = "exec_fail",
	[ROLE_EXIT] = "exit", [ROLE_FORK] = "fork",
};

struct plan {
	enum role role;
	const struct field *pid, *start_ns, *boot_ns, *comm, *filename, *thread;
};

/* The life of a process that was seen last under its pid. */
struct track {
	uint32_t pid; /* 0: free */
	uint32_t id;  /* in the trace */
	uint64_t start_ns;
	uint64_t last_ns;      /* of what was written of it */
	bool lives, execs;     /* which slices are open */
	struct buffer program; /* name of the exec's slice: some viewers want it again at the end */
};

struct trace {
	struct track *tracks; /* by hash of pid, half full at most */
	size_t nr_slots, nr_tracks;
	uint32_t next_id;
	uint64_t nr_born, nr_living, last_ns;
	bool begun;
};

static int prepare(struct output *o, struct view *v)
{
	const struct schema *s = v->schema;
	struct plan *plan = calloc(1, sizeof(*plan));

	(void)o;
	if (!plan)
		return -ENOMEM;
	for (int role = ROLE_OTHER + 1; role < ROLE_MAX; role++)
		if (!strcmp(role_names[role], s->name))
			plan->role = role;
	plan->pid = schema_find_field(s, "pid");
	plan->start_ns = schema_find_field(s, "start_ns");
	plan->boot_ns = schema_find_field(s, "boot_ns");
	plan->comm = schema_find_field(s, "comm");
	plan->filename = schema_find_field(s, "filename");
	plan->thread = schema_find_field(s, "thread");
	if (!plan->pid || !plan->start_ns || !plan->boot_ns)
		plan->role = ROLE_OTHER;
	v->plan = plan;
	return 0;
}

static uint64_t get_number(const struct event *e, const struct field *f)
{
	struct value v = {.type = VALUE_ABSENT};

	if (f)
		event_get(e, f, &v);
	return v.type == VALUE_UINT ? v.u : v.type == VALUE_BOOL ? v.b : 0;
}

/* --- tracks --- */

static struct track *find_slot(struct track *tracks, size_t nr_slots, uint32_t pid)
{
	size_t i = pid * 2654435761U & (nr_slots - 1);

	while (tracks[i].pid && tracks[i].pid != pid)
		i = (i + 1) & (nr_slots - 1);
	return &tracks[i];
}

static bool make_room(struct trace *t)
{
	size_t nr_slots = t->nr_slots ? t->nr_slots * 2 : 256;
	struct track *tracks;

	if (t->nr_tracks * 2 < t->nr_slots)
		return true;
	tracks = calloc(nr_slots, sizeof(*tracks));
	if (!tracks)
		return false;
	for (size_t i = 0; i < t->nr_slots; i++)
		if (t->tracks[i].pid)
			*find_slot(tracks, nr_slots, t->tracks[i].pid) = t->tracks[i];
	free(t->tracks);
	t->tracks = tracks;
	t->nr_slots = nr_slots;
	return true;
}

/* --- what is written --- */

static void append_time(struct buffer *out, uint64_t ns)
{
	buffer_printf(out, "%llu.%03llu", (unsigned long long)(ns / 1000), (unsigned long long)(ns % 1000));
}

/* {"ph":"B","pid":1,"tid":1,"ts":1.000 */
static void append_head(struct buffer *out, char phase, uint32_t track, uint64_t ns)
{
	buffer_printf(out, "{\"ph\":\"%c\",\"pid\":%u,\"tid\":%u,\"ts\":", phase, track, track);
	append_time(out, ns);
}

static void append_name(struct buffer *out, const char *name, size_t length)
{
	buffer_append_text(out, ",\"name\":");
	json_append_string(out, name, length);
}

/* The selected fields of the event; those inside the field `record` where it is not NULL. */
static void append_fields(struct buffer *out, const struct output *o, const struct event *e, const struct field *record)
{
	const struct schema *s = record ? record->members : e->schema;
	char before = '{';

	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];
		struct value v;

		if (record ? !output_selects_member(o, e->schema, record, f) : !output_selects(o, s, f))
			continue;
		event_get(e, f, &v);
		if (v.type == VALUE_ABSENT)
			continue;
		buffer_append_char(out, before);
		json_append_string(out, f->name, strlen(f->name));
		buffer_append_char(out, ':');
		if (v.type == VALUE_RECORD)
			append_fields(out, o, e, f);
		else
			kinds[f->kind].print_json(e, &v, out);
		before = ',';
	}
	buffer_append_text(out, before == '{' ? "{}" : "}");
}

static void append_args(struct buffer *out, const struct output *o, const struct event *e)
{
	buffer_append_text(out, ",\"args\":");
	append_fields(out, o, e, NULL);
}

/* What begins and what ends a slice have arguments of the same names: viewers throw them together. */
static void append_grouped_args(struct buffer *out, const struct output *o, const struct event *e)
{
	buffer_printf(out, ",\"args\":{\"%s\":", e->schema->name);
	append_fields(out, o, e, NULL);
	buffer_append_char(out, '}');
}

static void append_end(struct buffer *out)
{
	buffer_append_text(out, "},\n");
}

/* How the track is called: the program, and its pid in the viewer's own words. */
static void name_track(struct buffer *out, const struct track *track, const char *name, size_t length)
{
	buffer_printf(out, "{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_name\",\"args\":{\"name\":", track->id);
	json_append_string(out, name, length);
	buffer_append_text(out, "}},\n");
	if (track->id != track->pid)
		buffer_printf(
			out,
			"{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_labels\",\"args\":{\"labels\":\"pid %u\"}},\n",
			track->id, track->pid);
}

static void count_living(struct buffer *out, struct trace *t)
{
	append_head(out, 'C', TRACK_MACHINE, t->last_ns);
	buffer_printf(out, ",\"name\":\"live processes\",\"args\":{\"live\":%llu}", (unsigned long long)t->nr_living);
	append_end(out);
}

static struct value get_text(const struct event *e, const struct field *f)
{
	struct value v = {.type = VALUE_ABSENT};

	if (f)
		event_get(e, f, &v);
	if (v.type != VALUE_TEXT)
		v = (struct value){.type = VALUE_ABSENT, .text = {"", 0}};
	return v;
}

/* The last component of the path that was passed, else the name of the process. */
static struct value get_program(const struct event *e, const struct plan *plan)
{
	struct value v = get_text(e, plan->filename);
	const char *slash = v.type == VALUE_TEXT ? memrchr(v.text.data, '/', v.text.length) : NULL;

	if (slash && slash + 1 < v.text.data + v.text.length) {
		v.text.length -= slash + 1 - v.text.data;
		v.text.data = slash + 1;
	}
	return v.type == VALUE_TEXT ? v : get_text(e, plan->comm);
}

static void begin_life(struct output *o, struct track *track, const struct event *e, const struct plan *plan)
{
	struct value name = get_text(e, plan->comm);
	struct buffer *out = &o->sink.buffer;
	struct trace *t = o->state;

	if (track->lives)
		return;
	name_track(out, track, name.text.data, name.text.length);
	append_head(out, 'B', track->id, track->last_ns);
	append_name(out, LIFE, strlen(LIFE));
	if (plan->role == ROLE_FORK)
		append_grouped_args(out, o, e);
	append_end(out);
	/* Viewers sort tracks by name else. */
	buffer_printf(out,
		      "{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":%llu}},\n",
		      track->id, (unsigned long long)t->nr_born++);
	track->lives = true;
	t->nr_living++;
	count_living(out, t);
}

static void end_exec(struct output *o, struct track *track)
{
	if (!track->execs)
		return;
	append_head(&o->sink.buffer, 'E', track->id, track->last_ns);
	append_name(&o->sink.buffer, track->program.length ? track->program.data : "", track->program.length);
	append_end(&o->sink.buffer);
	buffer_done(&track->program);
	track->execs = false;
}

static void write_exec(struct output *o, struct track *track, const struct event *e, const struct plan *plan)
{
	struct value program = get_program(e, plan);
	struct buffer *out = &o->sink.buffer;

	begin_life(o, track, e, plan);
	end_exec(o, track);
	name_track(out, track, program.text.data, program.text.length);
	append_head(out, 'B', track->id, track->last_ns);
	append_name(out, program.text.data, program.text.length);
	append_args(out, o, e);
	append_end(out);
	buffer_append(&track->program, program.text.data, program.text.length);
	track->execs = true;
}

/* `e` is the exit; NULL where none was seen. */
static void end_life(struct output *o, struct track *track, const struct event *e)
{
	struct buffer *out = &o->sink.buffer;
	struct trace *t = o->state;

	end_exec(o, track);
	append_head(out, 'E', track->id, track->last_ns);
	append_name(out, LIFE, strlen(LIFE));
	if (e)
		append_grouped_args(out, o, e);
	else
		buffer_append_text(out, ",\"args\":{\"unfinished\":true}");
	append_end(out);
	track->lives = false;
	t->nr_living--;
	count_living(out, t);
}

static void write_exit(struct output *o, struct track *track, const struct event *e, const struct plan *plan)
{
	begin_life(o, track, e, plan);
	end_life(o, track, e);
}

/* The track of this life; a new one where it was not seen yet. NULL where there is no memory, or no pid. */
static struct track *find_track(struct output *o, uint32_t pid, uint64_t start_ns)
{
	struct trace *t = o->state;
	struct track *track;

	if (!pid || !make_room(t))
		return NULL;
	track = find_slot(t->tracks, t->nr_slots, pid);
	if (track->pid && track->start_ns == start_ns)
		return track;
	/* Its end was lost. */
	if (track->lives)
		end_life(o, track, NULL);
	t->nr_tracks += !track->pid;
	*track = (struct track){.pid = pid, .id = track->pid ? TRACK_AGAIN + t->next_id++ : pid, .start_ns = start_ns};
	return track;
}

static void write_instant(struct output *o, struct track *track, const struct event *e, const struct plan *plan)
{
	const struct trace *t = o->state;
	struct buffer *out = &o->sink.buffer;
	_cleanup_buffer_ struct buffer name = {0};

	if (track)
		begin_life(o, track, e, plan);
	buffer_append_text(&name, e->schema->name);
	if (plan->role == ROLE_EXEC_FAIL) {
		struct value program = get_program(e, plan);

		buffer_append_char(&name, ' ');
		buffer_append(&name, program.text.data, program.text.length);
	}
	append_head(out, 'i', track ? track->id : TRACK_MACHINE, track ? track->last_ns : t->last_ns);
	append_name(out, name.data, name.length);
	buffer_append_text(out, track ? ",\"s\":\"t\"" : ",\"s\":\"g\"");
	append_args(out, o, e);
	append_end(out);
}

static void begin_trace(struct output *o)
{
	struct trace *t = o->state;

	if (t->begun)
		return;
	t->begun = true;
	buffer_printf(&o->sink.buffer,
		      "[\n{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_name\",\"args\":{\"name\":\"observer\"}},\n",
		      TRACK_MACHINE);
}

/* Events of two processors may come the wrong way round by a little; in a track time only goes forward. */
static void move_time(struct trace *t, struct track *track, uint64_t ns)
{
	if (ns > t->last_ns)
		t->last_ns = ns;
	if (track && ns > track->last_ns)
		track->last_ns = ns;
}

static void write_event(struct output *o, const struct view *v, const struct event *e)
{
	const struct plan *plan = v->plan;
	struct trace *t = o->state;
	struct track *track = NULL;

	begin_trace(o);
	if (plan->role != ROLE_OTHER)
		track = find_track(o, get_number(e, plan->pid), get_number(e, plan->start_ns));
	move_time(t, track, get_number(e, plan->boot_ns));
	if (!track || plan->role == ROLE_EXEC_FAIL || get_number(e, plan->thread))
		write_instant(o, track, e, plan);
	else if (plan->role == ROLE_FORK)
		begin_life(o, track, e, plan);
	else if (plan->role == ROLE_EXIT)
		write_exit(o, track, e, plan);
	else
		write_exec(o, track, e, plan);
}

/* Slices whose end was not seen end with the trace. The last element has no comma behind it. */
static void end_trace(struct output *o)
{
	struct buffer *out = &o->sink.buffer;
	struct trace *t = o->state;

	begin_trace(o);
	for (size_t i = 0; i < t->nr_slots; i++) {
		move_time(t, &t->tracks[i], t->last_ns);
		if (t->tracks[i].lives)
			end_life(o, &t->tracks[i], NULL);
	}
	buffer_printf(out,
		      "{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":-1}}\n]\n",
		      TRACK_MACHINE);
}

static void close_trace(struct output *o)
{
	struct trace *t = o->state;

	for (size_t i = 0; i < t->nr_slots; i++)
		buffer_done(&t->tracks[i].program);
	free(t->tracks);
}

static bool wants(const struct field *f)
{
	return strcmp(f->name, "env") != 0;
}

const struct output_format output_perfetto = {
	.name = "perfetto",
	.doc = "a trace for ui.perfetto.dev and chrome://tracing; needs exec, fork and exit",
	.state_bytes = sizeof(struct trace),
	.prepare = prepare,
	.write = write_event,
	.end = end_trace,
	.close = close_trace,
	.wants = wants,
};
