/* SPDX-License-Identifier: GPL-2.0-only */
/* Option tables: what each type reads, where words may stand, and what is said of words that are wrong. */
#include "check.h"

#include <errno.h>

#include "cli/options.h"

struct settings {
	bool flag, other;
	const char *text, *optional;
	struct option_texts texts;
	uint64_t size, duration, count;
	int choice;
};

static int refuse_odd(const char *text, uint64_t number, struct error *err)
{
	return number % 2 ? fail(err, -EINVAL, "'%s' is odd", text) : 0;
}

static const char *const colors[] = {"red", "green", "blue", NULL};

static const struct option_row rows[] = {
	{.name = "flag", .letter = 'f', INTO_FLAG(struct settings, flag), .help = "a flag"},
	{.name = "other", .letter = 'x', INTO_FLAG(struct settings, other), .help = "another flag"},
	{.name = "text", .letter = 't', .argument = "TEXT", INTO_TEXT(struct settings, text), .help = "a text"},
	{.name = "optional", .argument = "LIST", .argument_optional = true, INTO_TEXT(struct settings, optional)},
	{.name = "texts", .letter = 'o', .argument = "TEXT", INTO_TEXTS(struct settings, texts), .help = "texts"},
	{.name = "size",
	 .argument = "SIZE",
	 INTO_SIZE(struct settings, size),
	 .initial = "4K",
	 .least = 16,
	 .most = 1 << 20,
	 .check = refuse_odd,
	 .help = "an even size"},
	{.name = "duration",
	 .argument = "TIME",
	 INTO_DURATION(struct settings, duration),
	 .least = 1,
	 .help = "a time"},
	{.name = "count", .argument = "N", INTO_COUNT(struct settings, count), .least = 1, .help = "a count"},
	{.name = "color",
	 .argument = "WHEN",
	 INTO_CHOICE(struct settings, choice),
	 .choices = colors,
	 .help = "a color"},
};

static const struct option_table table = {rows, sizeof(rows) / sizeof(rows[0]), "tool do", false};
static const struct option_table stopping = {rows, sizeof(rows) / sizeof(rows[0]), "tool do", true};

static char *words[16];

/* Reads a line, its words apart by blanks; the operands are left in `words`. */
static int parse_with(const struct option_table *t, const char *line, struct settings *s, struct error *err)
{
	static char copy[256];
	char *rest = copy, *word;
	int argc = 0;

	snprintf(copy, sizeof(copy), "tool %s", line);
	while ((word = strsep(&rest, " ")))
		words[argc++] = word;
	words[argc] = NULL;
	memset(s, 0, sizeof(*s));
	*err = (struct error){0};
	return options_parse(t, argc, words, s, err);
}

/* True where the line is refused with just these words. */
static bool refused(const char *line, const char *text, const char *hint)
{
	struct settings s;
	struct error err;
	int r = parse_with(&table, line, &s, &err);

	options_done(&table, &s);
	return CHECK_EQ(r, -EINVAL) & CHECK_EQ(err.code, -EINVAL) & CHECK_TEXT(err.text, text) &
	       CHECK_TEXT(err.hint, hint);
}

static void each_type_is_read(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "-f --text=a=b --size 64K --duration 1.5s --count 7 --color blue", &s, &err), 0);
	CHECK(s.flag);
	CHECK(!s.other);
	CHECK_TEXT(s.text, "a=b");
	CHECK(!s.optional);
	CHECK_EQ(s.size, 65536);
	CHECK_EQ(s.duration, 1500000000);
	CHECK_EQ(s.count, 7);
	CHECK_EQ(s.choice, 2);
	options_done(&table, &s);
}

static void what_is_not_given_has_its_initial_value(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "operand", &s, &err), 1);
	CHECK_EQ(s.size, 4096);
	CHECK_EQ(s.count, 0);
	CHECK(!s.text);
	options_done(&table, &s);
}

static void the_last_of_one_option_counts(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "--size 32 -t a --size 64 -tb", &s, &err), 0);
	CHECK_EQ(s.size, 64);
	CHECK_TEXT(s.text, "b");
	options_done(&table, &s);
}

static void a_repeated_option_keeps_all(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "-o a --texts b -fxoc", &s, &err), 0);
	CHECK(s.flag && s.other);
	if (CHECK_EQ(s.texts.nr_items, 3)) {
		CHECK_TEXT(s.texts.items[0], "a");
		CHECK_TEXT(s.texts.items[1], "b");
		CHECK_TEXT(s.texts.items[2], "c");
	}
	options_done(&table, &s);
	CHECK_EQ(s.texts.nr_items, 0);
}

