/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From tokens to a tree, by descent:
 *   filter = and { "||" and };  and = not { "&&" not };  not = "!" not | "(" filter ")" | test;
 *   test = "present" "(" NAME ")" | NAME | NAME operator literal | NAME "in" "(" literal { "," literal } ")"
 * Which names and literals are right is told by check.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter/token.h"

/* Parentheses in parentheses, at most: the descent and everything behind it recurse. */
#define DEPTH_MAX 64
/* Comparisons of all that is added to one filter. */
#define TESTS_MAX 1024

struct parser {
	struct filter *filter;
	struct tokens tokens;
	struct error *err;
	int depth;
};

static struct node *parse_or(struct parser *p);
static struct node *parse_not(struct parser *p);

static void *fail_parse(struct parser *p, size_t offset, const char *what, const char *hint)
{
	fail(p->err, -EINVAL, "%s", what);
	fail_hint(p->err, "%s", hint);
	fail_in(p->err, p->tokens.source, offset);
	return NULL;
}

static bool next(struct parser *p)
{
	return token_next(&p->tokens, p->err) == 0;
}

static bool is_word(const struct parser *p, const char *word)
{
	const struct token *t = &p->tokens.now;

	return t->type == TOKEN_WORD && t->end - t->begin == strlen(word) &&
	       !memcmp(p->tokens.source->text + t->begin, word, t->end - t->begin);
}

void node_free(struct node *n)
{
	while (n) {
		struct node *after = n->next;

		node_free(n->child);
		free(n);
		n = after;
	}
}

/* A node that begins with the present token. */
static struct node *node_new(struct parser *p, enum node_type type)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n) {
		fail(p->err, -ENOMEM, "no memory for the filter");
		return NULL;
	}
	n->type = type;
	n->source = p->tokens.source;
	n->begin = p->tokens.now.begin;
	return n;
}

/* A test that begins with the present token, a name; it belongs to the filter. */
static struct test *test_new(struct parser *p)
{
	struct filter *f = p->filter;
	struct test *t;

	if (f->nr_tests == TESTS_MAX)
		return fail_parse(p, p->tokens.now.begin, "there are too many comparisons",
				  "1024 are the most; a list is shorter: pid in (1, 2, 3)");
	t = calloc(1, sizeof(*t));
	if (!t) {
		fail(p->err, -ENOMEM, "no memory for the filter");
		return NULL;
	}
	t->source = p->tokens.source;
	t->number = f->nr_tests++;
	*f->tests_end = t;
	f->tests_end = &t->next;
	t->name_offset = t->operator_offset = p->tokens.now.begin;
	t->name = token_read(&p->tokens, p->err);
	return t->name ? t : NULL;
}

static bool parse_literal(struct parser *p, struct test *t)
{
	static const enum literal_form forms[] = {
		[TOKEN_WORD] = LITERAL_WORD, [TOKEN_NUMBER] = LITERAL_NUMBER, [TOKEN_TEXT] = LITERAL_TEXT};
	enum token_type type = p->tokens.now.type;
	struct operand *operands;

	if (type != TOKEN_WORD && type != TOKEN_NUMBER && type != TOKEN_TEXT)
		return fail_parse(p, p->tokens.now.begin, "a value must stand here",
				  "a number, \"text\", true, false, or a name of a user, signal or error");
	operands = realloc(t->operands, (t->nr_operands + 1) * sizeof(*operands));
	if (!operands) {
		fail(p->err, -ENOMEM, "no memory for the filter");
		return false;
	}
	t->operands = operands;
	operands[t->nr_operands] = (struct operand){.literal = {.form = forms[type]}, .offset = p->tokens.now.begin};
	operands[t->nr_operands].literal.text = token_read(&p->tokens, p->err);
	if (!operands[t->nr_operands].literal.text)
		return false;
	t->nr_operands++;
	p->filter->nr_values++;
	return next(p);
}

static bool expect(struct parser *p, enum token_type type, const char *what, const char *hint)
{
	if (p->tokens.now.type != type)
		return fail_parse(p, p->tokens.now.begin, what, hint);
	return next(p);
}

static bool parse_list(struct parser *p, struct test *t)
{
	static const char hint[] = "a list is written so: comm in (\"bash\", \"zsh\")";

	if (!next(p) || !expect(p, TOKEN_OPEN, "'(' must stand behind in", hint))
		return false;
	for (;;) {
		if (!parse_literal(p, t))
			return false;
		if (p->tokens.now.type != TOKEN_COMMA)
			return expect(p, TOKEN_CLOSE, "',' or ')' must stand here", hint);
		if (!next(p))
			return false;
	}
}

/* Behind the name. */
static bool parse_comparison(struct parser *p, struct test *t)
{
	const struct token *now = &p->tokens.now;

	t->operator_offset = now->begin;
	if (is_word(p, "in")) {
		t->operator= OPERATOR_IN;
		return parse_list(p, t);
	}
	if (now->type != TOKEN_OPERATOR) {
		t->operator= OPERATOR_IS_TRUE;
		return true;
	}
	t->operator= now->operator;
	return next(p) && parse_literal(p, t);
}

