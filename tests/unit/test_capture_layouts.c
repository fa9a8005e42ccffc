/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture/variants.c against a kernel whose structs begin 8 bytes later, as the record of a tracepoint does in RHEL 9:
 * every access must follow. What libbpf says of its relocations is compared; nothing is attached.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/program.h"
#include "check.h"

#define SHIFT_BYTES 8
#define RELOS_MAX   4096

struct relo {
	char what[120]; /* <kind> and the member */
	long value;	/* that came into the instruction; -1: there is no such thing */
};

struct relos {
	size_t nr;
	struct relo list[RELOS_MAX];
};

static struct relos plain, shifted, *reading;

static int note_relocation(enum libbpf_print_level level, const char *format, va_list args)
{
	static char what[sizeof(plain.list[0].what)];
	char line[1024];
	const char *at;

	(void)level;
	vsnprintf(line, sizeof(line), format, args);
	at = strstr(line, ": <");
	if (at && strstr(line, "relo #") && !strstr(line, "candidate"))
		snprintf(what, sizeof(what), "%.*s", (int)strcspn(at + 2, "\n@"), at + 2);
	if (reading->nr == RELOS_MAX || (!strstr(line, "patched insn") && !strstr(line, "substituting insn")))
		return 0;
	at = strstr(line, "-> ");
	snprintf(reading->list[reading->nr].what, sizeof(what), "%s", what);
	reading->list[reading->nr++].value = at ? strtol(at + 3, NULL, 10) : -1;
	return 0;
}

/* Whether the kernel then takes the program says nothing: the offsets may be false here. */
static void read_relocations(const struct variant *v, const char *types, struct relos *ret)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = types);
	void *elf = program_unpack(v->object);
	struct bpf_object *object = bpf_object__open_mem(elf, v->object->bytes, &options);

	ret->nr = 0;
	reading = ret;
	libbpf_set_print(note_relocation);
	bpf_object__load(object);
	libbpf_set_print(NULL);
	bpf_object__close(object);
	free(elf);
}

static void shift_structs(struct btf *btf)
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		struct btf_type *t = (struct btf_type *)btf__type_by_id(btf, id);

		/* Those without a name are what a member consists of, kernel_cap_t a single number. */
		if (!btf_is_struct(t) || !btf_vlen(t) || !t->name_off)
			continue;
		t->size += SHIFT_BYTES;
		for (int i = 0; i < btf_vlen(t); i++)
			btf_members(t)[i].offset += SHIFT_BYTES * 8;
	}
}

/* The saved types, in a file that the caller removes and frees. */
static char *write_types(bool shift)
{
	char *path = strdup("/tmp/observer-types.XXXXXX");
	struct btf *btf = btf__parse(SOURCE_ROOT "/tests/data/kernel_types.btf", NULL);
	int fd = mkstemp(path);
	const void *bytes;
	__u32 length;

	btf__add_str(btf, "any name"); /* from here on it can be changed */
	if (shift)
		shift_structs(btf);
	bytes = btf__raw_data(btf, &length);
	CHECK_EQ(write(fd, bytes, length), length);
	close(fd);
	btf__free(btf);
	return path;
}

static void compare(const struct variant *v)
{
	size_t nr_of_record = 0;
	CHECK(plain.nr < RELOS_MAX);
	CHECK_EQ(shifted.nr, plain.nr);
	for (size_t i = 0; i < plain.nr && i < shifted.nr; i++) {
		const struct relo *a = &plain.list[i], *b = &shifted.list[i];
		bool offset = !strncmp(a->what, "<byte_off>", 10) && a->value >= 0;
		long more = b->value - a->value;

		if (!CHECK(!offset || (more > 0 && more % SHIFT_BYTES == 0)))
			fprintf(stderr, "  %s: %s: %ld, shifted %ld\n", v->name, a->what, a->value, b->value);
		nr_of_record += strstr(a->what, "trace_event_raw_sched_process_exec") && more == SHIFT_BYTES;
	}
	CHECK(v->hook != HOOK_TRACEPOINT || v->object_type == OBJECT_TRACE || nr_of_record > 0);
}

int main(void)
{
	char *types = write_types(false), *later = write_types(true);
	size_t nr = 0;

	for (size_t i = 0; i < nr_variants; i++) {
		read_relocations(&variants[i], types, &plain);
		if (!plain.nr)
			continue;
		read_relocations(&variants[i], later, &shifted);
		compare(&variants[i]);
		nr++;
	}
	unlink(types);
	unlink(later);
	free(types);
	free(later);
	if (!nr)
		SKIP("libbpf relocates nothing here: bpf(2) is refused");
	return test_main();
}
