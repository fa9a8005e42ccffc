/* SPDX-License-Identifier: GPL-2.0-only */
/* base/words.h, base/parse.h and base/glob.h: what people type. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "base/glob.h"
#include "base/parse.h"
#include "base/words.h"
#include "check.h"

static void the_nearest_word_is_found(void)
{
	static const char *const words[] = {"argv",	"argc", "cgroup", "cgroup_id", "comm",
					    "filename", "pid",	"ppid",	  "uid",       NULL};

	CHECK_TEXT(words_nearest("filname", words), "filename");
	CHECK_TEXT(words_nearest("fielname", words), "filename");
	CHECK_TEXT(words_nearest("ARGV", words), "argv");
	CHECK_TEXT(words_nearest("cgroupid", words), "cgroup_id");
	CHECK_TEXT(words_nearest("cmom", words), "comm");
	CHECK_TEXT(words_nearest("pidd", words), "pid");
	CHECK_TEXT(words_nearest("pid", words), "pid");
	CHECK(!words_nearest("zzzz", words));
	CHECK(!words_nearest("", words));
	CHECK(!words_nearest("x", words));
	CHECK(!words_nearest("pid", (const char *const[]){NULL}));
}

static void distance_counts_steps(void)
{
	char longer[WORD_BYTES_MAX + 2], longest[WORD_BYTES_MAX + 1];

	CHECK_EQ(words_distance("", ""), 0);
	CHECK_EQ(words_distance("abc", ""), 6);
	CHECK_EQ(words_distance("abc", "abd"), 2);
	CHECK_EQ(words_distance("abc", "aBc"), 1);
	CHECK_EQ(words_distance("abc", "acb"), 2);
	CHECK_EQ(words_distance("abc", "xabc"), 2);
	CHECK_EQ(words_distance("kitten", "sitting"), 6);
	CHECK_EQ(words_distance("sitting", "kitten"), 6);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	CHECK_EQ(words_distance(longest, ""), 2 * WORD_BYTES_MAX);
	CHECK_EQ(words_distance(longer, "a"), UINT_MAX);
	CHECK_EQ(words_distance("a", longer), UINT_MAX);
}

/* The value, or the error where there is one. */
static int64_t size_of(const char *text)
{
	uint64_t bytes = 12345;
	struct error err = {0};
	int code = parse_size(text, &bytes, &err);

	if (!code)
		return bytes;
	CHECK_EQ(bytes, 12345);
	CHECK_EQ(err.code, code);
	CHECK(strstr(err.text, text));
	return code;
}

static void sizes_are_read(void)
{
	CHECK_EQ(size_of("0"), 0);
	CHECK_EQ(size_of("4096"), 4096);
	CHECK_EQ(size_of("64K"), 65536);
	CHECK_EQ(size_of("64k"), 65536);
	CHECK_EQ(size_of("64KiB"), 65536);
	CHECK_EQ(size_of("4M"), 4 << 20);
	CHECK_EQ(size_of("1G"), 1 << 30);
	CHECK_EQ(size_of("00001"), 1);
	CHECK_EQ(size_of("8589934591G"), 8589934591LL << 30);
	CHECK_EQ(size_of("17179869184G"), -ERANGE);
	CHECK_EQ(size_of("99999999999999999999"), -ERANGE);
	CHECK_EQ(size_of(""), -EINVAL);
	CHECK_EQ(size_of("K"), -EINVAL);
	CHECK_EQ(size_of("-1"), -EINVAL);
	CHECK_EQ(size_of("+1"), -EINVAL);
	CHECK_EQ(size_of(" 1"), -EINVAL);
	CHECK_EQ(size_of("1 "), -EINVAL);
	CHECK_EQ(size_of("1.5M"), -EINVAL);
	CHECK_EQ(size_of("1X"), -EINVAL);
	CHECK_EQ(size_of("0x10"), -EINVAL);
	CHECK_EQ(size_of("64KB"), -EINVAL);
}

static int64_t duration_of(const char *text)
{
	uint64_t ns = 12345;
	struct error err = {0};
	int code = parse_duration(text, &ns, &err);

	if (!code)
		return ns;
	CHECK_EQ(ns, 12345);
	CHECK_EQ(err.code, code);
	CHECK(strstr(err.text, text));
	return code;
}

