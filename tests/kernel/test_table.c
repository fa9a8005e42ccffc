/* SPDX-License-Identifier: GPL-2.0-only */
/* The table: command lines that can be pasted back, terminals, times. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "session.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The escape behind a backslash within $'...'. */
static char escaped(const char **at)
{
	static const char names[] = "n\nt\tr\ra\ab\bf\fv\v";
	const char *name;

	if (**at == 'x') {
		int high = hex_digit((*at)[1]), low = hex_digit((*at)[2]);

		*at += 2;
		return (char)(high * 16 + low);
	}
	for (name = names; *name; name += 2)
		if (*name == **at)
			return name[1];
	return **at;
}

/* Reads a command line as a shell would: bare words, '...', \x and $'...'. */
static struct strings shell_words(const char *line)
{
	char *out = calloc(1, strlen(line) + 2), *end = out;

	while (*line) {
		for (; *line && *line != ' '; line++) {
			bool dollar = line[0] == '$' && line[1] == '\'';

			if (*line == '\\') {
				*end++ = *++line;
			} else if (*line == '\'' || dollar) {
				for (line += dollar ? 2 : 1; *line && *line != '\''; line++)
					if (dollar && *line == '\\')
						line++, *end++ = escaped(&line);
					else
						*end++ = *line;
			} else {
				*end++ = *line;
			}
		}
		*end++ = '\0';
		line += strspn(line, " ");
	}
	return strings_of(out, (size_t)(end - out));
}

TEST(table_can_be_pasted_back)
{
	char *hold = make_hold(new_tag()), *every = calloc(1, 256), *line;
	const char *const *argv;
	struct session *s = session_start_raw(LIST("-o", "table"));
	struct strings words;
	struct child c;

	for (int byte = 1; byte < 256; byte++)
		every[byte - 1] = (char)byte;
	argv = LIST(hold, "", "two words", "it's", "$HOME", "`x`", "a\\b", "\"", "*", "~", "#x", "!x", "a;b",
		    "\xc3\xa4", hostile, every);
	c = child_hold(hold, argv, NULL);
	line = line_with(session_wait_output(s, hold), hold);
	words = shell_words(strstr(line, hold));
	CHECK_EQ(words.nr, 16);
	for (size_t i = 0; i < words.nr && argv[i]; i++)
		CHECK(!strcmp(words.items[i], argv[i]), "argument %zu: %s became %s", i,
		      shown(argv[i], strlen(argv[i])), shown(words.items[i], strlen(words.items[i])));
	child_end(&c);
	session_stop(s);
}

/* Not to a terminal: nothing is cut, no colours. */
TEST(table_without_a_terminal)
{
	char *hold = make_hold(new_tag()), *huge = memset(calloc(1, 100001), 'h', 100000), *output;
	struct session *s = session_start_raw(LIST("-o", "table"));
	struct child c = child_hold(hold, LIST(hold, huge, "end"), NULL);

	output = session_wait_output(s, hold);
	CHECK(strlen(line_with(output, hold)) > 100000, "it was cut");
	CHECK(!strchr(output, '\x1b'), "colours");
	child_end(&c);
	session_stop(s);
}

struct terminal {
	int main_fd, side_fd;
};

static struct terminal terminal_open(unsigned short columns)
{
	struct winsize size = {24, columns, 0, 0};
	struct terminal t = {.main_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
	char name[64];

