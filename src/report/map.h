/* SPDX-License-Identifier: GPL-2.0-only */
/* A hash table of pointers. Owns neither keys nor values, and never forgets one. */
#ifndef REPORT_MAP_H
#define REPORT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t hash;
	void *value; /* NULL: free */
};

/* All zero is an empty map. */
struct map {
	struct map_slot *slots;
	size_t nr_slots; /* a power of two */
	size_t nr_values;
};

/* Mixes `bytes` into `hash`. Not for keys that an enemy chooses to collide: a collision costs time, nothing else. */
uint64_t map_hash(uint64_t hash, const void *bytes, size_t length);

/* The value of this hash for which `equal` says so; NULL where there is none. */
void *map_find(const struct map *m, uint64_t hash, bool (*equal)(const void *value, const void *key), const void *key);

/* Adds a value that is not in yet. Returns 0 or -ENOMEM. */
int map_add(struct map *m, uint64_t hash, void *value);
void map_done(struct map *m);

#endif
