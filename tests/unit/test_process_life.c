/* SPDX-License-Identifier: GPL-2.0-only */
/* process/life.h and the rows of exit, exec_fail, fork and snapshot: a family's records fed, then looked at as text and
 * JSON. */
#include <stddef.h>

#include "check.h"
#include "events/events.h"
#include "process/life.h"

static struct clock wall = {.offset_ns = 1720272810000000000, .fd = -1};

struct fixture {
	struct process *process;
	struct schema *schemas[RECORD_EVENT_MAX];
	struct life *life;
	struct scratch scratch;
	struct buffer text;
};

static struct fixture set_up(void)
{
	const struct process_settings settings = {
		.clock = &wall,
		.passwd_path = "/dev/null",
		.boot_id_path = "/dev/null",
		.max_processes = 64,
		.kept_rows = ~0ULL,
		.nr_ancestors = 2,
	};
	struct fixture f = {.process = process_new(&settings, NULL)};

	if (!f.process)
		exit(1);
	for (int type = RECORD_exec; type < RECORD_EVENT_MAX; type++) {
		size_t nr_rows;
		const struct computed_field *rows = process_rows(f.process, type, &nr_rows);

		f.schemas[type] = schema_extend(process_schema(f.process, type), rows, nr_rows);
		if (!f.schemas[type])
			exit(1);
	}
	f.life = life_new(f.process, f.schemas[RECORD_exec], f.schemas[RECORD_exit], NULL);
	if (!f.life)
		exit(1);
	return f;
}

static void tear_down(struct fixture *f)
{
	life_free(f->life);
	for (int type = 0; type < RECORD_EVENT_MAX; type++)
		schema_free(f->schemas[type]);
	process_free(f->process);
	scratch_done(&f->scratch);
	buffer_done(&f->text);
}

/* The field as JSON or as text, valid until the next call; "absent", or "no field". */
static const char *show(struct fixture *f, const struct event *e, const char *name, bool json)
{
	const struct field *field = schema_find_field(e->schema, name);
	struct event own = *e;
	struct value v;

	if (!field)
		return "no field";
	own.scratch = &f->scratch;
	event_get(&own, field, &v);
	if (v.type == VALUE_ABSENT)
		return "absent";
	f->text.length = 0;
	if (json)
		kinds[field->kind].print_json(&own, &v, &f->text);
	else
		kinds[field->kind].print_text(&own, &v, &f->text);
	buffer_append_char(&f->text, '\0');
	return f->text.data;
}

struct exec_sample {
	struct exec_event exec;
	char spans[256];
};

/* An exec of /bin/NAME, by process `pid`, child of `ppid`; a process starts at its pid times 10. */
static struct exec_sample exec_of(uint32_t pid, uint32_t ppid, const char *name)
{
	struct exec_sample s = {.exec.header = {.boot_ns = pid * 10 + 1, .type = RECORD_exec}};
	size_t length = strlen(name);

	s.exec.pid = pid;
	s.exec.start_ns = pid * 10;
	s.exec.ppid = ppid;
	s.exec.parent_start_ns = ppid * 10;
	s.exec.argc = 2;
	memcpy(s.exec.comm.bytes, name, length);
	memcpy(s.spans + 1, name, length);
	memcpy(s.spans + length + 2, "bin", 4);
	s.exec.exe = (struct span){offsetof(struct exec_sample, spans), length + 6};
	memcpy(s.spans + 100, "cc1\0-O2", 8);
	s.exec.argv = (struct span){offsetof(struct exec_sample, spans) + 100, 8};
	return s;
}

static void feed(struct fixture *f, const void *record, size_t bytes)
{
	process_feed(f->process, record, bytes);
}

static void feed_exec(struct fixture *f, struct exec_sample s)
{
	feed(f, &s, sizeof(s));
}

static void feed_fork(struct fixture *f, uint32_t pid, uint32_t ppid)
{
	struct fork_event e = {.header = {.boot_ns = pid * 10, .type = RECORD_fork}, .pid = pid, .ppid = ppid};

	e.start_ns = pid * 10;
	e.parent_start_ns = ppid * 10;
	strcpy(e.comm.bytes, "forked");
	feed(f, &e, sizeof(e));
}

static struct exit_event exit_of(uint32_t pid)
{
	struct exit_event e = {.header = {.boot_ns = pid * 10 + 5, .type = RECORD_exit}, .pid = pid, .ppid = 1};

