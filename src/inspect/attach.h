/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to inspect/: where programs are attached, as far as the kernel tells: links, and the perf events of holders.
 */
#ifndef INSPECT_ATTACH_H
#define INSPECT_ATTACH_H

#include <stdint.h>

#include "base/buffer.h"
#include "inspect/holders.h"
#include "inspect/names.h"

struct attachment {
	uint32_t program; /* id */
	bool link;	  /* of a perf event: the holder's descriptor says more */
	char text[160];	  /* "tp_btf sched_process_exec" */
};

struct attachments {
	struct attachment *items;
	size_t nr_items, room;
};

/* Asks all links of the machine and the perf events that are held. What the kernel does not tell is left out. */
int attachments_find(const struct holders *h, struct names *n, struct attachments *ret);
void attachments_done(struct attachments *a);

/* Appends those of a program, with commas between; nothing where there are none. */
void attachments_append(const struct attachments *a, uint32_t program, struct buffer *out);

#endif
