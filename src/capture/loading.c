/* SPDX-License-Identifier: GPL-2.0-only */
/* Tries the variants of the kernel side, best first, and says why none would load. Attaches nothing. */
#include "capture/loading.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "capture/refusal.h"
#include "capture/returns.h"

#define KERNEL_TYPES "/sys/kernel/btf/vmlinux"

static int explain_types(const char *path, int code, const char *why, struct error *err)
{
	fail(err, code, "cannot read the kernel's types from '%s': %s", path, why);
	return fail_hint(err, "a copy of /sys/kernel/btf/vmlinux of the same kernel, or its vmlinux after pahole -J");
}

int loading_check_types(const char *path, struct error *err)
{
	struct btf *btf;

	if (!path)
		return 0;
	if (access(path, R_OK))
		return explain_types(path, -errno, strerror(errno), err);
	btf = btf__parse(path, NULL);
	if (!btf)
		return explain_types(path, -EINVAL, "it is neither BTF nor an ELF file with BTF", err);
	btf__free(btf);
	return 0;
}

/* What the kernel may lack or refuse is tried first: failed execs read in task work. */
static int load_variant(struct capture *c, const struct variant *v, struct error *err)
{
	struct settings *settings = &c->settings.settings;

	settings->defer = !!(c->events & CAPTURE_BIT(exec_fail));
	c->settings.max_entries[PROGRAM_DEFERRED] = settings->defer ? DEFERRED_MAX : 1;
	if (settings->defer && !(c->settings.returns ? program_load(v, &c->settings, &c->program, err)
						     : program_load_light(v, &c->settings, &c->program)))
		return 0;
	settings->defer = 0;
	c->settings.max_entries[PROGRAM_DEFERRED] = 1;
	return program_load(v, &c->settings, &c->program, err);
}

static int open_log_table(const struct variant *v, struct klog_table **ret, struct error *err)
{
	_cleanup_free_ void *object = program_unpack(v->object);
	int code = object ? klog_table_open(object, v->object->bytes, ret) : -ENOMEM;

	return code ? fail(err, code, "the table of log lines cannot be read: %s", strerror(-code)) : 0;
}

/* Sets the switches of a variant's log lines: each object numbers them by itself. */
int loading_choose_log(struct capture *c, const struct variant *v, const struct capture_log *log, struct error *err)
{
	const struct klog_switches switches = {c->settings.klog_on, sizeof(c->settings.klog_on)};
	int code;

	if (!log->level && !log->nr_sites)
		return 0;
	klog_table_close(c->log_table);
	c->log_table = NULL;
	code = open_log_table(v, &c->log_table, err);
	if (code)
		return code;
	klog_choose(c->log_table, log->level, &switches);
	for (size_t i = 0; i < log->nr_sites; i++)
		klog_choose_site(c->log_table, log->sites[i].file, log->sites[i].line, log->sites[i].on, &switches);
	return 0;
}

static enum object object_for(uint32_t events)
{
	if (events & CAPTURE_BIT(tracepoint))
		return OBJECT_TRACE;
	return events == CAPTURE_BIT(exec) ? OBJECT_EXEC : OBJECT_LIVES;
}

bool loading_admits(const struct capture *c, const struct variant *v)
{
	const struct capture_settings *wanted = &c->wanted;
	/* The other door's objects have no programs of type fexit. */
	enum capture_hook hook = c->settings.returns ? HOOK_TP_BTF : wanted->hook;

	return v->object_type == object_for(c->events) && (hook == HOOK_AUTO || v->hook == hook) &&
	       (!wanted->variant || strcmp(v->name, wanted->variant) == 0);
}

/* True where the kernel side could be had if failed execs were looked for at sys_exit. */
static bool loads_without_returns(struct capture *c, const struct variant *v)
{
	struct error ignored = {};

	c->settings.returns = false;
	if (load_variant(c, v, &ignored))
		return false;
	program_close(&c->program);
	return true;
}

/* Why no variant could be loaded, `last` being the last that was tried. */
static int explain_load(struct capture *c, const struct variant *last, const struct buffer *reasons, int code,
			struct error *err)
{
	bool cookies =
		!memmem(reasons->data, reasons->length, "bpf_get_attach_cookie", strlen("bpf_get_attach_cookie"));
	const char *btf = c->settings.btf;

	if (c->settings.returns && loads_without_returns(c, last)) {
		fail(err, code, "failed execs cannot be seen by fexit: %.*s", (int)reasons->length, reasons->data);
		return returns_hint(code, err);
	}
	fail(err, code, "cannot load the kernel program %s: %.*s",
	     last->object_type == OBJECT_TRACE ? "trace_tracepoint" : "trace_sched_process_exec", (int)reasons->length,
	     reasons->data);
	if (btf && last->object_type != OBJECT_EXEC && access(KERNEL_TYPES, R_OK))
		return fail_hint(err, "without " KERNEL_TYPES " only exec events can be had: observer exec --btf FILE");
	if (btf && code != -EPERM && code != -ENOMEM)
		return fail_hint(err, "'%s' must have the types of exactly this kernel", btf);
	if (!cookies)
		return fail_hint(err, "tracepoints need a kernel with attach cookies: Linux 5.15 or later");
	return refusal_explain(code, &c->settings.settings, err);
}

int loading_load(struct capture *c, const struct capture_settings *settings, struct error *err)
{
	_cleanup_buffer_ struct buffer reasons = {};
	const struct variant *last = NULL;
	int code = -ENOENT;

	for (const struct variant *v = variants; v < variants + nr_variants; v++) {
		struct error reason = {};

		if (!loading_admits(c, v))
			continue;
		last = v;
		code = loading_choose_log(c, v, &settings->log, &reason);
		if (!code)
			code = load_variant(c, v, &reason);
		if (!code) {
			c->variant = v;
			return 0;
		}
		buffer_printf(&reasons, "%s%s (%s): %s", reasons.length ? "; " : "", capture_hook_name(v->hook),
			      v->name, reason.text);
		if (code == -EPERM || code == -ENOMEM)
			break; /* no other variant will fare better */
	}
	return last ? explain_load(c, last, &reasons, code, err) : refusal_explain_variant(settings->variant, err);
}

int capture_list_log(uint32_t events, struct klog_table **ret, struct error *err)
{
	enum object wanted = events & CAPTURE_BIT(tracepoint) ? OBJECT_TRACE : OBJECT_LIVES;
	const struct variant *v = variants;

	while (v->object_type != wanted)
		v++;
	return open_log_table(v, ret, err);
}
