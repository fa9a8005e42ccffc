/* SPDX-License-Identifier: GPL-2.0-only */
/* observer gen tracepoint: finds out what tracepoints hand over, and writes the header. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "capture/tracefs.h"
#include "commands/gen.h"
#include "commands/gen_tracepoint.h"
#include "generate/tracepoint_header.h"
#include "generate/type_header.h"

const char *const gen_hook_names[] = {"tp", "tp_btf", NULL};

/* tracefs cannot be had: it is not mounted and may not be, or is root's. What it lacks is -ENOENT. */
static bool is_refused(int code)
{
	return code == -EACCES || code == -EPERM || code == -ENODEV || code == -ENOSYS;
}

static int read_record(struct layout *l, const struct gen_tracepoint_source *s, const struct btf *btf,
		       struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct error reason = {0};
	int r;

	if (s->format)
		r = file_read(s->format, &text, err);
	else if (s->btf)
		return layout_read_btf(l, btf, err);
	else
		r = tracefs_read_format(l->category, l->name, &text, &reason);
	if (r < 0 && !s->format && is_refused(r))
		return layout_read_btf(l, btf, err);
	if (r == -ENOENT && !s->format)
		return layout_fail_unknown(l, btf, err);
	if (r < 0 && !s->format)
		*err = reason;
	if (r == 0 && text.failed)
		r = fail(err, -ENOMEM, "out of memory");
	if (r == 0)
		r = layout_read_format(l, text.data ?: "", text.length, err);
	return r < 0 ? r : layout_match(l, btf, err);
}

int gen_tracepoint_read(struct layout *l, const char *words, const struct gen_tracepoint_source *s, struct btf *btf,
			struct error *err)
{
	int r = layout_init(l, words, err);

	if (r < 0)
		return r;
	if (!strcmp(l->category, "ftrace")) {
		fail(err, -EINVAL, "%s is a record of ftrace's own, no tracepoint: no program can be attached", words);
		return fail_hint(err, "the tracepoints are in the other directories of /sys/kernel/tracing/events");
	}
	if (!s->btf && strcmp(l->category, "syscalls") && layout_find_module(l, btf, MODULES_BTF))
		btf = l->module;
	return s->hook == GEN_HOOK_TP_BTF ? layout_read_arguments(l, btf, err) : read_record(l, s, btf, err);
}

static int check_prefixes(const struct layout *layouts, int nr, struct error *err)
{
	for (int i = 1; i < nr; i++)
		for (int k = 0; k < i; k++)
			if (!strcmp(layouts[i].prefix, layouts[k].prefix))
				return fail(err, -EINVAL, "%s:%s and %s:%s would have the same names in one header",
					    layouts[k].category, layouts[k].name, layouts[i].category, layouts[i].name);
	return 0;
}

static int make(const struct gen_settings *s, char **names, int nr_names, struct buffer *out, struct error *err)
{
	const struct gen_tracepoint_source source = {.btf = s->btf, .format = s->format, .hook = s->hook};
	_cleanup_free_ struct layout *layouts = calloc(nr_names, sizeof(*layouts));
	struct btf *btf = NULL;
	int r;

	if (!layouts)
		return fail(err, -ENOMEM, "out of memory");
	/* libbpf would print its own opinion beside the error. */
	libbpf_set_print(NULL);
	r = generate_load_btf(s->btf, &btf, err);
	for (int i = 0; r == 0 && i < nr_names; i++)
		r = gen_tracepoint_read(&layouts[i], names[i], &source, btf, err);
	if (r == 0)
		r = check_prefixes(layouts, nr_names, err);
	if (r == 0)
		tracepoint_print_header(layouts, nr_names, out);
	for (int i = 0; i < nr_names; i++)
		layout_done(&layouts[i]);
	btf__free(btf);
	return r;
}

const struct gen_subject gen_tracepoint = {
	.name = "tracepoint",
	.example = "sched:sched_process_exec",
	.takes = GEN_TAKES_FORMAT | GEN_TAKES_HOOK,
	.make = make,
};
