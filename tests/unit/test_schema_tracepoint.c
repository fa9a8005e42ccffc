/* SPDX-License-Identifier: GPL-2.0-only */
/* schema/tracepoint.c, declaration.c, load_c.c, message.c: format texts of several layouts, and records by them. */
#include <errno.h>
#include <stddef.h>

#include "base/buffer.h"
#include "check.h"
#include "schema/message.h"
#include "schema/tracepoint.h"

#define COMMON                                                                                                         \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                                         \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                                         \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                                 \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
#define HEAD(name) "name: " name "\nID: 300\nformat:\n" COMMON "\n"

static struct messages *messages;
static struct scratch scratch;

static struct {
	struct tracepoint_event frame;
	char raw[TRACEPOINT_RAW_MAX];
} record;

static struct tracepoint *make(const char *name, const char *format)
{
	struct tracepoint *t = NULL;
	struct error err = {0};

	/* All have one number. */
	messages_free(messages);
	messages = messages_new();
	CHECK_EQ(tracepoint_new(name, format, strlen(format), &t, &err), 0);
	if (!t) {
		error_print(&err);
		exit(1);
	}
	t->message = messages_add(messages, name, format, strlen(format));
	CHECK_EQ(tracepoint_put_frame(t, &schema_tracepoint), 0);
	return t;
}

static struct event event_of(const struct tracepoint *t, size_t raw_bytes)
{
	record.frame.args = (struct span){TRACEPOINT_RAW_OFFSET, raw_bytes};
	return (struct event){
		.schema = &t->schema,
		.parts[PART_RECORD] = {&record, TRACEPOINT_RAW_OFFSET + raw_bytes},
		.scratch = &scratch,
	};
}

/* A field as JSON, NUL-terminated, valid until the next call; NULL where it is absent. */
static const char *show(const struct tracepoint *t, size_t raw_bytes, const char *name)
{
	const struct field *f = schema_resolve(&t->schema, name, NULL);
	struct event e = event_of(t, raw_bytes);
	static struct buffer out;
	struct value v;

	if (!CHECK(f))
		return NULL;
	out.length = 0;
	event_get(&e, f, &v);
	if (v.type == VALUE_ABSENT)
		return NULL;
	kinds[f->kind].print_json(&e, &v, &out);
	buffer_append_char(&out, 0);
	return out.data;
}

static void put(size_t offset, const void *bytes, size_t length)
{
	memcpy(record.raw + offset, bytes, length);
}

#define PUT(offset, type, value) put(offset, &(type){value}, sizeof(type))

static void begin(void)
{
	memset(&record, 0, sizeof(record));
	/* What the kernel leaves there is an address. */
	memset(record.raw, 0xff, 8);
	record.frame.pid = record.frame.tid = 4711;
	strcpy(record.frame.comm.bytes, "bash");
}

static void integers_of_each_size(void)
{
	struct tracepoint *t =
		make("test:sizes", HEAD("sizes") "\tfield:u8 a;\toffset:8;\tsize:1;\tsigned:0;\n"
						 "\tfield:s8 b;\toffset:9;\tsize:1;\tsigned:1;\n"
						 "\tfield:unsigned short c;\toffset:10;\tsize:2;\tsigned:0;\n"
						 "\tfield:short d;\toffset:12;\tsize:2;\tsigned:1;\n"
						 "\tfield:bool yes;\toffset:14;\tsize:1;\tsigned:0;\n"
						 "\tfield:int e;\toffset:16;\tsize:4;\tsigned:1;\n"
						 "\tfield:enum which f;\toffset:20;\tsize:4;\tsigned:0;\n"
						 "\tfield:long g;\toffset:24;\tsize:8;\tsigned:1;\n"
						 "\tfield:u64 h;\toffset:32;\tsize:8;\tsigned:0;\n"
						 "\tfield:void * p;\toffset:40;\tsize:8;\tsigned:0;\n"
						 "\tfield:const char *const q;\toffset:48;\tsize:8;\tsigned:0;\n\n"
						 "print fmt: \"a=%u e=%d\", REC->a, REC->e\n");

	begin();
	PUT(8, uint8_t, 255);
	PUT(9, int8_t, -1);
	PUT(10, uint16_t, 65535);
	PUT(12, int16_t, -2);
	PUT(14, uint8_t, 1);
	PUT(16, int32_t, -3);
	PUT(20, uint32_t, 4294967295);
	PUT(24, int64_t, INT64_MIN);
	PUT(32, uint64_t, UINT64_MAX);
	PUT(40, uint64_t, 0xffff888001234000);
	PUT(48, uint64_t, 0);
	CHECK_EQ(t->id, 300);
	CHECK_EQ(t->facts.fixed_bytes, 56);
	CHECK_EQ(t->facts.nr_dynamic, 0);
	CHECK_TEXT(show(t, 56, "args"), "{\"a\":255,\"b\":-1,\"c\":65535,\"d\":-2,\"yes\":true,\"e\":-3,"
					"\"f\":4294967295,\"g\":-9223372036854775808,\"h\":18446744073709551615,"
					"\"p\":\"0xffff888001234000\",\"q\":\"0x0\"}");
	CHECK_TEXT(show(t, 56, "message"), "\"a=255 e=-3\"");
	tracepoint_free(t);
}

