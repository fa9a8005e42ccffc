/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads an object anew for each of its programs, so that one which is refused does not hide the others. */
#include "doctor/object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/libbpf.h>

#include "base/cleanup.h"

/* Bits of the verifier's log level: include/linux/bpf_verifier.h. Statistics alone cost nothing and also bring the
 * reason; with every instruction verifying becomes slow. */
#define LEVEL_INSNS 1
#define LEVEL_STATS 4

/* Without instructions a log is short. With them the kernel keeps the end where it does not fit (Linux 6.4). */
#define SHORT_LOG_BYTES (256 << 10)
#define LONG_LOG_BYTES	(32 << 20)

/* Libbpf hands its messages to a function without a context. */
static struct buffer *messages;

static int take_message(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char text[4096];

	if (!messages || level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), format, arguments);
	buffer_append_text(messages, text);
	return 0;
}

/* Room for a log of that size, empty; false where memory ran out. */
static bool make_room(struct buffer *log, size_t bytes)
{
	buffer_done(log);
	if (!buffer_reserve(log, bytes))
		return false;
	log->data[0] = '\0';
	return true;
}

static struct bpf_object *open_object(const char *path, struct buffer *log, size_t log_bytes, int level)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .kernel_log_buf = log ? log->data : NULL,
		    .kernel_log_size = log_bytes, .kernel_log_level = level);

	return bpf_object__open_file(path, &options);
}

/* Gives back what the log did not take: one is kept for each program that is refused. */
static void trim(struct buffer *log, size_t room)
{
	char *data;

	log->length = strnlen(log->data, room);
	data = realloc(log->data, log->length + 1);
	if (!data)
		return;
	log->data = data;
	log->capacity = log->length + 1;
}

/* The object with this program alone to be loaded. */
static void choose(struct bpf_object *object, const char *name)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
}

/* Returns 0, or -errno; the log is then what the verifier said, empty where it was not asked. */
static int load_once(const char *path, struct object_program *p, size_t log_bytes, int level)
{
	struct bpf_object *object;
	int code;

	if (!make_room(&p->log, log_bytes))
		return -ENOMEM;
	p->messages.length = 0;
	messages = &p->messages;
	object = open_object(path, &p->log, log_bytes, level);
	if (object) {
		choose(object, p->name);
		code = bpf_object__load(object);
		bpf_object__close(object);
	} else {
		code = -errno;
	}
	messages = NULL;
	trim(&p->log, log_bytes);
	return code;
}

/* What libbpf left in the log is no verifier's where it never came to loading the program. */
static bool verifier_was_asked(const struct object_program *p)
{
	return p->messages.length && memmem(p->messages.data, p->messages.length, "BPF program load failed",
					    strlen("BPF program load failed"));
}

/* The messages alone name the cause where the verifier has not spoken. */
static void explain(struct object_program *p)
{
	struct diagnosis of_messages = {0};

	if (!verifier_was_asked(p) || !p->log.length || !diagnose(p->log.data, p->log.length, &p->diagnosis))
		p->diagnosis = (struct diagnosis){0};
	if (p->diagnosis.cause || !p->messages.length)
		return;
	if (diagnose(p->messages.data, p->messages.length, &of_messages) &&
	    (of_messages.cause || !p->diagnosis.reason.length))
		p->diagnosis = of_messages;
}

/* The first try brings the reason, the second the line of the source. */
static void try_program(const char *path, struct object_program *p)
{
	p->code = load_once(path, p, SHORT_LOG_BYTES, LEVEL_STATS);
	p->taken = p->code == 0;
	if (p->taken) {
		diagnose_sums(p->log.data, p->log.length, &p->sums);
		buffer_done(&p->log);
		return;
	}
	if (verifier_was_asked(p)) {
		struct buffer log = p->log, said = p->messages;

		p->log = p->messages = (struct buffer){0};
		if (load_once(path, p, LONG_LOG_BYTES, LEVEL_STATS | LEVEL_INSNS) != -ENOMEM && p->log.length) {
			buffer_done(&log);
			buffer_done(&said);
		} else {
			buffer_done(&p->log);
			buffer_done(&p->messages);
			p->log = log;
			p->messages = said;
		}
	}
	explain(p);
}

static int add_programs(struct bpf_object *object, struct object_report *r, struct error *err)
{
	struct bpf_program *program;
	size_t nr = 0;

	bpf_object__for_each_program(program, object) nr++;
	r->programs = calloc(nr + 1, sizeof(r->programs[0]));
	if (!r->programs)
		return fail(err, -ENOMEM, "no memory for %zu programs", nr);
	bpf_object__for_each_program(program, object)
	{
		struct object_program *p = &r->programs[r->nr_programs++];

		snprintf(p->name, sizeof(p->name), "%s", bpf_program__name(program));
		snprintf(p->section, sizeof(p->section), "%s", bpf_program__section_name(program));
		p->nr_insns = bpf_program__insn_cnt(program);
	}
	return 0;
}

/* The object cannot be opened: one entry for all of it. */
static int add_whole(struct object_report *r, int code, struct buffer *said, struct error *err)
{
	r->programs = calloc(1, sizeof(r->programs[0]));
	if (!r->programs)
		return fail(err, -ENOMEM, "no memory for a program");
	r->nr_programs = 1;
	r->programs->code = code;
	r->programs->messages = *said;
	*said = (struct buffer){0};
	explain(r->programs);
	return 0;
}

static int check_file(const char *path, struct error *err)
{
	struct stat file;

	if (stat(path, &file))
		return fail(err, -errno, "cannot read '%s': %s", path, strerror(errno));
	if (!S_ISREG(file.st_mode)) {
		fail(err, -EINVAL, "'%s' is not a file", path);
		return fail_hint(err, "give the object that clang made, or - to read messages from standard input");
	}
	if (access(path, R_OK))
		return fail(err, -errno, "cannot read '%s': %s", path, strerror(errno));
	return 0;
}

int object_try(const char *path, struct object_report *ret, struct error *err)
{
	_cleanup_buffer_ struct buffer said = {0};
	struct object_report r = {0};
	struct bpf_object *object;
	int code = check_file(path, err);

	if (code)
		return code;
	libbpf_set_print(take_message);
	messages = &said;
	object = open_object(path, NULL, 0, 0);
	code = object ? add_programs(object, &r, err) : add_whole(&r, -errno, &said, err);
	messages = NULL;
	for (size_t i = 0; object && !code && i < r.nr_programs; i++) {
		try_program(path, &r.programs[i]);
		r.nr_taken += r.programs[i].taken;
	}
	bpf_object__close(object);
	*ret = r;
	return code;
}

void object_report_done(struct object_report *r)
{
	for (size_t i = 0; i < r->nr_programs; i++) {
		buffer_done(&r->programs[i].messages);
		buffer_done(&r->programs[i].log);
	}
	free(r->programs);
	*r = (struct object_report){0};
}
