/* SPDX-License-Identifier: GPL-2.0-only */
/* What the shared option rows need: words, names and checks. */
#include "commands/stream_options.h"

#include <errno.h>
#include <unistd.h>

#include "cli/print.h"
#include "commands/log_sites.h"
#include "commands/schemas.h"
#include "generate/fields_doc.h"
#include "outputs/outputs.h"

const char *const stream_hook_names[HOOK_MAX + 1] = {
	[HOOK_AUTO] = "auto",
	[HOOK_TP_BTF] = "tp_btf",
	[HOOK_TRACEPOINT] = "tracepoint",
};

const char *const stream_fail_hook_names[FAIL_HOOK_MAX + 1] = {
	[FAIL_SYS_EXIT] = "sys_exit",
	[FAIL_FEXIT] = "fexit",
};

const char *const stream_color_names[COLOR_MAX + 1] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};

const char *const stream_log_names[KLOG_LEVEL_MAX + 1] = {
	[KLOG_OFF] = "off",   [KLOG_ERROR] = "error", [KLOG_WARN] = "warn",
	[KLOG_INFO] = "info", [KLOG_DEBUG] = "debug", [KLOG_TRACE] = "trace",
};

int stream_print_list(const struct stream_settings *s, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct schemas schemas;
	int r;

	if (s->log_list)
		return log_sites_print(s->events, err);
	r = schemas_open(NULL, &schemas, err);

	if (r == 0)
		fields_print_list(schemas.all, &text);
	schemas_close(&schemas);
	return r == 0 ? print_buffer(&text, err) : r;
}

int stream_check_ring(const char *text, uint64_t bytes, struct error *err)
{
	long page_bytes = sysconf(_SC_PAGESIZE);

	if (bytes & (bytes - 1)) {
		fail(err, -EINVAL, "'%s' is not a power of two", text);
		return fail_hint(err, "sizes that can be are 64K, 1M, 4M, 16M");
	}
	if (bytes % page_bytes)
		return fail(err, -EINVAL, "'%s' is less than a page of memory, %ldK", text, page_bytes / 1024);
	return 0;
}

int stream_check_fail_hook(const struct stream_settings *s, struct error *err)
{
	if (s->fail_hook == FAIL_SYS_EXIT)
		return 0;
	if (!(s->events & CAPTURE_BIT(exec_fail))) {
		fail(err, -EINVAL, "option '--fail-hook' is about failed execs, and none are shown");
		return fail_hint(err, "add them: --failed --fail-hook %s", stream_fail_hook_names[s->fail_hook]);
	}
	if (s->hook == HOOK_TRACEPOINT || s->btf)
		return fail(err, -EINVAL,
			    "option '--fail-hook fexit' needs the hook tp_btf and the kernel's own types: "
			    "it goes neither with --hook tracepoint nor with --btf");
	return 0;
}

void stream_list_formats(struct buffer *words)
{
	size_t nr_formats;
	const struct output_format *const *formats = outputs_list(&nr_formats);

	for (size_t i = 0; i < nr_formats; i++)
		buffer_printf(words, "%s\n", output_format_name(formats[i]));
}

void stream_list_fields(struct buffer *words)
{
	struct schemas schemas;

	buffer_append_text(words, "help\n");
	if (schemas_open(NULL, &schemas, NULL) == 0)
		fields_print_names(schemas.all, words);
	schemas_close(&schemas);
}

void stream_list_events(struct buffer *words)
{
#define EVENT(name, doc)                                                                                               \
	if (RECORD_##name != RECORD_tracepoint)                                                                        \
		buffer_append_text(words, #name "\n");
#include "events/types.h"
#undef EVENT
}
