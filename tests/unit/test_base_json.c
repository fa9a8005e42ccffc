/* SPDX-License-Identifier: GPL-2.0-only */
/* base/json.h: strings of every shape, checked against a second, slow reading of RFC 8259 and of the Unicode Standard.
 */
#include <stdint.h>

#include "base/json.h"
#include "base/utf8.h"
#include "check.h"

struct sample {
	const char *bytes;
	size_t length;
	const char *json;
	bool valid;
};
#define SAMPLE(bytes, json, valid)                                                                                     \
	{                                                                                                              \
		bytes, sizeof(bytes) - 1, json, valid                                                                  \
	}
#define FFFD "\xef\xbf\xbd"

static const struct sample samples[] = {
	SAMPLE("", "\"\"", true),
	SAMPLE("plain", "\"plain\"", true),
	SAMPLE("a \"quoted\" \\ word", "\"a \\\"quoted\\\" \\\\ word\"", true),
	SAMPLE("\b\t\n\f\r\x01\x1f\x7f", "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"", true),
	SAMPLE("a\0b", "\"a\\u0000b\"", true),
	SAMPLE("12345678\n12345678\"1234567\\", "\"12345678\\n12345678\\\"1234567\\\\\"", true),
	SAMPLE("Ünïcödé ☃ 😀", "\"Ünïcödé ☃ 😀\"", true),
	SAMPLE("\xff", "\"" FFFD "\"", false),
	SAMPLE("a\x80z", "\"a" FFFD "z\"", false),
	/* Overlong, surrogate, beyond the last code point: each byte is a part of its own. */
	SAMPLE("\xc0\xaf", "\"" FFFD FFFD "\"", false),
	SAMPLE("\xe0\x80\xaf", "\"" FFFD FFFD FFFD "\"", false),
	SAMPLE("\xed\xa0\x80", "\"" FFFD FFFD FFFD "\"", false),
	SAMPLE("\xf4\x90\x80\x80", "\"" FFFD FFFD FFFD FFFD "\"", false),
	SAMPLE("\xf0\x8f\xbf\xbf", "\"" FFFD FFFD FFFD FFFD "\"", false),
	/* Cut sequences: the part that could have gone on is one. */
	SAMPLE("\xe2\x82", "\"" FFFD "\"", false),
	SAMPLE("\xf0\x9f\x98", "\"" FFFD "\"", false),
	SAMPLE("\xf0\x9f\x98z", "\"" FFFD "z\"", false),
	SAMPLE("\xc3", "\"" FFFD "\"", false),
	/* The example of the Unicode Standard, table 3-11. */
	SAMPLE("a\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", "\"a" FFFD FFFD FFFD "b" FFFD "c" FFFD FFFD "d\"",
	       false),
	SAMPLE("\xef\xbf\xbd", "\"" FFFD "\"", true),
};

static void samples_become_json(void)
{
	struct buffer b = {0};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		b.length = 0;
		CHECK_EQ(json_append_string(&b, samples[i].bytes, samples[i].length), samples[i].valid);
		CHECK_EQ(utf8_valid(samples[i].bytes, samples[i].length), samples[i].valid);
		CHECK_BYTES(b.data, b.length, samples[i].json, strlen(samples[i].json));
	}
	buffer_done(&b);
}

/* Reads back one JSON string that json_append_string wrote; returns the bytes read, or SIZE_MAX where it is no such
 * string. */
static size_t read_back(const char *json, size_t length, char *bytes)
{
	size_t n = 0;

	if (length < 2 || json[0] != '"' || json[length - 1] != '"')
		return SIZE_MAX;
	for (size_t i = 1; i < length - 1; i++) {
		unsigned char c = json[i];
		const char *at;

		if (c < ' ' || c == '"')
			return SIZE_MAX;
		if (c != '\\') {
			bytes[n++] = c;
			continue;
		}
		c = json[++i];
		if (c == 'u') {
			unsigned int code;

			if (sscanf(json + i + 1, "%4x", &code) != 1 || code > 0x1f)
				return SIZE_MAX;
			bytes[n++] = code;
			i += 4;
			continue;
		}
		at = strchr("b\bt\tn\nf\fr\r\"\"\\\\", c);
		if (!c || !at)
			return SIZE_MAX;
		bytes[n++] = at[1];
	}
	return n;
}