	if (t.main_fd < 0 || grantpt(t.main_fd) != 0 || unlockpt(t.main_fd) != 0 ||
	    ptsname_r(t.main_fd, name, sizeof(name)) != 0)
		test_skip("no pseudo terminal: %s", strerror(errno));
	t.side_fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ioctl(t.main_fd, TIOCSWINSZ, &size);
	fcntl(t.main_fd, F_SETFL, O_NONBLOCK);
	return t;
}

/* Reads until the wanted word has come with the rest of its line. */
static char *terminal_read(struct terminal *t, const char *wanted)
{
	static char screen[1 << 20];
	size_t used = 0;

	for (int i = 0; i < 5000; i++, sleep_ms(2)) {
		ssize_t got = read(t->main_fd, screen + used, sizeof(screen) - 1 - used);
		char *at;

		used += got > 0 ? (size_t)got : 0;
		screen[used] = '\0';
		at = strstr(screen, wanted);
		if (at && strchr(at, '\n'))
			return text("%s", screen);
	}
	REQUIRE(false, "'%s' does not show on the terminal: %s", wanted, shown(screen, used));
	return NULL;
}

/* Columns of a line without its escape sequences; all characters here are one column wide. */
static size_t columns_of(const char *line)
{
	size_t columns = 0;

	for (; *line && *line != '\r'; line++) {
		if (*line == '\x1b')
			line += strcspn(line, "m");
		else
			columns += ((unsigned char)*line & 0xc0) != 0x80;
	}
	return columns;
}

static void no_color(void *wanted)
{
	if (wanted)
		setenv("NO_COLOR", "1", 1);
	else
		unsetenv("NO_COLOR");
	setenv("TERM", "xterm-256color", 1);
}

/* One exec with long arguments shown on a terminal; returns its line. */
static char *shown_on_terminal(const char *const *args, void *without_color, unsigned short columns)
{
	struct terminal t = terminal_open(columns);
	char *name = text("/tmp/%s", new_tag()), *line;
	struct session *s = session_open(&(struct session_options){
		.args = args, .raw = true, .stdout_fd = t.side_fd, .prepare = no_color, .arg = without_color});
	struct child c;

	/* A short path, so that it is not cut itself. */
	make_program(name, PROGRAM_HOLD);
	c = child_hold(name, LIST(name, "one", memset(calloc(1, 301), 'x', 300), "last"), NULL);
	line = line_with(terminal_read(&t, strrchr(name, '/') + 1), strrchr(name, '/') + 1);
	child_end(&c);
	unlink(name);
	session_stop(s);
	close(t.main_fd);
	close(t.side_fd);
	return line;
}

TEST(table_on_a_terminal)
{
	char *line = shown_on_terminal((const char *const[]){NULL}, NULL, 100);

	CHECK(columns_of(line) <= 100 && strstr(line, "\xe2\x80\xa6"), "%zu columns: %s", columns_of(line), line);
	CHECK(strchr(line, '\x1b'), "no colour on a terminal: %s", line);
	line = shown_on_terminal((const char *const[]){NULL}, "1", 100);
	CHECK(!strchr(line, '\x1b'), "colour in spite of NO_COLOR: %s", line);
	line = shown_on_terminal(LIST("--full"), "1", 100);
	CHECK(columns_of(line) > 300 && strstr(line, "last"), "cut in spite of --full: %s", line);
}

static void far_away(void *arg)
{
	(void)arg;
	setenv("TZ", "XYZ-05:30", 1);
}

/* The clock time of the table's line, in seconds of the day. */
static long table_seconds(const char *line)
{
	int hour, minute, second;

	REQUIRE(sscanf(line, "%d:%d:%d", &hour, &minute, &second) == 3, "no time in '%s'", line);
	return hour * 3600L + minute * 60 + second;
}

TEST(table_local_time_and_utc)
{
	for (int utc = 0; utc < 2; utc++) {
		char *hold = make_hold(new_tag());
		struct session *s = session_open(
			&(struct session_options){.args = utc ? LIST("-o", "table", "--utc") : LIST("-o", "table"),
						  .raw = true,
						  .prepare = far_away});
		struct child c = child_hold(hold, LIST(hold), NULL);
		long shown_seconds = table_seconds(line_with(session_wait_output(s, hold), hold));
		long expected = (long)(time(NULL) + (utc ? 0 : 19800)) % 86400;

		CHECK((expected - shown_seconds + 86400) % 86400 < 30, "%ld seconds of the day, expected %ld",
		      shown_seconds, expected);
		child_end(&c);
		session_stop(s);
	}
}
