/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to filter/: the words and signs of a filter, one after the other. */
#ifndef FILTER_TOKEN_H
#define FILTER_TOKEN_H

#include "filter/tree.h"

enum token_type {
	TOKEN_END,
	TOKEN_WORD,   /* a name */
	TOKEN_NUMBER, /* with its unit */
	TOKEN_TEXT,   /* in quotes */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_OPERATOR, /* see `operator` */
};

struct token {
	enum token_type type;
	enum operator operator;
	size_t begin, end; /* in the source */
};

struct tokens {
	const struct source *source;
	struct token now;
	size_t last_end; /* of the token before */
};

/* Goes on to the next token, from the beginning at first. Returns 0, or -EINVAL described with the place. */
int token_next(struct tokens *t, struct error *err);

/* What a TOKEN_TEXT, _WORD or _NUMBER says: new memory, ended by NUL. NULL where memory ran out or an escape is wrong,
 * described. */
char *token_read(const struct tokens *t, struct error *err);

#endif
