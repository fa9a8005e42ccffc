/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side of a tracepoint's header: the record's type, decoders, and reading all fields. The type mirrors the
 * kernel's struct in what CO-RE compares (name, members, their kinds) and needs no other type.
 */
#include <bpf/btf.h>
#include <string.h>

#include "generate/tracepoint_header.h"
#include "generate/type_btf.h"

/* As in layout_btf.c: an end for broken BTF. */
#define DEPTH_MAX 16

static bool by_name(const struct layout *l, const struct layout_field *f)
{
	return *l->record_type && *f->accessor;
}

static void put_context(const struct layout *l, struct buffer *out)
{
	buffer_printf(out, "%s__event_context *ctx", l->prefix);
}

static const struct btf_type *resolve(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = type_skip_modifiers(btf, id);

	for (int i = 0; btf_is_typedef(t); i++)
		t = type_skip_modifiers(btf, i < DEPTH_MAX ? t->type : 0);
	return t;
}

/* CO-RE takes an enum without a name for any, but no integer. */
static void print_mirror_enum(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	buffer_printf(out, "enum {\n\t\t%s__%s__any = %s,\n\t} ", l->prefix, f->word,
		      f->item_bytes == 8 ? "0x100000000ULL" : "0");
}

static void print_mirror_base(const struct layout *l, const struct layout_field *f, const struct btf_type *t,
			      struct buffer *out)
{
	if (btf_is_ptr(t))
		buffer_append_text(out, "const void *");
	else if (btf_is_any_enum(t))
		print_mirror_enum(l, f, out);
	else if (btf_is_composite(t))
		buffer_printf(out, "%s {\n\t\t__u8 bytes[%u];\n\t} ", btf_is_union(t) ? "union" : "struct", t->size);
	else
		buffer_printf(out, "__%c%u ", btf_is_int(t) && btf_int_encoding(t) & BTF_INT_SIGNED ? 's' : 'u',
			      t->size == 16 ? 64 : t->size * 8);
}

static void print_mirror_member(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	const struct btf_type *t = resolve(l->btf, f->btf_type);
	uint32_t dimensions[DEPTH_MAX];
	int nr = 0;

	while (btf_is_array(t) && nr < DEPTH_MAX) {
		dimensions[nr++] = btf_array(t)->nelems;
		t = resolve(l->btf, btf_array(t)->type);
	}
	buffer_append_char(out, '\t');
	print_mirror_base(l, f, t, out);
	buffer_append_text(out, f->accessor);
	for (int i = 0; i < nr; i++)
		buffer_printf(out, "[%u]", dimensions[i]);
	buffer_append_text(out, ";\n");
}

/* The members of a system call's record are always the same, and not the fields of one call. */
static bool is_system_call(const struct layout *l)
{
	return l->nr_fields && !l->fields[0].btf_type && !strcmp(l->fields[0].accessor, "id");
}

static void print_system_call(const struct layout *l, struct buffer *out)
{
	bool enters = strstr(l->record_type, "enter");

	buffer_printf(out, "\tlong id;\n%s", enters ? "\tunsigned long args[6];\n" : "\tlong ret;\n");
}

/* "struct trace_event_raw_CLASS___NAME": the flavour keeps it apart from the one in vmlinux.h. */
static void print_record(const struct layout *l, struct buffer *out)
{
	buffer_printf(out, "struct %s___%s {\n", l->record_type, l->prefix);
	if (is_system_call(l))
		print_system_call(l, out);
	else
		for (size_t i = 0; i < l->nr_fields; i++)
			if (by_name(l, &l->fields[i]))
				print_mirror_member(l, &l->fields[i], out);
	/* No typedef: CO-RE would look for that in the kernel. */
	buffer_printf(out,
		      "} __attribute__((preserve_access_index));\n#define %s__event_context const struct %s___%s\n\n",
		      l->prefix, l->record_type, l->prefix);
}