/* System calls keep an int in a word; what lies in the other half is no part of it. */
static void arguments_of_system_calls(void)
{
	struct tracepoint *t =
		make("syscalls:sys_enter_openat",
		     HEAD("sys_enter_openat") "\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
					      "\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n"
					      "\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;\n"
					      "\tfield:umode_t mode;\toffset:32;\tsize:8;\tsigned:0;\n"
					      "\tfield:loff_t at;\toffset:40;\tsize:8;\tsigned:0;\n\n"
					      "print fmt: \"dfd: 0x%08lx\", ((unsigned long)(REC->dfd))\n");

	begin();
	PUT(16, uint64_t, 0x7fffffff9c);
	PUT(16, uint32_t, (uint32_t)-100);
	PUT(24, uint64_t, 0x7ffe1234);
	PUT(32, uint64_t, 0xabcd01a4);
	PUT(40, int64_t, -1);
	CHECK_TEXT(show(t, 48, "args.dfd"), "-100");
	CHECK_TEXT(show(t, 48, "args.mode"), "420");
	CHECK_TEXT(show(t, 48, "args.at"), "-1");
	CHECK_TEXT(show(t, 48, "args.filename"), "\"0x7ffe1234\"");
	tracepoint_free(t);
}

static void fixed_arrays(void)
{
	struct tracepoint *t =
		make("test:arrays", HEAD("arrays") "\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
						   "\tfield:char name[TASK_COMM_LEN];\toffset:24;\tsize:4;\tsigned:0;\n"
						   "\tfield:__u8 saddr[4];\toffset:28;\tsize:4;\tsigned:0;\n"
						   "\tfield:long sysctl_mem[3];\toffset:32;\tsize:24;\tsigned:1;\n"
						   "\tfield:enum what many[2];\toffset:56;\tsize:8;\tsigned:1;\n"
						   "\tfield:struct pair pairs[2];\toffset:64;\tsize:6;\tsigned:0;\n\n"
						   "print fmt: \"comm=%s %pI4\", REC->comm, REC->saddr\n");
	struct event e;
	struct value v;

	begin();
	put(8, "sshd", 5);
	put(24, "full", 4);
	put(28, "\x7f\0\0\1", 4);
	PUT(32, int64_t, 1);
	PUT(40, int64_t, -2);
	PUT(48, int64_t, 3);
	PUT(56, int32_t, -1);
	put(64, "\1\2\3\4\5\6", 6);
	CHECK_TEXT(show(t, 70, "args"), "{\"comm\":\"sshd\",\"name\":\"full\",\"saddr\":[127,0,0,1],"
					"\"sysctl_mem\":[1,-2,3],\"many\":[-1,0],\"pairs\":[1,2,3,4,5,6]}");
	CHECK_TEXT(show(t, 70, "message"), "\"comm=sshd 127.0.0.1\"");
	/* comm is the frame's; the tracepoint's own one is called by its whole name. */
	CHECK_TEXT(show(t, 70, "comm"), "\"bash\"");
	CHECK_TEXT(show(t, 70, "args.comm"), "\"sshd\"");
	CHECK_TEXT(show(t, 70, "saddr"), "[127,0,0,1]");
	e = event_of(t, 70);
	event_get(&e, schema_resolve(&t->schema, "sysctl_mem", NULL), &v);
	CHECK_EQ(v.type, VALUE_INTEGERS);
	CHECK_EQ(v.integers.nr, 3);
	CHECK_EQ(value_integer(&v, 1).s, -2);
	tracepoint_free(t);
}

