/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Starts a program and prints what the BPF program logged: ./first [LEVEL], 1 (error) to 5 (trace). */
#include <stdio.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#include "klog_read.h"
#include "first.skel.h"

static int print_line(void *table, void *record, size_t bytes)
{
	char line[4096];

	if (klog_line(table, record, bytes, line, sizeof(line)) >= 0)
		puts(line);
	return 0;
}

/* Reads the table of lines, and switches on those up to the level. */
static struct klog_table *choose(struct first *skel, enum klog_level level)
{
	struct klog_table *table;
	const void *object;
	size_t bytes;

	object = first__elf_bytes(&bytes);
	if (klog_table_open(object, bytes, &table))
		return NULL;
	klog_choose(table, level,
		    &(struct klog_switches){(unsigned char *)skel->rodata->klog_on, sizeof(skel->rodata->klog_on)});
	return table;
}

int main(int argc, char **argv)
{
	struct first *skel = first__open();
	struct klog_table *table = skel ? choose(skel, argc > 1 ? atoi(argv[1]) : KLOG_INFO) : NULL;
	struct ring_buffer *ring;

	if (!table || first__load(skel) || first__attach(skel)) {
		fprintf(stderr, "cannot load or attach the program; are you root?\n");
		return EXIT_FAILURE;
	}
	ring = ring_buffer__new(bpf_map__fd(skel->maps.klog_ring), print_line, table, NULL);
	if (!ring || system("/bin/true"))
		return EXIT_FAILURE;
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
	klog_table_close(table);
	first__destroy(skel);
	return EXIT_SUCCESS;
}