	e.start_ns = pid * 10;
	e.parent_start_ns = 10;
	strcpy(e.comm.bytes, "cc1");
	e.duration_ns = 1843000000;
	e.max_rss_bytes = 412 << 20;
	e.read_bytes = 12 << 20;
	e.write_bytes = 3250586;
	return e;
}

static struct event event_of(struct fixture *f, const void *record, size_t bytes, enum record_type type)
{
	return (struct event){
		.schema = f->schemas[type], .parts[PART_RECORD] = {record, bytes}, .scratch = &f->scratch};
}

#define EVENT_OF(f, record, type) event_of(f, record, sizeof(*(record)), type)

/* make (20) of sh (10) starts cc1 (30). */
static void feed_family(struct fixture *f)
{
	feed_exec(f, exec_of(10, 0, "sh"));
	feed_fork(f, 20, 10);
	feed_exec(f, exec_of(20, 10, "make"));
	feed_fork(f, 30, 20);
}

static void ancestors_are_told(void)
{
	struct fixture f = set_up();
	struct exec_sample s = exec_of(30, 20, "cc1"), s2 = exec_of(20, 10, "make");
	struct event e = event_of(&f, &s, sizeof(s), RECORD_exec), e2 = event_of(&f, &s2, sizeof(s2), RECORD_exec);
	struct exec_sample top = exec_of(10, 0, "sh");
	struct event at_top = event_of(&f, &top, sizeof(top), RECORD_exec);

	feed_family(&f);
	feed_fork(&f, 40, 30);
	feed_exec(&f, s);
	CHECK_TEXT(show(&f, &e, "ancestors", false), "make<-sh");
	CHECK_TEXT(show(&f, &e, "ancestors", true),
		   "[{\"pid\":20,\"entity_id\":\"000000000000.20.c8\",\"comm\":\"make\",\"exe\":\"/bin/make\"},"
		   "{\"pid\":10,\"entity_id\":\"000000000000.10.64\",\"comm\":\"sh\",\"exe\":\"/bin/sh\"}]");
	CHECK_TEXT(show(&f, &e2, "ancestors", false), "sh");
	CHECK_TEXT(show(&f, &at_top, "ancestors", false), "absent");
	/* No more than asked for. */
	s2 = exec_of(40, 30, "as");
	CHECK_TEXT(show(&f, &e2, "ancestors", false), "cc1<-make");
	/* A process that the table does not know, of a parent that it does. */
	s2 = exec_of(50, 20, "ld");
	CHECK_TEXT(show(&f, &e2, "ancestors", false), "make<-sh");
	tear_down(&f);
}

static void what_is_not_known_of_ancestors_is_absent(void)
{
	struct fixture f = set_up();
	struct exec_sample s = exec_of(30, 20, "cc1");
	struct event e = event_of(&f, &s, sizeof(s), RECORD_exec);

	CHECK_TEXT(show(&f, &e, "ancestors", true), "absent");
	strcpy(s.exec.parent_comm.bytes, "m\xff");
	feed_exec(&f, s);
	CHECK_TEXT(
		show(&f, &e, "ancestors", true),
		"[{\"pid\":20,\"entity_id\":\"000000000000.20.c8\",\"comm\":\"m\xef\xbf\xbd\",\"comm_b64\":\"bf8=\"}]");
	tear_down(&f);
}

static void ends_are_named(void)
{
	struct fixture f = set_up();
	struct exit_event x = exit_of(30);
	struct exec_fail_event fail = {.header.type = RECORD_exec_fail, .pid = 7, .start_ns = 255, .uid = 4};
	struct event e = EVENT_OF(&f, &x, RECORD_exit), failed = EVENT_OF(&f, &fail, RECORD_exec_fail);

	feed_family(&f);
	CHECK_TEXT(show(&f, &e, "entity_id", false), "000000000000.30.12c");
	CHECK_TEXT(show(&f, &e, "exe", false), "/bin/make");
	CHECK_TEXT(show(&f, &e, "exit_code", true), "0");
	CHECK_TEXT(show(&f, &e, "signal_name", false), "absent");
	x.exit_code = ~0ULL;
	x.signal = 11;
	CHECK_TEXT(show(&f, &e, "exit_code", true), "absent");
	CHECK_TEXT(show(&f, &e, "signal", true), "11");
	CHECK_TEXT(show(&f, &e, "signal_name", true), "\"SEGV\"");
	x.signal = 36;
	CHECK_TEXT(show(&f, &e, "signal_name", false), "RTMIN+2");
	x.signal = 4000;
	CHECK_TEXT(show(&f, &e, "signal_name", false), "absent");
	fail.errno = 2;
	CHECK_TEXT(show(&f, &failed, "errno_name", false), "ENOENT");
	CHECK_TEXT(show(&f, &failed, "user", false), "4");
	CHECK_TEXT(show(&f, &failed, "entity_id", false), "000000000000.7.ff");
	fail.errno = 514;
	CHECK_TEXT(show(&f, &failed, "errno_name", false), "absent");
	tear_down(&f);
}

