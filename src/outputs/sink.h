/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the bytes of an output go: whole lines collect in a buffer and are written in one go. Counts the events that
 * were written and those that were not, exactly. Knows nothing of events but that an entry may count as one.
 */
#ifndef OUTPUTS_SINK_H
#define OUTPUTS_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Entries and bytes that are held back at most. */
#define SINK_ENTRIES_MAX 2048
#define SINK_BATCH_BYTES ((size_t)128 * 1024)

enum sink_type {
	SINK_REGULAR, /* a file: can be cut back to its last whole line */
	SINK_PIPE,    /* writes of up to PIPE_BUF bytes are whole or not at all */
	SINK_OTHER,
};

struct sink {
	int fd; /* owned by the one who made the sink */
	enum sink_type type;
	bool (*give_up)(void); /* see struct output_settings; may be NULL */
	struct buffer buffer;  /* formats append here, then sink_commit makes an entry of it */
	size_t nr_entries;
	size_t ends[SINK_ENTRIES_MAX];	/* of each entry: bytes from the start of the buffer */
	bool counted[SINK_ENTRIES_MAX]; /* of each entry: it is the line of an event that counts */
	uint64_t nr_written;
	uint64_t nr_unwritten;
	int failure; /* 0, or the -errno that has ended this sink */
};

void sink_init(struct sink *s, int fd, bool (*give_up)(void));
void sink_done(struct sink *s);

/* Closes the file and goes on in `fd`; what is held back goes there too. A failure stays one. */
void sink_move(struct sink *s, int fd);

/*
 * Makes one entry of what was appended to the buffer since it held `begin` bytes. It is dropped (and counted as
 * unwritten) where memory ran out while it was made. Writes out where enough came together. Returns 0 or the failure.
 */
int sink_commit(struct sink *s, size_t begin, bool counted);

/* Writes everything out. Returns 0 or the failure. */
int sink_flush(struct sink *s);

#endif