static void print_context(const struct layout *l, struct buffer *out)
{
	if (l->is_arguments)
		buffer_printf(out,
			      "#define %s__event_context const unsigned long long /* an array of the arguments */\n\n",
			      l->prefix);
	else if (*l->record_type)
		print_record(l, out);
	else
		buffer_printf(out,
			      "/* No struct of the BTF is this record: the offsets are those of one kernel, "
			      "%s__event_check must "
			      "agree. */\n#define %s__event_context const struct trace_event_raw_%s___fixed\n"
			      "struct trace_event_raw_%s___fixed;\n\n",
			      l->prefix, l->prefix, l->prefix, l->prefix);
}

/* ---- decoders ---- */

static void print_head(const struct layout *l, const struct layout_field *f, const char *result, const char *parameters,
		       struct buffer *out)
{
	buffer_printf(out, "static __always_inline %s%s%s__%s(", result, result[strlen(result) - 1] == '*' ? "" : " ",
		      l->prefix, f->word);
	put_context(l, out);
	buffer_printf(out, "%s)\n{\n", parameters);
}

/* An expression for the address of the field in the record. */
static void put_address(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	if (by_name(l, f))
		buffer_printf(out, "&ctx->%s", f->accessor);
	else
		buffer_printf(out, "(const char *)ctx + %u", f->offset);
}

/* Records of calls without arguments end behind the number, an int, which BTF calls a long: loading that is refused. */
static bool is_number_of_call(const struct layout *l, const struct layout_field *f)
{
	return is_system_call(l) && !strcmp(f->accessor, "id");
}

static void print_copied_value(const struct layout *l, const struct layout_field *f, const char *type,
			       struct buffer *out)
{
	buffer_printf(out, "\t%s value = 0;\n\n\tbpf_probe_read_kernel(&value, sizeof(value), ", type);
	put_address(l, f, out);
	buffer_append_text(out, ");\n\treturn value;\n");
}

static void print_value(const struct layout *l, const struct layout_field *f, const char *type, struct buffer *out)
{
	print_head(l, f, type, "", out);
	if (f->through)
		buffer_printf(out, "\treturn BPF_CORE_READ((const struct %s___tp *)ctx[%u], %s);\n", f->through,
			      f->offset / 8, f->accessor);
	else if (l->is_arguments)
		buffer_printf(out, "\treturn (%s)ctx[%u];\n", type, f->offset / 8);
	else if (by_name(l, f) && !is_number_of_call(l, f))
		buffer_printf(out, "\treturn (%s)ctx->%s;\n", type, f->accessor);
	else
		print_copied_value(l, f, type, out);
	buffer_append_text(out, "}\n\n");
}

/* The address of a text, for those arguments and members that are one. */
static void put_string(const struct layout_field *f, struct buffer *out)
{
	if (f->through)
		buffer_printf(out, "BPF_CORE_READ((const struct %s___tp *)ctx[%u], %s)", f->through, f->offset / 8,
			      f->accessor);
	else
		buffer_printf(out, "(const char *)ctx[%u]", f->offset / 8);
}

#define BUFFER_PARAMETERS ", void *buffer, __u32 size"

static void print_string(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	print_head(l, f, "long", BUFFER_PARAMETERS, out);
	buffer_append_text(out, "\treturn bpf_probe_read_kernel_str(buffer, size, ");
	put_string(f, out);
	buffer_append_text(out, ");\n}\n\n");
}

static void print_in_place(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	print_head(l, f, "long", BUFFER_PARAMETERS, out);
	buffer_append_text(out, "\treturn tp_read(buffer, size, ");
	if (f->through)
		buffer_printf(out, "&((const struct %s___tp *)ctx[%u])->%s, %u);\n}\n\n", f->through, f->offset / 8,
			      f->accessor, f->bytes);
	else if (by_name(l, f))
		buffer_printf(out, "&ctx->%s, bpf_core_field_size(ctx->%s));\n}\n\n", f->accessor, f->accessor);
	else
		buffer_printf(out, "(const char *)ctx + %u, %u);\n}\n\n", f->offset, f->bytes);
}

