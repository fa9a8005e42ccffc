/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads values as C lays them out in a tracepoint's record. The record may be cut, stale or hostile: nothing is read
 * outside of its part; of a value that is cut what is there is shown.
 */
#include "schema/kind.h"

#include <string.h>

#define LOAD_UNSIGNED(name, c_type)                                                                                    \
	void load_##name(const struct field *f, const struct event *e, const void *at, struct value *ret_value)        \
	{                                                                                                              \
		c_type number;                                                                                         \
                                                                                                                       \
		(void)f, (void)e;                                                                                      \
		memcpy(&number, at, sizeof(number));                                                                   \
		*ret_value = (struct value){.type = VALUE_UINT, .u = number};                                          \
	}
#define LOAD_SIGNED(name, c_type)                                                                                      \
	void load_##name(const struct field *f, const struct event *e, const void *at, struct value *ret_value)        \
	{                                                                                                              \
		c_type number;                                                                                         \
                                                                                                                       \
		(void)f, (void)e;                                                                                      \
		memcpy(&number, at, sizeof(number));                                                                   \
		*ret_value = (struct value){.type = VALUE_SINT, .s = number};                                          \
	}

LOAD_UNSIGNED(u8, uint8_t)
LOAD_UNSIGNED(u16, uint16_t)
LOAD_SIGNED(s8, int8_t)
LOAD_SIGNED(s16, int16_t)
LOAD_SIGNED(s32, int32_t)
LOAD_SIGNED(s64, int64_t)

void load_boolean(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	(void)f, (void)e;
	ret_value->type = VALUE_BOOL;
	ret_value->b = *(const uint8_t *)at;
}

/* Of 4 or 8 bytes. */
void load_pointer(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	uint64_t address = 0;

	(void)e;
	memcpy(&address, at, f->size < sizeof(address) ? f->size : sizeof(address));
	*ret_value = (struct value){.type = VALUE_UINT, .u = address};
}

/* The bytes of a value in place or located, as far as they are there; NULL where they are not. */
static const char *find_bytes(const struct field *f, const struct event *e, const void *at, size_t *ret_length)
{
	size_t size = e->parts[f->part].size, offset;
	uint32_t location;

	if (!f->located) {
		*ret_length = f->size;
		return at;
	}
	memcpy(&location, at, sizeof(location));
	offset = (size_t)f->base + (location & 0xffff);
	if (!location || offset > size)
		return NULL;
	*ret_length = location >> 16 < size - offset ? location >> 16 : size - offset;
	return (const char *)e->parts[f->part].data + offset;
}

void load_chars(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length;
	const char *bytes = find_bytes(f, e, at, &length);

	if (!bytes)
		return;
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = bytes;
	ret_value->text.length = strnlen(bytes, length);
}

void load_integers(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length;
	const char *bytes = find_bytes(f, e, at, &length);

	if (!bytes || !f->item_bytes)
		return;
	ret_value->type = VALUE_INTEGERS;
	ret_value->integers.data = bytes;
	ret_value->integers.nr = length / f->item_bytes;
	ret_value->integers.item_bytes = f->item_bytes;
	ret_value->integers.is_signed = f->item_signed;
}

/* The processors whose bits are set: little-endian words, so bit N lies in byte N / 8. */
void load_cpumask(const struct field *f, const struct event *e, const void *at, struct value *ret_value)
{
	size_t length, nr = 0;
	const char *bytes = find_bytes(f, e, at, &length);
	char *cpus = bytes ? scratch_take(e->scratch, length * 8 * sizeof(uint32_t) + 1) : NULL;

	if (!cpus)
		return;
	for (uint32_t cpu = 0; cpu < length * 8; cpu++) {
		if (!(bytes[cpu / 8] & 1 << cpu % 8))
			continue;
		memcpy(cpus + nr * sizeof(cpu), &cpu, sizeof(cpu));
		nr++;
	}
	ret_value->type = VALUE_INTEGERS;
	ret_value->integers.data = cpus;
	ret_value->integers.nr = nr;
	ret_value->integers.item_bytes = sizeof(uint32_t);
	ret_value->integers.is_signed = false;
}

struct value value_integer(const struct value *v, size_t i)
{
	size_t bytes = v->integers.item_bytes;
	unsigned int shift = 64 - 8 * bytes;
	struct value item = {.type = v->integers.is_signed ? VALUE_SINT : VALUE_UINT};

	memcpy(&item.u, (const char *)v->integers.data + i * bytes, bytes);
	if (v->integers.is_signed)
		item.s = (int64_t)(item.u << shift) >> shift;
	return item;
}
