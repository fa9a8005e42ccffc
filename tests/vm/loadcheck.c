/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells for each BPF object given whether this kernel's verifier takes it and, with -a, whether its programs attach and
 * run. Linked statically, so that it runs in a guest that has nothing else. It uses libbpf alone, not the project's own
 * loader.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#define LOG_BYTES	 (64U << 20) /* a log that does not fit makes kernels before 6.4 fail with ENOSPC */
#define LOG_LINES_SHOWN	 40
#define STATISTICS_BYTES 65536
#define STATISTICS_LEVEL 4 /* BPF_LOG_STATS of the kernel's bpf_verifier.h */
#define NR_EXECS	 10

static char *log_text;
static bool want_attach;
static bool want_everything;
static unsigned int seed; /* 0: no random settings */

static void usage(FILE *to)
{
	fputs("usage: loadcheck [-a] [-w | -s SEED] OBJECT...\n"
	      "Loads each object: 'ok', or the end of the verifier's log for each program refused.\n"
	      "  -a  attaches the programs too, runs a few execs and prints how often each program ran\n"
	      "  -w  everything wanted: all bits of the constant 'settings' are set, so that no code is dead\n"
	      "  -s  bits of 'settings' by chance: a choice of fields must not make a program refused\n"
	      "status: 0 when every object was taken, else 1\n",
	      to);
}

/* libbpf's own words are kept for failures only: they repeat the verifier's log. */
static int print_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	char text[512];

	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(text, sizeof(text), format, args);
	if (strstr(text, "libbpf: prog") && strstr(text, "BPF program load failed"))
		return 0;
	return fprintf(stdout, "    %.*s\n", (int)strcspn(text, "\n"), text);
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void print_log_tail(void)
{
	const char *start = log_text + strlen(log_text);
	int lines = 0;

	while (start > log_text && (start[-1] != '\n' || ++lines <= LOG_LINES_SHOWN))
		start--;
	for (const char *line = start; *line; line += *line == '\n') {
		int length = (int)strcspn(line, "\n");

		printf("    | %.*s\n", length, line);
		line += length;
	}
}

/* Where the variable `name` lies in the data section `section`; NULL where there is none. */
static const struct btf_var_secinfo *find_variable(const struct btf *btf, const char *section, const char *name)
{
	int id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, (__u32)id);
	const struct btf_var_secinfo *variable = type ? btf_var_secinfos(type) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++, variable++)
		if (!strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, variable->type)->name_off), name))
			return variable;
	return NULL;
}

static void fill_settings(struct bpf_map *map, const struct btf_var_secinfo *settings)
{
	size_t size;
	const void *initial = bpf_map__initial_value(map, &size);
	char *bytes = malloc(size);

	if (bytes && settings->offset + settings->size <= size) {
		memcpy(bytes, initial, size);
		srandom(seed);
		for (size_t i = 0; i < settings->size; i++)
			bytes[settings->offset + i] = want_everything ? (char)0xff : (char)random();
		bpf_map__set_initial_value(map, bytes, size);
	}
	free(bytes);
}

/* The constants are part of what the verifier sees; a counter per CPU has its size from user space as well. */
static void set_settings(struct bpf_object *object)
{
	const struct btf_var_secinfo *settings = find_variable(bpf_object__btf(object), ".rodata", "settings");
	struct bpf_map *map = NULL;

	while ((map = bpf_object__next_map(object, map))) {
		if (settings && strstr(bpf_map__name(map), ".rodata"))
			fill_settings(map, settings);
		if (!strcmp(bpf_map__name(map), "counters"))
			bpf_map__set_max_entries(map, (__u32)libbpf_num_possible_cpus());
	}
}

static struct bpf_object *open_object(const char *path, bool with_log)
{
	LIBBPF_OPTS(bpf_object_open_opts, options);
	struct bpf_object *object;

	if (with_log) {
		log_text[0] = '\0';
		options.kernel_log_buf = log_text;
		options.kernel_log_size = LOG_BYTES;
		options.kernel_log_level = 1;
	}
	object = bpf_object__open_file(path, &options);
	if (object && (want_everything || seed))
		set_settings(object);
	return object;
}

/* Loads the object with `name` as its only program and shows the verifier's log if it is refused. */
static int explain_program(const char *path, const char *name)
{
	struct bpf_object *object = open_object(path, true);
	struct bpf_program *program = NULL;
	int failed;

	if (!object)
		return -errno;
	while ((program = bpf_object__next_program(object, program)))
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	failed = bpf_object__load(object);
	printf("  %s: %s\n", name, failed ? strerror(-failed) : "taken when loaded alone");
	if (failed)
		print_log_tail();
	bpf_object__close(object);
	return failed;
}

