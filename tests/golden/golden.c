/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Golden tests: records made here -> bytes of each output, compared with the files in expected/. `golden DIR` compares
 * and exits 1 with a diff on mismatch; `golden --update DIR` writes the files anew; names of cases after DIR choose
 * some.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cases.h"
#include "computed.h"

#define NR_MADE ((size_t)5)

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void read_all(int fd, struct buffer *ret)
{
	ssize_t got;

	do {
		if (!buffer_reserve(ret, 65536))
			die("memory");
		got = pread(fd, ret->data + ret->length, 65536, ret->length);
		if (got < 0)
			die("read");
		ret->length += got;
	} while (got);
}

/* Runs a case with standard output in memory: only there are width and colour of a terminal in force. */
static void run_case(const struct golden_case *c, const char *format, struct buffer *ret)
{
	int saved = dup(STDOUT_FILENO), fd = memfd_create("golden", MFD_CLOEXEC);
	struct schema *made[] = {computed_exec(), computed_lost(), computed_exit(), computed_fork(), computed_log()};
	const struct schema *const schemas[] = {made[0], made[1], made[2], made[3], made[4], NULL};
	struct sequence s = {.exec = made[0], .lost = made[1], .exit = made[2], .fork = made[3], .log = made[4]};
	struct error err = {0};

	for (size_t i = 0; i < NR_MADE; i++)
		if (!made[i])
			die("memory");
	if (saved < 0 || fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		die("setup");
	made[0]->columns = c->columns;
	setenv("TZ", c->zone ? c->zone : "UTC0", 1);
	tzset();
	if (output_open(format, &c->settings, schemas, &s.output, &err)) {
		fprintf(stderr, "%s: %s\n", c->name, err.text);
		exit(2);
	}
	c->write(&s);
	if (output_close(s.output, NULL, &err)) {
		fprintf(stderr, "%s: %s\n", c->name, err.text);
		exit(2);
	}
	read_all(fd, ret);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	scratch_done(&s.scratch);
	for (size_t i = 0; i < NR_MADE; i++)
		schema_free(made[i]);
}

static void write_file(const char *path, const struct buffer *b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, b->data, b->length) != (ssize_t)b->length || close(fd))
		die(path);
}

/* Shows what differs: `diff` reads the actual bytes from a pipe-like file in memory. */
static void show_difference(const char *path, const struct buffer *actual)
{
	int fd = memfd_create("actual", 0);
	char name[64];
	pid_t pid;

	if (fd < 0 || write(fd, actual->data, actual->length) != (ssize_t)actual->length)
		die("actual");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	pid = fork();
	if (pid == 0) {
		execlp("diff", "diff", "-u", "--label", "expected", "--label", "actual", path, name, NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	close(fd);
}

static bool compare(const char *path, const struct buffer *actual)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buffer expected = {0};
	bool same;

	if (fd >= 0)
		read_all(fd, &expected);
	same = fd >= 0 && expected.length == actual->length && !memcmp(expected.data, actual->data, actual->length);
	if (!same) {
		fprintf(stderr, "golden: '%s' differs:\n", path);
		show_difference(path, actual);
	}
	if (fd >= 0)
		close(fd);
	buffer_done(&expected);
	return same;
}

static bool is_chosen(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

/* Returns how many files differ. */
static unsigned int check_case(const struct golden_case *c, const char *folder, bool update)
{
	unsigned int nr_different = 0;
	const struct output_format *const *formats;
	size_t nr_formats;

	formats = outputs_list(&nr_formats);
	for (size_t i = 0; i < nr_formats; i++) {
		const char *format = output_format_name(formats[i]);
		struct buffer actual = {0};
		char path[4096];

		if (c->only && strcmp(c->only, format))
			continue;
		snprintf(path, sizeof(path), "%s/expected/%s.%s", folder, c->name, format);
		run_case(c, format, &actual);
		if (update)
			write_file(path, &actual);
		else
			nr_different += !compare(path, &actual);
		buffer_done(&actual);
	}
	return nr_different;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && !strcmp(argv[1], "--update");
	unsigned int nr_different = 0, nr_run = 0;

	argv += update;
	argc -= update;
	if (argc < 2) {
		fprintf(stderr, "usage: golden [--update] FOLDER [CASE...]\n");
		return 2;
	}
	for (unsigned int i = 0; i < nr_golden_cases; i++) {
		if (!is_chosen(golden_cases[i].name, argv + 2))
			continue;
		nr_different += check_case(&golden_cases[i], argv[1], update);
		nr_run++;
	}
	fprintf(stderr, "%u cases, %u files differ\n", nr_run, nr_different);
	return nr_different > 0 || nr_run == 0;
}
