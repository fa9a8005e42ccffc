/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of tracepoints in each output, byte by byte: nested fields, chosen ones, hostile bytes. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "outputs/outputs.h"
#include "schema/message.h"
#include "schema/tracepoint.h"

static const char format[] = "name: made\nID: 300\nformat:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			     "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
			     "\tfield:char comm[8];\toffset:8;\tsize:8;\tsigned:0;\n"
			     "\tfield:int sig;\toffset:16;\tsize:4;\tsigned:1;\n"
			     "\tfield:u8 ip[4];\toffset:20;\tsize:4;\tsigned:0;\n"
			     "\tfield:void * at;\toffset:24;\tsize:8;\tsigned:0;\n\n"
			     "print fmt: \"comm=%s sig=%d\", REC->comm, REC->sig\n";

static struct {
	struct tracepoint_event frame;
	char raw[32];
} record;

static struct tracepoint *make(struct messages *messages)
{
	struct tracepoint *t = NULL;

	if (tracepoint_new("test:made", format, strlen(format), &t, NULL))
		exit(1);
	t->message = messages_add(messages, t->name, format, strlen(format));
	CHECK_EQ(tracepoint_put_frame(t, &schema_tracepoint), 0);
	memset(&record, 0, sizeof(record));
	record.frame.header.boot_ns = 1234567890123;
	record.frame.header.cpu = 1;
	record.frame.header.seq = 7;
	record.frame.pid = 4711;
	record.frame.tid = 4712;
	record.frame.uid = 502;
	record.frame.cgroup_id = 9;
	strcpy(record.frame.comm.bytes, "bash");
	record.frame.args = (struct span){TRACEPOINT_RAW_OFFSET, sizeof(record.raw)};
	memcpy(record.raw + 8, "a\n\xff\x1b[1m", 7);
	memcpy(record.raw + 16, &(int32_t){-9}, 4);
	memcpy(record.raw + 20, "\x7f\0\0\1", 4);
	memcpy(record.raw + 24, &(uint64_t){0xffff888000001000}, 8);
	return t;
}

/* What the output writes of the event; NUL-terminated, valid until the next call. */
static const char *written(const char *name, const char *const *fields)
{
	static struct buffer text;
	char path[] = "/tmp/observer-test-XXXXXX", spec[64];
	struct messages *messages = messages_new();
	struct tracepoint *t = make(messages);
	const struct schema *const schemas[] = {&t->schema, &schema_lost, NULL};
	const struct output_settings settings = {.fields = fields, .utc = true};
	struct scratch scratch = {0};
	struct event e = {.schema = &t->schema, .parts[PART_RECORD] = {&record, sizeof(record)}, .scratch = &scratch};
	struct output *o = NULL;
	int fd = mkstemp(path);

	snprintf(spec, sizeof(spec), "%s:%s", name, path);
	text.length = 0;
	if (CHECK_EQ(output_open(spec, &settings, schemas, &o, NULL), 0)) {
		output_write(o, &e);
		CHECK_EQ(output_close(o, NULL, NULL), 0);
	}
	CHECK_EQ(file_read(path, &text, NULL), 0);
	buffer_append_char(&text, 0);
	unlink(path);
	close(fd);
	scratch_done(&scratch);
	tracepoint_free(t);
	messages_free(messages);
	return text.data;
}

static void json_has_the_fields_in_an_object(void)
{
	CHECK_TEXT(written("json", NULL),
		   "{\"event\":\"test:made\",\"boot_ns\":1234567890123,\"cpu\":1,\"seq\":7,\"pid\":4711,\"tid\":4712,"
		   "\"comm\":\"bash\",\"uid\":502,\"cgroup_id\":9,\"args\":{\"comm\":\"a\\n\xef\xbf\xbd"
		   "\\u001b[1m\","
		   "\"comm_b64\":\"YQr/G1sxbQ==\",\"sig\":-9,\"ip\":[127,0,0,1],\"at\":\"0xffff888000001000\"},"
		   "\"message\":\"comm=a\\n\xef\xbf\xbd"
		   "\\u001b[1m "
		   "sig=-9\",\"message_b64\":\"Y29tbT1hCv8bWzFtIHNpZz0tOQ==\"}\n");
}

static void fields_are_chosen(void)
{
	static const char *const nested[] = {"args.ip", "sig", "pid", NULL}, *const whole[] = {"args", NULL},
				 *const both[] = {"comm", "args.comm", NULL};

	CHECK_TEXT(written("json", nested),
		   "{\"event\":\"test:made\",\"pid\":4711,\"args\":{\"sig\":-9,\"ip\":[127,0,0,1]}}\n");
	CHECK(strstr(written("json", whole), "\"args\":{\"comm\":"));
	CHECK_TEXT(written("table", nested), "IP                SIG      PID\n[127,0,0,1]        -9     4711\n");
	CHECK_TEXT(written("log", nested), "-  INFO observer: [127,0,0,1] -9 4711\n");
	CHECK_TEXT(written("log", both), "-  INFO observer: bash a\\n\\xff\\x1b[1m\n");
}

static void people_read_the_message(void)
{
	CHECK_TEXT(written("log", NULL), "-  INFO observer: 4711 502 bash test:made comm=a\\n\\xff\\x1b[1m sig=-9\n");
	CHECK_TEXT(
		written("table", NULL),
		"TIME             CPU      PID  COMM        EVENT                   MESSAGE\n"
		"-                  1     4711  bash        test:made               comm=a\\n\\xff\\x1b[1m sig=-9\n");
}

static void traces_have_the_fields(void)
{
	static const char *const nested[] = {"args.sig", NULL};

	CHECK(strstr(written("perfetto", nested), "\"name\":\"test:made\""));
	CHECK(strstr(written("perfetto", nested), "\"args\":{\"args\":{\"sig\":-9}}"));
}

int main(void)
{
	RUN(json_has_the_fields_in_an_object);
	RUN(fields_are_chosen);
	RUN(people_read_the_message);
	RUN(traces_have_the_fields);
	return test_main();
}
