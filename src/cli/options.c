/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines into settings, by the rows of a table on top of getopt_long. Says what is wrong; prints nothing. */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/words.h"

/* getopt's code of a long option is its row number plus this: beyond every letter and getopt's own 0 and 1. */
#define CODE_ROWS 256
/* getopt's code of an operand, by the leading '-' of the letters. */
#define CODE_OPERAND 1

static bool starts_with(const char *text, const char *start, size_t length)
{
	return strncmp(text, start, length) == 0;
}

const struct option_row *option_find(const struct option_table *table, const char *name, size_t length)
{
	const struct option_row *found = NULL;

	for (const struct option_row *row = table->rows; row < table->rows + table->nr_rows; row++) {
		if (!starts_with(row->name, name, length))
			continue;
		if (!row->name[length])
			return row;
		if (found)
			return NULL;
		found = row;
	}
	return found;
}

const struct option_row *option_find_letter(const struct option_table *table, char letter)
{
	for (size_t i = 0; letter && i < table->nr_rows; i++)
		if (table->rows[i].letter == letter)
			return &table->rows[i];
	return NULL;
}

void option_list_words(const struct option_row *row, struct buffer *words)
{
	if (row->list_words)
		row->list_words(words);
	for (size_t i = 0; row->choices && row->choices[i]; i++) {
		buffer_append_text(words, row->choices[i]);
		buffer_append_char(words, '\n');
	}
}

void option_describe(const struct option_row *row, bool whole, struct buffer *text)
{
	size_t start = text->length;

	buffer_append_text(text, whole && row->doc ? row->doc : row->help);
	if (whole && !row->doc && !text->failed) {
		text->data[start] = (char)toupper((unsigned char)text->data[start]);
		buffer_append_char(text, '.');
	}
	if (row->initial)
		buffer_printf(text, whole ? " Default: %s." : " (default %s)", row->initial);
	buffer_append_char(text, '\0');
}

/* Names the option in front of what is wrong with its argument; keeps the hint of `inner`, if there is one. */
static int fail_argument(const struct option_row *row, const struct error *inner, struct error *err)
{
	fail(err, -EINVAL, "option '--%s': %s", row->name, inner->text);
	return fail_hint(err, "%s", inner->hint[0] ? inner->hint : row->help);
}

static int parse_choice(const struct option_row *row, const char *text, int *ret_choice, struct error *err)
{
	_cleanup_buffer_ struct buffer list = {0};
	const char *near = words_nearest(text, row->choices);

	for (int i = 0; row->choices[i]; i++) {
		if (strcmp(row->choices[i], text) == 0) {
			*ret_choice = i;
			return 0;
		}
		buffer_printf(&list, "%s%s", !i ? "" : row->choices[i + 1] ? ", " : " or ", row->choices[i]);
	}
	fail(err, -EINVAL, "'%s' is not %.*s", text, (int)list.length, list.data);
	return near ? fail_hint(err, "did you mean '--%s=%s'?", row->name, near) : -EINVAL;
}

/* A limit in the words of its type: sizes with the largest unit that divides them. */
static void print_limit(const struct option_row *row, uint64_t limit, char *text, size_t size)
{
	static const char *const units[] = {"", "K", "M", "G"};
	size_t unit = 0;

	while (row->type == OPTION_SIZE && limit && limit % 1024 == 0 && unit < 3) {
		limit /= 1024;
		unit++;
	}
	snprintf(text, size, "%" PRIu64 "%s", limit, row->type == OPTION_DURATION ? "ns" : units[unit]);
}

static int parse_by_type(const struct option_row *row, const char *text, uint64_t *ret_number, struct error *err)
{
	if (row->type == OPTION_SIZE)
		return parse_size(text, ret_number, err);
	if (row->type == OPTION_DURATION)
		return parse_duration(text, ret_number, err);
	return parse_number(text, row->most ? row->most : UINT64_MAX, ret_number, err);
}

static int parse_in_limits(const struct option_row *row, const char *text, uint64_t *ret_number, struct error *err)
{
	char limit[32];
	uint64_t number;
	bool less;
	int r = parse_by_type(row, text, &number, err);

	if (r < 0)
		return r;
	less = number < row->least;
	if (less || (row->most && number > row->most)) {
		print_limit(row, less ? row->least : row->most, limit, sizeof(limit));
		return fail(err, -EINVAL, "'%s' is %s than %s", text, less ? "less" : "more", limit);
	}
	r = row->check ? row->check(text, number, err) : 0;
	if (r < 0)
		return r;
	*ret_number = number;
	return 0;
}

int option_texts_add(struct option_texts *texts, const char *text, struct error *err)
{
	const char **items = reallocarray(texts->items, texts->nr_items + 1, sizeof(*items));

	if (!items)
		return fail(err, -ENOMEM, "no memory for the options");
	items[texts->nr_items++] = text;
	texts->items = items;
	return 0;
}

/* `text` is NULL where the option was given without an argument. */
static int store(const struct option_row *row, const char *text, void *settings, struct error *err)
{
	void *at = (char *)settings + row->offset;
	struct error inner = {0};
	int r = 0;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		break;
	case OPTION_TEXT:
		*(const char **)at = text ? text : "";
		break;
	case OPTION_TEXTS:
		r = option_texts_add(at, text, &inner);
		break;
	case OPTION_CHOICE:
		r = parse_choice(row, text, at, &inner);
		break;
	case OPTION_SIZE:
	case OPTION_DURATION:
	case OPTION_COUNT:
		r = parse_in_limits(row, text, at, &inner);
		break;
	case OPTION_TYPE_MAX:
		break;
	}
	return r < 0 ? fail_argument(row, &inner, err) : 0;
}

