/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records and arguments of tracepoints from BTF. The record of CATEGORY:NAME is the struct trace_event_raw_CLASS, where
 * events of one DECLARE_EVENT_CLASS share CLASS (include/trace/trace_events.h). BTF does not tell which event is of
 * which class: its name, its arguments and, where known, its fields do. Reads no format text.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/words.h"
#include "generate/layout.h"
#include "generate/type_btf.h"

#define RECORD_PREFIX "trace_event_raw_"
#define DATA_LOC      "__data_loc_"
#define REL_LOC	      "__rel_loc_"
#define NAME_BYTES    192

/* Behind modifiers and typedefs; void where the BTF runs in circles. */
static const struct btf_type *resolve(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = type_skip_modifiers(btf, id);

	for (int i = 0; btf_is_typedef(t); i++)
		t = type_skip_modifiers(btf, i < 16 ? t->type : 0);
	return t;
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static const char *record_class(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = type_at(btf, id);
	const char *name = type_name_at(btf, t->name_off);

	return btf_is_struct(t) && starts_with(name, RECORD_PREFIX) ? name + strlen(RECORD_PREFIX) : NULL;
}

static bool is_system_call(const struct layout *l)
{
	return !strcmp(l->category, "syscalls") &&
	       (starts_with(l->name, "sys_enter_") || starts_with(l->name, "sys_exit_"));
}

/* A member of a record, as the name by which format texts know it. */
static const char *field_name(const char *member)
{
	if (starts_with(member, DATA_LOC))
		return member + strlen(DATA_LOC);
	return starts_with(member, REL_LOC) ? member + strlen(REL_LOC) : member;
}

static const char *member_name(const struct btf *btf, const struct btf_member *m)
{
	return type_name_at(btf, m->name_off);
}

/* ---- a known table of fields, and the struct that has them ---- */

/* The member that a field is; NULL where the struct has none of that name, place and size. */
static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *t,
					    const struct layout_field *f)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		if (strcmp(field_name(member_name(btf, m)), f->name))
			continue;
		if (btf_member_bit_offset(t, i) == f->offset * 8 && btf__resolve_size(btf, m->type) == f->bytes)
			return m;
	}
	return NULL;
}

static bool has_all(const struct layout *l, const struct btf *btf, const struct btf_type *t)
{
	int nr_own = 0;

	for (size_t i = 0; i < l->nr_fields; i++)
		if (!find_member(btf, t, &l->fields[i]))
			return false;
	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = member_name(btf, &btf_members(t)[i]);

		nr_own += strcmp(name, "ent") && strcmp(name, "__data");
	}
	return nr_own == (int)l->nr_fields;
}

static uint32_t find_function(const struct btf *btf, const char *prefix, const char *name)
{
	char whole[NAME_BYTES];
	int id;

	snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	id = btf__find_by_name_kind(btf, whole, BTF_KIND_FUNC);
	return id < 0 ? 0 : type_at(btf, id)->type;
}

/* Whether an event's arguments are those of a class, as far as BTF tells; functions of one prototype share it. */
static bool has_arguments_of(const struct layout *l, const struct btf *btf, const char *class)
{
	uint32_t of_class = find_function(btf, "__bpf_trace_", class);
	uint32_t of_event = find_function(btf, "__probestub_", l->name);
	const struct btf_type *a, *b;

	if (!of_event)
		of_event = find_function(btf, "__traceiter_", l->name);
	if (!of_class || !of_event || of_class == of_event)
		return true;
	a = type_at(btf, of_class);
	b = type_at(btf, of_event);
	if (btf_vlen(a) != btf_vlen(b))
		return false;
	for (int i = 1; i < btf_vlen(a); i++)
		if (btf_params(a)[i].type != btf_params(b)[i].type)
			return false;
	return true;
}

static size_t common_length(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/* Of the structs that have all the fields: that of the event's own name, else of the name most like it. */
static uint32_t find_record(const struct layout *l, const struct btf *btf)
{
	size_t best_length = 0;
	uint32_t best = 0;

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const char *class = record_class(btf, id);
		size_t length = class ? common_length(class, l->name) : 0;

		if (!class || (best && length <= best_length) || !has_all(l, btf, type_at(btf, id)))
			continue;
		if (strcmp(class, l->name) && !has_arguments_of(l, btf, class))
			continue;
		best = id;
		best_length = length;
		if (!strcmp(class, l->name))
			break;
	}
	return best;
}