static void explain_object(const char *path)
{
	struct bpf_object *object = open_object(path, false);
	struct bpf_program *program = NULL;

	libbpf_set_print(print_warning);
	while ((program = bpf_object__next_program(object, program)))
		if (bpf_program__autoload(program))
			explain_program(path, bpf_program__name(program));
	libbpf_set_print(print_nothing);
	bpf_object__close(object);
}

/* From the log, because kernels before 5.16 do not tell it otherwise; 0 where it is not known. */
static unsigned int verified_instructions(const struct bpf_program *program)
{
	const char *text, *found;
	unsigned int instructions = 0;
	size_t length;

	text = bpf_program__log_buf(program, &length);
	found = text ? strstr(text, "processed ") : NULL;
	if (found)
		sscanf(found, "processed %u", &instructions);
	return instructions;
}

static void print_program(const struct bpf_program *program)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);

	if (bpf_program__fd(program) < 0)
		return;
	bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length);
	printf("  %s: verified %u instructions, translated %u bytes", bpf_program__name(program),
	       verified_instructions(program), info.xlated_prog_len);
	if (want_attach)
		printf(", ran %llu times", (unsigned long long)info.run_cnt);
	printf("\n");
}

static void run_execs(void)
{
	for (int i = 0; i < NR_EXECS; i++) {
		pid_t child = fork();

		if (!child) {
			execl("/proc/self/exe", "loadcheck", "-n", (char *)NULL);
			_exit(127);
		}
		waitpid(child, NULL, 0);
	}
}

/* Attaches what libbpf can attach by itself; returns how many programs could not be attached. */
static int attach_and_run(struct bpf_object *object)
{
	struct bpf_program *program = NULL;
	int statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	int nr_failed = 0;

	while ((program = bpf_object__next_program(object, program))) {
		if (bpf_program__fd(program) < 0 || bpf_program__attach(program))
			continue;
		printf("  %s: cannot attach: %s\n", bpf_program__name(program), strerror(errno));
		nr_failed++;
	}
	run_execs();
	close(statistics);
	return nr_failed;
}

/* Short logs that hold nothing but the verifier's statistics; they live as long as the process. */
static void ask_for_statistics(struct bpf_object *object)
{
	struct bpf_program *program = NULL;

	while ((program = bpf_object__next_program(object, program))) {
		char *log = calloc(1, STATISTICS_BYTES);

		if (!log)
			return;
		bpf_program__set_log_buf(program, log, STATISTICS_BYTES);
		bpf_program__set_log_level(program, STATISTICS_LEVEL);
	}
}

/* Returns 0 when the object was taken (and attached, where asked for), else 1. */
static int check_object(const char *path)
{
	struct bpf_object *object = open_object(path, false);
	struct bpf_program *program = NULL;
	double start = milliseconds();
	int failed;

	if (!object)
		return printf("FAILED %s: cannot open: %s\n", path, strerror(errno)), 1;
	ask_for_statistics(object);
	failed = bpf_object__load(object);
	if (failed) {
		printf("FAILED %s: %s\n", path, strerror(-failed));
		explain_object(path);
	} else {
		printf("ok %s: loaded in %.0f ms\n", path, milliseconds() - start);
		failed = want_attach ? attach_and_run(object) : 0;
		while ((program = bpf_object__next_program(object, program)))
			print_program(program);
	}
	/* Links end with the process. */
	bpf_object__close(object);
	return !!failed;
}

int main(int argc, char **argv)
{
	int option, nr_failed = 0;

	while ((option = getopt(argc, argv, "ahnws:")) != -1) {
		if (option == 'h')
			return usage(stdout), 0;
		if (option == 'n') /* what run_execs runs: nothing */
			return 0;
		if (option == '?')
			return usage(stderr), 2;
		want_attach |= option == 'a';
		want_everything |= option == 'w';
		if (option == 's')
			seed = (unsigned int)strtoul(optarg, NULL, 10);
	}
	if (optind == argc)
		return usage(stderr), 2;
	log_text = malloc(LOG_BYTES);
	if (!log_text)
		return perror("loadcheck"), 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(print_nothing);
	for (int i = optind; i < argc; i++)
		nr_failed += check_object(argv[i]);
	return nr_failed ? 1 : 0;
}