/* The cases of cputime_adjust(), kernel/sched/cputime.c. */
static void times_are_those_of_wait4(void)
{
	static const struct {
		uint64_t utime, stime, runtime, user, system;
	} cases[] = {
		{0, 0, 700, 700, 0},	     {4, 0, 700, 700, 0},
		{0, 4, 700, 0, 700},	     {3, 1, 1000, 750, 250},
		{8000000, 4000000, 0, 0, 0}, {1ULL << 63, 1ULL << 63, 1ULL << 63, 1ULL << 62, 1ULL << 62},
	};
	struct fixture f = set_up();
	struct exit_event x = exit_of(30);
	struct event e = EVENT_OF(&f, &x, RECORD_exit);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		x.raw_utime_ns = cases[i].utime;
		x.raw_stime_ns = cases[i].stime;
		x.runtime_ns = cases[i].runtime;
		CHECK_EQ(strtoull(show(&f, &e, "utime_ns", true), NULL, 10), cases[i].user);
		CHECK_EQ(strtoull(show(&f, &e, "stime_ns", true), NULL, 10), cases[i].system);
	}
	tear_down(&f);
}

static void a_life_is_exec_and_exit(void)
{
	struct fixture f = set_up();
	struct exit_event x = exit_of(30);
	struct event e = EVENT_OF(&f, &x, RECORD_exit);

	x.raw_utime_ns = 3;
	x.raw_stime_ns = 1;
	x.runtime_ns = 1000000;
	feed_family(&f);
	feed_exec(&f, exec_of(30, 20, "gcc"));
	feed_exec(&f, exec_of(30, 20, "cc1"));
	feed(&f, &x, sizeof(x));
	life_join(f.life, &e);
	CHECK_TEXT(e.schema->name, "life");
	CHECK_TEXT(show(&f, &e, "argv", true), "[\"cc1\",\"-O2\"]");
	CHECK_TEXT(show(&f, &e, "exe", true), "\"/bin/cc1\"");
	CHECK_TEXT(show(&f, &e, "execs", true), "2");
	CHECK_TEXT(show(&f, &e, "seen_from", true), "\"fork\"");
	CHECK_TEXT(show(&f, &e, "complete", true), "true");
	/* The parent at birth, and not the reaper that the exit names. */
	CHECK_TEXT(show(&f, &e, "ppid", true), "20");
	CHECK_TEXT(show(&f, &e, "parent_entity_id", true), "\"000000000000.20.c8\"");
	CHECK_TEXT(show(&f, &e, "start", true), "\"2024-07-06T13:33:30.000000300Z\"");
	CHECK_TEXT(show(&f, &e, "time", true), "\"2024-07-06T13:33:30.000000305Z\"");
	CHECK_TEXT(show(&f, &e, "utime_ns", true), "750000");
	CHECK_TEXT(show(&f, &e, "utime_ns", false), "0.8ms");
	CHECK_TEXT(show(&f, &e, "duration_ns", true), "1843000000");
	CHECK_TEXT(show(&f, &e, "duration_ns", false), "1.84s");
	CHECK_TEXT(show(&f, &e, "max_rss_bytes", false), "412M");
	CHECK_TEXT(show(&f, &e, "write_bytes", false), "3.1M");
	CHECK_TEXT(show(&f, &e, "ancestors", false), "make<-sh");
	tear_down(&f);
}

