/* SPDX-License-Identifier: GPL-2.0-only */
/* Execs as command lines: what is printed, and that a shell makes of it what was exec'ed. */
#include "check.h"
#include "commands/shell_lines.h"
#include "events/events.h"

static struct shell_lines *lines;

struct tail {
	char bytes[2048];
	size_t used;
};

static void put(struct tail *tail, struct span *span, const void *bytes, size_t length)
{
	*span = (struct span){sizeof(struct exec_event) + tail->used, length};
	memcpy(tail->bytes + tail->used, bytes, length);
	tail->used += length;
}

/* Lists are literals: words divided by NUL. */
#define LIST(literal)		  ((struct list){literal, sizeof(literal)})
#define EXEC(out, pid, argv, env) take_exec(out, pid, LIST(argv), LIST(env))

struct list {
	const char *data;
	size_t length;
};

static void take_exec(struct buffer *out, uint32_t pid, struct list argv, struct list env)
{
	struct {
		struct exec_event x;
		struct tail tail;
	} e = {.x = {.header.type = RECORD_exec, .pid = pid, .ppid = 1, .start_ns = pid, .parent_start_ns = 1}};

	put(&e.tail, &e.x.filename, "/usr/bin/printf", 15);
	/* enum path_end, then the components, leaf first */
	put(&e.tail, &e.x.cwd, "\0my folder\0tmp", 15);
	put(&e.tail, &e.x.argv, argv.data, argv.length);
	put(&e.tail, &e.x.env, env.data, env.length);
	shell_lines_take(lines, &e.x.header, sizeof(e.x) + e.tail.used, out);
}

static void take_fork(uint32_t parent, uint32_t pid)
{
	struct fork_event f = {
		.header.type = RECORD_fork, .pid = pid, .start_ns = pid, .ppid = parent, .parent_start_ns = parent};
	struct buffer out = {0};

	shell_lines_take(lines, &f.header, sizeof(f), &out);
	CHECK_EQ(out.length, 0);
	buffer_done(&out);
}

static void begin(void)
{
	char *environment[] = {"HOME=/root", "LANG=C", "SECRET=1", NULL};

	lines = shell_lines_new(environment, NULL);
}

static void only_changes_are_told(void)
{
	struct buffer out = {0};

	begin();
	EXEC(&out, 5, "printf\0%s\0a b", "HOME=/root\0LANG=de\0NEW=it's");
	CHECK_BUFFER(&out, "(cd '/tmp/my folder' && unset SECRET && export LANG=de 'NEW=it'\\''s' && "
			   "/usr/bin/printf %s 'a b')\n");
	out.length = 0;
	/* A child has its parent's environment, also without an exec between. */
	take_fork(5, 6);
	take_fork(6, 7);
	EXEC(&out, 7, "printf\0x", "HOME=/root\0LANG=de\0NEW=it's");
	CHECK_BUFFER(&out, "(cd '/tmp/my folder' && /usr/bin/printf x)\n");
	out.length = 0;
	EXEC(&out, 7, "printf\0x", "HOME=/root\0LANG=fr\0NEW=it's");
	CHECK_BUFFER(&out, "(cd '/tmp/my folder' && export LANG=fr && /usr/bin/printf x)\n");
	shell_lines_free(lines);
	buffer_done(&out);
}

static void names_that_no_shell_takes_are_left_out(void)
{
	struct buffer out = {0};

	begin();
	EXEC(&out, 5, "printf\0x",
	     "HOME=/root\0LANG=C\0SECRET=1\0BASH_FUNC_f%%=() { :; }\0novalue\0"
	     "1=2");
	CHECK_BUFFER(&out, "(cd '/tmp/my folder' && /usr/bin/printf x)\n");
	shell_lines_free(lines);
	buffer_done(&out);
}

static void a_shell_takes_it_back(void)
{
	struct buffer script = {0};
	char text[256] = "";
	FILE *shell;

	begin();
	buffer_append_text(&script, "mkdir -p '/tmp/my folder'; exec bash -c \"$(cat <<'END'\n");
	EXEC(&script, 5, "printf\0%s\\n\0a\nb\0$HOME", "HOME=/root\0LANG=C");
	buffer_append_text(&script, "END\n)\"\n");
	buffer_append_char(&script, '\0');
	shell = popen(script.data, "r");
	if (shell) {
		CHECK_EQ(fread(text, 1, sizeof(text), shell), 10);
		pclose(shell);
	}
	CHECK_TEXT(text, "a\nb\n$HOME\n");
	shell_lines_free(lines);
	buffer_done(&script);
}

int main(void)
{
	RUN(only_changes_are_told);
	RUN(names_that_no_shell_takes_are_left_out);
	RUN(a_shell_takes_it_back);
	return test_main();
}
