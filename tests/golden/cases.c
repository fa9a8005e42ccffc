/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of each kind of trouble that an output must keep in one line. */
#include "cases.h"

#include <stdio.h>

#include "maker.h"

static struct maker m;

static void give(struct sequence *s, const struct schema *schema)
{
	struct event e = maker_event(&m, schema, &s->scratch);

	scratch_reset(&s->scratch);
	output_write(s->output, &e);
}

static void give_exec(struct sequence *s)
{
	give(s, s->exec);
}

/* Another program with these arguments (literal, NUL between words). */
#define exec_of(path, words)                                                                                           \
	do {                                                                                                           \
		maker_exec(&m);                                                                                        \
		maker_text(&m, &m.exec.filename, path);                                                                \
		maker_list(&m, &m.exec.argv, words);                                                                   \
	} while (0)

static void write_plain(struct sequence *s)
{
	maker_exec(&m);
	give_exec(s);
	m.exec.header.boot_ns += 1000000000;
	m.exec.pid = 1;
	m.exec.uid = 0;
	give_exec(s);
}

/* Every row present, flags set, the largest numbers. */
static void write_all_fields(struct sequence *s)
{
	maker_exec(&m);
	m.exec.header.cpu = 4095;
	m.exec.header.seq = ~0ULL - 1;
	m.exec.cap_permitted = ~0ULL;
	m.exec.cap_effective = 0x1ffffffffff;
	m.exec.privileged = m.exec.memfd = m.exec.unlinked = 1;
	m.exec.cgroup_id = m.exec.ino = ~0ULL;
	maker_text(&m, &m.exec.filename, "/home/ann/tool");
	maker_text(&m, &m.exec.interp, "/usr/bin/python3");
	maker_list(&m, &m.exec.argv, "/usr/bin/python3\0/home/ann/tool\0-v");
	maker_list(&m, &m.exec.env, "PATH=/bin\0EMPTY=\0LANG=C.UTF-8");
	give_exec(s);
}

/* Nothing was collected or could be: the fixed part alone. */
static void write_bare(struct sequence *s)
{
	maker_begin_exec(&m);
	give_exec(s);
	m.exec.header.cpu = ~0U;
	m.exec.header.seq = ~0ULL;
	give_exec(s);
}

/* In each string: a lone byte, a cut sequence, a surrogate, an overlong form. */
static void write_invalid_utf8(struct sequence *s)
{
	maker_exec(&m);
	memcpy(m.exec.comm.bytes,
	       "s\xff"
	       "d",
	       4);
	memcpy(m.exec.parent_comm.bytes, "\xc3", 2);
	maker_text(&m, &m.exec.filename, "/tmp/\xed\xa0\x80/x");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "tmp/\xc0\xaf/x");
	maker_text(&m, &m.exec.interp, "/bin/\xf5sh");
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT, "tmp/\xe2\x82");
	maker_list(&m, &m.exec.argv,
		   "/bin/\xf5sh\0good\0b\xe4"
		   "d\0\xf0\x9f\x98");
	maker_list(&m, &m.exec.env, "A=\x80");
	maker_text(&m, &m.exec.tty, "tty\xfe");
	maker_path(&m, &m.exec.cgroup, PATH_AT_ROOT, "a\x81.slice");
	give_exec(s);
}

static void write_every_byte(struct sequence *s)
{
	char argv[1024] = "all", *at = argv + 4;

	for (int c = 1; c < 256; c++)
		*at++ = c;
	*at++ = 0;
	for (int c = 1; c < 256; c++) {
		*at++ = c;
		*at++ = 0;
	}
	exec_of("/bin/all", "all");
	maker_put(&m, &m.exec.argv, argv, at - argv);
	give_exec(s);
}