/* libtraceevent knows one dimension. */
static void arrays_of_arrays(void)
{
	struct tracepoint *t =
		make("test:grid", HEAD("grid") "\tfield:u16 grid[2][2];\toffset:8;\tsize:8;\tsigned:0;\n\n"
					       "print fmt: \"%d\", REC->grid[0][1]\n");

	begin();
	put(8, "\7\0\10\0\11\0\12\0", 8);
	CHECK_TEXT(show(t, 16, "args"), "{\"grid\":[7,8,9,10]}");
	CHECK_TEXT(show(t, 16, "message"), "\"grid=[7,8,9,10]\"");
	tracepoint_free(t);
}

static void dynamic_fields(void)
{
	struct tracepoint *t =
		make("test:dynamic",
		     HEAD("dynamic") "\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
				     "\tfield:__data_loc u64[] counts;\toffset:12;\tsize:4;\tsigned:0;\n"
				     "\tfield:__data_loc struct entry[] entries;\toffset:16;\tsize:4;\tsigned:0;\n"
				     "\tfield:__data_loc cpumask_t cpus;\toffset:20;\tsize:4;\tsigned:0;\n\n"
				     "print fmt: \"%s\", __get_str(name)\n");

	begin();
	PUT(8, uint32_t, 5 << 16 | 24);
	PUT(12, uint32_t, 16 << 16 | 32);
	PUT(16, uint32_t, 3 << 16 | 48);
	PUT(20, uint32_t, 8 << 16 | 56);
	put(24, "eth0", 5);
	PUT(32, uint64_t, 7);
	PUT(40, uint64_t, UINT64_MAX);
	put(48, "\1\2\3", 3);
	PUT(56, uint64_t, 1ULL << 63 | 5);
	CHECK_EQ(t->facts.nr_dynamic, 4);
	CHECK_EQ(t->facts.dynamic[1].offset, 12);
	CHECK_EQ(t->facts.dynamic[1].base, 0);
	CHECK_TEXT(show(t, 64, "args"), "{\"name\":\"eth0\",\"counts\":[7,18446744073709551615],\"entries\":[1,2,3],"
					"\"cpus\":[0,2,63]}");
	CHECK_TEXT(show(t, 64, "message"), "\"eth0\"");
	tracepoint_free(t);
}

static void relative_locations(void)
{
	struct tracepoint *t =
		make("test:relative", HEAD("relative") "\tfield:__rel_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
						       "\tfield:int number;\toffset:12;\tsize:4;\tsigned:1;\n\n"
						       "print fmt: \"%s %d\", __get_rel_str(name), REC->number\n");

	begin();
	PUT(8, uint32_t, 3 << 16 | 4);
	PUT(12, int32_t, 9);
	put(16, "hi", 3);
	CHECK_EQ(t->facts.dynamic[0].base, 12);
	CHECK_TEXT(show(t, 19, "args"), "{\"name\":\"hi\",\"number\":9}");
	CHECK_TEXT(show(t, 19, "message"), "\"hi 9\"");
	tracepoint_free(t);
}

/* RHEL 9 has a ninth common byte, so that the first field of its own lies at 12. */
static void shifted_common_fields(void)
{
	struct tracepoint *t =
		make("sched:sched_process_exec",
		     "name: sched_process_exec\nID: 311\nformat:\n" COMMON
		     "\tfield:unsigned char common_preempt_lazy_count;\toffset:8;\tsize:1;\tsigned:0;\n\n"
		     "\tfield:__data_loc char[] filename;\toffset:12;\tsize:4;\tsigned:1;\n"
		     "\tfield:pid_t pid;\toffset:16;\tsize:4;\tsigned:1;\n"
		     "\tfield:pid_t old_pid;\toffset:20;\tsize:4;\tsigned:1;\n\n"
		     "print fmt: \"filename=%s pid=%d old_pid=%d\", __get_str(filename), REC->pid, "
		     "REC->old_pid\n");

	begin();
	PUT(12, uint32_t, 8 << 16 | 24);
	PUT(16, int32_t, 12);
	PUT(20, int32_t, 13);
	put(24, "/bin/ls", 8);
	CHECK_EQ(t->args.nr_fields, 3);
	CHECK_TEXT(show(t, 32, "args"), "{\"filename\":\"/bin/ls\",\"pid\":12,\"old_pid\":13}");
	CHECK_TEXT(show(t, 32, "message"), "\"filename=/bin/ls pid=12 old_pid=13\"");
	tracepoint_free(t);
}

