/* SPDX-License-Identifier: GPL-2.0-only */
/* outputs/command.c: what is shown is pasted into a real shell; the program that starts must see the same arguments. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../golden/maker.h"
#include "check.h"
#include "outputs/command.h"

static struct maker m;
static struct scratch scratch;
static char folder[] = "/tmp/test-command-XXXXXX";

static void show(struct buffer *out, size_t columns)
{
	struct event e = maker_event(&m, &schema_exec, &scratch);
	struct command_fields fields;

	scratch_reset(&scratch);
	out->length = 0;
	CHECK(command_find_fields(&fields, &schema_exec));
	command_append(out, &e, &fields, columns);
}

/* Runs a line in bash, in another folder; returns how much it wrote to its standard output. */
static size_t run_in_shell(const struct buffer *line, char *bytes, size_t size)
{
	size_t length = 0;
	int fds[2];
	ssize_t got;
	pid_t pid;

	CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		char *text = strndup(line->data, line->length);

		dup2(fds[1], STDOUT_FILENO);
		close(STDERR_FILENO);
		if (chdir("/"))
			_exit(1);
		execl("/bin/bash", "bash", "-c", text, NULL);
		_exit(127);
	}
	close(fds[1]);
	while (length < size && (got = read(fds[0], bytes + length, size - length)) > 0)
		length += got;
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return length;
}

/* `cat /proc/self/cmdline ...` prints its own arguments; the rest of them are files that do not exist. */
static void check_pasted(const char *filename, const char *cwd, const char *argv, size_t argv_bytes)
{
	struct buffer line = {0};
	char bytes[8192];
	size_t length;

	maker_begin_exec(&m);
	maker_text(&m, &m.exec.filename, filename);
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT, cwd);
	maker_put(&m, &m.exec.argv, argv, argv_bytes);
	show(&line, SIZE_MAX);
	length = run_in_shell(&line, bytes, sizeof(bytes));
	/* Without a name of its own in argv[0] the program gets its path. */
	if (length > argv_bytes && argv[0] == 'c')
		CHECK_BYTES(strchr(bytes, 0), length - strlen(bytes), strchr(argv, 0), argv_bytes - strlen(argv));
	else
		CHECK_BYTES(bytes, length, argv, argv_bytes);
	buffer_done(&line);
}

#define CHECK_PASTED(filename, cwd, argv) check_pasted(filename, cwd, argv, sizeof(argv))

static void arguments_come_back(void)
{
	char argv[2048] = "cat\0/proc/self/cmdline", *at = argv + sizeof("cat\0/proc/self/cmdline");

	CHECK_PASTED("/bin/cat", "tmp", "/bin/cat\0/proc/self/cmdline");
	CHECK_PASTED("/bin/cat", "tmp", "cat\0/proc/self/cmdline\0a b\0$x\0`id`\0'\0\"\0\\\0!!\0*\0~\0;\0&&\0#\0{a,b}");
	CHECK_PASTED("/bin/cat", "tmp",
		     "/bin/cat\0/proc/self/cmdline\0x\n\ty\0\xff\xfe\0\xe2\x80\xaex\0\x1b[0m\0\xe6\x97\xa5");
	/* Every byte, alone and with a neighbour that could be taken for more digits of an escape. */
	for (int c = 1; c < 256; c++) {
		*at++ = c;
		*at++ = 0;
		*at++ = 'x';
		*at++ = c;
		*at++ = '1';
		*at++ = 0;
	}
	check_pasted("/bin/cat", "tmp", argv, at - argv);
}

static void other_names_come_back(void)
{
	CHECK_PASTED("/bin/cat", "tmp", "-other name\0/proc/self/cmdline\0x");
	CHECK_PASTED("/bin/cat", "tmp", "\0/proc/self/cmdline");
}

static void relative_programs_are_found_from_everywhere(void)
{
	char link[256];

	snprintf(link, sizeof(link), "%s/cat", folder);
	CHECK_EQ(symlink("/bin/cat", link), 0);
	CHECK_PASTED("./cat", folder + 1, "cat\0/proc/self/cmdline");
	CHECK_PASTED("cat", folder + 1, "cat\0/proc/self/cmdline");
	CHECK_PASTED("././cat", folder + 1, "cat\0/proc/self/cmdline\0x");
	unlink(link);
}

static void check_line(const char *expected)
{
	struct buffer line = {0};

	show(&line, SIZE_MAX);
	buffer_append_char(&line, 0);
	CHECK_TEXT(line.data, expected);
	buffer_done(&line);
}

static void begin(const char *filename, const char *argv, size_t argv_bytes)
{
	maker_begin_exec(&m);
	if (filename)
		maker_text(&m, &m.exec.filename, filename);
	maker_put(&m, &m.exec.argv, argv, argv_bytes);
}

static void scripts_are_run_by_their_interpreter(void)
{
	static const char argv[] = "/bin/sh\0-e\0/opt/script\0x";

	begin("/opt/script", argv, sizeof(argv));
	maker_text(&m, &m.exec.interp, "/bin/sh");
	check_line("/bin/sh -e /opt/script x");
	/* The hook cannot tell: known by the place of the script's name. */
	begin("/opt/script", argv, sizeof(argv));
	m.exec.unreadable = ROW_BIT(EXEC_interp);
	check_line("/bin/sh -e /opt/script x");
	/* It can tell, and says that no interpreter runs. */
	m.exec.unreadable = 0;
	check_line("(exec -a /bin/sh /opt/script -e /opt/script x)");
	/* A relative interpreter is behind the working directory. */
	begin("./script", argv, sizeof(argv));
	maker_text(&m, &m.exec.interp, "tools/run");
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT, "opt");
	check_line("/opt/tools/run -e /opt/script x");
}

static void what_is_missing_is_made_up_for(void)
{
	begin("/dev/fd/3", "tool\0-v", 8);
	check_line("(exec -a tool /dev/fd/3 -v)");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "opt/tool");
	check_line("/opt/tool -v");
	begin("tool", "tool", 5);
	check_line("tool");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "opt/tool");
	maker_path(&m, &m.exec.cwd, PATH_DELETED, "opt");
	check_line("/opt/tool");
	maker_path(&m, &m.exec.cwd, PATH_CUT, "opt");
	check_line("/opt/tool");
	maker_path(&m, &m.exec.cwd, PATH_AT_ROOT, "");
	check_line("/tool");
	begin(NULL, "tool\0-v", 8);
	check_line("tool -v");
	begin(NULL, "", 0);
	check_line("-");
	maker_path(&m, &m.exec.exe, PATH_AT_ROOT, "opt/tool");
	check_line("/opt/tool");
}

static void long_lines_stop_early(void)
{
	struct buffer line = {0};
	static char argv[100000];

	for (size_t i = 0; i < sizeof(argv); i += 10)
		memcpy(argv + i, "argument.", 10);
	begin("/bin/argument.", argv, sizeof(argv));
	show(&line, 80);
	CHECK(line.length > 80 && line.length < 200);
	show(&line, SIZE_MAX);
	CHECK(line.length > 90000);
	buffer_done(&line);
}

int main(void)
{
	if (access("/bin/bash", X_OK) || access("/bin/cat", X_OK) || !mkdtemp(folder))
		SKIP("no bash, no cat or no place for temporary files");
	RUN(arguments_come_back);
	RUN(other_names_come_back);
	RUN(relative_programs_are_found_from_everywhere);
	RUN(scripts_are_run_by_their_interpreter);
	RUN(what_is_missing_is_made_up_for);
	RUN(long_lines_stop_early);
	rmdir(folder);
	scratch_done(&scratch);
	return test_main();
}