/* Escape sequences, C1, bidi overrides, zero width, separators, a mark on nothing. */
static void write_hidden(struct sequence *s)
{
	exec_of("/tmp/\x1b[31mred\x1b[0m", "\x1b]0;title\x07\0\xc2\x9b"
					   "2J\0\xe2\x80\xae"
					   "txt.exe\0\xe2\x81\xa6"
					   "a\xe2\x81\xa9\0zero\xe2\x80\x8bwidth\xef\xbb\xbf\0\xcc\x81mark\0"
					   "a\xe2\x80\xa8line\0"
					   "e\xcc\x81 ok\0del\x7f");
	strcpy(m.exec.comm.bytes, "\x1b[2Jx");
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT,
		   "tmp/\xe2\x80\xae"
		   "dne");
	give_exec(s);
}

static void write_newlines(struct sequence *s)
{
	exec_of("/tmp/a\nb/run\r\n", "run\n{\"event\":\"exec\"}\n\0--x=\ty\\n\0'quote'\0\"double\"\0back\\slash");
	strcpy(m.exec.comm.bytes, "two\nlines");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "tmp/a\nb/run\r\n");
	give_exec(s);
}

static void write_empty_arguments(struct sequence *s)
{
	exec_of("/bin/true", "");
	give_exec(s);
	exec_of("/bin/true", "true\0\0");
	give_exec(s);
	exec_of("/bin/true", "\0\0\0");
	give_exec(s);
	/* argc 0: kernels before 5.18. */
	exec_of("/bin/true", "");
	m.exec.argv.length = m.exec.argc = m.exec.argv_bytes = 0;
	give_exec(s);
}

static void write_long_argv(struct sequence *s)
{
	static char argv[40000];
	int length = 0;

	for (int i = 0; i < 2000; i++)
		length += sprintf(argv + length, i ? "argument-%d" : "/bin/long", i) + 1;
	exec_of("/bin/long", "long");
	maker_put(&m, &m.exec.argv, argv, length);
	m.exec.argc = 2000;
	m.exec.argv_bytes = length;
	give_exec(s);
}

static void write_cut(struct sequence *s)
{
	maker_exec(&m);
	maker_put(&m, &m.exec.argv, "sed\0-n\0s/loooo", 14);
	m.exec.argc = 100000;
	m.exec.argv_bytes = 2097152;
	maker_path(&m, &m.exec.cwd, PATH_CUT, "deep/deeper/deepest");
	m.exec.truncated = ROW_BIT(EXEC_argv) | ROW_BIT(EXEC_cwd) | ROW_BIT(EXEC_cgroup_v1);
	m.exec.unreadable = ROW_BIT(EXEC_interp) | ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_loginuid) | ROW_BIT(EXEC_comm);
	give_exec(s);
}

static void write_lost(struct sequence *s)
{
	maker_exec(&m);
	give_exec(s);
	maker_lost(&m, LOSS_ring_full, 17);
	give(s, s->lost);
	maker_lost(&m, LOSS_missed_run, 1);
	m.lost.header.cpu = ~0U;
	m.lost.from = m.lost.to = ~0ULL;
	give(s, s->lost);
	maker_exec(&m);
	give_exec(s);
}

/* What readlink says of files without a name. */
static void write_paths(struct sequence *s)
{
	exec_of("/tmp/gone", "gone");
	maker_path(&m, &m.exec.exe, PATH_DELETED, "tmp/gone");
	m.exec.unlinked = 1;
	give_exec(s);
	exec_of("/dev/fd/3", "in memory\0-x");
	maker_path(&m, &m.exec.exe, PATH_PSEUDO, "memfd:payload");
	m.exec.memfd = m.exec.unlinked = 1;
	give_exec(s);
	exec_of("/dev/fd/5/bin/tool", "tool");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "opt/x/bin/tool");
	give_exec(s);
	exec_of("./deep", "./deep");
	maker_path(&m, &m.exec.exe, PATH_CUT, "below/deep");
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT, "");
	give_exec(s);
	exec_of("run", "run");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "tmp/x/run");
	maker_path(&m, &m.exec.cwd, PATH_DELETED, "tmp/x");
	give_exec(s);
}

