/* SPDX-License-Identifier: GPL-2.0-only */
/* Arguments and environment: whole, exact, and those that really run, whoever changes memory meanwhile. */
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

static char *hold;

static struct session *start(void)
{
	hold = make_hold("hold");
	return session_start_default();
}

/* Execs with this list; checks every key, argv among them, against /proc and against the list itself. */
static json_t *check_list(struct session *s, const char *const *argv)
{
	struct child c = child_hold(hold, argv, NULL);
	json_t *e = session_wait_pid(s, c.pid);
	struct strings expected = {(const char **)argv, 0};

	while (argv[expected.nr])
		expected.nr++;
	check_plain(e, c.pid, hold);
	CHECK_STRINGS(e, "argv", expected);
	child_end(&c);
	return e;
}

TEST(argv_empty_arguments)
{
	struct session *s = start();

	check_list(s, LIST(""));
	check_list(s, LIST("", ""));
	check_list(s, LIST(hold, "", "", "a", ""));
	check_list(s, LIST("a", "", "b"));
	session_stop(s);
}

/* Linux before 5.18 leaves the list empty, later ones make it one empty argument: /proc says which. */
TEST(argv_of_no_argument)
{
	struct session *s = start();
	struct child c = child_hold(hold, (const char *const[]){NULL}, NULL);
	json_t *e = session_wait_pid(s, c.pid);

	check_plain(e, c.pid, hold);
	CHECK(json_number(e, "argc") <= 1, "argc %s", json_shown(e, "argc"));
	child_end(&c);
	session_stop(s);
}

/* Each byte alone and all of them together; base64 only where it is needed. */
TEST(argv_every_byte)
{
	struct session *s = start();
	const char **argv = calloc(258, sizeof(*argv));
	char *all = calloc(1, 256);
	json_t *e;

	for (int byte = 1; byte < 256; byte++) {
		argv[byte - 1] = text("%c", byte);
		all[byte - 1] = (char)byte;
	}
	argv[255] = all;
	e = check_list(s, argv);
	CHECK(json_has(e, "argv_b64"), "no exact bytes");
	argv[127] = NULL;
	e = check_list(s, argv);
	CHECK_ABSENT(e, "argv_b64");
	session_stop(s);
}

