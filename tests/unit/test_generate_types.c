/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * generate/type_header.h: which types come, in which order and spelling, from BTF made here with every shape of C that
 * a kernel has. What the kernel itself gives is in test_generate_kernel.c.
 */
#include <bpf/btf.h>
#include <errno.h>

#include "base/buffer.h"
#include "check.h"
#include "generate/type_extract.h"
#include "generate/type_header.h"

/* Numbers of the types that several others need. */
struct numbers {
	int u8, s32, u64, letter, index;
};

/* To the struct added last. */
static void add_field(struct btf *btf, const char *name, int type, int bit, int bits)
{
	CHECK_EQ(btf__add_field(btf, name, type, bit, bits), 0);
}

static struct numbers add_basics(struct btf *btf)
{
	return (struct numbers){
		.u8 = btf__add_int(btf, "unsigned char", 1, 0),
		.s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED),
		.u64 = btf__add_int(btf, "long unsigned int", 8, 0),
		.letter = btf__add_int(btf, "char", 1, BTF_INT_SIGNED),
		.index = btf__add_int(btf, "__ARRAY_SIZE_TYPE__", 8, 0),
	};
}

/* typedef u64 id_t; typedef struct { u8 val; u64 other; } mark_t; enum color; enum wide; nameless enum. */
static void add_names(struct btf *btf, const struct numbers *n)
{
	int mark;

	btf__add_typedef(btf, "id_t", n->u64);
	mark = btf__add_struct(btf, NULL, 16);
	add_field(btf, "val", n->u8, 0, 0);
	add_field(btf, "other", n->u64, 64, 0);
	btf__add_typedef(btf, "mark_t", mark);
	btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", -1);
	btf__add_enum_value(btf, "GREEN", 7);
	btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "WIDE_LOW", 1);
	btf__add_enum64_value(btf, "WIDE_HIGH", 0xffffffff00000000);
	btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "FLAG_A", 1);
	btf__add_enum_value(btf, "FLAG_B", 0xffffffff);
}

static int find(const struct btf *btf, const char *name, int kind)
{
	return btf__find_by_name_kind(btf, name, kind);
}

/* struct inner { int a; u64 b; }, and struct thing with everything in it. */
static void add_structs(struct btf *btf, const struct numbers *n)
{
	int thing = btf__add_fwd(btf, "thing", BTF_FWD_STRUCT), other = btf__add_fwd(btf, "other", BTF_FWD_STRUCT);
	int thing_ptr = btf__add_ptr(btf, thing), other_ptr = btf__add_ptr(btf, other), inner, halves, plain, mixed;
	int function, name, volatile_u64, table, row, comm, pairs, tail;

	inner = btf__add_struct(btf, "inner", 16);
	add_field(btf, "a", n->s32, 0, 0);
	add_field(btf, "b", n->u64, 64, 0);
	halves = btf__add_struct(btf, NULL, 8);
	add_field(btf, "low", n->s32, 0, 0);
	add_field(btf, "high", n->s32, 32, 0);
	halves = btf__add_const(btf, halves);
	mixed = btf__add_union(btf, NULL, 8);
	add_field(btf, "both", n->u64, 0, 0);
	add_field(btf, NULL, halves, 0, 0);
	plain = btf__add_struct(btf, NULL, 4);
	add_field(btf, "m", n->s32, 0, 0);
	function = btf__add_func_proto(btf, other_ptr);
	btf__add_func_param(btf, "self", thing_ptr);
	btf__add_func_param(btf, "", n->s32);
	btf__add_func_param(btf, "", 0);
	function = btf__add_ptr(btf, function);
	name = btf__add_ptr(btf, btf__add_type_tag(btf, "user", btf__add_const(btf, n->letter)));
	volatile_u64 = btf__add_const(btf, btf__add_ptr(btf, btf__add_volatile(btf, n->u64)));
	table = btf__add_ptr(btf, btf__add_array(btf, n->index, n->s32, 4));
	row = btf__add_array(btf, n->index, btf__add_array(btf, n->index, inner, 3), 2);
	comm = btf__add_array(btf, n->index, n->letter, 16);
	pairs = btf__add_array(btf, n->index, plain, 2);
	tail = btf__add_array(btf, n->index, other_ptr, 0);

	btf__add_struct(btf, "thing", 256);
	add_field(btf, "flag", n->s32, 0, 3);
	add_field(btf, "mode", n->s32, 3, 5);
	add_field(btf, "next", thing_ptr, 64, 0);
	add_field(btf, "name", name, 128, 0);
	add_field(btf, "comm", comm, 192, 0);
	add_field(btf, "call", function, 320, 0);
	add_field(btf, "in", inner, 384, 0);
	add_field(btf, NULL, mixed, 512, 0);
	add_field(btf, "named", plain, 576, 0);
	add_field(btf, "table", table, 640, 0);
	add_field(btf, "reg", volatile_u64, 704, 0);
	add_field(btf, "hue", find(btf, "color", BTF_KIND_ENUM), 768, 0);
	add_field(btf, "id", find(btf, "id_t", BTF_KIND_TYPEDEF), 832, 0);
	add_field(btf, "mark", find(btf, "mark_t", BTF_KIND_TYPEDEF), 896, 0);
	add_field(btf, "rows", row, 1024, 0);
	add_field(btf, "pairs", pairs, 1792, 0);
	add_field(btf, "tail", tail, 2048, 0);
}

