/* SPDX-License-Identifier: GPL-2.0-only */
/* base/buffer.h, base/digits.h and base/error.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "check.h"

static void numbers_become_digits(void)
{
	static const uint64_t samples[] = {0,	1,    9,     10,	 99,	     100,	101,
					   999, 1000, 65535, 4294967295, 4294967296, UINT64_MAX};
	struct buffer b = {0};
	char expected[64];

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		b.length = 0;
		buffer_append_u64(&b, samples[i]);
		buffer_append_char(&b, ' ');
		buffer_append_s64(&b, samples[i]);
		buffer_append_char(&b, ' ');
		buffer_append_hex(&b, samples[i]);
		buffer_append_char(&b, '\0');
		snprintf(expected, sizeof(expected), "%" PRIu64 " %" PRId64 " %" PRIx64, samples[i],
			 (int64_t)samples[i], samples[i]);
		CHECK_TEXT(b.data, expected);
	}
	buffer_done(&b);
}

static void every_power_has_its_digits(void)
{
	struct buffer b = {0};
	char expected[32];

	for (uint64_t power = 1;; power *= 10) {
		for (int delta = -1; delta <= 1; delta++) {
			b.length = 0;
			buffer_append_u64(&b, power + delta);
			buffer_append_char(&b, '\0');
			snprintf(expected, sizeof(expected), "%" PRIu64, power + delta);
			CHECK_TEXT(b.data, expected);
		}
		if (power > UINT64_MAX / 10)
			break;
	}
	b.length = 0;
	buffer_append_s64(&b, INT64_MIN);
	CHECK_BUFFER(&b, "-9223372036854775808");
	buffer_done(&b);
}

static void bytes_are_kept_while_it_grows(void)
{
	struct buffer b = {0};
	bool same = true;

	for (unsigned int i = 0; i < 100000; i++)
		buffer_append_char(&b, i);
	CHECK_EQ(b.length, 100000);
	for (unsigned int i = 0; i < 100000; i++)
		same = same && b.data[i] == (char)i;
	CHECK(same);
	CHECK(b.capacity < 400000);
	buffer_done(&b);
	CHECK(!b.data && !b.length && !b.capacity);
	buffer_append_text(&b, "again");
	CHECK_BUFFER(&b, "again");
	buffer_done(&b);
}

static void printf_grows_too(void)
{
	struct buffer b = {0};
	char text[3000];

	memset(text, 'x', sizeof(text));
	buffer_printf(&b, "%s", "");
	CHECK_EQ(b.length, 0);
	buffer_printf(&b, "%d-%s", -5, "a");
	buffer_printf(&b, "%.*s|", (int)sizeof(text), text);
	CHECK_EQ(b.length, 4 + sizeof(text) + 1);
	CHECK(!memcmp(b.data, "-5-ax", 5) && b.data[b.length - 1] == '|');
	CHECK(!b.failed);
	buffer_done(&b);
}

static void too_much_is_marked_and_nothing_lost(void)
{
	struct buffer b = {0};

	buffer_append_text(&b, "kept");
	CHECK(!buffer_reserve(&b, SIZE_MAX));
	CHECK(!buffer_reserve(&b, SIZE_MAX / 2));
	CHECK(b.failed);
	CHECK_BUFFER(&b, "kept");
	buffer_done(&b);
	CHECK(!b.failed);
}

static void an_error_has_text_and_hint(void)
{
	struct error err = {0};
	char text[3000];

	CHECK_EQ(fail(&err, -ENOENT, "cannot open '%s'", "x"), -ENOENT);
	CHECK_EQ(err.code, -ENOENT);
	CHECK_TEXT(err.text, "cannot open 'x'");
	CHECK_EQ(fail_hint(&err, "try %d", 2), -ENOENT);
	CHECK_TEXT(err.hint, "try 2");
	/* Describing an error by itself adds to it. */
	fail(&err, -EIO, "again: %s", err.text);
	CHECK_TEXT(err.text, "again: cannot open 'x'");
	CHECK_TEXT(err.hint, "");
	CHECK_EQ(fail(NULL, -EPERM, "nobody listens"), -EPERM);
	CHECK(fail_hint(NULL, "nobody listens") < 0);
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fail(&err, -EIO, "%s", text);
	fail_hint(&err, "%s", text);
	CHECK_EQ(strlen(err.text), sizeof(err.text) - 1);
	CHECK_EQ(strlen(err.hint), sizeof(err.hint) - 1);
}

/* What error_print writes to standard error, ended by NUL. */
static const char *printed(const struct error *err, char text[static 1024])
{
	int pipe_fds[2], saved = dup(STDERR_FILENO);
	ssize_t length;

	if (pipe(pipe_fds) || saved < 0)
		exit(1);
	dup2(pipe_fds[1], STDERR_FILENO);
	close(pipe_fds[1]);
	error_print(err);
	dup2(saved, STDERR_FILENO);
	close(saved);
	length = read(pipe_fds[0], text, 1023);
	text[length < 0 ? 0 : length] = '\0';
	close(pipe_fds[0]);
	return text;
}

static void printing_is_fit_for_a_terminal(void)
{
	struct error err = {0};
	char text[1024];

	CHECK_TEXT(printed(&err, text), "");
	fail(&err, -ENOENT, "cannot open '%s'", "a\nb\x1b[31m\\\xff");
	CHECK_TEXT(printed(&err, text), "observer: cannot open 'a\\nb\\x1b[31m\\\\xff'\n");
	fail_hint(&err, "look\r");
	CHECK_TEXT(printed(&err, text), "observer: cannot open 'a\\nb\\x1b[31m\\\\xff'\nhint: look\\r\n");
}

int main(void)
{
	RUN(numbers_become_digits);
	RUN(every_power_has_its_digits);
	RUN(bytes_are_kept_while_it_grows);
	RUN(printf_grows_too);
	RUN(too_much_is_marked_and_nothing_lost);
	RUN(an_error_has_text_and_hint);
	RUN(printing_is_fit_for_a_terminal);
	return test_main();
}
