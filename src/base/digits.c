/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers as digits. */
#include "base/digits.h"

#define TENS(t) t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"
const char digits_pairs[201] =
	TENS("0") TENS("1") TENS("2") TENS("3") TENS("4") TENS("5") TENS("6") TENS("7") TENS("8") TENS("9");

size_t digits_put_u64(char *at, uint64_t number)
{
	char digits[DIGITS_U64_MAX];
	char *end = digits + sizeof(digits), *first = end;
	size_t length;

	while (number >= 100) {
		first -= 2;
		digits_put_2(first, number % 100);
		number /= 100;
	}
	if (number >= 10) {
		first -= 2;
		digits_put_2(first, number);
	} else {
		*--first = '0' + number;
	}
	length = end - first;
	memcpy(at, first, length);
	return length;
}

size_t digits_put_hex(char *at, uint64_t number)
{
	unsigned int nr_bits = 64 - __builtin_clzll(number | 1);
	size_t length = (nr_bits + 3) / 4;

	for (size_t i = length; i--; number >>= 4)
		at[i] = "0123456789abcdef"[number & 15];
	return length;
}
