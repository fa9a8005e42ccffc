/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to filter/: a filter as a tree, and what its comparisons mean for each event type. */
#ifndef FILTER_TREE_H
#define FILTER_TREE_H

#include <regex.h>

#include "filter/filter.h"

enum operator{
	OPERATOR_EQUAL,
	OPERATOR_UNEQUAL,
	OPERATOR_LESS,
	OPERATOR_AT_MOST,
	OPERATOR_GREATER,
	OPERATOR_AT_LEAST,
	OPERATOR_GLOB,	  /* ~ */
	OPERATOR_REGEX,	  /* =~ */
	OPERATOR_ANY_BIT, /* & */
	OPERATOR_IN,
	OPERATOR_PRESENT, /* present(NAME); no literal */
	OPERATOR_IS_TRUE, /* the name alone; no literal */
	OPERATOR_MAX,
};

enum node_type {
	NODE_AND, /* of its children */
	NODE_OR,
	NODE_NOT, /* of its child */
	NODE_TEST,
};

/* A text that was added; errors and explanations quote it. */
struct source {
	const char *option;
	char text[];
};

struct operand {
	struct literal literal;
	size_t offset; /* in the source */
};

/* One comparison. */
struct test {
	struct test *next; /* in the order of the text */
	const struct source *source;
	size_t number; /* index into struct meaning */
	char *name;    /* of the field */
	size_t name_offset, operator_offset;
	enum operator operator;
	struct operand *operands;
	size_t nr_operands;
	regex_t regex;
	bool has_regex; /* compiled */
};

struct node {
	enum node_type type;
	struct node *child; /* the first */
	struct node *next;  /* of the same parent */
	struct test *test;
	const struct source *source;
	size_t begin, end; /* its text in the source */
};

/* What a test means for one event type. */
struct meaning {
	const struct field *field; /* NULL: events of the type have none of that name */
	struct value *values;	   /* what the operands are; into struct target */
};

/* One event type that may come. */
struct target {
	const struct schema *schema;
	struct meaning *meanings; /* by number of the test */
	struct value *values;
	bool *pushed; /* by number of the part: the kernel side decides it */
};

/* An event is kept where all parts hold. */
struct filter {
	struct source **sources;
	size_t nr_sources;
	struct test *tests;
	struct test **tests_end;
	size_t nr_tests, nr_values; /* values: operands of all tests */
	struct node **parts;
	size_t nr_parts;
	struct target *targets;
	size_t nr_targets;
};

/* Parses a source; appends its tests to the filter also where it fails. Returns the root, which belongs to the caller
 * (node_free), or NULL, described. */
struct node *parse_source(struct filter *f, const struct source *source, struct error *err);
void node_free(struct node *n);

/* The target of an event type; NULL where it was not checked. */
struct target *filter_find_target(const struct filter *f, const struct schema *s);

void filter_forget_targets(struct filter *f);

/* Puts option and column before an error just described, and the place below it; keeps the hint. */
int fail_in(struct error *err, const struct source *source, size_t offset);

#endif
