/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to report/: quantities for people, three digits or so, never wider than UNIT_COLUMNS. */
#ifndef REPORT_UNITS_H
#define REPORT_UNITS_H

#include <stdint.h>

#include "base/buffer.h"

#define UNIT_COLUMNS 6

/* 0, 850us, 2.1ms, 120ms, 1.84s, 12.4s, 3m05s, 2h07m, 3d04h; cut, not rounded. */
void units_append_time(struct buffer *b, uint64_t ns);

/* 0, 512, 1.9K, 412M, 1.1G in units of 1024; cut, not rounded. */
void units_append_bytes(struct buffer *b, uint64_t bytes);

/* 1234567 as 1,234,567. */
void units_append_count(struct buffer *b, uint64_t count);

/* `part` of `whole` in per cent: 0.3, 4.2, 57; 0 where there is no whole. */
void units_append_percent(struct buffer *b, uint64_t part, uint64_t whole);

#endif
