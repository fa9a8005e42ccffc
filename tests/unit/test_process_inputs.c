/* SPDX-License-Identifier: GPL-2.0-only */
/* process/users.h, process/identity.h, process/environ.h and base/file.h: what is read once at the start. */
#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "process/environ.h"
#include "process/identity.h"
#include "process/users.h"

/* Name of a new file with these bytes; the caller unlinks it. */
static const char *file_with(const void *bytes, size_t length)
{
	static char path[64];
	int fd;

	strcpy(path, "/tmp/observer-test-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		exit(1);
	close(fd);
	return path;
}

static void read_users(struct users *u, const char *text, size_t length)
{
	const char *path = file_with(text, length);

	CHECK_EQ(users_read(u, path), 0);
	unlink(path);
}
#define READ_USERS(u, literal) read_users(u, literal, sizeof(literal) - 1)

static void users_have_names(void)
{
	struct users u;

	READ_USERS(&u, "root:x:0:0:root:/root:/bin/bash\n"
		       "nobody:x:65534:65534::/:\n"
		       "alice:x:1000:1000::/:\n"
		       "toor:x:0:0::/:\n"
		       "last:x:4294967295:0::/:");
	CHECK_TEXT(users_find(&u, 0), "root");
	CHECK_TEXT(users_find(&u, 1000), "alice");
	CHECK_TEXT(users_find(&u, 65534), "nobody");
	CHECK_TEXT(users_find(&u, 4294967295), "last");
	CHECK(!users_find(&u, 1) && !users_find(&u, 999) && !users_find(&u, 4294967294));
	users_done(&u);
	CHECK(!users_find(&u, 0));
}

static void odd_lines_are_skipped(void)
{
	struct users u;

	READ_USERS(&u, "\n:\n::\n:::\n:x:5:\n+nis:x:6:\n-nis:x:7:\n+::::::\n# note:x:8:\nno-colons\ntwo:x\n"
		       "negative:x:-1:\nlarge:x:4294967296:\nword:x:abc:\nempty:x::\nblank:x: 9:\nshort:x:9\n"
		       "nul\0name:x:10:\n"
		       "odd \x1b[31m\xff:x:11:\nok:x:12:");
	CHECK_EQ(u.nr_rows, 2);
	CHECK_TEXT(users_find(&u, 12), "ok");
	CHECK_TEXT(users_find(&u, 11), "odd \x1b[31m\xff");
	users_done(&u);
	READ_USERS(&u, "");
	CHECK_EQ(u.nr_rows, 0);
	CHECK(!users_find(&u, 0));
	users_done(&u);
	CHECK_EQ(users_read(&u, "/nonexistent/passwd"), -ENOENT);
	CHECK(!users_find(&u, 0));
	CHECK_EQ(users_read(&u, "/"), -EISDIR);
}

static void many_users_are_found(void)
{
	struct buffer text = {0};
	struct users u;
	unsigned int nr_wrong = 0;
	char name[32];

	for (unsigned int i = 0; i < 3000; i++)
		buffer_printf(&text, "u%u:x:%u:0::/:/bin/sh\n", i * 7 % 3000, 3 * (i * 7 % 3000));
	read_users(&u, text.data, text.length);
	for (unsigned int i = 0; i < 9000; i++) {
		const char *found = users_find(&u, i);

		snprintf(name, sizeof(name), "u%u", i / 3);
		if (i % 3 ? found != NULL : !found || strcmp(found, name))
			nr_wrong++;
	}
	CHECK_EQ(u.nr_rows, 3000);
	CHECK_EQ(nr_wrong, 0);
	users_done(&u);
	buffer_done(&text);
}

static int read_boot(struct boot *boot, const char *text)
{
	const char *path = file_with(text, strlen(text));
	int code = identity_read_boot(boot, path);

	unlink(path);
	return code;
}

static void a_boot_has_twelve_digits(void)
{
	struct boot boot;

	CHECK_EQ(read_boot(&boot, "9f3c2a71-b0de-4711-8000-001122334455\n"), 0);
	CHECK_BYTES(boot.digits, 12, "9f3c2a71b0de", 12);
	CHECK_EQ(read_boot(&boot, "9f3c2a71-b0d"), -EINVAL);
	CHECK_BYTES(boot.digits, 12, "000000000000", 12);
	CHECK_EQ(read_boot(&boot, "9f3c2a71 b0de-4711"), -EINVAL);
	CHECK_EQ(read_boot(&boot, ""), -EINVAL);
	CHECK_EQ(identity_read_boot(&boot, "/nonexistent"), -ENOENT);
	CHECK_BYTES(boot.digits, 12, "000000000000", 12);
}

static void an_identity_has_three_parts(void)
{
	struct boot boot = {"9f3c2a71b0de"};
	char text[IDENTITY_BYTES_MAX];

	CHECK_BYTES(text, identity_put(text, &boot, 54304, 0xa1b2c3d4e5), "9f3c2a71b0de.54304.a1b2c3d4e5", 29);
	CHECK_BYTES(text, identity_put(text, &boot, 0, 0), "9f3c2a71b0de.0.0", 16);
	CHECK_BYTES(text, identity_put(text, &boot, UINT32_MAX, UINT64_MAX), "9f3c2a71b0de.4294967295.ffffffffffffffff",
		    40);
}

#define LIST "PATH=/bin\0LC_ALL=C\0LC_=\0XPATH=1\0odd\0=x\0PATH=again\0LAST=a\xff"

static void chosen(const char *choice, const char *expected, size_t length)
{
	struct environ_choice *c = NULL;
	char list[sizeof(LIST) - 1];

	CHECK_EQ(environ_choice_new(choice, &c, NULL), 0);
	CHECK_BYTES(list, strings_select(c, LIST, sizeof(LIST) - 1, list), expected, length);
	environ_choice_free(c);
}
#define CHOSEN(choice, literal) chosen(choice, literal, sizeof(literal) - 1)

static void variables_are_chosen_by_name(void)
{
	CHOSEN("PATH", "PATH=/bin\0PATH=again\0");
	CHOSEN("LC_*,odd", "LC_ALL=C\0LC_=\0odd\0");
	CHOSEN("*", LIST);
	CHOSEN("LAST", "LAST=a\xff");
	CHOSEN("?PATH", "XPATH=1\0");
	CHOSEN("path", "");
	CHOSEN("C", "");
	CHOSEN("NONE,N*", "");
}

static void bad_choices_are_refused(void)
{
	static const char *const bad[] = {"", ",", "A,", ",A", "A,,B", "A=b"};
	struct environ_choice *c = (void *)&bad;
	struct error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		CHECK_EQ(environ_choice_new(bad[i], &c, &err), -EINVAL);
		CHECK(c == (void *)&bad && strstr(err.text, "environment") && err.hint[0]);
	}
}

static void files_are_read_whole(void)
{
	struct buffer text = {0}, b = {0};
	struct error err;
	const char *path;

	for (unsigned int i = 0; i < 20000; i++)
		buffer_append_char(&text, i * 31);
	path = file_with(text.data, text.length);
	buffer_append_text(&b, "before");
	CHECK_EQ(file_read(path, &b, &err), 0);
	unlink(path);
	CHECK_EQ(b.length, 20006);
	CHECK(!memcmp(b.data, "before", 6) && !memcmp(b.data + 6, text.data, text.length));
	CHECK_EQ(file_read("/nonexistent", &b, &err), -ENOENT);
	CHECK_TEXT(err.text, "cannot open '/nonexistent': No such file or directory");
	buffer_done(&text);
	buffer_done(&b);
}

int main(void)
{
	RUN(users_have_names);
	RUN(odd_lines_are_skipped);
	RUN(many_users_are_found);
	RUN(a_boot_has_twelve_digits);
	RUN(an_identity_has_three_parts);
	RUN(variables_are_chosen_by_name);
	RUN(bad_choices_are_refused);
	RUN(files_are_read_whole);
	return test_main();
}
