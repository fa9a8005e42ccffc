/* SPDX-License-Identifier: GPL-2.0-only */
/* filter/parse.c, token.c, check.c: what can be written, and what each mistake is told. */
#include <errno.h>

#include "check.h"
#include "filter/filter.h"

static const struct schema *const exec_alone[] = {&schema_exec, &schema_lost, NULL};
static const struct schema *const several[] = {&schema_exec, &schema_exit, &schema_exec_fail, NULL};

static bool find_user(void *context, const char *name, uint32_t *ret_uid)
{
	(void)context;
	*ret_uid = 33;
	return !strcmp(name, "www-data");
}

static const struct literal_names names = {.find_user = find_user};

static int check(const char *text, const struct schema *const *schemas, struct error *err)
{
	struct filter *f = filter_new(err);
	int code = filter_add(f, "--where", text, err);

	if (!code)
		code = filter_check(f, schemas, &names, err);
	filter_free(f);
	return code;
}

static void what_can_be_written(void)
{
	static const char *const texts[] = {
		"uid == 0",
		" uid==0&&gid!=0||pid<1 ",
		"((uid == 0))",
		"!(uid == 0)",
		"!!(uid == 0)",
		"!privileged && privileged == true && privileged != false && memfd in (true, 0)",
		"present(tty) && !present(env)",
		"pid in (1, 0x2, 3K) || pid & 0xff",
		"start_ns >= 1.5s && start_ns <= 100 && start_ns > 2ms && start_ns < 1h",
		"comm ~ 'a*' && comm =~ \"^(a|b)+$\" && filename in (\"/a\", '/b')",
		"comm == \"\\\\ \\\" \\' \\n \\t \\r \\x7f\" || comm == 'it\\'s' || comm == \"\"",
		"uid == 'www-data' || uid in (www, 1)",
		"argv == \"x\" && truncated == \"argv\" && cwd ~ \"/*\"",
		"cap_effective & 0x200000 && cap_effective == 0xFFFFFFFFFFFFFFFF",
		"dev == 2049 && ino > 1G && cpu == 0 && seq < 10",
	};
	struct error err = {};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int code = check(texts[i], exec_alone, &err);

		if (i == 11) /* www is nobody */
			CHECK_EQ(code, -EINVAL);
		else
			check_true(!code, __FILE__, __LINE__, "%s: %s", texts[i], err.text);
	}
	CHECK_EQ(check("exit_code == 1 || signal == KILL || signal in (SIGHUP, 9, \"RTMIN+1\") || errno == ENOENT",
		       several, &err),
		 0);
}

struct mistake {
	const char *filter, *text, *hint;
};

static void check_mistake(const struct mistake *m, const struct schema *const *schemas)
{
	struct error err = {};

	check_true(check(m->filter, schemas, &err) == -EINVAL, __FILE__, __LINE__, "%s is taken", m->filter);
	CHECK_TEXT(err.text, m->text);
	check_true(strstr(err.hint, m->hint), __FILE__, __LINE__, "%s: hint %s", m->filter, err.hint);
}

#define OPTION "option '--where', column "

static void what_mistakes_are_told(void)
{
	static const struct mistake mistakes[] = {
		{"", OPTION "1: the filter is empty", "for example"},
		{"  ", OPTION "1: the filter is empty", "for example"},
		{"uid = 0", OPTION "5: there is no operator '='", "equal is =="},
		{"uid == 0 | uid == 1", OPTION "10: there is no operator '|'", "or is ||"},
		{"uid == 0 and pid == 1", OPTION "10: there is no such operator", "and is &&"},
		{"filename ~ /tmp", OPTION "12: this is no part of a filter", "quotes"},
		{"comm == \"a", OPTION "9: this quote is never closed", "in others"},
		{"comm == \"a\\", OPTION "9: this quote is never closed", "in others"},
		{"comm == \"a\\q\"", OPTION "11: there is no such escape", "\\xHH"},
		{"comm == \"a\\x00\"", OPTION "11: there is no such escape", "\\xHH"},
		{"uid ==", OPTION "7: a value must stand here", "a number"},
		{"uid == (0)", OPTION "8: a value must stand here", "a number"},
		{"0 == uid", OPTION "1: the name of a field must stand here", "begins with one"},
		{"uid == 0 &&", OPTION "12: the name of a field must stand here", "begins with one"},
		{"(uid == 0", OPTION "10: ')' is missing here", "'('"},
		{"uid == 0)", OPTION "9: the filter goes on where it could end", "&& or ||"},
		{"uid == 0 pid == 1", OPTION "10: the filter goes on where it could end", "&& or ||"},
		{"!uid == 0", OPTION "2: '!' stands before a comparison without parentheses", "!(uid == 0)"},
		{"present tty", OPTION "9: the filter goes on where it could end", "&& or ||"},
		{"present(1)", OPTION "9: the name of a field must stand here", "present(tty)"},
		{"present(tty", OPTION "12: ')' must stand here", "present(tty)"},
		{"uid in 0", OPTION "8: '(' must stand behind in", "comm in ("},
		{"uid in (0 1)", OPTION "11: ',' or ')' must stand here", "comm in ("},
		{"uid in ()", OPTION "9: a value must stand here", "a number"},
		{"\xc3\xa9 == 1 && \xc3\xa9 == \"", OPTION "1: this is no part of a filter", "quotes"},
		{"comm == '\xc3\xa9' && comm = 1", OPTION "21: there is no operator '='", "=="},
	};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		check_mistake(&mistakes[i], exec_alone);
}