static int set_text(char **text, const char *value, struct error *err)
{
	char *copy = strdup(value);

	if (!copy)
		return fail(err, -ENOMEM, "out of memory");
	free(*text);
	*text = copy;
	return 0;
}

/*
 * Events of single system calls: a program gets, whatever the call, its number and its arguments (or what it returns)
 * as longs, kernel/trace/trace_syscalls.c perf_call_bpf_enter. What else the format text lists it does not see.
 */
static int match_system_call(struct layout *l, const struct btf *btf, struct error *err)
{
	bool enters = starts_with(l->name, "sys_enter_");
	const char *type = enters ? RECORD_PREFIX "sys_enter" : RECORD_PREFIX "sys_exit";
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT), r = 0;
	size_t nr_seen = enters ? 7 : 2;

	while (l->nr_fields > nr_seen || (l->nr_fields > 1 && l->fields[l->nr_fields - 1].place != LAYOUT_IN_PLACE)) {
		struct layout cut = {.fields = malloc(sizeof(*cut.fields)), .nr_fields = 1};

		if (!cut.fields)
			return fail(err, -ENOMEM, "out of memory");
		cut.fields[0] = l->fields[--l->nr_fields];
		layout_done(&cut);
	}
	if (id < 0)
		return 0;
	for (size_t i = 0; r == 0 && i < l->nr_fields; i++) {
		char accessor[32];

		snprintf(accessor, sizeof(accessor), "args[%zu]", i - 1);
		r = set_text(&l->fields[i].accessor, i == 0 ? "id" : enters ? accessor : "ret", err);
		l->fields[i].btf_type = 0;
	}
	return r < 0 ? r : set_text(&l->record_type, type, err);
}

int layout_match(struct layout *l, const struct btf *btf, struct error *err)
{
	uint32_t id;
	int r = 0;

	l->btf = btf;
	if (is_system_call(l))
		return match_system_call(l, btf, err);
	id = find_record(l, btf);
	for (size_t i = 0; id && r == 0 && i < l->nr_fields; i++) {
		const struct btf_member *m = find_member(btf, type_at(btf, id), &l->fields[i]);

		r = set_text(&l->fields[i].accessor, member_name(btf, m), err);
		l->fields[i].btf_type = m->type;
	}
	return !id || r < 0 ? r : set_text(&l->record_type, type_name_at(btf, type_at(btf, id)->name_off), err);
}

/* ---- fields from BTF alone ---- */

static void describe_array(const struct btf *btf, const struct btf_type *t, struct layout_field *f)
{
	const struct btf_type *item = resolve(btf, btf_array(t)->type);

	f->item_bytes =
		btf_is_int(item) || btf_is_any_enum(item) || btf_is_ptr(item) ? f->bytes / btf_array(t)->nelems : 1;
	f->kind = LAYOUT_BYTES;
	if (btf_is_int(item) && !strcmp(type_name_at(btf, item->name_off), "char"))
		f->kind = LAYOUT_TEXT;
	else if ((btf_is_int(item) || btf_is_any_enum(item)) && f->item_bytes > 1)
		f->kind = LAYOUT_NUMBERS;
	f->is_signed = btf_is_int(item) && btf_int_encoding(item) & BTF_INT_SIGNED;
}

/* `f` has its size. */
static void describe_type(const struct btf *btf, uint32_t id, struct layout_field *f)
{
	const struct btf_type *t = resolve(btf, id);

	f->item_bytes = f->bytes;
	f->kind = LAYOUT_BYTES;
	if (btf_is_array(t) && btf_array(t)->nelems)
		describe_array(btf, t, f);
	else if (btf_is_ptr(t))
		f->kind = LAYOUT_POINTER;
	else if (btf_is_int(t) || btf_is_any_enum(t))
		f->kind = LAYOUT_NUMBER;
	if (btf_is_int(t))
		f->is_signed = btf_int_encoding(t) & BTF_INT_SIGNED;
	if (btf_is_any_enum(t))
		f->is_signed = btf_kflag(t);
	if (f->kind == LAYOUT_NUMBER && f->bytes != 1 && f->bytes != 2 && f->bytes != 4 && f->bytes != 8)
		f->kind = LAYOUT_BYTES;
}

