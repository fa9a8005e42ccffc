/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's walk through a filter's table beside the same walk here: random filters over random records. Run as:
 * test_filter_table OBJECT, filter_table.bpf.c as built in one of its two variants. Needs root.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "../unit/check.h"
#include "../unit/filter_random.h"
#include "filter/filter.h"
#include "filter_slot.h"

#define PAIRS_LEAST 2000
#define RECORDS	    20

static int program, table_map, subject_map;
static struct maker m;

static bool every_field(const struct schema *s, const struct field *f)
{
	(void)s, (void)f;
	return true;
}

static const struct filter_place everywhere = {every_field};

/* 1 or 0; a negative code where it cannot be run. */
static int passes_in_kernel(const struct filter_table *t, const struct slot *s)
{
	uint64_t context = 0;
	uint32_t zero = 0;
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &context, .ctx_size_in = sizeof(context));

	int code = bpf_map_update_elem(table_map, &zero, t, BPF_ANY);

	if (!code)
		code = bpf_map_update_elem(subject_map, &zero, s, BPF_ANY);
	if (!code)
		code = bpf_prog_test_run_opts(program, &run);
	return code ? code : (int)run.retval;
}

/* False where nothing of the filter is for the kernel. */
static bool make_table(struct random *r, const struct schema *s, struct filter_table *t, struct buffer *text)
{
	const struct schema *const schemas[] = {s, NULL};
	struct filter *f = filter_new(NULL);
	bool pushed;

	random_filter(r, s, 4, text);
	buffer_append_char(text, '\0');
	CHECK_EQ(filter_add(f, "--where", text->data, NULL), 0);
	CHECK_EQ(filter_check(f, schemas, NULL, NULL), 0);
	pushed = filter_push_down(f, s, &everywhere, t);
	filter_free(f);
	return pushed;
}

static int compare(struct random *r, const struct schema *schema, const struct filter_table *t, const char *text)
{
	static struct slot s;
	int nr_passed = 0;

	for (int i = 0; i < RECORDS; i++) {
		int here, there;

		random_record(r, schema, &m);
		memcpy(s.bytes, m.bytes, SLOT_DATA_BYTES);
		s.filter_end = m.size;
		here = table_passes(t, s.bytes, s.filter_end);
		there = passes_in_kernel(t, &s);
		check_true(here == there, __FILE__, __LINE__, "%s: %s: in the kernel %d, here %d", schema->name, text,
			   there, here);
		nr_passed += here;
	}
	return nr_passed;
}

static void both_say_the_same(void)
{
	static const struct schema *const schemas[] = {&schema_exec, &schema_exec_fail, &schema_exit, &schema_fork};
	struct random r = {.state = 20260103};
	int nr_pairs = 0, nr_passed = 0;

	for (int i = 0; nr_pairs < 2 * PAIRS_LEAST; i++) {
		_cleanup_buffer_ struct buffer text = {};
		struct filter_table t;

		if (!make_table(&r, schemas[i % 4], &t, &text))
			continue;
		nr_passed += compare(&r, schemas[i % 4], &t, text.data);
		nr_pairs += RECORDS;
	}
	printf("%d of %d passed\n", nr_passed, nr_pairs);
	check_true(nr_passed > nr_pairs / 10 && nr_passed < nr_pairs * 9 / 10, __FILE__, __LINE__, "says nothing");
}

static int skip(const char *what, int code)
{
	printf("skipped: %s: %s\n", what, strerror(-code));
	return 77;
}

int main(int argc, char **argv)
{
	struct bpf_object *o = argc == 2 ? bpf_object__open_file(argv[1], NULL) : NULL;
	int code;

	if (!o) {
		fprintf(stderr, "usage: test_filter_table OBJECT\n");
		return 1;
	}
	/* The modern variant's helper came with Linux 5.17; what has it must take both. */
	code = bpf_object__load(o);
	if (code) {
		if (code != -EPERM && libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, NULL) == 1)
			return 1;
		return skip("this kernel does not take the object", code);
	}
	program = bpf_program__fd(bpf_object__find_program_by_name(o, "look_at_table"));
	table_map = bpf_object__find_map_fd_by_name(o, "filters");
	subject_map = bpf_object__find_map_fd_by_name(o, "data_heap");
	code = passes_in_kernel(&(struct filter_table){}, &(struct slot){});
	if (code < 0)
		return skip("the program cannot be run", code);
	RUN(both_say_the_same);
	bpf_object__close(o);
	return test_main();
}