static void durations_are_read(void)
{
	CHECK_EQ(duration_of("10s"), 10000000000);
	CHECK_EQ(duration_of("10"), 10000000000);
	CHECK_EQ(duration_of("500ms"), 500000000);
	CHECK_EQ(duration_of("250us"), 250000);
	CHECK_EQ(duration_of("7ns"), 7);
	CHECK_EQ(duration_of("2m"), 120000000000);
	CHECK_EQ(duration_of("1h"), 3600000000000);
	CHECK_EQ(duration_of("1.5s"), 1500000000);
	CHECK_EQ(duration_of("0.25m"), 15000000000);
	CHECK_EQ(duration_of("1.25ms"), 1250000);
	CHECK_EQ(duration_of("0.000000001"), 1);
	CHECK_EQ(duration_of("1.0ns"), 1);
	CHECK_EQ(duration_of("1.00000000000000s"), 1000000000);
	CHECK_EQ(duration_of("0"), 0);
	CHECK_EQ(duration_of("0.5ns"), -EINVAL);
	CHECK_EQ(duration_of("0.00000000005s"), -EINVAL);
	CHECK_EQ(duration_of(""), -EINVAL);
	CHECK_EQ(duration_of("s"), -EINVAL);
	CHECK_EQ(duration_of("."), -EINVAL);
	CHECK_EQ(duration_of("1."), -EINVAL);
	CHECK_EQ(duration_of(".5"), -EINVAL);
	CHECK_EQ(duration_of("-1s"), -EINVAL);
	CHECK_EQ(duration_of("1 s"), -EINVAL);
	CHECK_EQ(duration_of("1d"), -EINVAL);
	CHECK_EQ(duration_of("1.5.5s"), -EINVAL);
	CHECK_EQ(duration_of("99999999999h"), -ERANGE);
	CHECK_EQ(duration_of("999999999999999999999ns"), -ERANGE);
}

static void numbers_are_read(void)
{
	uint64_t number = 1;
	struct error err;

	CHECK_EQ(parse_number("10", 10, &number, &err), 0);
	CHECK_EQ(number, 10);
	CHECK_EQ(parse_number("18446744073709551615", UINT64_MAX, &number, &err), 0);
	CHECK_EQ(number, UINT64_MAX);
	CHECK_EQ(parse_number("18446744073709551616", UINT64_MAX, &number, &err), -ERANGE);
	CHECK_EQ(parse_number("11", 10, &number, &err), -ERANGE);
	CHECK_TEXT(err.text, "'11' is too large");
	CHECK_TEXT(err.hint, "the largest value here is 10");
	CHECK_EQ(parse_number("1x", 10, &number, &err), -EINVAL);
	CHECK_EQ(parse_number("", 10, &number, &err), -EINVAL);
	CHECK_EQ(parse_number("-1", 10, &number, NULL), -EINVAL);
	CHECK_EQ(number, UINT64_MAX);
}

static bool matches(const char *pattern, const char *text)
{
	return glob_match(pattern, text, strlen(text));
}

static void patterns_match(void)
{
	char text[5000];

	CHECK(matches("PATH", "PATH") && !matches("PATH", "PATHS") && !matches("PATHS", "PATH"));
	CHECK(matches("*", "") && matches("*", "x") && matches("**", "abc"));
	CHECK(matches("LC_*", "LC_") && matches("LC_*", "LC_ALL") && !matches("LC_*", "XLC_ALL"));
	CHECK(matches("*_ID", "A_ID") && matches("*_ID", "_ID_ID") && !matches("*_ID", "A_ID2"));
	CHECK(matches("a*b*c", "aXbYbZc") && !matches("a*b*c", "aXbYb"));
	CHECK(matches("?", "x") && !matches("?", "") && matches("a?c", "abc"));
	CHECK(matches("", "") && !matches("", "x"));
	/* A literal NUL or star in the text is just a byte. */
	CHECK(glob_match("a?b", "a\0b", 3) && !glob_match("a", "a\0b", 3));
	CHECK(matches("*", "*") && !matches("a", "*"));
	/* Would never end if it were exponential. */
	memset(text, 'a', sizeof(text));
	CHECK(!glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text, sizeof(text)));
}

int main(void)
{
	RUN(the_nearest_word_is_found);
	RUN(distance_counts_steps);
	RUN(sizes_are_read);
	RUN(durations_are_read);
	RUN(numbers_are_read);
	RUN(patterns_match);
	return test_main();
}
