/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks for unit tests, and nothing else: a failed check prints its place and both values, and the test goes on. Exit
 *status of a test: 0 passed, 1 failed, 77 skipped.
 *
 *	static void numbers_are_digits(void) { CHECK_EQ(f(), 3); }
 *	int main(void) { RUN(numbers_are_digits); return test_main(); }
 */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int check_nr_passed, check_nr_failed;
static const char *check_running = "";

static inline void check_count(bool passed, const char *file, int line)
{
	if (passed) {
		check_nr_passed++;
		return;
	}
	check_nr_failed++;
	fprintf(stderr, "%s:%d: %s: ", file, line, check_running);
}

/* Prints bytes so that each can be told. */
static inline void check_print_bytes(const char *name, const void *bytes, size_t length)
{
	const unsigned char *s = bytes;

	fprintf(stderr, "  %s (%zu): \"", name, length);
	for (size_t i = 0; i < length; i++)
		fprintf(stderr, s[i] >= ' ' && s[i] < 0x7f && s[i] != '\\' ? "%c" : "\\x%02x", s[i]);
	fprintf(stderr, "\"\n");
}

__attribute__((format(printf, 4, 5))) static inline bool check_true(bool passed, const char *file, int line,
								    const char *format, ...)
{
	va_list args;

	check_count(passed, file, line);
	if (passed)
		return true;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

static inline bool check_equal(int64_t actual, int64_t expected, const char *text, const char *file, int line)
{
	return check_true(actual == expected, file, line,
			  "%s is %" PRId64 " (0x%" PRIx64 "), not %" PRId64 " (0x%" PRIx64 ")", text, actual, actual,
			  expected, expected);
}

struct check_place {
	const char *text; /* of the expression */
	const char *file;
	int line;
};

static inline bool check_bytes(const void *actual, size_t length, const void *expected, size_t expected_length,
			       struct check_place place)
{
	bool same = length == expected_length && (length == 0 || !memcmp(actual, expected, length));

	check_count(same, place.file, place.line);
	if (same)
		return true;
	fprintf(stderr, "%s differs\n", place.text);
	check_print_bytes("actual", actual, length);
	check_print_bytes("expected", expected, expected_length);
	return false;
}

static inline bool check_text(const char *actual, const char *expected, struct check_place place)
{
	if (!actual)
		return check_true(false, place.file, place.line, "%s is NULL, not \"%s\"", place.text, expected);
	return check_bytes(actual, strlen(actual), expected, strlen(expected), place);
}

#define CHECK_PLACE(expression) ((struct check_place){#expression, __FILE__, __LINE__})

/* Each is true where the check passed. */
#define CHECK(condition)	     check_true(!!(condition), __FILE__, __LINE__, "%s", #condition)
#define CHECK_EQ(actual, expected)   check_equal((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text(actual, expected, CHECK_PLACE(actual))
#define CHECK_BYTES(actual, length, expected, expected_length)                                                         \
	check_bytes(actual, length, expected, expected_length, CHECK_PLACE(actual))
/* The contents of a struct buffer are these bytes of a literal, NULs in it included. */
#define CHECK_BUFFER(buffer, literal) CHECK_BYTES((buffer)->data, (buffer)->length, literal, sizeof(literal) - 1)

/* Runs a test function; its name stands in what failed. */
#define RUN(function)                                                                                                  \
	do {                                                                                                           \
		check_running = #function;                                                                             \
		function();                                                                                            \
	} while (0)

/* Ends the test program as skipped; for what the machine lacks. */
#define SKIP(...)                                                                                                      \
	do {                                                                                                           \
		fprintf(stderr, "skipped: ");                                                                          \
		fprintf(stderr, __VA_ARGS__);                                                                          \
		fputc('\n', stderr);                                                                                   \
		exit(77);                                                                                              \
	} while (0)

/* What main returns. A test that checked nothing failed. */
static inline int test_main(void)
{
	fprintf(stderr, "%u checks, %u failed\n", check_nr_passed + check_nr_failed, check_nr_failed);
	return check_nr_failed || !check_nr_passed;
}

#endif