static void longs_of_32_bits(void)
{
	struct tracepoint *t =
		make("raw_syscalls:sys_enter",
		     HEAD("sys_enter") "\tfield:long id;\toffset:8;\tsize:4;\tsigned:1;\n"
				       "\tfield:unsigned long args[6];\toffset:12;\tsize:24;\tsigned:0;\n"
				       "\tfield:__data_loc unsigned long[] more;\toffset:36;\tsize:4;\tsigned:0;\n"
				       "\tfield:void * p;\toffset:40;\tsize:4;\tsigned:0;\n\n"
				       "print fmt: \"NR %ld\", REC->id\n");

	begin();
	PUT(8, int32_t, -1);
	PUT(12, uint32_t, 1);
	PUT(32, uint32_t, 6);
	PUT(36, uint32_t, 8 << 16 | 44);
	PUT(40, uint32_t, 0xc0001000);
	PUT(44, uint32_t, 7);
	PUT(48, uint32_t, 8);
	CHECK_TEXT(show(t, 52, "args"), "{\"id\":-1,\"args\":[1,0,0,0,0,6],\"more\":[7,8],\"p\":\"0xc0001000\"}");
	/* A member named as the record itself. */
	CHECK_TEXT(show(t, 52, "args.args"), "[1,0,0,0,0,6]");
	tracepoint_free(t);
}

/* What does not fit the record is absent or shortened, and nothing beyond it is read. */
static void cut_and_hostile_records(void)
{
	struct tracepoint *t = make(
		"test:hostile", HEAD("hostile") "\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
						"\tfield:__data_loc u32[] numbers;\toffset:12;\tsize:4;\tsigned:0;\n"
						"\tfield:int last;\toffset:16;\tsize:4;\tsigned:1;\n\n"
						"print fmt: \"%s\", __get_str(name)\n");

	begin();
	PUT(8, uint32_t, 100U << 16 | 20);
	PUT(12, uint32_t, 0xffffffff);
	put(20, "abcdef", 6);
	CHECK_TEXT(show(t, 23, "args.name"), "\"abc\"");
	CHECK(!show(t, 23, "args.numbers"));
	CHECK(!show(t, 19, "args.last"));
	CHECK_TEXT(show(t, 10, "args"), "{}");
	record.frame.truncated = 1ULL << TRACEPOINT_args;
	CHECK_TEXT(show(t, 23, "truncated"), "[\"args\"]");
	CHECK_TEXT(show(t, 23, "message"), "\"name=abc last=0\"");
	record.frame.truncated = 0;
	PUT(8, uint32_t, 0xffffffff);
	CHECK_TEXT(show(t, 23, "message"), "\"\"");
	CHECK(!show(t, 23, "args.name"));
	tracepoint_free(t);
}

/* Where the library cannot follow the kernel's words the fields stand for them. */
static void words_that_cannot_be_followed(void)
{
	struct tracepoint *t = make("test:words", HEAD("words") "\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n"
								"\tfield:char b[4];\toffset:12;\tsize:4;\tsigned:0;\n\n"
								"print fmt: \"%s\", some_function_of(REC->a)[3]\n");

	begin();
	PUT(8, int32_t, 5);
	put(12, "x y", 4);
	CHECK(!t->message);
	CHECK_TEXT(show(t, 16, "message"), "\"a=5 b=x y\"");
	CHECK_TEXT(t->print_fmt, " \"%s\", some_function_of(REC->a)[3]\n");
	tracepoint_free(t);
}

/* What libtraceevent 1.7 would calculate wrongly. */
static void parentheses_count(void)
{
	struct tracepoint *t = make(
		"test:paren",
		HEAD("paren") "\tfield:u32 a;\toffset:8;\tsize:4;\tsigned:0;\n\n"
			      "print fmt: \"%s %x %x %d %s (%d)\", __print_flags(REC->a & (0x4 | 0x8 | 0x10), \"|\", "
			      "{ 0x4, \"A\" }, { 0x8, \"B\" }, { 0x10, \"C\" }), REC->a & (4 | (1 << 4)), 2 * (REC->a "
			      "+ 1), "
			      "(int)(REC->a - 20), (REC->a & (1 | 2)) ? \"odd (|)\" : \"even\", (REC->a))\n");

	begin();
	PUT(8, uint32_t, 0x14);
	CHECK_TEXT(show(t, 12, "message"), "\"A|C 14 2a 0 even (20)\"");
	PUT(8, uint32_t, 0x3);
	CHECK_TEXT(show(t, 12, "message"), "\" 0 8 -17 odd (|) (3)\"");
	tracepoint_free(t);
}