TEST(argv_utf8_and_what_is_not)
{
	static const char *const good[] = {
		"\xc2\x80",	"\xdf\xbf",	"\xe0\xa0\x80",	    "\xed\x9f\xbf",	"\xee\x80\x80",
		"\xef\xbf\xbd", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", NULL};
	static const char *const bad[] = {"\x80",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xc3",
					  "\xe0\x9f\xbf",
					  "\xed\xa0\x80",
					  "\xed\xbf\xbf",
					  "\xf0\x8f\xbf\xbf",
					  "\xf4\x90\x80\x80",
					  "\xf5\x80\x80\x80",
					  "\xe2\x82",
					  "\xff",
					  "a\xc3(b",
					  NULL};
	struct session *s = start();

	CHECK_ABSENT(check_list(s, good), "argv_b64");
	for (size_t i = 0; bad[i]; i++)
		CHECK(json_has(check_list(s, LIST("good", bad[i])), "argv_b64"), "taken for UTF-8: %s",
		      shown(bad[i], strlen(bad[i])));
	session_stop(s);
}

static void check_length(struct session *s, size_t length)
{
	char *word = memset(calloc(1, length + 1), 'x', length);

	check_list(s, LIST("x", word, "end"));
	free(word);
}

/* An argument of each short length, then lengths around each size at which a copy could be cut in two. */
TEST(argv_of_many_lengths)
{
	struct session *s = start();

	for (size_t length = 1; length < 70; length++)
		check_length(s, length);
	for (size_t power = 128; power <= 65536; power *= 2)
		for (size_t length = power - 8; length <= power + 2; length++)
			check_length(s, length);
	check_length(s, 131071);
	session_stop(s);
}

/* The same with the whole list's length, of many small arguments. */
TEST(argv_of_many_total_lengths)
{
	struct session *s = start();

	for (size_t total = 2048; total <= 32768; total *= 2) {
		for (size_t bytes = total - 3; bytes <= total + 3; bytes++) {
			const char **argv = calloc(bytes / 4 + 2, sizeof(*argv));
			size_t nr = 0;

			while (nr < bytes / 4)
				argv[nr++] = "abc";
			argv[nr - 1] = text("%.*s", (int)(3 + bytes % 4), "abcdef");
			CHECK_NUMBER(check_list(s, argv), "argv_bytes", bytes);
		}
	}
	session_stop(s);
}

TEST(argv_2_megabytes)
{
	struct session *s = start();

	allow_arguments(4 << 20);
	check_list(s, long_list(17, 123361));
	check_list(s, long_list(16, 131071));
	session_stop(s);
}

TEST(argv_100000_arguments)
{
	struct session *s = start();
	json_t *e;

	allow_arguments(4 << 20);
	e = check_list(s, long_list(100000, 12));
	CHECK_NUMBER(e, "argc", 100000);
	CHECK_NUMBER(e, "argv_bytes", 1300000);
	session_stop(s);
}

/* The most that the kernel takes: 6 MiB with the pointers. The ring must be larger. */
TEST(argv_6_megabytes)
{
	struct session *s;

	hold = make_hold("hold");
	s = session_start("--ring", "16M");
	allow_arguments(8 << 20);
	check_list(s, long_list(47, 131000));
	session_stop(s);
}

static bool is_prefix(struct strings whole, struct strings part)
{
	for (size_t i = 0; i < part.nr; i++) {
		if (i >= whole.nr)
			return false;
		if (!strcmp(whole.items[i], part.items[i]))
			continue;
		/* Only the last one may be cut itself. */
		return i + 1 == part.nr && !strncmp(whole.items[i], part.items[i], strlen(part.items[i]));
	}
	return true;
}

static size_t total_bytes(struct strings list)
{
	size_t bytes = 0;

	for (size_t i = 0; i < list.nr; i++)
		bytes += strlen(list.items[i]) + 1;
	return bytes;
}

/* An exec with too many arguments is there, with the counts that are true, the start of the list and the mark. */
static json_t *check_cut(struct session *s, const char **argv, size_t most)
{
	struct child c = child_hold(hold, argv, NULL);
	json_t *e = session_wait_pid(s, c.pid);
	struct strings whole = {argv, 0}, part = json_strings(e, "argv");

	while (argv[whole.nr])
		whole.nr++;
	check_exec(e, &(struct facts){.pid = c.pid, .filename = hold, .other_argv = true});
	CHECK_NUMBER(e, "argc", whole.nr);
	CHECK_NUMBER(e, "argv_bytes", total_bytes(whole));
	CHECK(is_prefix(whole, part), "the arguments are not the first ones: %.300s", json_shown(e, "argv"));
	CHECK(total_bytes(part) <= most + 1 && total_bytes(part) < total_bytes(whole), "%zu bytes of at most %zu",
	      total_bytes(part), most);
	CHECK(json_array_has(e, "truncated", "argv"), "truncated is %s", json_shown(e, "truncated"));
	child_end(&c);
	return e;
}

TEST(argv_cut_by_option)
{
	static const size_t sizes[] = {1, 2, 100, 4096, 65536, 1 << 20};

	hold = make_hold("hold");
	allow_arguments(4 << 20);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct session *s = session_start("--max-argv", text("%zu", sizes[i]));
		struct strings first;

		check_cut(s, long_list(15, 131000), sizes[i]);
		first = json_strings(check_cut(s, long_list(sizes[i] / 4 + 10, 8), sizes[i]), "argv");
		CHECK(total_bytes(first) + 9 >= sizes[i], "only %zu bytes of %zu allowed", total_bytes(first),
		      sizes[i]);
		check_list(s, LIST(""));
		session_stop(s);
	}
}

/* What the ring cannot hold is cut, and neither that event nor one behind it is lost. */
TEST(argv_larger_than_the_ring)
{
	struct session *s;
	const char **argv;

	hold = make_hold("hold");
	s = session_start("--ring", "256K");
	allow_arguments(4 << 20);
	argv = long_list(16, 131000);
	for (int i = 0; i < 20; i++) {
		check_cut(s, argv, 256 * 1024);
		check_list(s, LIST(hold, "short"));
	}
	session_stop(s);
}