static void a_life_says_what_was_not_seen(void)
{
	struct fixture f = set_up();
	struct exit_event x = exit_of(30);
	struct event e = EVENT_OF(&f, &x, RECORD_exit);

	x.unreadable = ROW_BIT(EXIT_max_rss_bytes) | ROW_BIT(EXIT_read_bytes);
	feed(&f, &x, sizeof(x));
	life_join(f.life, &e);
	CHECK_EQ(e.parts[PART_RECORD].size, 0);
	CHECK_TEXT(show(&f, &e, "argv", true), "absent");
	CHECK_TEXT(show(&f, &e, "exe", true), "absent");
	CHECK_TEXT(show(&f, &e, "execs", true), "0");
	CHECK_TEXT(show(&f, &e, "seen_from", true), "\"exit\"");
	CHECK_TEXT(show(&f, &e, "complete", true), "false");
	CHECK_TEXT(show(&f, &e, "ppid", true), "1");
	CHECK_TEXT(show(&f, &e, "max_rss_bytes", true), "absent");
	CHECK_TEXT(show(&f, &e, "write_bytes", true), "3250586");
	CHECK_TEXT(show(&f, &e, "exit_unreadable", true), "[\"max_rss_bytes\",\"read_bytes\"]");
	/* Forked and never exec'ed: the program is its parent's, the command line is nobody's. */
	x = exit_of(40);
	feed_family(&f);
	feed_fork(&f, 40, 20);
	feed(&f, &x, sizeof(x));
	e = EVENT_OF(&f, &x, RECORD_exit);
	life_join(f.life, &e);
	CHECK_TEXT(show(&f, &e, "argv", true), "absent");
	CHECK_TEXT(show(&f, &e, "exe", true), "\"/bin/make\"");
	CHECK_TEXT(show(&f, &e, "complete", true), "true");
	tear_down(&f);
}

/* Every key is there once; nothing of the record is asked for that is not the exec's. */
static void keys_of_a_life_are_unique(void)
{
	struct fixture f = set_up();
	const struct schema *s = life_schema(f.life);

	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *field = &s->fields[i];

		if (field->internal)
			continue;
		CHECK(schema_find_field(s, field->name) == field);
		CHECK(field->row == FIELD_NO_ROW || schema_find_row(&schema_exec, field->row)->kind == field->kind);
	}
	for (const struct schema_column *c = s->columns; c->title; c++)
		CHECK(!c->field || schema_find_field(s, c->field) != NULL);
	tear_down(&f);
}

static void cut_exits_do_no_harm(void)
{
	struct fixture f = set_up();
	struct exit_event x = exit_of(30);
	const struct schema *s = life_schema(f.life);

	feed_family(&f);
	for (size_t size = 0; size < sizeof(x); size++) {
		char *memory = malloc(size + 1);
		struct event e = {.parts[PART_RECORD] = {memory + 1, size}, .scratch = &f.scratch};

		memcpy(memory + 1, &x, size);
		life_join(f.life, &e);
		for (size_t i = 0; i < s->nr_fields; i++)
			show(&f, &e, s->fields[i].name, true);
		CHECK_TEXT(show(&f, &e, "execs", true), "absent");
		free(memory);
		scratch_reset(&f.scratch);
	}
	tear_down(&f);
}

static void units_are_for_people(void)
{
	static const struct {
		enum kind_id kind;
		uint64_t number;
		const char *text;
	} cases[] = {
		{KIND_duration, 0, "0"},
		{KIND_duration, 999, "999ns"},
		{KIND_duration, 1000, "1us"},
		{KIND_duration, 99499, "99us"},
		{KIND_duration, 100000, "0.1ms"},
		{KIND_duration, 2100000, "2.1ms"},
		{KIND_duration, 412000000, "412ms"},
		{KIND_duration, 1840000000, "1.84s"},
		{KIND_duration, 73249999999, "73.2s"},
		{KIND_duration, 100000000000, "1m40s"},
		{KIND_duration, 3599999999999, "59m59s"},
		{KIND_duration, 3600000000000, "1h00m"},
		{KIND_duration, UINT64_MAX, "5124095h34m"},
		{KIND_size, 0, "0"},
		{KIND_size, 512, "512"},
		{KIND_size, 999, "999"},
		{KIND_size, 1000, "1.0K"},
		{KIND_size, 1945, "1.9K"},
		{KIND_size, 1023 << 10, "1.0M"},
		{KIND_size, 12 << 20, "12M"},
		{KIND_size, 412 << 20, "412M"},
		{KIND_size, UINT64_MAX, "16E"},
	};
	struct buffer out = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct value v = {.type = VALUE_UINT, .u = cases[i].number};

		out.length = 0;
		kinds[cases[i].kind].print_text(NULL, &v, &out);
		buffer_append_char(&out, '\0');
		CHECK_TEXT(out.data, cases[i].text);
	}
	buffer_done(&out);
}

int main(void)
{
	RUN(ancestors_are_told);
	RUN(what_is_not_known_of_ancestors_is_absent);
	RUN(ends_are_named);
	RUN(times_are_those_of_wait4);
	RUN(a_life_is_exec_and_exit);
	RUN(a_life_says_what_was_not_seen);
	RUN(keys_of_a_life_are_unique);
	RUN(cut_exits_do_no_harm);
	RUN(units_are_for_people);
	return test_main();
}