static void malformed_texts_are_errors(void)
{
	static const char *const texts[] = {
		"",
		"name: x\n",
		"name: x\nID: 3\nformat:\n",
		"name: x\nID: 99999999\nformat:\n" COMMON,
		"name: x\nID: abc\nformat:\n" COMMON,
		"name: x\nformat:\n" COMMON,
		HEAD("x") "\tfield:int a;\toffset:8;\tsize:4",
		HEAD("x") "\tfield:int a;\toffset:8;\tsize:99999999999999999999;\tsigned:1;\n",
		HEAD("x") "\tfield:int a;\toffset:8190;\tsize:4;\tsigned:1;\n",
		HEAD("x") "\tfield:int a;\toffset:-8;\tsize:4;\tsigned:1;\n",
		HEAD("x") "\tfield:int a;\toffset:4;\tsize:4;\tsigned:1;\n",
		HEAD("x") "\tfield:a;\toffset:8;\tsize:4;\tsigned:1;\n",
		HEAD("x") "\tfield:;\toffset:8;\tsize:4;\tsigned:1;\n",
		HEAD("x") "\tfield:int 9;\toffset:8;\tsize:4;\tsigned:1;\n",
		HEAD("x") "\tfield:__data_loc char[] a;\toffset:8;\tsize:8;\tsigned:1;\n",
		HEAD("x") "\tfield:int a;\toffset:8;\tsize:4;\tsigned:7;\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct tracepoint *t = NULL;
		struct error err = {0};

		CHECK_EQ(tracepoint_new("a:x", texts[i], strlen(texts[i]), &t, &err), -EINVAL);
		CHECK(strstr(err.text, "a:x"));
		CHECK(!t);
	}
}

static void too_many_dynamic_fields(void)
{
	struct buffer text = {0};
	struct tracepoint *t = NULL;
	struct error err = {0};

	buffer_append_text(&text, HEAD("x"));
	for (int i = 0; i <= TRACEPOINT_DYNAMIC_MAX; i++)
		buffer_printf(&text, "\tfield:__data_loc char[] n%d;\toffset:%d;\tsize:4;\tsigned:0;\n", i, 8 + 4 * i);
	CHECK_EQ(tracepoint_new("a:x", text.data, text.length, &t, &err), -E2BIG);
	buffer_done(&text);
}

static void names_are_resolved(void)
{
	struct tracepoint *t = make("test:names", HEAD("names") "\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n"
								"\tfield:int sig;\toffset:12;\tsize:4;\tsigned:1;\n\n"
								"print fmt: \"sig=%d\", REC->sig\n");
	const struct field *record_of, *f;

	f = schema_resolve(&t->schema, "pid", &record_of);
	CHECK(f && f->kind == KIND_u32 && !record_of);
	f = schema_resolve(&t->schema, "args.pid", &record_of);
	CHECK(f && f->kind == KIND_s32 && record_of && !strcmp(record_of->name, "args"));
	CHECK(schema_resolve(&t->schema, "sig", &record_of) == schema_resolve(&t->schema, "args.sig", NULL));
	CHECK_TEXT(record_of->name, "args");
	CHECK(!schema_resolve(&t->schema, "args.", NULL));
	CHECK(!schema_resolve(&t->schema, "args.nothing", NULL));
	CHECK(!schema_resolve(&t->schema, "nothing", NULL));
	CHECK(!schema_resolve(&schema_exec, "args.sig", NULL));
	CHECK_TEXT(f->doc, "int pid");
	CHECK_TEXT(f->title, "PID");
	tracepoint_free(t);
}

int main(void)
{
	RUN(integers_of_each_size);
	RUN(arguments_of_system_calls);
	RUN(fixed_arrays);
	RUN(arrays_of_arrays);
	RUN(dynamic_fields);
	RUN(relative_locations);
	RUN(shifted_common_fields);
	RUN(longs_of_32_bits);
	RUN(cut_and_hostile_records);
	RUN(words_that_cannot_be_followed);
	RUN(parentheses_count);
	RUN(malformed_texts_are_errors);
	RUN(too_many_dynamic_fields);
	RUN(names_are_resolved);
	messages_free(messages);
	scratch_done(&scratch);
	return test_main();
}
