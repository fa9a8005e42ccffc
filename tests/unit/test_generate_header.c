/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The committed header src/bpf/kernel_types.h: from its list and the committed extract of a kernel's BTF the same bytes
 * come again. After a change of the list: `make codegen`.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "check.h"
#include "generate/type_extract.h"
#include "generate/type_header.h"

#define LIST	SOURCE_ROOT "/src/bpf/kernel_types.list"
#define HEADER	SOURCE_ROOT "/src/bpf/kernel_types.h"
#define EXTRACT SOURCE_ROOT "/tests/data/kernel_types.btf"

static void read_file(const char *path, struct buffer *out)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char bytes[4096];
	size_t length;

	if (!CHECK(file))
		return;
	while ((length = fread(bytes, 1, sizeof(bytes), file)))
		buffer_append(out, bytes, length);
}

static void read_list(struct type_requests *r)
{
	struct error err = {};

	if (!CHECK_EQ(type_requests_read(r, LIST, &err), 0))
		fprintf(stderr, "  %s\n", err.text);
}

/* Of two long texts only the first line that differs. */
static void check_same_text(struct buffer *actual, struct buffer *expected)
{
	size_t line = 0, i = 0;

	buffer_append_char(actual, '\0');
	buffer_append_char(expected, '\0');
	for (; actual->data[i] && actual->data[i] == expected->data[i]; i++)
		if (actual->data[i] == '\n')
			line = i + 1;
	actual->data[line + strcspn(actual->data + line, "\n")] = '\0';
	expected->data[line + strcspn(expected->data + line, "\n")] = '\0';
	CHECK_TEXT(actual->data + line, expected->data + line);
}

static void the_extract_gives_the_header(void)
{
	struct type_requests r = {};
	struct buffer made = {}, committed = {};
	struct error err = {};

	read_list(&r);
	read_file(HEADER, &committed);
	if (CHECK_EQ(generate_type_header(r.list, r.nr, EXTRACT, &made, &err), 0))
		check_same_text(&made, &committed);
	else
		fprintf(stderr, "  %s\n  %s\n", err.text, err.hint);
	CHECK(committed.length > 1000);
	buffer_done(&made);
	buffer_done(&committed);
	type_requests_done(&r);
}

/* What is in the list but not in the header would be found missing only by the one who uses it. */
static void the_extract_has_each_member(void)
{
	struct type_requests r = {};
	struct buffer raw = {}, again = {};
	struct btf *btf = btf__parse(EXTRACT, NULL);

	read_list(&r);
	for (size_t i = 0; i < r.nr; i++) {
		r.list[i].optional = false;
		for (size_t m = 0; m < r.list[i].nr_members; m++)
			r.list[i].members[m].optional = false;
	}
	if (CHECK(btf)) {
		CHECK_EQ(type_extract(r.list, r.nr, btf, &raw, NULL), 0);
		read_file(EXTRACT, &again);
		CHECK_EQ(raw.length, again.length);
	}
	buffer_done(&raw);
	buffer_done(&again);
	btf__free(btf);
	type_requests_done(&r);
}

/*
 * One byte changed at a time: libbpf refuses it, or an error comes, or some header; never more than that. Strings stand
 * behind the types and are as good as any.
 */
static void damaged_files_do_no_harm(void)
{
	struct type_requests r = {};
	struct buffer raw = {};
	unsigned int nr_read = 0, nr_made = 0;

	libbpf_set_print(NULL);
	read_list(&r);
	read_file(EXTRACT, &raw);
	for (size_t at = 24; at < raw.length; at += 131) {
		char kept = raw.data[at];
		struct buffer out = {};
		struct btf *btf;

		raw.data[at] ^= 1 << at % 8;
		btf = btf__new(raw.data, raw.length);
		if (btf) {
			nr_read++;
			nr_made += generate_type_header_of(r.list, r.nr, btf, &out, NULL) == 0;
		}
		btf__free(btf);
		buffer_done(&out);
		raw.data[at] = kept;
	}
	CHECK(nr_read > 50);
	CHECK(nr_made < nr_read);
	buffer_done(&raw);
	type_requests_done(&r);
}

static void files_without_types_are_told(void)
{
	struct error err = {};
	struct buffer out = {};

	libbpf_set_print(NULL);
	CHECK_EQ(generate_type_header(NULL, 0, "/nonexistent", &out, &err), -ENOENT);
	CHECK_TEXT(err.text, "cannot read kernel types from '/nonexistent': No such file or directory");
	CHECK_EQ(generate_type_header(NULL, 0, LIST, &out, &err), -EINVAL);
	CHECK(strstr(err.text, "no kernel types in '" LIST "'"));
	CHECK(strstr(err.hint, "name a BTF file"));
	CHECK_EQ(generate_type_header(NULL, 0, "/proc/self/exe", &out, &err), -EINVAL);
	CHECK_TEXT(err.text, "no kernel types in '/proc/self/exe': it has no .BTF section");
	CHECK_EQ(out.length, 0);
	buffer_done(&out);
}

int main(void)
{
	RUN(the_extract_gives_the_header);
	RUN(the_extract_has_each_member);
	RUN(damaged_files_do_no_harm);
	RUN(files_without_types_are_told);
	return test_main();
}
