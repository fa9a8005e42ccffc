/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what klog wrote: objects and records that are damaged, or made to do harm. Needs no kernel. */
#include <errno.h>

#include "lib/klog/klog_read.h"
#include "tests/unit/check.h"

static char *object;
static size_t nr_object;

static void read_object(void)
{
	const char *folder = getenv("LIB_OBJECTS");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/klog_cases.bpf.o", folder ? folder : ".");
	file = fopen(path, "re");
	object = malloc(1 << 20);
	if (!file || !object)
		SKIP("cannot read '%s'", path);
	nr_object = fread(object, 1, 1 << 20, file);
	fclose(file);
}

static uint64_t draw(uint64_t below)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* A record of this site with any bytes, in memory that ends where it does. */
static void read_any_values(const struct klog_table *t, const struct klog_place *p)
{
	size_t bytes = sizeof(struct klog_record) + draw(600);
	struct klog_record *record = malloc(bytes);
	struct klog_value values[KLOG_ARGS_MAX];
	char line[512], message[64];
	int nr;

	for (size_t i = 0; i < bytes; i++)
		((unsigned char *)record)[i] = draw(3) ? draw(4) : draw(256);
	record->id = KLOG_ID_MAGIC << 48 | (uint64_t)p->number << 32;
	nr = klog_unpack(p, record + 1, bytes - sizeof(*record), values);
	CHECK(nr == -EINVAL || nr == (int)p->nr_args);
	if (nr >= 0)
		klog_message(p, values, nr, message, draw(sizeof(message)));
	nr = klog_line(t, record, draw(4) ? bytes : draw(bytes), line, sizeof(line));
	CHECK(nr < 0 || strlen(line) < sizeof(line));
	for (const char *at = line; nr >= 0 && *at; at++)
		CHECK(*at >= ' ' && *at < 0x7f);
	free(record);
}

static void read_all(const struct klog_table *t)
{
	for (size_t i = 0; i < klog_table_count(t); i++)
		for (int k = 0; k < 5; k++)
			read_any_values(t, klog_table_at(t, i));
}

static void any_record(void)
{
	struct klog_table *t;

	CHECK_EQ(klog_table_open(object, nr_object, &t), 0);
	CHECK(klog_table_count(t) > 30);
	CHECK(!klog_table_at(t, klog_table_count(t)));
	CHECK(!klog_table_find(t, 5) && !klog_table_find(t, KLOG_ID_MAGIC << 48 | 0xffffULL << 32));
	CHECK(!klog_table_program(t, 5));
	read_all(t);
	klog_table_close(t);
}

/* Any byte of the table of sites may be wrong. */
static void damaged_sites(void)
{
	char *first = memmem(object, nr_object, "klog\0\0", 6), *copy = malloc(nr_object);
	int nr_refused = 0;

	CHECK(first != NULL);
	for (int i = 0; first && i < 300; i++) {
		struct klog_table *t;
		int code;

		memcpy(copy, object, nr_object);
		for (int k = draw(4); k >= 0; k--)
			copy[first - object + draw(1500)] = (char)(draw(2) ? draw(256) : (uint64_t) "%*.hsp"[draw(6)]);
		code = klog_table_open(copy, nr_object, &t);
		CHECK(code == 0 || code == -EINVAL);
		nr_refused += code < 0;
		if (code)
			continue;
		read_all(t);
		klog_table_close(t);
	}
	CHECK(nr_refused > 10);
	free(copy);
}

static void cut_objects(void)
{
	struct klog_table *t;

	CHECK_EQ(klog_table_open("", 0, &t), -EINVAL);
	CHECK_EQ(klog_table_open("nothing of ELF", 14, &t), -EINVAL);
	for (size_t bytes = 0; bytes < nr_object; bytes += 1 + draw(200))
		if (!klog_table_open(object, bytes, &t))
			klog_table_close(t);
}

/* The kernel side packs as klog_packing says, the reader takes apart as it reads the format: they agree. */
static void both_sides_pack_alike(void)
{
	static const struct {
		const char *format;
		const char *packing; /* a letter for each argument */
	} rows[] = {
		{"", ""},
		{"%% %%%%", ""},
		{"%d%u%x", "nnn"},
		{"%-5s|%5.3s", "ss"},
		{"%*d", "nn"},
		{"%.*d", "nn"},
		{"%*s", "ns"},
		{"%.*s", "nc"},
		{"%*.*s", "nnc"},
		{"%*ph%*phC%p", "ncncn"},
		{"%pus%pks%pu %pk", "usnn"},
		{"%llu%hhd%zx%c%o%X%i", "nnnnnnn"},
		{"%f", "b"},
		{"%n%e%A", "bbb"},
	};
	static const char letters[] = " nsucb";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t packing = klog_packing(rows[i].format, strlen(rows[i].format) + 1);
		char text[KLOG_ARGS_MAX + 1] = "";

		for (int arg = 0; arg < KLOG_ARGS_MAX && KLOG_PACK_OF(packing, arg); arg++)
			text[arg] = letters[KLOG_PACK_OF(packing, arg)];
		CHECK_TEXT(text, rows[i].packing);
	}
}

int main(void)
{
	read_object();
	RUN(any_record);
	RUN(damaged_sites);
	RUN(cut_objects);
	RUN(both_sides_pack_alike);
	free(object);
	return test_main();
}
