/* SPDX-License-Identifier: GPL-2.0-only */
/* klog CASE RUNS: runs a program of klog.bpf.c so often and prints lines=N ns=TOTAL; the ring is emptied after each
 * run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "klog_bench.skel.h"
#include "lib/klog/klog_read.h"

#define LINES 1000

static int pass(void *context, void *record, size_t bytes)
{
	(void)context, (void)record, (void)bytes;
	return 0;
}

static struct klog_bench *load(void)
{
	struct klog_bench *skel = klog_bench__open();
	struct klog_table *table;
	const void *object;
	size_t bytes;

	if (!skel)
		return NULL;
	object = klog_bench__elf_bytes(&bytes);
	if (klog_table_open(object, bytes, &table))
		return NULL;
	klog_choose(table, KLOG_INFO,
		    &(struct klog_switches){(unsigned char *)skel->rodata->klog_on, sizeof(skel->rodata->klog_on)});
	klog_table_close(table);
	bpf_map__set_max_entries(skel->maps.klog_ring, 1 << 20);
	return klog_bench__load(skel) ? NULL : skel;
}

int main(int argc, char **argv)
{
	struct klog_bench *skel = argc == 3 ? load() : NULL;
	struct bpf_program *program = skel ? bpf_object__find_program_by_name(skel->obj, argv[1]) : NULL;
	struct ring_buffer *ring;
	unsigned long long ns = 0;
	int runs;

	if (!program) {
		fprintf(stderr, "usage: klog CASE RUNS; CASE is a program of klog.bpf.c\n");
		return EXIT_FAILURE;
	}
	runs = atoi(argv[2]);
	ring = ring_buffer__new(bpf_map__fd(skel->maps.klog_ring), pass, NULL, NULL);
	if (!ring)
		return EXIT_FAILURE;
	for (int i = 0; i < runs; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options);

		if (bpf_prog_test_run_opts(bpf_program__fd(program), &options))
			return EXIT_FAILURE;
		ns += skel->bss->elapsed_ns;
		ring_buffer__consume(ring);
	}
	printf("lines=%d ns=%llu\n", runs * LINES, ns);
	ring_buffer__free(ring);
	klog_bench__destroy(skel);
	return EXIT_SUCCESS;
}
