/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers as digits into memory that is there already. Two digits a step from a table: a JSON line holds about 35
 * numbers, so this is where much of its time goes. Nothing here ends what it writes by NUL.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_U64_MAX 20 /* of 18446744073709551615 */
#define DIGITS_HEX_MAX 16

/* "00" "01" ... "99" */
extern const char digits_pairs[201];

/* Writes exactly two digits of a number below 100. */
static inline void digits_put_2(char *at, unsigned int number)
{
	memcpy(at, digits_pairs + 2 * number, 2);
}

/* Writes exactly four digits of a number below 10,000. */
static inline void digits_put_4(char *at, unsigned int number)
{
	digits_put_2(at, number / 100);
	digits_put_2(at + 2, number % 100);
}

/* Writes the number without leading zeros; returns how many digits, at most DIGITS_U64_MAX. */
size_t digits_put_u64(char *at, uint64_t number);

/* Lower case without prefix and leading zeros; returns how many digits, at most DIGITS_HEX_MAX. */
size_t digits_put_hex(char *at, uint64_t number);

#endif