static struct test *parse_present(struct parser *p)
{
	static const char hint[] = "it is written so: present(tty)";
	struct test *t;

	if (!expect(p, TOKEN_OPEN, "'(' must stand behind present", hint))
		return NULL;
	if (p->tokens.now.type != TOKEN_WORD)
		return fail_parse(p, p->tokens.now.begin, "the name of a field must stand here", hint);
	t = test_new(p);
	if (!t)
		return NULL;
	t->operator= OPERATOR_PRESENT;
	return next(p) && expect(p, TOKEN_CLOSE, "')' must stand here", hint) ? t : NULL;
}

/* NAME, unless it is the function: a field may be called present. */
static struct test *parse_test(struct parser *p)
{
	bool may_be_present = is_word(p, "present");
	const char *rest = p->tokens.source->text + p->tokens.now.end;
	struct test *t;

	if (p->tokens.now.type != TOKEN_WORD)
		return fail_parse(p, p->tokens.now.begin, "the name of a field must stand here",
				  "a comparison begins with one: uid == 0; 'observer exec --fields help' lists them");
	if (may_be_present && rest[strspn(rest, " \t\n")] == '(')
		return next(p) ? parse_present(p) : NULL;
	t = test_new(p);
	return t && next(p) && parse_comparison(p, t) ? t : NULL;
}

static struct node *parse_inner(struct parser *p)
{
	struct node *n;

	if (++p->depth > DEPTH_MAX)
		return fail_parse(p, p->tokens.now.begin, "too many parentheses inside each other", "64 are the most");
	if (!next(p))
		return NULL;
	n = parse_or(p);
	p->depth--;
	if (n && expect(p, TOKEN_CLOSE, "')' is missing here", "each '(' needs its ')'"))
		return n;
	node_free(n);
	return NULL;
}

/* Behind '!': what is negated. Before a bare comparison it could be meant for the name alone. */
static struct node *parse_negated(struct parser *p)
{
	bool inner = p->tokens.now.type == TOKEN_OPEN;
	size_t begin = p->tokens.now.begin;
	struct node *n;

	if (++p->depth > DEPTH_MAX)
		return fail_parse(p, begin, "too many '!' one behind the other", "two of them are none");
	n = parse_not(p);
	p->depth--;
	if (!n || inner || n->type != NODE_TEST || !n->test->nr_operands)
		return n;
	node_free(n);
	return fail_parse(p, begin, "'!' stands before a comparison without parentheses",
			  "write !(uid == 0), or the other operator: uid != 0");
}

static struct node *parse_not(struct parser *p)
{
	enum token_type type = p->tokens.now.type;
	struct node *n;

	if (type == TOKEN_OPEN)
		return parse_inner(p);
	n = node_new(p, type == TOKEN_NOT ? NODE_NOT : NODE_TEST);
	if (!n)
		return NULL;
	if (type != TOKEN_NOT)
		n->test = parse_test(p);
	else if (next(p))
		n->child = parse_negated(p);
	n->end = p->tokens.last_end;
	if (n->child || n->test)
		return n;
	node_free(n);
	return NULL;
}

/* One or several with the sign between them. */
static struct node *parse_chain(struct parser *p, enum token_type sign, enum node_type type,
				struct node *(*parse_one)(struct parser *p))
{
	struct node *chain = node_new(p, type), **end;

	if (!chain)
		return NULL;
	end = &chain->child;
	for (;;) {
		*end = parse_one(p);
		if (!*end)
			break;
		end = &(*end)->next;
		if (p->tokens.now.type != sign) {
			struct node *only = chain->child;

			chain->end = p->tokens.last_end;
			if (only->next)
				return chain;
			free(chain);
			return only;
		}
		if (!next(p))
			break;
	}
	node_free(chain);
	return NULL;
}

static struct node *parse_and(struct parser *p)
{
	return parse_chain(p, TOKEN_AND, NODE_AND, parse_not);
}

static struct node *parse_or(struct parser *p)
{
	return parse_chain(p, TOKEN_OR, NODE_OR, parse_and);
}

struct node *parse_source(struct filter *f, const struct source *source, struct error *err)
{
	struct parser p = {.filter = f, .tokens = {.source = source}, .err = err};
	struct node *root;

	if (!next(&p))
		return NULL;
	if (p.tokens.now.type == TOKEN_END)
		return fail_parse(&p, 0, "the filter is empty", "for example: 'uid == 0 && comm != \"cron\"'");
	root = parse_or(&p);
	if (!root)
		return NULL;
	if (p.tokens.now.type == TOKEN_END)
		return root;
	node_free(root);
	if (is_word(&p, "and") || is_word(&p, "or") || is_word(&p, "not"))
		return fail_parse(&p, p.tokens.now.begin, "there is no such operator",
				  "and is &&, or is ||, not is !(...)");
	return fail_parse(&p, p.tokens.now.begin, "the filter goes on where it could end",
			  "between two comparisons && or || must stand");
}
