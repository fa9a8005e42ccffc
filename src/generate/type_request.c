/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads requests for kernel types (grammar in type_request.h) into a list. Knows nothing of BTF. */
#include "generate/type_request.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const kind_names[] = {
	[TYPE_ANY] = "",      [TYPE_STRUCT] = "struct", [TYPE_UNION] = "union", [TYPE_TYPEDEF] = "typedef",
	[TYPE_ENUM] = "enum",
};
_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == TYPE_KIND_MAX, "a kind of type without a name");

const char *type_kind_name(enum type_kind kind)
{
	return kind_names[kind];
}

void type_requests_done(struct type_requests *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		struct type_request *req = &r->list[i];

		for (size_t m = 0; m < req->nr_members; m++)
			free(req->members[m].name);
		free(req->members);
		free(req->name);
	}
	free(r->list);
	*r = (struct type_requests){};
}

static bool is_identifier(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

static bool skip_question_mark(char **text)
{
	bool found = **text == '?';

	*text += found;
	return found;
}

/* Cuts "KIND:" off the front where it stands there. */
static enum type_kind take_kind(char **text)
{
	for (enum type_kind k = TYPE_ANY + 1; k < TYPE_KIND_MAX; k++) {
		size_t length = strlen(kind_names[k]);

		if (!strncmp(*text, kind_names[k], length) && (*text)[length] == ':') {
			*text += length + 1;
			return k;
		}
	}
	return TYPE_ANY;
}

static int add_member(struct type_request *req, const char *name, bool optional)
{
	struct member_request *grown;
	_cleanup_free_ char *copy = NULL;

	for (size_t i = 0; i < req->nr_members; i++) {
		if (!strcmp(req->members[i].name, name)) {
			req->members[i].optional &= optional;
			return 0;
		}
	}
	copy = strdup(name);
	grown = realloc(req->members, (req->nr_members + 1) * sizeof(*grown));
	if (grown)
		req->members = grown;
	if (!copy || !grown)
		return -ENOMEM;
	req->members[req->nr_members++] = (struct member_request){.name = take_ptr(copy), .optional = optional};
	return 0;
}

static int add_members(struct type_request *req, char *names, bool all_optional, const char *text, struct error *err)
{
	char *name;
	int r;

	while ((name = strsep(&names, ","))) {
		bool optional = skip_question_mark(&name) || all_optional;

		if (!is_identifier(name))
			return fail(err, -EINVAL, "request '%s': '%s' is not the name of a member", text, name);
		r = add_member(req, name, optional);
		if (r < 0)
			return fail(err, r, "out of memory");
	}
	return 0;
}

/* The request for this type: the one that is there, or a new one without members. NULL where memory ran out. */
static struct type_request *find_or_add(struct type_requests *r, enum type_kind kind, const char *name)
{
	struct type_request *grown;
	_cleanup_free_ char *copy = NULL;

	for (size_t i = 0; i < r->nr; i++)
		if (r->list[i].kind == kind && !strcmp(r->list[i].name, name))
			return &r->list[i];
	copy = strdup(name);
	grown = realloc(r->list, (r->nr + 1) * sizeof(*grown));
	if (grown)
		r->list = grown;
	if (!copy || !grown)
		return NULL;
	r->list[r->nr] = (struct type_request){.kind = kind, .name = take_ptr(copy), .optional = true};
	return &r->list[r->nr++];
}

int type_requests_add(struct type_requests *r, const char *text, struct error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	char *name = copy, *members;
	struct type_request *req;
	enum type_kind kind;
	bool optional;

	if (!copy)
		return fail(err, -ENOMEM, "out of memory");
	optional = skip_question_mark(&name);
	kind = take_kind(&name);
	members = strchr(name, ':');
	if (members)
		*members++ = '\0';
	if (!is_identifier(name) && (*name || kind != TYPE_ENUM || !members || !*members)) {
		fail(err, -EINVAL, "request '%s' does not begin with the name of a type", text);
		return fail_hint(err,
				 "write TYPE, TYPE:MEMBER,MEMBER or enum::VALUE, for example task_struct:pid,tgid");
	}
	req = find_or_add(r, kind, name);
	if (!req)
		return fail(err, -ENOMEM, "out of memory");
	req->optional &= optional;
	req->whole |= !members;
	return members && *members ? add_members(req, members, optional && !*name, text, err) : 0;
}

static int add_line(struct type_requests *r, char *line, struct error *err)
{
	char *word;
	int ret = 0;

	line[strcspn(line, "#")] = '\0';
	while (ret == 0 && (word = strsep(&line, " \t\r\n")))
		if (*word)
			ret = type_requests_add(r, word, err);
	return ret;
}

int type_requests_read(struct type_requests *r, const char *path, struct error *err)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	struct error inner = {};
	unsigned int number = 0;
	size_t size = 0;
	int ret;

	if (!file)
		return fail(err, -errno, "cannot open the list of types '%s': %s", path, strerror(errno));
	while (getline(&line, &size, file) >= 0) {
		number++;
		ret = add_line(r, line, &inner);
		if (ret < 0) {
			fail(err, ret, "%s:%u: %s", path, number, inner.text);
			return *inner.hint && err ? fail_hint(err, "%s", inner.hint) : ret;
		}
	}
	if (ferror(file))
		return fail(err, -EIO, "cannot read the list of types '%s'", path);
	return 0;
}