/* What has to be called again for the same program to run. */
static void write_commands(struct sequence *s)
{
	exec_of("/usr/bin/busybox", "ls\0-l");
	give_exec(s);
	exec_of("/bin/bash", "-bash");
	give_exec(s);
	exec_of("././a b/make", "./a b/make\0CFLAGS=-O2 -g\0=x\0~\0*\0!");
	give_exec(s);
	exec_of("/opt/script", "/bin/sh\0-e\0/opt/script\0x");
	maker_text(&m, &m.exec.interp, "/bin/sh");
	give_exec(s);
	/* The same where the hook cannot tell the interpreter. */
	exec_of("/opt/script", "/bin/sh\0-e\0/opt/script\0x");
	m.exec.unreadable = ROW_BIT(EXEC_interp);
	give_exec(s);
	exec_of("/bin/cat", "cat\0/bin/cat");
	m.exec.unreadable = ROW_BIT(EXEC_interp) | ROW_BIT(EXEC_argv);
	give_exec(s);
}

/* Spans that point out of the record, before it, around it; ends of paths and rows that do not exist. */
static void write_corrupt(struct sequence *s)
{
	maker_exec(&m);
	m.exec.filename = (struct span){m.size - 1, 2};
	m.exec.exe = (struct span){m.size + 1, 0};
	m.exec.cwd = (struct span){0xffffffff, 0xffffffff};
	m.exec.argv = (struct span){8, 0xfffffff8};
	m.exec.tty = (struct span){0x80000000, 0x80000000};
	m.bytes[m.exec.cgroup.offset] = 9;
	m.exec.truncated = ~0ULL << EXEC_ROW_MAX;
	m.exec.unreadable = ROW_BIT(EXEC_spilled);
	memset(m.exec.comm.bytes, 'c', sizeof(m.exec.comm.bytes));
	give_exec(s);
	m.size = offsetof(struct exec_event, gid);
	give_exec(s);
	m.size = 5;
	give_exec(s);
	m.size = 0;
	give_exec(s);
	maker_lost(&m, 77, 1);
	m.lost.of = 78;
	give(s, s->lost);
}

/* Events inside an event: some, and an empty list. */
static void write_records(struct sequence *s)
{
	maker_begin_exec(&m);
	m.exec.pid = 77;
	give_exec(s);
	m.exec.pid = 78;
	give_exec(s);
	m.exec.pid = 79;
	give_exec(s);
}

static void write_wide(struct sequence *s)
{
	exec_of("/home/ann/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e/run",
		"run\0\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88");
	give_exec(s);
	/* Cut between two wide characters, and where one would lie over the edge. */
	exec_of("/bin/echo", "echo\0................\0\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88");
	give_exec(s);
	exec_of("/bin/echo", "echo\0.................\0\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88");
	give_exec(s);
	exec_of("/bin/fits", "fits\0aaaaaaaaaaaaaaaaaaaaaaaaa");
	give_exec(s);
	exec_of("/bin/fits", "fits\0aaaaaaaaaaaaaaaaaaaaaaaaaa");
	give_exec(s);
	m.exec.uid = 65534;
	m.exec.pid = 123456789;
	give_exec(s);
	maker_exec(&m);
	give_exec(s);
	maker_lost(&m, LOSS_ring_full, 4000000);
	give(s, s->lost);
}

static void write_lives(struct sequence *s)
{
	maker_begin(&m, RECORD_fork, sizeof(m.fork));
	m.fork.pid = m.fork.tid = 54305;
	m.fork.ppid = 54304;
	m.fork.uid = 502;
	strcpy(m.fork.comm.bytes, "two\nlines");
	give(s, s->fork);
	maker_begin(&m, RECORD_exit, sizeof(m.exit));
	m.exit.pid = 54305;
	m.exit.ppid = 54304;
	m.exit.uid = 502;
	strcpy(m.exit.comm.bytes, "\x1b[2J\xff");
	m.exit.exit_code = 3;
	m.exit.duration_ns = 296665960;
	give(s, s->exit);
	m.exit.exit_code = ~0ULL;
	m.exit.signal = 9;
	m.exit.duration_ns = 0;
	give(s, s->exit);
}

