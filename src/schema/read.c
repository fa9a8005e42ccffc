/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads literals for fields, by kind. An error says what the field is; where the literal stands the caller knows. */
#include "schema/kind.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/words.h"

#define ERRNO_MOST 4095

/* `is`: what the field is, "a number" and the like. */
static int fail_form(const struct field *f, const char *is, const struct literal *l, struct error *err)
{
	const char *quote = l->form == LITERAL_TEXT ? "\"" : "'";

	return fail(err, -EINVAL, "%s is %s, and %s%s%s is none", f->name, is, quote, l->text, quote);
}

static bool is_decimal(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static bool read_hex(const char *text, uint64_t *ret_number)
{
	size_t length;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return false;
	length = strspn(text + 2, "0123456789abcdefABCDEF");
	if (!length || length > 16 || text[2 + length])
		return false;
	*ret_number = strtoull(text + 2, NULL, 16);
	return true;
}

/* Without a unit the number is what the field holds: not seconds. */
static bool read_magnitude(const char *text, bool is_time, uint64_t *ret_number)
{
	if (read_hex(text, ret_number))
		return true;
	if (is_decimal(text))
		return !parse_number(text, UINT64_MAX, ret_number, NULL);
	return !(is_time ? parse_duration : parse_size)(text, ret_number, NULL);
}

static void set_number(struct value *v, uint64_t number)
{
	v->type = VALUE_UINT;
	v->u = number;
}

static int read_plain(const struct field *f, const struct literal *l, struct value *ret_value, struct error *err)
{
	uint64_t number;

	if (l->form != LITERAL_NUMBER || !read_magnitude(l->text, false, &number)) {
		fail_form(f, "a number", l, err);
		return fail_hint(err,
				 "digits, or 0x and hexadecimal digits, or digits with K, M or G behind them (units "
				 "of 1024)");
	}
	set_number(ret_value, number);
	return 0;
}

int read_number(const struct field *f, const struct literal *l, const struct literal_names *names,
		struct value *ret_value, struct error *err)
{
	(void)names;
	return read_plain(f, l, ret_value, err);
}

/* The same, with a sign where it is below 0. */
int read_signed(const struct field *f, const struct literal *l, const struct literal_names *names,
		struct value *ret_value, struct error *err)
{
	uint64_t number;

	(void)names;
	if (l->form != LITERAL_NUMBER || l->text[0] != '-')
		return read_plain(f, l, ret_value, err);
	if (!read_magnitude(l->text + 1, false, &number) || number > 1ULL << 63)
		return fail_form(f, "a number", l, err);
	ret_value->type = VALUE_SINT;
	ret_value->s = -number;
	return 0;
}

int read_nanoseconds(const struct field *f, const struct literal *l, const struct literal_names *names,
		     struct value *ret_value, struct error *err)
{
	uint64_t number;

	(void)names;
	if (l->form != LITERAL_NUMBER || !read_magnitude(l->text, true, &number)) {
		fail_form(f, "a time in nanoseconds", l, err);
		return fail_hint(err,
				 "digits with ns, us, ms, s, m or h behind them: 500ms, 1.5s; without a unit they are "
				 "nanoseconds");
	}
	set_number(ret_value, number);
	return 0;
}

int read_user(const struct field *f, const struct literal *l, const struct literal_names *names,
	      struct value *ret_value, struct error *err)
{
	uint32_t uid;

	if (l->form == LITERAL_NUMBER)
		return read_plain(f, l, ret_value, err);
	if (!names || !names->find_user || !names->find_user(names->context, l->text, &uid)) {
		fail(err, -EINVAL, "%s is a user id, and there is no user '%s' in /etc/passwd", f->name, l->text);
		return fail_hint(err, "users from elsewhere (LDAP) go by number: %s == 1000", f->name);
	}
	set_number(ret_value, uid);
	return 0;
}

int read_group(const struct field *f, const struct literal *l, const struct literal_names *names,
	       struct value *ret_value, struct error *err)
{
	(void)names;
	if (l->form == LITERAL_NUMBER)
		return read_plain(f, l, ret_value, err);
	fail_form(f, "a group id", l, err);
	return fail_hint(err, "groups go by number: %s == 100", f->name);
}

/* Finds `name` among the names of the numbers from 1 to `most`; 0: there is none, and the nearest is kept in `search`.
 */
static unsigned int find_named(const char *(*name_of)(int), int most, const char *name, struct words_search *search)
{
	for (int number = 1; number <= most; number++) {
		const char *candidate = name_of(number);

		if (candidate && !strcmp(candidate, name))
			return number;
		if (candidate)
			words_consider(search, candidate);
	}
	return 0;
}

/* KILL, SIGKILL, RTMIN+3 */
int read_signal(const struct field *f, const struct literal *l, const struct literal_names *names,
		struct value *ret_value, struct error *err)
{
	const char *name = strncmp(l->text, "SIG", 3) ? l->text : l->text + 3;
	struct words_search search = {.word = name};
	unsigned int number;

	(void)names;
	if (l->form == LITERAL_NUMBER)
		return read_plain(f, l, ret_value, err);
	if (!strncmp(name, "RTMIN+", 6) && is_decimal(name + 6)) {
		set_number(ret_value, SIGRTMIN + strtoul(name + 6, NULL, 10));
		return 0;
	}
	number = find_named(sigabbrev_np, NSIG - 1, name, &search);
	if (!number) {
		fail_form(f, "a signal", l, err);
		return search.best ? fail_hint(err, "did you mean %s?", search.best)
				   : fail_hint(err, "signals are numbers or names: 9, KILL, SIGKILL, \"RTMIN+1\"");
	}
	set_number(ret_value, number);
	return 0;
}

int read_error(const struct field *f, const struct literal *l, const struct literal_names *names,
	       struct value *ret_value, struct error *err)
{
	struct words_search search = {.word = l->text};
	unsigned int number;

	(void)names;
	if (l->form == LITERAL_NUMBER)
		return read_plain(f, l, ret_value, err);
	number = find_named(strerrorname_np, ERRNO_MOST, l->text, &search);
	if (!number) {
		fail_form(f, "an error number", l, err);
		return search.best ? fail_hint(err, "did you mean %s?", search.best)
				   : fail_hint(err, "errors are numbers or names: 2, ENOENT");
	}
	set_number(ret_value, number);
	return 0;
}

int read_flag(const struct field *f, const struct literal *l, const struct literal_names *names,
	      struct value *ret_value, struct error *err)
{
	bool yes = !strcmp(l->text, "true") || !strcmp(l->text, "1");

	(void)names;
	if (l->form == LITERAL_TEXT || (!yes && strcmp(l->text, "false") && strcmp(l->text, "0"))) {
		fail_form(f, "true or false", l, err);
		return fail_hint(err, "the name alone means that it is true: %s, or !%s", f->name, f->name);
	}
	ret_value->type = VALUE_BOOL;
	ret_value->b = yes;
	return 0;
}

int read_text(const struct field *f, const struct literal *l, const struct literal_names *names,
	      struct value *ret_value, struct error *err)
{
	(void)names;
	if (l->form != LITERAL_TEXT) {
		fail(err, -EINVAL, "%s is text, and '%s' stands without quotes", f->name, l->text);
		return fail_hint(err, "put it into quotes: \"%s\"", l->text);
	}
	ret_value->type = VALUE_TEXT;
	ret_value->text.data = l->text;
	ret_value->text.length = strlen(l->text);
	return 0;
}

int read_nothing(const struct field *f, const struct literal *l, const struct literal_names *names,
		 struct value *ret_value, struct error *err)
{
	(void)l, (void)names, (void)ret_value;
	fail(err, -EINVAL, "%s cannot be compared", f->name);
	return fail_hint(err, "whether it is there can be asked: present(%s)", f->name);
}
