/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of users: passwd(5), NAME:PASSWORD:UID:... */
#include "process/users.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"

/* Ends the field at `text` by NUL; returns the next one, or NULL where there is none. */
static char *cut_field(char *text)
{
	char *colon = strchr(text, ':');

	if (colon)
		*colon++ = '\0';
	return colon;
}

/* Reads one line, ended by NUL; false where it names no user. */
static bool read_line(char *line, struct user *ret_user)
{
	char *password = cut_field(line), *uid, *rest;
	uint64_t number;

	/* "+" and "-" include names from elsewhere (nsswitch compat). */
	if (!password || !line[0] || line[0] == '+' || line[0] == '-' || line[0] == '#')
		return false;
	uid = cut_field(password);
	if (!uid)
		return false;
	rest = cut_field(uid);
	if (!rest || parse_number(uid, UINT32_MAX, &number, NULL))
		return false;
	ret_user->uid = number;
	ret_user->name = line;
	return true;
}

static int compare_users(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static void read_lines(struct users *u)
{
	char *end = u->text.data + u->text.length;

	for (char *line = u->text.data; line < end;) {
		char *stop = memchr(line, '\n', end - line);

		if (!stop)
			break;
		*stop = '\0';
		if (read_line(line, &u->rows[u->nr_rows]))
			u->nr_rows++;
		line = stop + 1;
	}
	qsort(u->rows, u->nr_rows, sizeof(u->rows[0]), compare_users);
}

static size_t count_lines(const struct buffer *text)
{
	size_t nr_lines = 0;

	for (size_t i = 0; i < text->length; i++)
		nr_lines += text->data[i] == '\n';
	return nr_lines;
}

int users_read(struct users *u, const char *path)
{
	int code;

	*u = (struct users){0};
	code = file_read(path, &u->text, NULL);
	buffer_append_char(&u->text, '\n');
	if (!code && u->text.failed)
		code = -ENOMEM;
	if (!code) {
		u->rows = calloc(count_lines(&u->text), sizeof(u->rows[0]));
		code = u->rows ? 0 : -ENOMEM;
	}
	if (code) {
		users_done(u);
		return code;
	}
	read_lines(u);
	return 0;
}

void users_done(struct users *u)
{
	buffer_done(&u->text);
	free(u->rows);
	*u = (struct users){0};
}

const char *users_find(const struct users *u, uint32_t uid)
{
	size_t low = 0, high = u->nr_rows;

	/* The first row that is not below: of equal ids the first of the file. */
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (u->rows[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < u->nr_rows && u->rows[low].uid == uid ? u->rows[low].name : NULL;
}

bool users_find_name(const struct users *u, const char *name, uint32_t *ret_uid)
{
	for (size_t i = 0; i < u->nr_rows; i++) {
		if (strcmp(u->rows[i].name, name) != 0)
			continue;
		*ret_uid = u->rows[i].uid;
		return true;
	}
	return false;
}
