/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to eight bytes at a time, for the scans of long texts. Each answer has the top bit set in the bytes that
 * are meant; bits above the first such byte may be wrong, so only "any" and "the first" may be asked of it.
 */
#ifndef BASE_SWAR_H
#define BASE_SWAR_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define SWAR_ONES 0x0101010101010101ULL
#define SWAR_TOPS 0x8080808080808080ULL

/* The byte at the lowest address becomes the lowest byte on every machine. */
static inline uint64_t swar_load(const void *at)
{
	uint64_t x;

	memcpy(&x, at, sizeof(x));
	return le64toh(x);
}

static inline uint64_t swar_equal(uint64_t x, unsigned char byte)
{
	x ^= SWAR_ONES * byte;
	return (x - SWAR_ONES) & ~x & SWAR_TOPS;
}

/* Bytes below `limit`, which is at most 128. */
static inline uint64_t swar_below(uint64_t x, unsigned char limit)
{
	return (x - SWAR_ONES * limit) & ~x & SWAR_TOPS;
}

/* Bytes outside ASCII. */
static inline uint64_t swar_high(uint64_t x)
{
	return x & SWAR_TOPS;
}

/* Index of the first byte meant; the answer must not be 0. */
static inline unsigned int swar_first(uint64_t answer)
{
	return __builtin_ctzll(answer) / 8;
}

#endif
