/* SPDX-License-Identifier: GPL-2.0-only */
/* Open addressing with linear probing, at most half full. */
#include "report/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t map_hash(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (; length >= 8; at += 8, length -= 8) {
		uint64_t word;

		memcpy(&word, at, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
	}
	while (length--)
		hash = (hash ^ *at++) * 0x100000001b3ULL;
	hash ^= hash >> 32;
	return hash * 0xd6e8feb86659fd93ULL;
}

void *map_find(const struct map *m, uint64_t hash, bool (*equal)(const void *value, const void *key), const void *key)
{
	if (!m->nr_slots)
		return NULL;
	for (size_t i = hash & (m->nr_slots - 1); m->slots[i].value; i = (i + 1) & (m->nr_slots - 1)) {
		if (m->slots[i].hash == hash && equal(m->slots[i].value, key))
			return m->slots[i].value;
	}
	return NULL;
}

static void put(struct map_slot *slots, size_t nr_slots, struct map_slot slot)
{
	size_t i = slot.hash & (nr_slots - 1);

	while (slots[i].value)
		i = (i + 1) & (nr_slots - 1);
	slots[i] = slot;
}

static int grow(struct map *m)
{
	size_t nr_slots = m->nr_slots ? m->nr_slots * 2 : 64;
	struct map_slot *slots = calloc(nr_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < m->nr_slots; i++) {
		if (m->slots[i].value)
			put(slots, nr_slots, m->slots[i]);
	}
	free(m->slots);
	m->slots = slots;
	m->nr_slots = nr_slots;
	return 0;
}

int map_add(struct map *m, uint64_t hash, void *value)
{
	if (m->nr_values * 2 >= m->nr_slots && grow(m))
		return -ENOMEM;
	put(m->slots, m->nr_slots, (struct map_slot){hash, value});
	m->nr_values++;
	return 0;
}

void map_done(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}
