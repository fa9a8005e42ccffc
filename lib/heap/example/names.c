/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Starts a program and prints the names of those that were seen to start. */
#include <stdio.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#include "names.skel.h"

static int print_name(void *context, void *name, size_t bytes)
{
	(void)context;
	printf("started: %.*s\n", (int)bytes, (const char *)name);
	return 0;
}

int main(void)
{
	struct names *skel = names__open_and_load();
	struct ring_buffer *ring =
		skel ? ring_buffer__new(bpf_map__fd(skel->maps.names), print_name, NULL, NULL) : NULL;

	if (!ring || names__attach(skel)) {
		fprintf(stderr, "cannot load or attach the program; are you root?\n");
		return EXIT_FAILURE;
	}
	if (system("/bin/true"))
		return EXIT_FAILURE;
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
	names__destroy(skel);
	return EXIT_SUCCESS;
}