static void an_optional_argument_is_attached(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "--optional word", &s, &err), 1);
	CHECK_TEXT(s.optional, "");
	CHECK_TEXT(words[0], "word");
	CHECK_EQ(parse_with(&table, "--optional=word", &s, &err), 0);
	CHECK_TEXT(s.optional, "word");
}

static void operands_stand_anywhere(void)
{
	struct settings s;
	struct error err;

	/* getopt alone would stop at the first operand here. */
	setenv("POSIXLY_CORRECT", "1", 1);
	CHECK_EQ(parse_with(&table, "one -f two -t x - three", &s, &err), 4);
	unsetenv("POSIXLY_CORRECT");
	CHECK(s.flag);
	CHECK_TEXT(words[0], "one");
	CHECK_TEXT(words[1], "two");
	CHECK_TEXT(words[2], "-");
	CHECK_TEXT(words[3], "three");
}

static void two_dashes_end_the_options(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "one -f -- -x --text", &s, &err), 3);
	CHECK(s.flag);
	CHECK(!s.other);
	CHECK_TEXT(words[1], "-x");
	CHECK_TEXT(words[2], "--text");
}

static void an_operand_can_end_them(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&stopping, "-f make -x --text", &s, &err), 3);
	CHECK(s.flag);
	CHECK(!s.other);
	CHECK_TEXT(words[0], "make");
	CHECK_TEXT(words[1], "-x");
}

static void long_names_can_be_cut(void)
{
	struct settings s;
	struct error err;

	CHECK_EQ(parse_with(&table, "--fl --si=32", &s, &err), 0);
	CHECK(s.flag);
	CHECK_EQ(s.size, 32);
	CHECK(option_find(&table, "flag", 4) == &rows[0]);
	CHECK(option_find(&table, "fla", 3) == &rows[0]);
	CHECK(option_find(&table, "text", 4) == &rows[2]);
	CHECK(!option_find(&table, "o", 1));
	CHECK(!option_find(&table, "flags", 5));
	CHECK(option_find_letter(&table, 't') == &rows[2]);
	CHECK(!option_find_letter(&table, 0));
}

static void unknown_options_are_refused(void)
{
	refused("--colour red", "unknown option '--colour'", "did you mean '--color'?");
	refused("--colour=red", "unknown option '--colour'", "did you mean '--color'?");
	refused("--nothing-alike", "unknown option '--nothing-alike'", "'tool do --help' lists the options");
	refused("-fz", "unknown option '-z'", "'tool do --help' lists the options");
	refused("--o", "ambiguous option '--o': it can be --other, --optional", "");
	refused("--tex", "ambiguous option '--tex': it can be --text, --texts", "");
}

static void arguments_that_lack_or_exceed_are_refused(void)
{
	refused("--size", "option '--size' lacks its argument SIZE", "an even size");
	refused("-f -t", "option '--text' lacks its argument TEXT", "a text");
	refused("--flag=yes", "option '--flag' takes no argument", "write just '--flag'");
}

static void bad_arguments_are_refused(void)
{
	refused("--size 5000000", "option '--size': '5000000' is more than 1M", "an even size");
	refused("--size 8", "option '--size': '8' is less than 16", "an even size");
	refused("--size 33", "option '--size': '33' is odd", "an even size");
	refused("--size 5Q", "option '--size': '5Q' is not a size",
		"a number of bytes, or of units of 1024 with K, M or G behind it: 65536, 64K, 4M");
	refused("--duration 0", "option '--duration': '0' is less than 1ns", "a time");
	refused("--count 0", "option '--count': '0' is less than 1", "a count");
	refused("--count -1", "option '--count': '-1' is not a number", "digits alone, from 0 to 18446744073709551615");
	refused("--color gren", "option '--color': 'gren' is not red, green or blue", "did you mean '--color=green'?");
	refused("--color=", "option '--color': '' is not red, green or blue", "a color");
}

static void descriptions_name_the_default(void)
{
	struct buffer text = {0};

	option_describe(&rows[5], false, &text);
	CHECK_BUFFER(&text, "an even size (default 4K)\0");
	text.length = 0;
	option_describe(&rows[5], true, &text);
	CHECK_BUFFER(&text, "An even size. Default: 4K.\0");
	buffer_done(&text);
}

int main(void)
{
	RUN(each_type_is_read);
	RUN(what_is_not_given_has_its_initial_value);
	RUN(the_last_of_one_option_counts);
	RUN(a_repeated_option_keeps_all);
	RUN(an_optional_argument_is_attached);
	RUN(operands_stand_anywhere);
	RUN(two_dashes_end_the_options);
	RUN(an_operand_can_end_them);
	RUN(long_names_can_be_cut);
	RUN(unknown_options_are_refused);
	RUN(arguments_that_lack_or_exceed_are_refused);
	RUN(bad_arguments_are_refused);
	RUN(descriptions_name_the_default);
	return test_main();
}
