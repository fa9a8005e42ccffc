/* SPDX-License-Identifier: GPL-2.0-only */
/* Joining pieces with their records: in order, with a hole, with none, and what belongs to others. */
#include "capture/assemble.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/check.h"

struct piece_bytes {
	struct piece piece;
	char data[8];
};

static void add(struct assemble *a, uint64_t seq, uint32_t offset, const char *text)
{
	struct piece_bytes p = {
		.piece.header = {.cpu = 1, .seq = seq, .type = RECORD_PIECE},
		.piece.of = RECORD_exec,
		.piece.row = EXEC_argv,
		.piece.length = strlen(text),
		.piece.offset = offset,
	};

	memcpy((char *)&p + sizeof(p.piece), text, strlen(text));
	assemble_add(a, &p.piece, sizeof(p));
}

/* Takes the record of event `seq`, whose tail is "tail"; the joined row is copied to `ret_text`. Returns whether it was
 * cut. */
static bool take(struct assemble *a, uint64_t seq, char ret_text[64])
{
	struct {
		struct exec_event event;
		char tail[4];
	} r = {.event = {.header = {.cpu = 1, .seq = seq, .type = RECORD_exec}, .spilled = ROW_BIT(EXEC_argv)}};
	size_t bytes = sizeof(struct exec_event) + 4;
	const struct exec_event *e;

	r.event.argv = (struct span){.offset = sizeof(r.event), .length = 4};
	memcpy((char *)&r + sizeof(r.event), "tail", 4);
	e = (const struct exec_event *)assemble_take(a, &r.event.header, &bytes);
	CHECK(e && e->argv.offset + e->argv.length <= bytes && e->argv.length < 64);
	memset(ret_text, 0, 64);
	memcpy(ret_text, (const char *)e + e->argv.offset, e->argv.length);
	return e->truncated & ROW_BIT(EXEC_argv);
}

static void pieces_come_before_the_tail(void)
{
	struct assemble a = {0};
	char text[64];

	add(&a, 7, 0, "AAAA");
	add(&a, 8, 0, "other");
	add(&a, 7, 4, "BB");
	CHECK(!take(&a, 7, text));
	CHECK_TEXT(text, "AAAABBtail");
	CHECK(!take(&a, 8, text));
	CHECK_TEXT(text, "othertail");
	assemble_close(&a);
}

static void a_hole_is_a_cut(void)
{
	struct assemble a = {0};
	char text[64];

	add(&a, 7, 4, "BB");
	CHECK(take(&a, 7, text));
	CHECK_TEXT(text, "BBtail");
	add(&a, 8, 0, "AA");
	add(&a, 8, 6, "CC");
	CHECK(take(&a, 8, text));
	CHECK(take(&a, 9, text));
	CHECK_TEXT(text, "tail");
	assemble_close(&a);
}

static void damaged_ones_are_dropped(void)
{
	struct piece_bytes p = {.piece = {.of = RECORD_exec, .row = EXEC_argv, .length = 9}};
	struct exec_event e = {.header.type = RECORD_exec};
	struct assemble a = {0};
	size_t bytes = sizeof(e) - 1;

	assemble_add(&a, &p.piece, sizeof(p));
	assemble_add(&a, &p.piece, sizeof(p.piece) - 1);
	CHECK(!a.waiting);
	CHECK(!assemble_take(&a, &e.header, &bytes));
	bytes = sizeof(e);
	CHECK(assemble_take(&a, &e.header, &bytes) == &e.header);
	assemble_close(&a);
}

int main(void)
{
	RUN(pieces_come_before_the_tail);
	RUN(a_hole_is_a_cut);
	RUN(damaged_ones_are_dropped);
	return test_main();
}
