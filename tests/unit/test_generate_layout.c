/* SPDX-License-Identifier: GPL-2.0-only */
/* generate/layout.h: fields of tracepoints from made-up BTF and format texts: classes, modules, arguments. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "check.h"
#include "generate/layout.h"

static int number;

static void add_field(struct btf *btf, const char *name, int type, int bit)
{
	CHECK_EQ(btf__add_field(btf, name, type, bit, 0), 0);
}

/* The struct of a class with two numbers, and the function whose arguments all its events have. */
static void add_class(struct btf *btf, const char *name, int first, int second, int argument)
{
	char text[128];
	int proto;

	snprintf(text, sizeof(text), "trace_event_raw_%s", name);
	btf__add_struct(btf, text, 16);
	add_field(btf, "ent", first, 0);
	add_field(btf, "one", first, 64);
	add_field(btf, "__data_loc_two", second, 96);
	proto = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "__data", 0);
	btf__add_func_param(btf, "what", argument);
	snprintf(text, sizeof(text), "__bpf_trace_%s", name);
	btf__add_func(btf, text, BTF_FUNC_STATIC, proto);
}

static void add_event(struct btf *btf, const char *name, int argument)
{
	char text[128];
	int proto = btf__add_func_proto(btf, 0);

	btf__add_func_param(btf, "__data", 0);
	btf__add_func_param(btf, "what", argument);
	snprintf(text, sizeof(text), "__traceiter_%s", name);
	btf__add_func(btf, text, BTF_FUNC_STATIC, proto);
	snprintf(text, sizeof(text), "btf_trace_%s", name);
	btf__add_typedef(btf, text, proto);
}

/* Classes disk_class and disk_open with the same fields, other with other ones; events disk_close and lonely. */
static struct btf *make_kernel(void)
{
	struct btf *btf = btf__new_empty();
	int letter, pointer, text;

	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	letter = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	pointer = btf__add_ptr(btf, number);
	text = btf__add_ptr(btf, letter);
	add_class(btf, "disk_class", number, number, pointer);
	add_class(btf, "disk_open", number, number, number);
	add_class(btf, "other", pointer, number, text);
	add_event(btf, "disk_close", pointer);
	add_event(btf, "disk_open", number);
	add_event(btf, "lonely", text);
	return btf;
}

static const char format[] = "name: disk_close\n"
			     "ID: 1\n"
			     "format:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			     "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
			     "\n"
			     "\tfield:int one;\toffset:8;\tsize:4;\tsigned:1;\n"
			     "\tfield:__data_loc char[] two;\toffset:12;\tsize:4;\tsigned:0;\n"
			     "\n"
			     "print fmt: \"%d\", REC->one\n";

static void names_are_checked(void)
{
	static const char *const bad[] = {"", ":", "a", "a:", ":b", "a:b:c", "a/b:c", ".:b", "..:b", "a:b c", "a:b\n"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct layout l;

		CHECK_EQ(layout_init(&l, bad[i], NULL), -EINVAL);
		layout_done(&l);
	}
}

static void prefixes_are_identifiers(void)
{
	struct layout l;

	CHECK_EQ(layout_init(&l, "xhci-hcd:9p.x-y", NULL), 0);
	CHECK_TEXT(l.prefix, "tp_9p_x_y");
	CHECK_TEXT(l.category, "xhci-hcd");
	layout_done(&l);
}

/* Two classes have these fields: the event's arguments tell which one it is of. */
static void classes_are_told_by_arguments(void)
{
	struct btf *btf = make_kernel();
	struct layout l;

	CHECK_EQ(layout_init(&l, "disk:disk_close", NULL), 0);
	CHECK_EQ(layout_read_format(&l, format, strlen(format), NULL), 0);
	CHECK_EQ(layout_match(&l, btf, NULL), 0);
	CHECK_TEXT(l.record_type, "trace_event_raw_disk_class");
	CHECK_EQ(l.nr_fields, 2);
	CHECK_TEXT(l.fields[1].accessor, "__data_loc_two");
	CHECK_EQ(l.fields[1].kind, LAYOUT_TEXT);
	CHECK_EQ(l.fields[1].place, LAYOUT_DATA_LOC);
	layout_done(&l);
	btf__free(btf);
}

static void fields_that_no_struct_has_keep_their_offsets(void)
{
	struct btf *btf = btf__new_empty();
	struct layout l;

	CHECK_EQ(layout_init(&l, "disk:disk_close", NULL), 0);
	CHECK_EQ(layout_read_format(&l, format, strlen(format), NULL), 0);
	CHECK_EQ(layout_match(&l, btf, NULL), 0);
	CHECK_TEXT(l.record_type, "");
	CHECK_EQ(l.fields[1].offset, 12);
	layout_done(&l);
	btf__free(btf);
}

