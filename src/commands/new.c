/* SPDX-License-Identifier: GPL-2.0-only */
/* observer new: a small project of one's own around a tracepoint, complete and ready to run. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "commands/commands.h"
#include "commands/gen_tracepoint.h"
#include "generate/scaffold.h"
#include "generate/type_header.h"

struct new_settings {
	struct common_settings common;
	const char *tracepoint;
	enum gen_hook hook;
};

static int new_check(const struct call *call, struct error *err)
{
	const struct new_settings *s = call->settings;

	if (s->tracepoint)
		return 0;
	fail(err, -EINVAL, "'observer new' lacks its tracepoint");
	return fail_hint(err, "for example: observer new %s --tracepoint sched:sched_process_exit", call->operands[0]);
}

static int make_types(const struct btf *btf, struct buffer *out, struct error *err)
{
	struct type_requests reqs = {};
	int r = 0;

	for (const char *const *t = scaffold_types; r == 0 && *t; t++)
		r = type_requests_add(&reqs, *t, err);
	if (r == 0)
		r = generate_type_header_of(reqs.list, reqs.nr, btf, out, err);
	type_requests_done(&reqs);
	return r;
}

static int write_project(const struct call *call, struct btf *btf, struct error *err)
{
	const struct new_settings *s = call->settings;
	const struct gen_tracepoint_source source = {.hook = s->hook};
	_cleanup_buffer_ struct buffer types = {0};
	struct layout l = {0};
	int r = gen_tracepoint_read(&l, s->tracepoint, &source, btf, err);

	if (r == 0)
		r = make_types(btf, &types, err);
	if (r == 0)
		r = scaffold_write(call->operands[0], &l, &types, err);
	layout_done(&l);
	return r;
}

static void say_ready(const char *path)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_append_visible(&text, path, strlen(path));
	if (!text.failed)
		fprintf(stderr, "observer: %.*s is ready: cd there and 'make run', or read its README.md\n",
			(int)text.length, text.data);
}

static int new_run(const struct call *call, struct error *err)
{
	const struct new_settings *s = call->settings;
	struct btf *btf;
	int r;

	/* libbpf would print its own opinion beside the error. */
	libbpf_set_print(NULL);
	r = generate_load_btf(NULL, &btf, err);
	if (r < 0)
		return r;
	r = write_project(call, btf, err);
	btf__free(btf);
	if (r == 0 && !s->common.quiet)
		say_ready(call->operands[0]);
	return r;
}

static const struct option_row rows[] = {
	{
		.name = "tracepoint",
		.argument = "CATEGORY:NAME",
		INTO_TEXT(struct new_settings, tracepoint),
		.group = "What it shows",
		.help = "the tracepoint, for example sched:sched_process_exit",
		.doc = "The tracepoint that the program attaches to, for example sched:sched_process_exit. Those that "
		       "exist are the "
		       "directories of /sys/kernel/tracing/events.",
	},
	{
		.name = "hook",
		.argument = "HOOK",
		INTO_CHOICE(struct new_settings, hook),
		.choices = gen_hook_names,
		.initial = "tp",
		.group = "What it shows",
		.help = "tp or tp_btf",
		.doc = "tp: the classic hook, with the fields that tracefs lists. tp_btf: with the arguments of the "
		       "tracepoint in the "
		       "kernel, by type; it needs neither tracefs nor root, only CAP_BPF and CAP_PERFMON.",
	},
	COMMON_OPTION_ROWS,
};

const struct command command_new = {
	.name = "new",
	.summary = "write a small eBPF project of your own around a tracepoint",
	.doc = "Write a complete small project into the directory DIR: a kernel program, a user-space program, the "
	       "header that "
	       "they share, generated types and decoders, log lines out of the kernel, a heap for what does not fit on "
	       "the "
	       "stack, Makefile, a test in the running kernel, README. 'make run' there prints each event of the "
	       "tracepoint "
	       "with all its fields, 'make test' tests it. It needs clang, bpftool, libbpf-dev and make, and nothing "
	       "of "
	       "observer.",
	.operands = "DIR",
	.operands_min = 1,
	.operands_max = 1,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct new_settings),
	.check = new_check,
	.run = new_run,
};