static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();
	struct numbers n = add_basics(btf);

	add_names(btf, &n);
	add_structs(btf, &n);
	return btf;
}

/* What stands between the two pragmas, without the lines around: the definitions. */
static const char *definitions(struct buffer *header)
{
	char *begin, *end;

	buffer_append_char(header, '\0');
	begin = strstr(header->data, "apply_to = record)\n#endif\n\n");
	end = strstr(header->data, "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n");
	if (!begin || !end)
		return "no definitions in the header";
	*end = '\0';
	return begin + strlen("apply_to = record)\n#endif\n\n");
}

static int generate(const struct btf *btf, const char *words, struct buffer *out, struct error *err)
{
	struct type_requests r = {};
	char *copy = strdup(words), *rest = copy, *word;
	int ret = 0;

	while (ret == 0 && (word = strsep(&rest, " ")))
		ret = type_requests_add(&r, word, err);
	if (ret == 0)
		ret = generate_type_header_of(r.list, r.nr, btf, out, err);
	type_requests_done(&r);
	free(copy);
	return ret;
}

static void check_definitions_of(const struct btf *btf, const char *words, const char *expected)
{
	struct error err = {};
	struct buffer out = {};

	if (CHECK_EQ(generate(btf, words, &out, &err), 0))
		CHECK_TEXT(definitions(&out), expected);
	else
		fprintf(stderr, "  '%s': %s\n", words, err.text);
	buffer_done(&out);
}

static void check_definitions(const char *words, const char *expected)
{
	struct btf *btf = make_btf();

	check_definitions_of(btf, words, expected);
	btf__free(btf);
}

static void check_error(const char *words, int code, const char *text, const char *hint)
{
	struct btf *btf = make_btf();
	struct error err = {};
	struct buffer out = {};

	CHECK_EQ(generate(btf, words, &out, &err), code);
	CHECK_TEXT(err.text, text);
	CHECK_TEXT(err.hint, hint);
	CHECK_EQ(out.length, 0);
	buffer_done(&out);
	btf__free(btf);
}

static void members_come_in_the_kernels_order(void)
{
	check_definitions("thing:comm,next,flag,mode", "struct thing {\n"
						       "\tint flag : 3;\n"
						       "\tint mode : 5;\n"
						       "\tstruct thing *next;\n"
						       "\tchar comm[16];\n"
						       "};\n\n");
	check_definitions("thing:", "struct thing {\n};\n\n");
}