static void write_log(struct sequence *s)
{
	for (unsigned int i = 0; i < 3; i++) {
		maker_begin(&m, RECORD_LOG, sizeof(m.log));
		m.log.header.seq = i;
		m.log.level = i + 1;
		m.log.pid = m.log.tid = 54304;
		give(s, s->log);
	}
	m.log.level = 99;
	give(s, s->log);
	m.size = offsetof(struct log_event, tid);
	give(s, s->log);
}

static const char *const some_fields[] = {"argv", "event",	"time", "user",		 "cause",    "uid",
					  "tty",  "privileged", "dev",	"cap_effective", "filename", NULL};
static const char *const foreign_fields[] = {"cause", NULL};
static const char *const records_fields[] = {"pid", "relatives", "comm", NULL};

static const struct schema_column own_columns[] = {
	{"START", "time", NULL, 12, false, .spare = true},
	{"PID", "pid", NULL, 7, true},
	{"PPID", "ppid", NULL, 7, true, .spare = true},
	{"COMM", "comm", NULL, 6, false},
	{"COMMAND", NULL, NULL, 7, false},
	{0},
};

const struct golden_case golden_cases[] = {
	{"plain", write_plain},
	{"all-fields", write_all_fields},
	{"bare", write_bare},
	{"invalid-utf8", write_invalid_utf8},
	{"every-byte", write_every_byte},
	{"hidden", write_hidden},
	{"newlines", write_newlines},
	{"empty-arguments", write_empty_arguments},
	{"long-argv", write_long_argv},
	{"cut", write_cut},
	{"lost", write_lost},
	{"lives", write_lives},
	{"log", write_log},
	{"log-fields", write_log, .settings = {.fields = some_fields}},
	{"paths", write_paths},
	{"commands", write_commands, .only = "table"},
	{"corrupt", write_corrupt},
	{"records", write_records, .only = "json", .settings = {.fields = records_fields}},
	{"records-log", write_records, .only = "log", .settings = {.fields = records_fields}},
	{"records-table", write_records, .only = "table", .settings = {.fields = records_fields}},
	{"fields", write_lost, .settings = {.fields = some_fields}},
	{"fields-hidden", write_hidden, .settings = {.fields = some_fields}},
	{"fields-foreign", write_lost, .settings = {.fields = foreign_fields}},
	{"wide-80", write_wide, .only = "table", .settings = {.width = 80}},
	{"wide-full", write_wide, .only = "table", .settings = {.width = 80, .full = true}},
	{"narrow-1", write_lost, .only = "table", .settings = {.width = 1}},
	{"color", write_lost, .only = "table", .settings = {.color = true}},
	{"color-cut", write_wide, .only = "table", .settings = {.color = true, .width = 60}},
	{"color-narrow", write_lost, .only = "table", .settings = {.color = true, .width = 10}},
	{"columns", write_lost, .only = "table", .columns = own_columns},
	{"columns-60", write_lost, .only = "table", .settings = {.width = 60}, .columns = own_columns},
	{"columns-59", write_lost, .only = "table", .settings = {.width = 59}, .columns = own_columns},
	{"columns-59-full", write_lost, .only = "table", .settings = {.width = 59, .full = true},
	 .columns = own_columns},
	{"zone", write_plain, .zone = "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"zone-utc", write_plain, .zone = "CET-1CEST,M3.5.0,M10.5.0/3", .only = "table", .settings = {.utc = true}},
};
const unsigned int nr_golden_cases = sizeof(golden_cases) / sizeof(golden_cases[0]);
