/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of utf8.h that knows how each code point shows itself. The libc is not asked: its answer depends on the
 * locale. */
#include "base/utf8.h"

struct look_range {
	uint32_t first;
	uint32_t last : 24;
	uint32_t look : 8;
};

static const struct look_range look_ranges[] = {
#define RANGE(first, last, look) {first, last, UTF8_##look},
#include "base/unicode_ranges.h"
#undef RANGE
};

/* Last code point of the ranges: above there are only tags, variation selectors and private use. */
#define LAST_RANGED 0xdffff

static enum utf8_look find_look(uint32_t code)
{
	size_t low = 0, high = sizeof(look_ranges) / sizeof(look_ranges[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (code < look_ranges[middle].first)
			high = middle;
		else if (code > look_ranges[middle].last)
			low = middle + 1;
		else
			return look_ranges[middle].look;
	}
	return UTF8_NARROW;
}

enum utf8_look utf8_look(uint32_t code)
{
	if (code < 0x80)
		return code < ' ' || code == 0x7f ? UTF8_HIDDEN : UTF8_NARROW;
	return code > LAST_RANGED ? UTF8_HIDDEN : find_look(code);
}
