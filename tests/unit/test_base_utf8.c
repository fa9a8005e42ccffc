/* SPDX-License-Identifier: GPL-2.0-only */
/* base/utf8.h: what is well-formed, what may be shown raw, escapes that can be undone, columns. */
#include <stdint.h>

#include "base/utf8.h"
#include "check.h"

/* Encodes a code point the plain way; returns the bytes. */
static size_t encode(uint32_t code, char *at)
{
	if (code < 0x80) {
		at[0] = code;
		return 1;
	}
	if (code < 0x800) {
		at[0] = 0xc0 | code >> 6;
		at[1] = 0x80 | (code & 0x3f);
		return 2;
	}
	if (code < 0x10000) {
		at[0] = 0xe0 | code >> 12;
		at[1] = 0x80 | (code >> 6 & 0x3f);
		at[2] = 0x80 | (code & 0x3f);
		return 3;
	}
	at[0] = 0xf0 | code >> 18;
	at[1] = 0x80 | (code >> 12 & 0x3f);
	at[2] = 0x80 | (code >> 6 & 0x3f);
	at[3] = 0x80 | (code & 0x3f);
	return 4;
}

static void every_code_point_decodes(void)
{
	unsigned int nr_wrong = 0;

	for (uint32_t code = 0; code <= 0x110000; code++) {
		bool scalar = code < 0xd800 || (code > 0xdfff && code < 0x110000);
		char bytes[4];
		uint32_t decoded;
		size_t length = encode(code, bytes), taken = utf8_decode(bytes, length, &decoded);

		if (scalar ? decoded != code || taken != length : decoded != UTF8_INVALID || taken != 1)
			nr_wrong++;
		if (utf8_valid(bytes, length) != scalar)
			nr_wrong++;
	}
	CHECK_EQ(nr_wrong, 0);
}

/* The well-formed sequences of up to three bytes are exactly the encodings: no other combination decodes. */
static void nothing_else_decodes(void)
{
	unsigned int nr_wrong = 0;

	for (uint32_t i = 0; i < 0x1000000; i++) {
		char bytes[3] = {i >> 16, i >> 8, i}, again[4];
		uint32_t code;
		size_t taken = utf8_decode(bytes, 3, &code);

		if (code != UTF8_INVALID && (encode(code, again) != taken || memcmp(again, bytes, taken)))
			nr_wrong++;
		if (taken < 1 || taken > 3)
			nr_wrong++;
	}
	CHECK_EQ(nr_wrong, 0);
}

static void hidden_ones_are_never_raw(void)
{
	static const uint32_t hidden[] = {
		0,	0x1b,	0x7f,	0x80,	0x9b,	 0x9f,	  0xad,	   0x34f,   0x61c,    0x180e, 0x200b,
		0x200c, 0x200d, 0x200e, 0x200f, 0x2028,	 0x2029,  0x202a,  0x202b,  0x202c,   0x202d, 0x202e,
		0x2060, 0x2061, 0x2066, 0x2067, 0x2068,	 0x2069,  0x206f,  0x3164,  0xe000,   0xfdd0, 0xfe0f,
		0xfeff, 0xfff9, 0xfffb, 0xfffe, 0x1d173, 0xe0001, 0xe0041, 0xf0000, 0x10ffff,
	};
	static const uint32_t shown[] = {' ',	 '~',	 0xa0,	 0xe9,	 0x416,	 0x5d0,	 0x627,
					 0x2010, 0x2026, 0x20ac, 0x3042, 0xac00, 0xfffd, 0x1f600};
	struct buffer b = {0};
	char bytes[5], expected[16];

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		size_t length = encode(hidden[i], bytes);

		CHECK_EQ(utf8_look(hidden[i]), UTF8_HIDDEN);
		b.length = 0;
		buffer_append_visible(&b, bytes, length);
		snprintf(expected, sizeof(expected), hidden[i] < 0x80 ? "\\x%02x" : "\\u{%x}", hidden[i]);
		CHECK_BYTES(b.data, b.length, expected, strlen(expected));
	}
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		size_t length = encode(shown[i], bytes);

		CHECK(utf8_look(shown[i]) != UTF8_HIDDEN);
		b.length = 0;
		buffer_append_visible(&b, bytes, length);
		CHECK_BYTES(b.data, b.length, bytes, length);
	}
	buffer_done(&b);
}

#define VISIBLE(b, literal) ((b)->length = 0, buffer_append_visible(b, literal, sizeof(literal) - 1))

static void samples_become_visible(void)
{
	struct buffer b = {0};

	VISIBLE(&b, "plain");
	CHECK_BUFFER(&b, "plain");
	VISIBLE(&b, "a\nb\tc\rd\x1b[0m\\n\xff\xe2\x82");
	CHECK_BUFFER(&b, "a\\nb\\tc\\rd\\x1b[0m\\\\n\\xff\\xe2\\x82");
	VISIBLE(&b, "\\\\");
	CHECK_BUFFER(&b, "\\\\\\\\");
	/* A mark needs something to stand on: not the start, not an escape. */
	VISIBLE(&b, "\u0301e\u0301\n\u0301");
	CHECK_BUFFER(&b, "\\u{301}e\u0301\\n\\u{301}");
	b.length = 0;
	buffer_append_safe(&b, "a\\b\x7f", 4);
	CHECK_BUFFER(&b, "a\\b\\x7f");
	buffer_done(&b);
}