static void declarators_are_turned_inside_out(void)
{
	check_definitions("thing:name,call,table,reg,tail", "struct thing {\n"
							    "\tconst char *name;\n"
							    "\tstruct other *(*call)(struct thing *self, int, ...);\n"
							    "\tint (*table)[4];\n"
							    "\tvolatile unsigned long *const reg;\n"
							    "\tstruct other *tail[0];\n"
							    "};\n\n");
}

static void nameless_members_stay_around_what_is_asked_for(void)
{
	check_definitions("thing:high", "struct thing {\n"
					"\tunion {\n"
					"\t\tstruct {\n"
					"\t\t\tint high;\n"
					"\t\t};\n"
					"\t};\n"
					"};\n\n");
	check_definitions("thing:both", "struct thing {\n"
					"\tunion {\n"
					"\t\tunsigned long both;\n"
					"\t};\n"
					"};\n\n");
}

static void nameless_types_of_named_members_are_whole(void)
{
	check_definitions("thing:named,pairs", "struct thing {\n"
					       "\tstruct {\n"
					       "\t\tint m;\n"
					       "\t} named;\n"
					       "\tstruct {\n"
					       "\t\tint m;\n"
					       "\t} pairs[2];\n"
					       "};\n\n");
}

static void what_is_held_by_value_comes_first(void)
{
	check_definitions("thing:in", "struct inner {\n"
				      "\tint a;\n"
				      "\tunsigned long b;\n"
				      "};\n\n"
				      "struct thing {\n"
				      "\tstruct inner in;\n"
				      "};\n\n");
	/* With the members that are asked for, wherever the request stands. */
	check_definitions("thing:rows inner:b", "struct inner {\n"
						"\tunsigned long b;\n"
						"};\n\n"
						"struct thing {\n"
						"\tstruct inner rows[2][3];\n"
						"};\n\n");
}

static void typedefs_and_enums_come_along(void)
{
	check_definitions("thing:hue,id,mark", "enum color {\n"
					       "\tRED = -1,\n"
					       "\tGREEN = 7,\n"
					       "};\n\n"
					       "typedef unsigned long id_t;\n"
					       "typedef struct {\n"
					       "\tunsigned char val;\n"
					       "\tunsigned long other;\n"
					       "} mark_t;\n\n"
					       "struct thing {\n"
					       "\tenum color hue;\n"
					       "\tid_t id;\n"
					       "\tmark_t mark;\n"
					       "};\n\n");
	check_definitions("mark_t:val thing:mark", "typedef struct {\n"
						   "\tunsigned char val;\n"
						   "} mark_t;\n\n"
						   "struct thing {\n"
						   "\tmark_t mark;\n"
						   "};\n\n");
}

static void enums_keep_their_values(void)
{
	check_definitions("enum:color:GREEN enum:wide enum::FLAG_B", "enum color {\n"
								     "\tGREEN = 7,\n"
								     "};\n\n"
								     "enum wide {\n"
								     "\tWIDE_LOW = 1ULL,\n"
								     "\tWIDE_HIGH = 18446744069414584320ULL,\n"
								     "};\n\n"
								     "enum {\n"
								     "\tFLAG_B = 4294967295,\n"
								     "};\n\n");
}

static void what_is_optional_may_be_missing(void)
{
	check_definitions("thing:flag,?nope ?gone:x enum::?GONE,FLAG_A", "struct thing {\n"
									 "\tint flag : 3;\n"
									 "};\n\n"
									 "enum {\n"
									 "\tFLAG_A = 1,\n"
									 "};\n\n");
}

static void pointers_need_declarations_only(void)
{
	struct btf *btf = make_btf();
	struct buffer out = {};

	CHECK_EQ(generate(btf, "thing:call", &out, NULL), 0);
	buffer_append_char(&out, '\0');
	CHECK(strstr(out.data, "\nstruct other;\nstruct thing;\n\n#ifndef BPF_NO"));
	CHECK(!strstr(out.data, "struct other {"));
	CHECK(strstr(out.data, "#define __VMLINUX_H__\n"));
	CHECK(strstr(out.data, "\ntypedef __u32 __wsum;\n"));
	buffer_done(&out);
	btf__free(btf);
}

