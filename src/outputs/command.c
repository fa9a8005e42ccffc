/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a command line out of an exec; what it does and why is told in command.h. */
#include "outputs/command.h"

#include <string.h>

#include "base/shell.h"
#include "base/utf8.h"

/* Bytes that are not owned; data is NULL where there are none. */
struct text {
	const char *data;
	size_t length;
};

static const char *const names[] = {"filename", "exe", "interp", "cwd", "argv", "truncated", "unreadable"};

#define NR_NAMES (sizeof(names) / sizeof(names[0]))

bool command_find_fields(struct command_fields *fields, const struct schema *s)
{
	*fields = (struct command_fields){
		.filename = schema_find_field(s, "filename"),
		.exe = schema_find_field(s, "exe"),
		.interp = schema_find_field(s, "interp"),
		.cwd = schema_find_field(s, "cwd"),
		.argv = schema_find_field(s, "argv"),
		.truncated = schema_find_field(s, "truncated"),
		.unreadable = schema_find_field(s, "unreadable"),
	};
	return fields->filename && fields->argv;
}

bool command_uses(const struct field *f)
{
	for (size_t i = 0; i < NR_NAMES; i++)
		if (!strcmp(names[i], f->name))
			return true;
	return false;
}

static struct text get_text(const struct event *e, const struct field *f)
{
	struct value v = {.type = VALUE_ABSENT};

	if (f)
		event_get(e, f, &v);
	if (v.type != VALUE_TEXT && v.type != VALUE_LIST)
		return (struct text){0};
	return (struct text){v.text.data, v.text.length};
}

/* True where `keys` (truncated, unreadable) names the field. */
static bool names_field(const struct event *e, const struct field *keys, const struct field *f)
{
	struct value v = {.type = VALUE_ABSENT};

	if (keys && f && f->row < 64)
		event_get(e, keys, &v);
	return v.type == VALUE_KEYS && v.u & 1ULL << f->row;
}

/* Takes the first string off a list; its data is NULL where the list is empty. */
static struct text take_string(struct text *list)
{
	struct text string = {0};

	if (!list->length)
		return string;
	string.data = list->data;
	string.length = strnlen(list->data, list->length);
	list->data += string.length;
	list->length -= string.length;
	if (list->length) {
		list->data++;
		list->length--;
	}
	return string;
}

static bool equal(struct text a, struct text b)
{
	return a.length == b.length && (!a.length || !memcmp(a.data, b.data, a.length));
}

static bool begins_with(struct text text, const char *beginning)
{
	return text.length >= strlen(beginning) && !memcmp(text.data, beginning, strlen(beginning));
}

static bool ends_with(struct text text, const char *end)
{
	size_t length = strlen(end);

	return text.length >= length && !memcmp(text.data + text.length - length, end, length);
}

static struct text last_component(struct text path)
{
	const char *slash = memrchr(path.data, '/', path.length);

	if (slash) {
		path.length -= slash + 1 - path.data;
		path.data = slash + 1;
	}
	return path;
}

/* FOLDER/PATH without the "./" that PATH begins with; nothing where the folder was cut or is gone. */
static struct text join_path(const struct event *e, struct text folder, struct text path)
{
	char *joined;

	if (!begins_with(folder, "/") || ends_with(folder, " (deleted)"))
		return (struct text){0};
	while (begins_with(path, "./")) {
		path.data += 2;
		path.length -= 2;
	}
	if (folder.length == 1)
		folder.length = 0;
	joined = scratch_take(e->scratch, folder.length + 1 + path.length);
	if (!joined)
		return (struct text){0};
	memcpy(joined, folder.data, folder.length);
	joined[folder.length] = '/';
	memcpy(joined + folder.length + 1, path.data, path.length);
	return (struct text){joined, folder.length + 1 + path.length};
}

/*
 * The interpreter, where one runs. Not every hook can tell: then a script is known by its own name behind that of the
 * interpreter (and the interpreter's argument), where the kernel puts it.
 */
static struct text find_interpreter(const struct event *e, const struct command_fields *fields, struct text filename)
{
	struct text interpreter = get_text(e, fields->interp), argv, first;

	if (interpreter.data || !filename.data || !names_field(e, fields->unreadable, fields->interp))
		return interpreter;
	argv = get_text(e, fields->argv);
	first = take_string(&argv);
	for (int i = 1; i <= 2 && argv.length; i++)
		if (equal(take_string(&argv), filename) && !equal(first, filename))
			return first;
	return interpreter;
}

static struct text find_program(const struct event *e, const struct command_fields *fields, struct text named)
{
	struct text program = {0};

	if (begins_with(named, "/") && !begins_with(named, "/dev/fd/"))
		return named;
	if (named.data && named.data[0] != '/')
		program = join_path(e, get_text(e, fields->cwd), named);
	if (!program.data)
		program = get_text(e, fields->exe);
	return program.data ? program : named;
}

static void append_arguments(struct buffer *out, struct text argv, size_t columns)
{
	size_t used = 0;

	while (argv.length && used <= columns) {
		struct text argument = take_string(&argv);
		size_t begin = out->length;

		buffer_append_char(out, ' ');
		shell_append_word(out, argument.data, argument.length);
		used += utf8_columns(out->data + begin, out->length - begin);
	}
}

struct command_program command_append(struct buffer *out, const struct event *e, const struct command_fields *fields,
				      size_t columns)
{
	struct text filename = get_text(e, fields->filename), argv = get_text(e, fields->argv);
	struct text interpreter = find_interpreter(e, fields, filename);
	struct text program = find_program(e, fields, interpreter.data ? interpreter : filename);
	struct text first = take_string(&argv);
	bool renamed = first.data && program.data && !interpreter.data &&
		       !equal(last_component(first), last_component(program));
	struct command_program range;

	if (!program.data)
		program = first;
	if (renamed) {
		buffer_append_text(out, "(exec -a ");
		shell_append_word(out, first.data, first.length);
		buffer_append_char(out, ' ');
	}
	range.begin = out->length;
	if (program.length)
		shell_append_command(out, program.data, program.length);
	else
		buffer_append_char(out, '-');
	range.end = out->length;
	append_arguments(out, argv, columns);
	if (names_field(e, fields->truncated, fields->argv))
		buffer_append_text(out, " …");
	if (renamed)
		buffer_append_char(out, ')');
	return range;
}