static int add_member(struct layout *l, const struct btf *btf, const struct btf_type *t, int i, struct error *err)
{
	const struct btf_member *m = &btf_members(t)[i];
	const char *name = member_name(btf, m);
	long size = btf__resolve_size(btf, m->type);
	char nameless[32];
	struct layout_field f = {
		.accessor = (char *)name,
		.offset = btf_member_bit_offset(t, i) / 8,
		.bytes = size < 0 ? 0 : size,
		.btf_type = m->type,
	};

	if (!strcmp(name, "ent") || !strcmp(name, "__data") || btf_member_bitfield_size(t, i) || size <= 0)
		return 0;
	snprintf(nameless, sizeof(nameless), "at_%u", f.offset);
	f.name = *name ? (char *)field_name(name) : nameless;
	describe_type(btf, m->type, &f);
	if (starts_with(name, DATA_LOC) || starts_with(name, REL_LOC)) {
		/* Nearly always a text; BTF does not say of what it is an array. */
		f.kind = LAYOUT_BYTES;
		f.place = starts_with(name, DATA_LOC) ? LAYOUT_DATA_LOC : LAYOUT_REL_LOC;
		f.item_bytes = 1;
	}
	return layout_add(l, &f, err);
}

/* BTF knows what all calls have in common, not the names of one call's arguments. */
static int read_system_call(struct layout *l, const struct btf *btf, struct error *err)
{
	struct layout_field number = {
		.name = "__syscall_nr", .offset = 8, .bytes = 4, .item_bytes = 4, .is_signed = true};
	bool enters = starts_with(l->name, "sys_enter_");
	int r = layout_add(l, &number, err);

	for (int i = 0; r == 0 && i < (enters ? 6 : 1); i++) {
		char name[16];
		struct layout_field f = {
			.name = name, .offset = 16 + 8 * i, .bytes = 8, .item_bytes = 8, .is_signed = !enters};

		snprintf(name, sizeof(name), enters ? "arg%d" : "ret", i);
		r = layout_add(l, &f, err);
	}
	return r < 0 ? r : match_system_call(l, btf, err);
}

struct candidates {
	uint32_t id;
	int nr;
	char names[256];
};

/* Classes whose arguments are the event's. */
static void find_classes(const struct layout *l, const struct btf *btf, struct candidates *c)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const char *class = record_class(btf, id);
		size_t used = strlen(c->names);

		if (!class || !find_function(btf, "__bpf_trace_", class) || !has_arguments_of(l, btf, class))
			continue;
		c->id = id;
		if (c->nr++ < 5)
			snprintf(c->names + used, sizeof(c->names) - used, "%s%s", used ? ", " : "", class);
	}
}

static bool has_event(const struct layout *l, const struct btf *btf)
{
	char name[NAME_BYTES];

	snprintf(name, sizeof(name), "btf_trace_%s", l->name);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

static int fail_event(const struct layout *l, const struct btf *btf, struct error *err)
{
	struct words_search nearest = {.word = l->name};

	fail(err, -ENOENT, "the kernel's BTF has no tracepoint '%s'", l->name);

	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = type_at(btf, id);
		const char *name = type_name_at(btf, t->name_off);

		if (btf_is_typedef(t) && starts_with(name, "btf_trace_"))
			words_consider(&nearest, name + strlen("btf_trace_"));
	}
	return nearest.best ? fail_hint(err, "did you mean '%s'?", nearest.best)
			    : fail_hint(err, "'observer list \"*WORD*\"' lists those with a word in their name");
}

int layout_fail_unknown(const struct layout *l, const struct btf *btf, struct error *err)
{
	if (!has_event(l, btf))
		return fail_event(l, btf, err);
	fail(err, -ENOENT, "this kernel has no tracepoint %s:%s", l->category, l->name);
	return fail_hint(err, "there is one of that name in another category: ls -d /sys/kernel/tracing/events/*/%s",
			 l->name);
}

static int find_one_class(const struct layout *l, const struct btf *btf, uint32_t *ret_id, struct error *err)
{
	struct candidates c = {0};
	char name[NAME_BYTES];
	int id;

	snprintf(name, sizeof(name), RECORD_PREFIX "%s", l->name);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
	if (id < 0 && !has_event(l, btf))
		return fail_event(l, btf, err);
	if (id < 0)
		find_classes(l, btf, &c);
	if (id < 0 && c.nr != 1) {
		fail(err, -ENOENT,
		     "BTF alone does not tell the record of %s:%s: %d event classes have its arguments%s%s%s",
		     l->category, l->name, c.nr, c.nr ? " (" : "", c.names,
		     c.nr > 5 ? ", ...)"
		     : c.nr   ? ")"
			      : "");
		return fail_hint(err, "its format file does: as root, or --format FILE with a copy of it");
	}
	*ret_id = id < 0 ? c.id : (uint32_t)id;
	return 0;
}

