/* SPDX-License-Identifier: GPL-2.0-only */
/* Chunks of memory that never move; see scratch.h. Each new chunk is twice as large as the last. */
#include "schema/scratch.h"

#include <stdint.h>
#include <stdlib.h>

#define CHUNK_BYTES_FIRST ((size_t)4096)
/* A larger chunk is given back at the reset, so that one huge event does not hold its memory for ever. */
#define CHUNK_BYTES_KEPT ((size_t)256 * 1024)

struct scratch_chunk {
	struct scratch_chunk *older;
	size_t capacity; /* bytes of data */
	char data[];
};

char *scratch_grow(struct scratch *s, size_t bytes)
{
	size_t capacity = s->chunk ? s->chunk->capacity * 2 : CHUNK_BYTES_FIRST;
	struct scratch_chunk *chunk;

	if (capacity > CHUNK_BYTES_KEPT)
		capacity = CHUNK_BYTES_KEPT;
	if (capacity < bytes)
		capacity = bytes;
	if (capacity > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = malloc(sizeof(*chunk) + capacity);
	if (!chunk)
		return NULL;
	chunk->older = s->chunk;
	chunk->capacity = capacity;
	s->chunk = chunk;
	s->free = chunk->data + bytes;
	s->room = capacity - bytes;
	return chunk->data;
}

/* Frees a chunk and all older ones. */
static void free_chunks(struct scratch_chunk *chunk)
{
	while (chunk) {
		struct scratch_chunk *older = chunk->older;

		free(chunk);
		chunk = older;
	}
}

void scratch_reset(struct scratch *s)
{
	if (!s->chunk)
		return;
	if (s->chunk->capacity > CHUNK_BYTES_KEPT) {
		scratch_done(s);
		return;
	}
	free_chunks(s->chunk->older);
	s->chunk->older = NULL;
	s->free = s->chunk->data;
	s->room = s->chunk->capacity;
}

void scratch_done(struct scratch *s)
{
	free_chunks(s->chunk);
	*s = (struct scratch){0};
}