static void what_wrong_types_are_told(void)
{
	static const struct mistake mistakes[] = {
		{"fileame == \"x\"", OPTION "1: exec has no field 'fileame'", "did you mean 'filename'?"},
		{"uid == 0 && zzzzzzzzz == 1", OPTION "13: exec has no field 'zzzzzzzzz'", "--fields help"},
		{"present(cgroup_v1)", OPTION "9: exec has no field 'cgroup_v1'", "'cgroup_id'"},
		{"pid == \"1\"", OPTION "8: pid is a number, and \"1\" is none", "0x"},
		{"pid == one", OPTION "8: pid is a number, and 'one' is none", "0x"},
		{"pid == -1", OPTION "8: pid is a number, and '-1' is none", "0x"},
		{"pid == 1s", OPTION "8: pid is a number, and '1s' is none", "0x"},
		{"pid == 0x", OPTION "8: pid is a number, and '0x' is none", "0x"},
		{"pid == 18446744073709551616", OPTION "8: pid is a number, and '18446744073709551616' is none", "0x"},
		{"pid ~ \"1*\"", OPTION "7: pid is a number, and \"1*\" is none", "0x"},
		{"pid =~ 1", OPTION "5: pid is a number, which '=~' does not compare", "== !="},
		{"start_ns > 4K", OPTION "12: start_ns is a time in nanoseconds, and '4K' is none", "500ms"},
		{"comm == bash", OPTION "9: comm is text, and 'bash' stands without quotes", "\"bash\""},
		{"comm == 1", OPTION "9: comm is text, and '1' stands without quotes", "\"1\""},
		{"comm < \"a\"", OPTION "6: comm is text, which '<' does not compare", "~ =~"},
		{"comm & \"a\"", OPTION "6: comm is text, which '&' does not compare", "~ =~"},
		{"comm =~ \"(\"", OPTION "9: this is no regular expression: Unmatched ( or \\(", "regex(7)"},
		{"privileged == 2", OPTION "15: privileged is true or false, and '2' is none", "!privileged"},
		{"privileged < true", OPTION "12: privileged is true or false, which '<' does not compare", "alone"},
		{"uid", OPTION "1: uid is not true or false by itself", "present(uid)"},
		{"!comm", OPTION "2: comm is not true or false by itself", "present(comm)"},
		{"uid == nobodyx", OPTION "8: uid is a user id, and there is no user 'nobodyx' in /etc/passwd",
		 "number"},
		{"gid == \"x\"", OPTION "8: gid is a group id, and \"x\" is none", "number"},
	};
	static const struct mistake of_several[] = {
		{"pidd == 1", OPTION "1: none of the events has a field 'pidd'", "did you mean"},
		{"signal == KIL", OPTION "11: signal is a signal, and 'KIL' is none", "KILL"},
		{"errno == ENOEN", OPTION "10: errno is an error number, and 'ENOEN' is none", "ENOENT"},
	};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		check_mistake(&mistakes[i], exec_alone);
	for (size_t i = 0; i < sizeof(of_several) / sizeof(of_several[0]); i++)
		check_mistake(&of_several[i], several);
}

static void the_place_is_shown(void)
{
	static const char hostile[] = "comm == \"\x1b[31m\" && comm = \"\"";
	char long_text[4000];
	struct error err = {};

	CHECK_EQ(check("comm == '\xc3\xa9' && fo == 1", exec_alone, &err), -EINVAL);
	CHECK_TEXT(err.excerpt, "comm == '\xc3\xa9' && fo == 1");
	CHECK_EQ(err.caret, 15);
	CHECK_EQ(check(hostile, exec_alone, &err), -EINVAL);
	CHECK(!strchr(err.excerpt, '\x1b') && strstr(err.excerpt, "\\x1b[31m"));
	CHECK_EQ(err.excerpt[err.caret], '=');
	memset(long_text, ' ', sizeof(long_text));
	strcpy(long_text + 3000, "uid = 1");
	CHECK_EQ(check(long_text, exec_alone, &err), -EINVAL);
	CHECK_EQ(err.excerpt[err.caret], '=');
	CHECK(strstr(err.text, "column 3005"));
}

/* What is too deep or too much is refused, not recursed into. */
static void limits(void)
{
	static char text[200000];
	struct error err = {};
	char *at = text;

	memset(text, '(', 100);
	strcpy(text + 100, "uid == 0");
	CHECK_EQ(check(text, exec_alone, &err), -EINVAL);
	CHECK(strstr(err.text, "too many parentheses"));
	memset(text, '!', 100000);
	strcpy(text + 100000, "privileged");
	CHECK_EQ(check(text, exec_alone, &err), -EINVAL);
	CHECK(strstr(err.text, "too many '!'"));
	for (int i = 0; i < 1025; i++)
		at += sprintf(at, "%suid == %d", i ? " || " : "", i);
	CHECK_EQ(check(text, exec_alone, &err), -EINVAL);
	CHECK(strstr(err.text, "too many comparisons"));
	*strrchr(text, '|') = ' ';
	*strrchr(text, '|') = '\0';
	CHECK_EQ(check(text, exec_alone, &err), 0);
}

int main(void)
{
	RUN(what_can_be_written);
	RUN(what_mistakes_are_told);
	RUN(what_wrong_types_are_told);
	RUN(the_place_is_shown);
	RUN(limits);
	return test_main();
}