static void errors_name_the_nearest(void)
{
	check_error("thingy", -ENOENT, "the kernel's BTF has no type 'thingy'", "did you mean 'thing'?");
	check_error("union:thing", -ENOENT, "the kernel's BTF has no union 'thing'",
		    "its types are listed by: bpftool btf dump file /sys/kernel/btf/vmlinux");
	check_error("thing:com", -ENOENT, "struct 'thing' has no member 'com' in the kernel's BTF",
		    "did you mean 'comm'?");
	check_error("thing:hihg", -ENOENT, "struct 'thing' has no member 'hihg' in the kernel's BTF",
		    "did you mean 'high'?");
	check_error("color:GREN", -ENOENT, "enum 'color' has no value 'GREN' in the kernel's BTF",
		    "did you mean 'GREEN'?");
	check_error("mark_t:vall", -ENOENT, "typedef 'mark_t' has no member 'vall' in the kernel's BTF",
		    "did you mean 'val'?");
	check_error("id_t:x", -EINVAL, "typedef 'id_t' has no members to choose from", "");
	check_error("enum::FLAG_C", -ENOENT, "no enum without a name has the value 'FLAG_C' in the kernel's BTF",
		    "did you mean 'FLAG_A'?");
	check_error("enum::GREEN", -ENOENT, "no enum without a name has the value 'GREEN' in the kernel's BTF",
		    "enum color has it: ask for 'enum:color:GREEN'");
	check_error("thing:flag struct:thing:mode", -EINVAL,
		    "struct 'thing' is requested twice, with its kind and without", "");
}

/* Of several structs of one name the one that has the members; by value and by name alike. */
static void the_fitting_one_of_two_is_taken(void)
{
	struct btf *btf = make_btf();
	struct numbers n = {.s32 = 2};
	int twin;

	twin = btf__add_struct(btf, "twin", 4);
	add_field(btf, "one", n.s32, 0, 0);
	btf__add_struct(btf, "twin", 4);
	add_field(btf, "two", n.s32, 0, 0);
	btf__add_typedef(btf, "twin", twin);
	btf__add_struct(btf, "holder", 4);
	add_field(btf, "held", twin, 0, 0);
	check_definitions_of(btf, "holder:held twin:two",
			     "struct twin {\n"
			     "\tint two;\n"
			     "};\n\n"
			     "struct holder {\n"
			     "\tstruct twin held;\n"
			     "};\n\n");
	check_definitions_of(btf, "twin:one",
			     "struct twin {\n"
			     "\tint one;\n"
			     "};\n\n");
	btf__free(btf);
}

/* A typedef of a struct with a name: its members are chosen at the struct. */
static void typedefs_of_named_structs_have_no_members(void)
{
	struct btf *btf = make_btf();
	struct error err = {};
	struct buffer out = {};

	btf__add_typedef(btf, "inner_t", find(btf, "inner", BTF_KIND_STRUCT));
	CHECK_EQ(generate(btf, "inner_t:a", &out, &err), -EINVAL);
	CHECK_TEXT(err.hint, "it is another name of struct inner: ask for 'inner:...'");
	check_definitions_of(btf, "inner_t inner:a",
			     "typedef struct inner inner_t;\n\n"
			     "struct inner {\n"
			     "\tint a;\n"
			     "};\n\n");
	buffer_done(&out);
	btf__free(btf);
}