static void btf_alone_finds_the_class(void)
{
	struct btf *btf = make_kernel();
	struct error err = {0};
	struct layout l;

	CHECK_EQ(layout_init(&l, "disk:disk_close", NULL), 0);
	CHECK_EQ(layout_read_btf(&l, btf, NULL), 0);
	CHECK_TEXT(l.record_type, "trace_event_raw_disk_class");
	CHECK_TEXT(l.fields[1].name, "two");
	CHECK_EQ(l.fields[1].kind, LAYOUT_BYTES);
	layout_done(&l);

	/* Where two classes could be it, it does not guess. */
	add_class(btf, "twin", number, number, btf__find_by_name_kind(btf, "int", BTF_KIND_INT) + 2);
	CHECK_EQ(layout_init(&l, "disk:disk_close", NULL), 0);
	CHECK_EQ(layout_read_btf(&l, btf, &err), -ENOENT);
	CHECK(strstr(err.text, "2 event classes have its arguments (disk_class, twin)"));
	CHECK(strstr(err.hint, "--format"));
	layout_done(&l);
	CHECK_EQ(layout_init(&l, "disk:disk_clos", NULL), 0);
	CHECK_EQ(layout_read_btf(&l, btf, &err), -ENOENT);
	CHECK_TEXT(err.hint, "did you mean 'disk_close'?");
	CHECK_EQ(layout_fail_unknown(&l, btf, &err), -ENOENT);
	CHECK_TEXT(err.hint, "did you mean 'disk_close'?");
	layout_done(&l);
	CHECK_EQ(layout_init(&l, "disc:disk_close", NULL), 0);
	CHECK_EQ(layout_fail_unknown(&l, btf, &err), -ENOENT);
	CHECK(strstr(err.hint, "in another category"));
	layout_done(&l);
	btf__free(btf);
}

static void arguments_have_names_and_kinds(void)
{
	struct btf *btf = make_kernel();
	struct error err = {0};
	struct layout l;

	CHECK_EQ(layout_init(&l, "x:lonely", NULL), 0);
	CHECK_EQ(layout_read_arguments(&l, btf, NULL), 0);
	CHECK_EQ(l.nr_fields, 1);
	CHECK_TEXT(l.fields[0].name, "what");
	CHECK_EQ(l.fields[0].kind, LAYOUT_STRING);
	layout_done(&l);
	CHECK_EQ(layout_init(&l, "syscalls:sys_enter_read", NULL), 0);
	CHECK_EQ(layout_read_arguments(&l, btf, &err), -ENOENT);
	CHECK_TEXT(err.hint, "use --hook tp, or raw_syscalls:sys_enter with --hook tp_btf");
	layout_done(&l);
	btf__free(btf);
}

static void write_module(struct btf *kernel, const char *path)
{
	struct btf *module = btf__new_empty_split(kernel);
	const void *data;
	uint32_t size;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	add_class(module, "far_away", number, number, number);
	add_event(module, "far_away", number);
	data = btf__raw_data(module, &size);
	CHECK_EQ(write(fd, data, size), size);
	close(fd);
	btf__free(module);
}

/* A directory like /sys/kernel/btf, with something in it that is no BTF. */
static void modules_are_looked_through(void)
{
	char directory[] = "/tmp/observer-test-btf-XXXXXX", module[64], junk[64];
	struct btf *kernel = make_kernel();
	struct layout l;

	CHECK(mkdtemp(directory));
	snprintf(module, sizeof(module), "%s/far", directory);
	snprintf(junk, sizeof(junk), "%s/junk", directory);
	write_module(kernel, module);
	close(open(junk, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));

	CHECK_EQ(layout_init(&l, "far:far_away", NULL), 0);
	if (CHECK(layout_find_module(&l, kernel, directory))) {
		CHECK_EQ(layout_read_btf(&l, l.module, NULL), 0);
		CHECK_TEXT(l.record_type, "trace_event_raw_far_away");
	}
	layout_done(&l);
	CHECK_EQ(layout_init(&l, "disk:disk_close", NULL), 0);
	CHECK(!layout_find_module(&l, kernel, directory));
	layout_done(&l);
	CHECK_EQ(layout_init(&l, "far:nowhere", NULL), 0);
	CHECK(!layout_find_module(&l, kernel, directory));
	CHECK(!layout_find_module(&l, kernel, "/nonexistent"));
	layout_done(&l);
	unlink(module);
	unlink(junk);
	rmdir(directory);
	btf__free(kernel);
}

int main(void)
{
	libbpf_set_print(NULL);
	RUN(names_are_checked);
	RUN(prefixes_are_identifiers);
	RUN(classes_are_told_by_arguments);
	RUN(fields_that_no_struct_has_keep_their_offsets);
	RUN(btf_alone_finds_the_class);
	RUN(arguments_have_names_and_kinds);
	RUN(modules_are_looked_through);
	return test_main();
}
