/* SPDX-License-Identifier: GPL-2.0-only */
/* Values out of JSON events. Its own base64 and UTF-8 readers: the program's are under test. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "json.h"

bool json_has(const json_t *e, const char *key)
{
	return json_object_get(e, key) != NULL;
}

char *json_shown(const json_t *e, const char *key)
{
	json_t *value = json_object_get(e, key);
	char *dumped = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	return dumped ? shown(dumped, strlen(dumped)) : text("(absent)");
}

uint64_t json_number(const json_t *e, const char *key)
{
	json_t *value = json_object_get(e, key);

	CHECK(json_is_integer(value), "key '%s' is not an integer: %s", key, json_shown(e, key));
	return (uint64_t)json_integer_value(value);
}

const char *json_text(const json_t *e, const char *key)
{
	return json_string_value(json_object_get(e, key));
}

uint64_t json_hex(const json_t *e, const char *key)
{
	const char *digits = json_text(e, key);
	char *end = NULL;
	uint64_t number = digits ? strtoull(digits, &end, 16) : 0;

	CHECK(digits && *digits && !*end, "key '%s' is no hexadecimal text: %s", key, json_shown(e, key));
	return number;
}

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static struct bytes base64_decode(const char *encoded)
{
	size_t length = strlen(encoded), used = 0;
	char *out = calloc(1, length + 1);
	unsigned int bits = 0, held = 0;

	CHECK(length % 4 == 0, "base64 of %zu characters", length);
	for (size_t i = 0; i < length && encoded[i] != '='; i++) {
		int digit = base64_digit(encoded[i]);

		if (!CHECK(digit >= 0, "'%c' is no base64", encoded[i]))
			break;
		held = held << 6 | (unsigned int)digit;
		bits += 6;
		if (bits >= 8)
			out[used++] = (char)(held >> (bits -= 8));
	}
	return (struct bytes){out, used};
}

static struct bytes bytes_of(const json_t *string)
{
	return (struct bytes){json_string_value(string), json_string_length(string)};
}

struct bytes json_bytes(const json_t *e, const char *key)
{
	const char *encoded = json_text(e, text("%s_b64", key));

	return encoded ? base64_decode(encoded) : bytes_of(json_object_get(e, key));
}

struct strings json_strings(const json_t *e, const char *key)
{
	json_t *array = json_object_get(e, text("%s_b64", key)), *item;
	bool encoded = array != NULL;
	struct strings list = {0};
	size_t i;

	if (!array)
		array = json_object_get(e, key);
	if (!CHECK(json_is_array(array), "key '%s' is no array: %s", key, json_shown(e, key)))
		return list;
	list.items = calloc(json_array_size(array) + 1, sizeof(*list.items));
	json_array_foreach(array, i, item)
	{
		const char *value = json_string_value(item);

		CHECK(value, "element %zu of '%s' is no string", i, key);
		list.items[list.nr++] = !value ? "" : encoded ? base64_decode(value).data : value;
	}
	return list;
}

bool json_array_has(const json_t *e, const char *key, const char *value)
{
	json_t *array = json_object_get(e, key), *item;
	size_t i;

	json_array_foreach(array, i, item)
	{
		const char *found = json_string_value(item);

		if (found && !strcmp(found, value))
			return true;
	}
	return false;
}

bool check_number(const json_t *e, const char *key, unsigned long long expected, const char *file, int line)
{
	json_t *value = json_object_get(e, key);

	return test_check(json_is_integer(value) && (unsigned long long)json_integer_value(value) == expected, file,
			  line, key, "is %s, expected %llu", json_shown(e, key), expected);
}

bool check_json_text(const json_t *e, const char *key, const char *expected, const char *file, int line)
{
	struct bytes actual = json_bytes(e, key);

	if (expected && actual.data)
		CHECK(strlen(actual.data) == actual.length, "a NUL in '%s'", key);
	return test_check_text(actual.data, expected, file, line, key);
}

bool check_flag(const json_t *e, const char *key, bool expected, const char *file, int line)
{
	json_t *value = json_object_get(e, key);

	return test_check(json_is_boolean(value) && json_is_true(value) == expected, file, line, key,
			  "is %s, expected %s", json_shown(e, key), expected ? "true" : "false");
}

bool check_strings(const json_t *e, const char *key, struct strings expected, const char *file, int line)
{
	struct strings actual = json_strings(e, key);
	size_t i = 0;

	while (i < actual.nr && i < expected.nr && !strcmp(actual.items[i], expected.items[i]))
		i++;
	if (i == actual.nr && i == expected.nr)
		return true;
	return test_check(false, file, line, key, "%zu strings, expected %zu; number %zu is '%s', expected '%s'",
			  actual.nr, expected.nr, i,
			  i < actual.nr ? shown(actual.items[i], strlen(actual.items[i])) : "(none)",
			  i < expected.nr ? shown(expected.items[i], strlen(expected.items[i])) : "(none)");
}

/* Length of the well-formed sequence at `s` (Unicode 15, table 3-7), 0 where there is none. */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char first_low, first_high, second_low, second_high;
		size_t length;
	} rows[] = {
		{0x00, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (s[0] < rows[i].first_low || s[0] > rows[i].first_high)
			continue;
		if (left < rows[i].length)
			return 0;
		if (rows[i].length > 1 && (s[1] < rows[i].second_low || s[1] > rows[i].second_high))
			return 0;
		for (size_t j = 2; j < rows[i].length; j++)
			if (s[j] < 0x80 || s[j] > 0xbf)
				return 0;
		return rows[i].length;
	}
	return 0;
}

bool utf8_valid(const char *data, size_t length)
{
	size_t at = 0;

	while (at < length) {
		size_t step = utf8_sequence((const unsigned char *)data + at, length - at);

		if (!step)
			return false;
		at += step;
	}
	return true;
}

static void check_one_encoding(const char *key, const json_t *shown_value, const json_t *encoded, bool *ret_bad)
{
	struct bytes exact = base64_decode(json_string_value(encoded) ? json_string_value(encoded) : "!");
	const char *value = json_string_value(shown_value);

	if (utf8_valid(exact.data, exact.length)) {
		CHECK(value && !strcmp(value, exact.data), "'%s' and its base64 differ: '%s' and '%s'", key, value,
		      shown(exact.data, exact.length));
		return;
	}
	*ret_bad = true;
	CHECK(value && strstr(value, "\xef\xbf\xbd"), "'%s' shows no U+FFFD for its bad bytes", key);
}

void check_encoding(const json_t *e)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)e, key, value)
	{
		size_t length = strlen(key);
		char *plain_key;
		json_t *plain, *item;
		bool bad = false;
		size_t i;

		if (length < 5 || strcmp(key + length - 4, "_b64") != 0)
			continue;
		plain_key = text("%.*s", (int)length - 4, key);
		plain = json_object_get(e, plain_key);
		CHECK(plain, "'%s' without '%s'", key, plain_key);
		if (json_is_array(value)) {
			CHECK_EQ(json_array_size(value), json_array_size(plain));
			json_array_foreach(value, i, item)
				check_one_encoding(plain_key, json_array_get(plain, i), item, &bad);
		} else {
			check_one_encoding(plain_key, plain, value, &bad);
		}
		CHECK(bad, "'%s' is there though every byte is UTF-8", key);
	}
}