static int hint_help(const struct option_table *table, struct error *err)
{
	return fail_hint(err, "'%s --help' lists the options", table->command);
}

static int fail_ambiguous(const struct option_table *table, const char *word, size_t length, struct error *err)
{
	_cleanup_buffer_ struct buffer list = {0};

	for (size_t i = 0; i < table->nr_rows; i++)
		if (starts_with(table->rows[i].name, word + 2, length))
			buffer_printf(&list, "%s--%s", list.length ? ", " : "", table->rows[i].name);
	if (!list.length)
		return 0;
	return fail(err, -EINVAL, "ambiguous option '%.*s': it can be %.*s", (int)length + 2, word, (int)list.length,
		    list.data);
}

static int fail_unknown_long(const struct option_table *table, const char *word, struct error *err)
{
	int length = (int)strcspn(word, "=");
	_cleanup_free_ char *name = strndup(word + 2, length - 2);
	struct words_search search = {.word = name};

	if (fail_ambiguous(table, word, length - 2, err) < 0)
		return -EINVAL;
	for (size_t i = 0; name && i < table->nr_rows; i++)
		words_consider(&search, table->rows[i].name);
	fail(err, -EINVAL, "unknown option '%.*s'", length, word);
	return search.best ? fail_hint(err, "did you mean '--%s'?", search.best) : hint_help(table, err);
}

static const struct option_row *row_of_code(const struct option_table *table, int code)
{
	return code >= CODE_ROWS ? &table->rows[code - CODE_ROWS] : option_find_letter(table, (char)code);
}

/* What getopt answered with ':' (argument missing) or '?'; `word` is the last one it looked at. */
static int fail_getopt(const struct option_table *table, int code, const char *word, struct error *err)
{
	const struct option_row *row = optopt ? row_of_code(table, optopt) : NULL;

	if (!optopt)
		return fail_unknown_long(table, word, err);
	if (!row) {
		fail(err, -EINVAL, "unknown option '-%c'", optopt);
		return hint_help(table, err);
	}
	if (code == '?') {
		fail(err, -EINVAL, "option '--%s' takes no argument", row->name);
		return fail_hint(err, "write just '--%s'", row->name);
	}
	fail(err, -EINVAL, "option '--%s' lacks its argument %s", row->name, row->argument);
	return fail_hint(err, "%s", row->help);
}

static int argument_kind(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return row->argument_optional ? optional_argument : required_argument;
}

/* The rows in getopt's two forms; both allocated. */
static int make_getopt(const struct option_table *table, struct option **ret_long, char **ret_letters)
{
	_cleanup_free_ struct option *longs = calloc(table->nr_rows + 1, sizeof(*longs));
	_cleanup_free_ char *letters = calloc(table->nr_rows + 1, 3);
	char *at = letters;

	if (!longs || !letters)
		return -ENOMEM;
	/* '-' instead of getopt's own moving of operands, which POSIXLY_CORRECT in the environment would switch off. */
	*at++ = table->stops_at_operand ? '+' : '-';
	*at++ = ':';
	for (size_t i = 0; i < table->nr_rows; i++) {
		const struct option_row *row = &table->rows[i];

		longs[i] = (struct option){row->name, argument_kind(row), NULL, CODE_ROWS + (int)i};
		if (!row->letter)
			continue;
		*at++ = row->letter;
		for (int colons = argument_kind(row); colons > 0; colons--)
			*at++ = ':';
	}
	*ret_long = take_ptr(longs);
	*ret_letters = take_ptr(letters);
	return 0;
}

static int store_initial(const struct option_table *table, void *settings, struct error *err)
{
	for (size_t i = 0; i < table->nr_rows; i++) {
		const struct option_row *row = &table->rows[i];
		int r = row->initial ? store(row, row->initial, settings, err) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

int options_parse(const struct option_table *table, int argc, char **argv, void *settings, struct error *err)
{
	_cleanup_free_ struct option *longs = NULL;
	_cleanup_free_ char *letters = NULL;
	int nr_operands = 0;
	int code;
	int r = store_initial(table, settings, err);

	if (r < 0)
		return r;
	if (make_getopt(table, &longs, &letters) < 0)
		return fail(err, -ENOMEM, "no memory for the options");
	opterr = 0;
	optind = 0; /* glibc: start afresh */
	while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (code == CODE_OPERAND) {
			argv[nr_operands++] = optarg;
			continue;
		}
		if (code == '?' || code == ':')
			return fail_getopt(table, code, argv[optind - 1], err);
		r = store(row_of_code(table, code), optarg, settings, err);
		if (r < 0)
			return r;
	}
	if (table->nr_before_dashes)
		*table->nr_before_dashes = nr_operands;
	while (optind < argc)
		argv[nr_operands++] = argv[optind++];
	return nr_operands;
}

void options_done(const struct option_table *table, void *settings)
{
	for (size_t i = 0; i < table->nr_rows; i++) {
		struct option_texts *texts = (void *)((char *)settings + table->rows[i].offset);

		if (table->rows[i].type != OPTION_TEXTS)
			continue;
		free(texts->items);
		*texts = (struct option_texts){0};
	}
}
