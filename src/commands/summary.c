/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the sum. Counts nothing itself. */
#include "commands/summary.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/utf8.h"

uint64_t summary_lost(const struct summary *s)
{
	uint64_t lost = 0;

	for (int i = 0; i < LOSS_CAUSE_MAX; i++)
		lost += s->totals.lost[i];
	return lost;
}

static void append_causes(struct buffer *b, const struct summary *s)
{
	static const char *const names[LOSS_CAUSE_MAX] = {
#define LOSS(name, doc) [LOSS_##name] = #name,
#define LOSS_KERNEL_END
#include "events/losses.h"
#undef LOSS_KERNEL_END
#undef LOSS
	};
	const char *before = " (";

	for (int i = 0; i < LOSS_CAUSE_MAX; i++) {
		if (!s->totals.lost[i])
			continue;
		buffer_printf(b, "%s%s %llu", before, names[i], (unsigned long long)s->totals.lost[i]);
		before = ", ";
	}
	if (*before == ',')
		buffer_append_char(b, ')');
}

/* The next power of two, in the words of --ring. */
static void append_ring_size(struct buffer *b, uint64_t bytes)
{
	uint64_t kib = 4;

	while (kib << 10 < bytes)
		kib <<= 1;
	if (kib >= 1024)
		buffer_printf(b, "%lluM", (unsigned long long)kib >> 10);
	else
		buffer_printf(b, "%lluK", (unsigned long long)kib);
}

static uint64_t told(const struct summary *s)
{
	return s->printed + s->used + s->filtered + s->totals.filtered + s->unread + summary_lost(s) +
	       s->totals.earlier;
}

bool summary_adds_up(const struct summary *s)
{
	return s->complete && told(s) == s->totals.seen;
}

void summary_print(const struct summary *s)
{
	struct buffer b = {};

	buffer_printf(&b, "%s: seen %llu = %s %llu + filtered %llu + lost %llu", s->of,
		      (unsigned long long)s->totals.seen, s->shown ? "printed" : "used",
		      (unsigned long long)(s->printed + s->used),
		      (unsigned long long)(s->filtered + s->totals.filtered), (unsigned long long)summary_lost(s));
	append_causes(&b, s);
	buffer_printf(&b, " + unread %llu", (unsigned long long)s->unread);
	if (s->totals.earlier)
		buffer_printf(&b, " + earlier %llu", (unsigned long long)s->totals.earlier);
	buffer_append_char(&b, '\n');
	if (!summary_adds_up(s))
		buffer_printf(
			&b,
			"observer: the sum does not add up: %lld events are unaccounted for\n"
			"hint: runs of the kernel program had not ended, something else read in its ring, or this "
			"is a bug: please report it\n",
			(long long)(s->totals.seen - told(s)));
	fwrite(b.data, 1, b.length, stderr);
	buffer_done(&b);
}

void summary_print_advice(uint64_t bytes)
{
	struct buffer b = {};

	if (!bytes)
		return;
	buffer_append_text(&b, "hint: --ring ");
	append_ring_size(&b, bytes);
	buffer_append_text(&b, " would have held the longest burst; a faster output or fewer --fields shorten it\n");
	fwrite(b.data, 1, b.length, stderr);
	buffer_done(&b);
}

void summary_print_unwritten(const char *target, uint64_t nr_events)
{
	struct buffer b = {};

	buffer_append_safe(&b, target, strlen(target));
	buffer_printf(&b, ": unwritten %llu\n", (unsigned long long)nr_events);
	fwrite(b.data, 1, b.length, stderr);
	buffer_done(&b);
}