int layout_read_btf(struct layout *l, const struct btf *btf, struct error *err)
{
	const struct btf_type *t;
	uint32_t id;
	int r;

	l->btf = btf;
	if (is_system_call(l))
		return read_system_call(l, btf, err);
	r = find_one_class(l, btf, &id, err);
	if (r < 0)
		return r;
	t = type_at(btf, id);
	for (int i = 0; r == 0 && i < btf_vlen(t); i++)
		r = add_member(l, btf, t, i, err);
	return r < 0 ? r : set_text(&l->record_type, type_name_at(btf, t->name_off), err);
}

/* ---- tp_btf ---- */

/* The kind of a pointer: what it points to may be worth more than the address. */
static bool is_string(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = resolve(btf, id);

	if (!btf_is_ptr(t))
		return false;
	t = resolve(btf, t->type);
	return btf_is_int(t) && !strcmp(type_name_at(btf, t->name_off), "char");
}

/* What of a kernel object says who it is; the support code of the header declares these structs. */
static const struct part {
	const char *of, *name;
	struct layout_field field;
} parts[] = {
	{"task_struct", "pid", {.kind = LAYOUT_NUMBER, .bytes = 4, .item_bytes = 4, .is_signed = true}},
	{"task_struct", "comm", {.kind = LAYOUT_TEXT, .bytes = 16, .item_bytes = 1}},
	{"linux_binprm", "filename", {.kind = LAYOUT_STRING, .bytes = 8, .item_bytes = 1}},
};

static int add_parts(struct layout *l, const struct btf *btf, const struct layout_field *argument, struct error *err)
{
	const struct btf_type *t = resolve(btf, argument->btf_type);
	int r = 0;

	t = btf_is_ptr(t) ? resolve(btf, t->type) : type_at(btf, 0);
	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct layout_field f = parts[i].field;
		char name[NAME_BYTES];

		if (!btf_is_composite(t) || strcmp(type_name_at(btf, t->name_off), parts[i].of))
			continue;
		snprintf(name, sizeof(name), "%s_%s", argument->name, parts[i].name);
		f.name = name;
		f.through = parts[i].of;
		f.accessor = (char *)parts[i].name;
		f.offset = argument->offset;
		r = layout_add(l, &f, err);
	}
	return r;
}

static int add_argument(struct layout *l, const struct btf *btf, const struct btf_param *p, int i, struct error *err)
{
	const char *name = type_name_at(btf, p->name_off);
	long size = btf__resolve_size(btf, p->type);
	char nameless[32];
	int r;
	struct layout_field f = {.offset = 8 * i, .bytes = size < 0 ? 8 : size, .btf_type = p->type};

	snprintf(nameless, sizeof(nameless), "arg%d", i);
	f.name = *name ? (char *)name : nameless;
	describe_type(btf, p->type, &f);
	if (is_string(btf, p->type))
		f.kind = LAYOUT_STRING;
	if (f.kind == LAYOUT_BYTES) {
		/* A small struct by value is as a number in the array of arguments. */
		f.kind = LAYOUT_NUMBER;
		f.item_bytes = 8;
	}
	r = layout_add(l, &f, err);
	return r < 0 ? r : add_parts(l, btf, &f, err);
}

int layout_read_arguments(struct layout *l, const struct btf *btf, struct error *err)
{
	uint32_t id = find_function(btf, "__probestub_", l->name);
	const struct btf_type *t;
	int r = 0;

	l->btf = btf;
	l->is_arguments = true;
	if (!has_event(l, btf)) {
		if (is_system_call(l)) {
			fail(err, -ENOENT, "%s:%s exists for the classic hook only", l->category, l->name);
			return fail_hint(err, "use --hook tp, or raw_syscalls:%s with --hook tp_btf",
					 starts_with(l->name, "sys_enter_") ? "sys_enter" : "sys_exit");
		}
		return fail_event(l, btf, err);
	}
	if (!id)
		id = find_function(btf, "__traceiter_", l->name);
	if (!id) {
		fail(err, -ENOENT, "the kernel's BTF does not tell the arguments of %s:%s", l->category, l->name);
		return fail_hint(err, "use --hook tp");
	}
	t = type_at(btf, id);
	for (int i = 1; r == 0 && i < btf_vlen(t); i++)
		r = add_argument(l, btf, &btf_params(t)[i], i - 1, err);
	return r;
}
