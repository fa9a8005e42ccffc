/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes hold programs, maps, links and perf events of BPF open: found by their descriptors in /proc. */
#ifndef INSPECT_HOLDERS_H
#define INSPECT_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum held_kind {
	HELD_PROGRAM,
	HELD_MAP,
	HELD_LINK,
	HELD_PERF_EVENT, /* has no id */
	HELD_MAX,
};

struct held {
	enum held_kind kind;
	uint32_t id;
	int fd; /* in that process */
	const struct holder *holder;
};

struct holder {
	struct holder *next;
	pid_t pid;
	char comm[16]; /* ended by NUL where it is shorter */
	bool observer; /* its program is called observer, or is the one that asks; not the asking process itself */
};

struct holders {
	struct holder *first;
	struct held *items;
	size_t nr_items, room;
};

/* Looks through /proc; what may not be seen there is left out. Returns 0 or -ENOMEM. */
int holders_find(struct holders *ret);
void holders_done(struct holders *h);

/* The holder with the lowest pid; NULL where there is none. */
const struct holder *holders_of(const struct holders *h, enum held_kind kind, uint32_t id);

/* How many processes hold it. */
size_t holders_count(const struct holders *h, enum held_kind kind, uint32_t id);

/* True where a running observer holds it. */
bool holders_have_observer(const struct holders *h, enum held_kind kind, uint32_t id);

#endif
