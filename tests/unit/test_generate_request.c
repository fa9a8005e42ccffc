/* SPDX-License-Identifier: GPL-2.0-only */
/* generate/type_request.h: the grammar of requests, and the list file. */
#include <errno.h>
#include <unistd.h>

#include "base/buffer.h"
#include "check.h"
#include "generate/type_request.h"

/* "KIND NAME WHOLE? MEMBER MEMBER?;" of each request. */
static void describe(const struct type_requests *r, struct buffer *out)
{
	for (size_t i = 0; i < r->nr; i++) {
		const struct type_request *req = &r->list[i];

		buffer_printf(out, "%s|%s%s%s", type_kind_name(req->kind), req->name, req->optional ? "?" : "",
			      req->whole ? " whole" : "");
		for (size_t m = 0; m < req->nr_members; m++)
			buffer_printf(out, " %s%s", req->members[m].name, req->members[m].optional ? "?" : "");
		buffer_append_text(out, ";");
	}
	buffer_append_char(out, '\0');
}

static void check_requests(const char *const *words, const char *expected)
{
	struct type_requests r = {};
	struct error err = {};
	struct buffer out = {};

	for (; *words; words++)
		if (!CHECK_EQ(type_requests_add(&r, *words, &err), 0))
			fprintf(stderr, "  '%s': %s\n", *words, err.text);
	describe(&r, &out);
	CHECK_TEXT(out.data, expected);
	buffer_done(&out);
	type_requests_done(&r);
	CHECK_EQ(r.nr, 0);
}

#define REQUESTS(expected, ...) check_requests((const char *const[]){__VA_ARGS__, NULL}, expected)

static void words_become_requests(void)
{
	REQUESTS("|pid_t whole;", "pid_t");
	REQUESTS("|task_struct;", "task_struct:");
	REQUESTS("|task_struct pid tgid;", "task_struct:pid,tgid");
	REQUESTS("|task_struct pid loginuid?;", "task_struct:pid,?loginuid");
	REQUESTS("|css_set? dfl_cgrp;", "?css_set:dfl_cgrp");
	REQUESTS("struct|pid level;", "struct:pid:level");
	REQUESTS("union|a whole;typedef|b whole;enum|c whole;", "union:a", "typedef:b", "enum:c");
	REQUESTS("enum| A B?;", "enum::A,?B");
	/* An enum without a name cannot be left out, its values can. */
	REQUESTS("enum|? A? B?;", "?enum::A,B");
}

static void one_type_is_one_request(void)
{
	REQUESTS("|f a b c;", "f:a,b", "f:b,c,c");
	/* Who needs it, needs it: one request without the mark is enough. */
	REQUESTS("|f a;", "?f:?a", "f:a");
	REQUESTS("|f? a?;", "?f:?a", "?f:?a");
	REQUESTS("|f whole a;", "f:a", "f");
	REQUESTS("|f a;struct|f b;", "f:a", "struct:f:b");
	REQUESTS("enum| A B;", "enum::A", "enum::B");
}

static void nonsense_is_refused(void)
{
	static const char *const bad[] = {
		"",    ":",  "?",   ":pid", "enum::", "enum:", "struct:", "a:b:c", "a:,",	"a:b,,c", "a:b,",
		"a b", "1a", "a-b", "a:1",  "a:b.c",  "??a",   "a:??b",	  "a*",	   "struct::a", "a:b c"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct type_requests r = {};
		struct error err = {};

		if (!CHECK_EQ(type_requests_add(&r, bad[i], &err), -EINVAL))
			fprintf(stderr, "  '%s'\n", bad[i]);
		CHECK(strstr(err.text, bad[i]));
		type_requests_done(&r);
	}
}

/* Writes a list into a file of its own and reads it; the file is gone afterwards. */
static int read_list(const char *text, struct type_requests *r, struct error *err)
{
	char path[] = "/tmp/observer-test-list-XXXXXX";
	int fd = mkstemp(path), ret;

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	ret = type_requests_read(r, path, err);
	unlink(path);
	return ret;
}

static void lists_are_words_and_comments(void)
{
	struct type_requests r = {};
	struct error err = {};
	struct buffer out = {};

	CHECK_EQ(read_list("# types\n\n u8\tu16  # two\r\nf:a\nf:b", &r, &err), 0);
	describe(&r, &out);
	CHECK_TEXT(out.data, "|u8 whole;|u16 whole;|f a b;");
	buffer_done(&out);
	type_requests_done(&r);
}

static void lists_name_the_bad_line(void)
{
	struct type_requests r = {};
	struct error err = {};

	CHECK_EQ(read_list("u8\n\nf:a,\n", &r, &err), -EINVAL);
	CHECK(strstr(err.text, ":3: request 'f:a,'"));
	type_requests_done(&r);
	CHECK_EQ(read_list(":\n", &r, &err), -EINVAL);
	CHECK(err.hint[0]);
	type_requests_done(&r);
	CHECK_EQ(type_requests_read(&r, "/nonexistent/list", &err), -ENOENT);
	CHECK(strstr(err.text, "/nonexistent/list"));
}

int main(void)
{
	RUN(words_become_requests);
	RUN(one_type_is_one_request);
	RUN(nonsense_is_refused);
	RUN(lists_are_words_and_comments);
	RUN(lists_name_the_bad_line);
	return test_main();
}
