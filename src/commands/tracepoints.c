/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds and reads tracepoints. Attaches to none. */
#include "commands/tracepoints.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/glob.h"
#include "base/words.h"
#include "capture/tracefs.h"

static bool is_pattern(const char *word)
{
	return strpbrk(word, "*?");
}

static bool names(const char *word, const char *name)
{
	const char *colon = strchr(name, ':');

	if (!strchr(word, ':') && colon)
		name = colon + 1;
	return glob_match(word, name, strlen(name));
}

static int compare_names(const void *one, const void *other)
{
	const struct tracepoint_choice *a = one, *b = other;

	return strcmp(a->name, b->name);
}

/* The names as items, sorted; the line breaks become NULs. */
static int split_names(struct tracepoints *t, struct error *err)
{
	size_t nr = 0;

	buffer_append_char(&t->names, '\0');
	if (t->names.failed)
		return fail(err, -ENOMEM, "no memory for the names of the tracepoints");
	for (const char *at = t->names.data; (at = strchr(at, '\n')); at++)
		nr++;
	t->items = calloc(nr + 1, sizeof(*t->items));
	if (!t->items)
		return fail(err, -ENOMEM, "no memory for %zu tracepoints", nr);
	for (char *at = t->names.data, *end; (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		t->items[t->nr++].name = at;
	}
	qsort(t->items, t->nr, sizeof(*t->items), compare_names);
	return 0;
}

static int fail_unknown(const struct tracepoints *t, const char *word, struct error *err)
{
	struct words_search whole = {.word = word}, part = {.word = word};

	for (size_t i = 0; i < t->nr; i++) {
		const char *name = t->items[i].name, *best = part.best;

		words_consider(&whole, name);
		words_consider(&part, strchr(name, ':') ? strchr(name, ':') + 1 : name);
		/* A name without its category: the answer has both. */
		if (part.best != best && !strchr(word, ':'))
			whole.best = name;
	}
	if (is_pattern(word))
		fail(err, -ENOENT, "no tracepoint matches '%s'", word);
	else
		fail(err, -ENOENT, "there is no tracepoint '%s'", word);
	if (whole.best)
		return fail_hint(err, "did you mean '%s'? 'observer list' names all", whole.best);
	return fail_hint(err, "'observer list' names all; 'observer list \"*WORD*\"' those with a word in their name");
}

/* Marks the items that the word names; an error where there is none. */
static int choose(struct tracepoints *t, const char *word, bool *chosen, struct error *err)
{
	bool found = false;

	for (size_t i = 0; i < t->nr; i++) {
		if (!names(word, t->items[i].name))
			continue;
		found = true;
		t->items[i].by_pattern = is_pattern(word) && (!chosen[i] || t->items[i].by_pattern);
		chosen[i] = true;
	}
	return found ? 0 : fail_unknown(t, word, err);
}

int tracepoints_find(struct tracepoints *t, char *const *words, size_t nr_words, struct error *err)
{
	_cleanup_free_ bool *chosen = NULL;
	size_t nr = 0;
	int code;

	*t = (struct tracepoints){.tracefs = tracefs_open(err)};
	if (t->tracefs < 0)
		return t->tracefs;
	code = tracefs_list(t->tracefs, &t->names, err);
	if (!code)
		code = split_names(t, err);
	if (code)
		return code;
	chosen = calloc(t->nr + 1, sizeof(*chosen));
	if (!chosen)
		return fail(err, -ENOMEM, "no memory for %zu tracepoints", t->nr);
	for (size_t i = 0; !code && i < nr_words; i++)
		code = choose(t, words[i], chosen, err);
	if (!nr_words)
		code = choose(t, "*", chosen, err);
	for (size_t i = 0; i < t->nr; i++)
		if (chosen[i])
			t->items[nr++] = t->items[i];
	t->nr = nr;
	return code;
}

static int read_one(struct tracepoints *t, struct tracepoint_choice *item, struct buffer *text, struct error *err)
{
	int code;

	text->length = 0;
	code = tracefs_read_format_at(t->tracefs, item->name, text, err);
	if (!code)
		code = tracepoint_new(item->name, text->data ? text->data : "", text->length, &item->tracepoint, err);
	if (code)
		return code;
	item->tracepoint->message = messages_add(t->messages, item->name, text->data, text->length);
	return 0;
}

int tracepoints_read(struct tracepoints *t, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	size_t nr = 0;

	t->messages = messages_new();
	if (!t->messages)
		return fail(err, -ENOMEM, "no memory for the formats of the tracepoints");
	for (size_t i = 0; i < t->nr; i++) {
		struct error reason = {0};
		int code = read_one(t, &t->items[i], &text, &reason);

		if (code && (code == -ENOMEM || !t->items[i].by_pattern)) {
			*err = reason;
			return code;
		}
		if (code)
			error_print(&reason);
		else
			t->items[nr++] = t->items[i];
	}
	t->nr = nr;
	return 0;
}

void tracepoints_close(struct tracepoints *t)
{
	for (size_t i = 0; i < t->nr; i++)
		tracepoint_free(t->items[i].tracepoint);
	messages_free(t->messages);
	free(t->items);
	buffer_done(&t->names);
	cleanup_close(&t->tracefs);
	*t = (struct tracepoints){.tracefs = -1};
}

void tracepoint_describe(const struct tracepoint *t, struct buffer *out)
{
	const char *end = t->print_fmt + strlen(t->print_fmt);

	for (size_t i = 0; i < t->args.nr_fields; i++) {
		const struct field *f = &t->args.fields[i];

		buffer_printf(out, "    %-20s %-9s %3u bytes at %-4zu  %s\n", f->name, kinds[f->kind].name, f->size,
			      f->offset - TRACEPOINT_RAW_OFFSET, f->doc);
	}
	while (end > t->print_fmt && end[-1] == '\n')
		end--;
	if (end > t->print_fmt)
		buffer_printf(out, "    print fmt:%.*s\n", (int)(end - t->print_fmt), t->print_fmt);
	if (!t->message)
		buffer_append_text(
			out, "    message: the fields, since this print fmt cannot be followed outside the kernel\n");
}