/* No compiler makes these; a file may hold them. */
static void broken_types_are_errors(void)
{
	struct btf *btf = btf__new_empty();
	struct error err = {};
	struct buffer out = {};
	int next = btf__type_cnt(btf), function;

	/* A struct without a name within itself, pointers in a circle, const in a circle, a number beyond the end. */
	btf__add_struct(btf, NULL, 8);
	add_field(btf, NULL, next, 0, 0);
	add_field(btf, NULL, next, 0, 0);
	add_field(btf, "x", next, 0, 0);
	btf__add_ptr(btf, next + 1);
	btf__add_const(btf, next + 2);
	btf__add_struct(btf, "a", 8);
	add_field(btf, NULL, next, 0, 0);
	btf__add_struct(btf, "b", 8);
	add_field(btf, "p", next + 1, 0, 0);
	btf__add_struct(btf, "c", 8);
	add_field(btf, "c", next + 2, 0, 0);
	btf__add_struct(btf, "d", 8);
	add_field(btf, "d", 4711, 0, 0);
	function = btf__add_func(btf, "f", BTF_FUNC_STATIC, next);
	btf__add_struct(btf, "e", 8);
	add_field(btf, "e", function, 0, 0);
	CHECK_EQ(generate(btf, "a:x", &out, &err), -EINVAL);
	CHECK_EQ(generate(btf, "a", &out, &err), -EINVAL);
	CHECK_EQ(generate(btf, "b", &out, &err), -EINVAL);
	CHECK_EQ(generate(btf, "c", &out, &err), -EINVAL);
	CHECK_TEXT(err.text, "type 3 of the BTF nests too deeply");
	CHECK_EQ(generate(btf, "e", &out, &err), -EINVAL);
	CHECK_TEXT(err.text, "type 8 of the BTF (kind 12) cannot be part of a declaration");
	CHECK_EQ(generate(btf, "a:y", &out, &err), -ENOENT);
	CHECK_EQ(out.length, 0);
	check_definitions_of(btf, "d", "struct d {\n\tvoid d;\n};\n\n");
	buffer_done(&out);
	btf__free(btf);
}

/* The same text from the extract, and from an extract of that. */
static void extracts_say_the_same(void)
{
	static const char *const words[] = {
		"thing:high,next,in", "thing", "mark_t:val thing:mark", "enum::FLAG_A enum:wide:WIDE_LOW",
		"thing:call inner:a",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct btf *btf = make_btf(), *small;
		struct type_requests r = {};
		struct buffer raw = {}, whole = {}, again = {};
		char *copy = strdup(words[i]), *rest = copy, *word;

		while ((word = strsep(&rest, " ")))
			CHECK_EQ(type_requests_add(&r, word, NULL), 0);
		CHECK_EQ(type_extract(r.list, r.nr, btf, &raw, NULL), 0);
		small = btf__new(raw.data, raw.length);
		CHECK_EQ(generate_type_header_of(r.list, r.nr, btf, &whole, NULL), 0);
		if (CHECK(small))
			CHECK_EQ(generate_type_header_of(r.list, r.nr, small, &again, NULL), 0);
		CHECK_BYTES(again.data, again.length, whole.data, whole.length);
		CHECK(btf__find_by_name_kind(small, "left_out", BTF_KIND_INT) == 1);
		btf__free(small);
		btf__free(btf);
		buffer_done(&raw);
		buffer_done(&whole);
		buffer_done(&again);
		type_requests_done(&r);
		free(copy);
	}
}

int main(void)
{
	RUN(members_come_in_the_kernels_order);
	RUN(declarators_are_turned_inside_out);
	RUN(nameless_members_stay_around_what_is_asked_for);
	RUN(nameless_types_of_named_members_are_whole);
	RUN(what_is_held_by_value_comes_first);
	RUN(typedefs_and_enums_come_along);
	RUN(enums_keep_their_values);
	RUN(what_is_optional_may_be_missing);
	RUN(pointers_need_declarations_only);
	RUN(errors_name_the_nearest);
	RUN(the_fitting_one_of_two_is_taken);
	RUN(typedefs_of_named_structs_have_no_members);
	RUN(broken_types_are_errors);
	RUN(extracts_say_the_same);
	return test_main();
}