static unsigned int hex_value(const char *digits, size_t nr_digits)
{
	char text[16] = {0};

	memcpy(text, digits, nr_digits);
	return strtoul(text, NULL, 16);
}

/* Undoes buffer_append_visible by its documentation. */
static size_t undo(const char *text, size_t length, char *bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\\') {
			bytes[n++] = text[i];
			continue;
		}
		switch (text[++i]) {
		case 'n':
			bytes[n++] = '\n';
			break;
		case 't':
			bytes[n++] = '\t';
			break;
		case 'r':
			bytes[n++] = '\r';
			break;
		case '\\':
			bytes[n++] = '\\';
			break;
		case 'x':
			bytes[n++] = hex_value(text + i + 1, 2);
			i += 2;
			break;
		case 'u': {
			const char *end = memchr(text + i, '}', length - i);

			n += encode(hex_value(text + i + 2, end - (text + i + 2)), bytes + n);
			i = end - text;
			break;
		}
		default:
			return SIZE_MAX;
		}
	}
	return n;
}

/* True where nothing in it moves a terminal: valid, and no code point that is to be hidden. */
static bool is_harmless(const char *text, size_t length)
{
	uint32_t code;

	for (size_t i = 0; i < length;) {
		i += utf8_decode(text + i, length - i, &code);
		if (code == UTF8_INVALID || utf8_look(code) == UTF8_HIDDEN)
			return false;
	}
	return true;
}

static void any_bytes_are_harmless_and_come_back(void)
{
	static const char *const pieces[] = {
		"\xe2", "\x80", "\xae",	    "\xe2\x80\xae", "\\",	   "x1b",  "u{202e}",
		"n",	"\n",	"\x1b",	    "\u0301",	    "\xc2\x85",	   "\x85", "\xff",
		"é",	"😀",	"abcdefgh", "\xed\xa0\x80", "\xef\xbb\xbf"};
	struct buffer in = {0}, out = {0};
	char back[4096];
	unsigned int state = 7;

	for (unsigned int round = 0; round < 5000; round++) {
		in.length = out.length = 0;
		for (unsigned int i = 0; i < round % 17; i++) {
			state = state * 1103515245 + 12345;
			buffer_append_text(&in, pieces[(state >> 16) % (sizeof(pieces) / sizeof(pieces[0]))]);
		}
		buffer_append_visible(&out, in.data ? in.data : "", in.length);
		CHECK(is_harmless(out.data, out.length));
		CHECK_BYTES(back, undo(out.data, out.length, back), in.data, in.length);
	}
	buffer_done(&in);
	buffer_done(&out);
}

static void every_byte_at_every_place(void)
{
	struct buffer out = {0};
	char bytes[24], back[64];

	for (unsigned int c = 0; c < 256; c++) {
		for (size_t at = 0; at < sizeof(bytes); at++) {
			memset(bytes, 'x', sizeof(bytes));
			bytes[at] = c;
			out.length = 0;
			buffer_append_visible(&out, bytes, sizeof(bytes));
			CHECK(is_harmless(out.data, out.length));
			CHECK_BYTES(back, undo(out.data, out.length, back), bytes, sizeof(bytes));
		}
	}
	buffer_done(&out);
}

static void columns_are_counted(void)
{
	CHECK_EQ(utf8_columns("", 0), 0);
	CHECK_EQ(utf8_columns("abc", 3), 3);
	CHECK_EQ(utf8_columns("é", 2), 1);
	CHECK_EQ(utf8_columns("e\u0301", 3), 1);
	CHECK_EQ(utf8_columns("漢字", 6), 4);
	CHECK_EQ(utf8_columns("😀", 4), 2);
}

static size_t cut(struct buffer *b, const char *text, size_t columns)
{
	b->length = 0;
	return buffer_append_cut(b, text, strlen(text), columns);
}

static void text_is_cut_at_a_column(void)
{
	struct buffer b = {0};

	CHECK_EQ(cut(&b, "abcdef", 6), 6);
	CHECK_BUFFER(&b, "abcdef");
	CHECK_EQ(cut(&b, "abcdef", 5), 5);
	CHECK_BUFFER(&b, "abcd…");
	CHECK_EQ(cut(&b, "abcdef", 1), 1);
	CHECK_BUFFER(&b, "…");
	CHECK_EQ(cut(&b, "abcdef", 0), 0);
	CHECK_EQ(b.length, 0);
	CHECK_EQ(cut(&b, "", 0), 0);
	CHECK_EQ(b.length, 0);
	/* A wide character that would stand half outside goes as a whole. */
	CHECK_EQ(cut(&b, "漢字漢字", 6), 5);
	CHECK_BUFFER(&b, "漢字…");
	CHECK_EQ(cut(&b, "漢字漢字", 8), 8);
	/* A mark stays with its letter. */
	CHECK_EQ(cut(&b, "ae\u0301x", 3), 3);
	CHECK_BUFFER(&b, "ae\u0301x");
	CHECK_EQ(cut(&b, "ae\u0301xy", 3), 3);
	CHECK_BUFFER(&b, "ae\u0301…");
	buffer_done(&b);
}

int main(void)
{
	RUN(every_code_point_decodes);
	RUN(nothing_else_decodes);
	RUN(hidden_ones_are_never_raw);
	RUN(samples_become_visible);
	RUN(any_bytes_are_harmless_and_come_back);
	RUN(every_byte_at_every_place);
	RUN(columns_are_counted);
	RUN(text_is_cut_at_a_column);
	return test_main();
}