/* Where the bytes are, and how many: what `__data_loc` and `__rel_loc` say. */
static void print_place(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	buffer_printf(out, "static __always_inline const void *%s__%s__at(", l->prefix, f->word);
	put_context(l, out);
	buffer_append_text(out, ", __u32 *bytes)\n{\n");
	if (by_name(l, f))
		buffer_printf(out, "\t__u32 where = ctx->%s;\n\n", f->accessor);
	else
		buffer_printf(out,
			      "\t__u32 where = 0;\n\n"
			      "\tbpf_probe_read_kernel(&where, sizeof(where), (const char *)ctx + %u);\n",
			      f->offset);
	buffer_append_text(out, "\t*bytes = where >> 16;\n\treturn (const char *)");
	if (f->place == LAYOUT_REL_LOC) {
		buffer_append_char(out, '(');
		put_address(l, f, out);
		buffer_append_text(out, ") + sizeof(where)");
	} else {
		buffer_append_text(out, "ctx");
	}
	buffer_append_text(out, " + (where & 0xffff);\n}\n\n");
}

static void print_dynamic(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	print_place(l, f, out);
	print_head(l, f, "long", BUFFER_PARAMETERS, out);
	buffer_printf(out, "\t__u32 bytes;\n\tconst void *from = %s__%s__at(ctx, &bytes);\n\n", l->prefix, f->word);
	buffer_append_text(out, f->kind == LAYOUT_TEXT
					? "\treturn bpf_probe_read_kernel_str(buffer, size, from);\n}\n\n"
					: "\treturn tp_read(buffer, size, from, bytes);\n}\n\n");
}

static void print_decoder(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	if (f->place != LAYOUT_IN_PLACE)
		print_dynamic(l, f, out);
	else if (f->kind == LAYOUT_STRING)
		print_string(l, f, out);
	else if (f->kind == LAYOUT_NUMBER)
		print_value(l, f, tracepoint_number_type(f), out);
	else if (f->kind == LAYOUT_POINTER)
		print_value(l, f, "const void *", out);
	else
		print_in_place(l, f, out);
}

/* ---- all fields ---- */

static void print_read_field(const struct layout *l, const struct layout_field *f, struct buffer *out)
{
	const char *p = l->prefix, *w = f->word;

	if (f->place != LAYOUT_IN_PLACE) {
		buffer_printf(out, "\tfrom = %s__%s__at(ctx, &bytes);\n", p, w);
		buffer_printf(out, "\tat = tp_append(event, at, &event->%s, from, bytes);\n", w);
	} else if (f->kind == LAYOUT_STRING) {
		buffer_printf(out, "\tat = tp_append_text(event, at, &event->%s, ", w);
		put_string(f, out);
		buffer_append_text(out, ");\n");
	} else if (f->kind == LAYOUT_NUMBER) {
		buffer_printf(out, "\tevent->%s = %s__%s(ctx);\n", w, p, w);
	} else if (f->kind == LAYOUT_POINTER) {
		buffer_printf(out, "\tevent->%s = (unsigned long)%s__%s(ctx);\n", w, p, w);
	} else {
		buffer_printf(out, "\t%s__%s(ctx, event->%s, sizeof(event->%s));\n", p, w, w, w);
	}
}

static void print_read(const struct layout *l, struct buffer *out)
{
	bool has_dynamic = false;

	for (size_t i = 0; i < l->nr_fields; i++)
		has_dynamic |= l->fields[i].place != LAYOUT_IN_PLACE;
	buffer_printf(
		out,
		"/* Reads all fields into `event`, which has TP_EVENT_ROOM bytes. Returns how many it now has. */\n"
		"static __always_inline __u32 %s__event_read(",
		l->prefix);
	put_context(l, out);
	buffer_printf(out, ", struct %s__event *event)\n{\n\t__u32 at = sizeof(*event)%s;\n%s\n", l->prefix,
		      has_dynamic ? ", bytes" : "", has_dynamic ? "\tconst void *from;\n" : "");
	if (!l->nr_fields)
		buffer_append_text(out, "\t(void)ctx;\n");
	buffer_append_text(out, "\t__builtin_memset(event, 0, sizeof(*event));\n");
	for (size_t i = 0; i < l->nr_fields; i++)
		print_read_field(l, &l->fields[i], out);
	buffer_append_text(out, "\tevent->tp_bytes = at;\n\treturn at;\n}\n");
}

void tracepoint_print_kernel(const struct layout *l, struct buffer *out)
{
	print_context(l, out);
	for (size_t i = 0; i < l->nr_fields; i++)
		print_decoder(l, &l->fields[i], out);
	print_read(l, out);
}
