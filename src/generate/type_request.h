/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What somebody wants of the kernel's types, as text: one request per word. Knows the grammar, nothing of BTF.
 *
 *	[?][KIND:]NAME[:MEMBER[,MEMBER...]]
 *
 * KIND is struct, union, typedef or enum (left out: whichever has that name). Without a member list the whole type is
 * wanted, with an empty one ("NAME:") only its name. "enum::VALUE,..." are values of enums without a name. A question
 * mark before a type or a member: leave it out where the kernel lacks it.
 */
#ifndef GENERATE_TYPE_REQUEST_H
#define GENERATE_TYPE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum type_kind {
	TYPE_ANY,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_TYPEDEF,
	TYPE_ENUM,
	TYPE_KIND_MAX,
};

struct member_request {
	char *name;
	bool optional;
};

struct type_request {
	enum type_kind kind;
	char *name; /* "" only with TYPE_ENUM: enums without a name */
	bool optional;
	bool whole; /* every member; `members` are then those that must be there */
	struct member_request *members;
	size_t nr_members;
};

/* A list of requests, each type once; owns all memory. Zero is the empty list. */
struct type_requests {
	struct type_request *list;
	size_t nr;
};

/* "struct", "union", ...; "" for TYPE_ANY. */
const char *type_kind_name(enum type_kind kind);

/*
 * Adds one request; members of a type that is there already are added to it. Returns 0, -EINVAL (described) or -ENOMEM;
 * after an error the list is good only for type_requests_done.
 */
int type_requests_add(struct type_requests *r, const char *text, struct error *err);

/* Adds the requests of a file: words between white space, "#" begins a comment. Errors name file and line. */
int type_requests_read(struct type_requests *r, const char *path, struct error *err);

void type_requests_done(struct type_requests *r);

#endif