/* Every byte at every place within a long word and within a short one. */
static void every_byte_survives_everywhere(void)
{
	struct buffer b = {0};
	char bytes[40], back[400];

	for (unsigned int c = 0; c < 0x80; c++) {
		for (size_t length = 1; length <= sizeof(bytes); length += 13) {
			for (size_t at = 0; at < length; at++) {
				memset(bytes, 'x', length);
				bytes[at] = c;
				b.length = 0;
				CHECK(json_append_string(&b, bytes, length));
				CHECK_BYTES(back, read_back(b.data, b.length, back), bytes, length);
			}
		}
	}
	buffer_done(&b);
}

static void bad_bytes_are_found_everywhere(void)
{
	struct buffer b = {0};
	char bytes[40];

	for (unsigned int c = 0x80; c < 0x100; c++) {
		for (size_t at = 0; at < sizeof(bytes); at++) {
			memset(bytes, 'x', sizeof(bytes));
			bytes[at] = c;
			b.length = 0;
			CHECK(!json_append_string(&b, bytes, sizeof(bytes)));
			CHECK_EQ(b.length, sizeof(bytes) + 2 + 2);
			CHECK(utf8_valid(b.data, b.length));
		}
	}
	buffer_done(&b);
}

static void random_bytes_stay_valid_json(void)
{
	static const unsigned char favourites[] = {0xe2, 0x80, 0xbf, 0xf0, 0x9f, 0xc3,
						   0xed, 0xa0, '"',  '\\', '\n', 'a'};
	struct buffer b = {0};
	char bytes[64], back[512];
	unsigned int state = 1;

	for (unsigned int round = 0; round < 20000; round++) {
		size_t length = round % sizeof(bytes);
		bool valid;

		for (size_t i = 0; i < length; i++) {
			state = state * 1103515245 + 12345;
			bytes[i] = favourites[(state >> 16) % sizeof(favourites)];
		}
		b.length = 0;
		valid = json_append_string(&b, bytes, length);
		if (!utf8_valid(b.data, b.length) || valid != utf8_valid(bytes, length))
			CHECK(!"valid UTF-8 out, and the right answer");
		if (read_back(b.data, b.length, back) == SIZE_MAX)
			CHECK(!"a JSON string out");
		if (valid)
			CHECK_BYTES(back, read_back(b.data, b.length, back), bytes, length);
	}
	buffer_done(&b);
}

static void base64_has_its_padding(void)
{
	/* RFC 4648, section 10. */
	static const char *const vectors[][2] = {
		{"", "\"\""},
		{"f", "\"Zg==\""},
		{"fo", "\"Zm8=\""},
		{"foo", "\"Zm9v\""},
		{"foob", "\"Zm9vYg==\""},
		{"fooba", "\"Zm9vYmE=\""},
		{"foobar", "\"Zm9vYmFy\""},
		{"\xff\xfe\xfd", "\"//79\""},
		{"\xfb\xef", "\"++8=\""},
	};
	struct buffer b = {0};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		b.length = 0;
		json_append_base64(&b, vectors[i][0], strlen(vectors[i][0]));
		CHECK_BYTES(b.data, b.length, vectors[i][1], strlen(vectors[i][1]));
	}
	buffer_done(&b);
}

int main(void)
{
	RUN(samples_become_json);
	RUN(every_byte_survives_everywhere);
	RUN(bad_bytes_are_found_everywhere);
	RUN(random_bytes_stay_valid_json);
	RUN(base64_has_its_padding);
	return test_main();
}
