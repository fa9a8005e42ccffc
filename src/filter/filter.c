/* SPDX-License-Identifier: GPL-2.0-only */
/* Life of a filter: what was added, and release. */
#include "filter/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter/tree.h"

struct filter *filter_new(struct error *err)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (f)
		f->tests_end = &f->tests;
	else
		fail(err, -ENOMEM, "no memory for the filter");
	return f;
}

static void free_tests(struct filter *f)
{
	while (f->tests) {
		struct test *t = f->tests;

		f->tests = t->next;
		for (size_t i = 0; i < t->nr_operands; i++)
			free(t->operands[i].literal.text);
		free(t->operands);
		free(t->name);
		if (t->has_regex)
			regfree(&t->regex);
		free(t);
	}
}

void filter_forget_targets(struct filter *f)
{
	for (size_t i = 0; i < f->nr_targets; i++) {
		free(f->targets[i].meanings);
		free(f->targets[i].values);
		free(f->targets[i].pushed);
	}
	free(f->targets);
	f->targets = NULL;
	f->nr_targets = 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	filter_forget_targets(f);
	free_tests(f);
	for (size_t i = 0; i < f->nr_parts; i++)
		node_free(f->parts[i]);
	free(f->parts);
	for (size_t i = 0; i < f->nr_sources; i++)
		free(f->sources[i]);
	free(f->sources);
	free(f);
}

/* Makes room for one more pointer in an array of `nr`. */
static bool grow(void *array, size_t nr)
{
	void **at = array, *larger = realloc(*at, (nr + 1) * sizeof(void *));

	if (larger)
		*at = larger;
	return larger;
}

/* What all parts of the root say is said by each: they are decided one by one. */
static bool add_parts(struct filter *f, struct node *root)
{
	struct node *next = root->type == NODE_AND ? root->child : root;

	while (next) {
		struct node *part = next;

		if (!grow(&f->parts, f->nr_parts))
			break;
		next = part->next;
		part->next = NULL;
		f->parts[f->nr_parts++] = part;
	}
	if (root->type == NODE_AND)
		free(root);
	/* What found no room. */
	node_free(next);
	return !next;
}

int filter_add(struct filter *f, const char *option, const char *text, struct error *err)
{
	size_t bytes = strlen(text) + 1;
	struct source *source = malloc(sizeof(*source) + bytes);
	struct node *root;

	if (!source || !grow(&f->sources, f->nr_sources)) {
		free(source);
		return fail(err, -ENOMEM, "no memory for the filter");
	}
	source->option = option;
	memcpy(source->text, text, bytes);
	f->sources[f->nr_sources++] = source;
	root = parse_source(f, source, err);
	if (!root)
		return -EINVAL;
	return add_parts(f, root) ? 0 : fail(err, -ENOMEM, "no memory for the filter");
}

bool filter_is_empty(const struct filter *f)
{
	return !f->nr_parts;
}

bool filter_names(const struct filter *f, const char *name)
{
	for (const struct test *t = f->tests; t; t = t->next)
		if (!strcmp(t->name, name))
			return true;
	return false;
}
