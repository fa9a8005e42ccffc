/* SPDX-License-Identifier: GPL-2.0-only */
/* From tables of fields to a C header that BPF programs and user space share: one text for both sides. */
#ifndef GENERATE_TRACEPOINT_HEADER_H
#define GENERATE_TRACEPOINT_HEADER_H

#include "base/buffer.h"
#include "generate/layout.h"

/*
 * Appends a header for these tracepoints. For each, with PREFIX = layout->prefix: `struct PREFIX__event` of fixed
 * members and bytes behind it; for BPF the type of the context, a decoder per field and PREFIX__event_read; for user
 * space PREFIX__event_print and PREFIX__event_check. Needs libbpf's headers alone; vmlinux.h may be included before.
 */
void tracepoint_print_header(const struct layout *layouts, size_t nr_layouts, struct buffer *out);

/* What follows is for tracepoint_*.c alone. */

/* Whether its bytes stand behind the event, told by a struct tp_span. */
bool tracepoint_has_span(const struct layout_field *f);

/* "__s32" for a number or an item of an array. */
const char *tracepoint_number_type(const struct layout_field *f);

/* The parts that are for the kernel side and for user space. */
void tracepoint_print_kernel(const struct layout *l, struct buffer *out);
void tracepoint_print_user(const struct layout *l, struct buffer *out);

#endif
