/* SPDX-License-Identifier: GPL-2.0-only */
/* base/shell.h: what real shells make of the quoted words is exactly the bytes they were made of. */
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/shell.h"
#include "base/utf8.h"
#include "check.h"

static void samples_are_quoted(void)
{
	static const char *const samples[][2] = {
		{"", "''"},
		{"/usr/bin/sed", "/usr/bin/sed"},
		{"-n", "-n"},
		{"--opt=a,b:c@d%e+f_g.h", "--opt=a,b:c@d%e+f_g.h"},
		{"=ls", "'=ls'"},
		{"~", "'~'"},
		{"s/a b/c/", "'s/a b/c/'"},
		{"it's", "'it'\\''s'"},
		{"'", "''\\'''"},
		{"$HOME `x` \"y\" \\ ! * ? [a] {b,c} #;&|<>()", "'$HOME `x` \"y\" \\ ! * ? [a] {b,c} #;&|<>()'"},
		{"größe", "'größe'"},
		{"a\nb", "$'a\\nb'"},
		{"\t\r\x1b\x7f", "$'\\t\\r\\x1b\\x7f'"},
		{"it's\n\\", "$'it\\'s\\n\\\\'"},
		{"\xff", "$'\\xff'"},
		/* bidi, zero-width, C1, a mark alone: hidden, so all their bytes */
		{"a\u202e", "$'a\\xe2\\x80\\xae'"},
		{"\u200b\xc2\x85", "$'\\xe2\\x80\\x8b\\xc2\\x85'"},
		{"\u0301x", "$'\\xcc\\x81x'"},
		{"\u00e9\n", "$'é\\n'"},
	};
	struct buffer b = {0};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		b.length = 0;
		shell_append_word(&b, samples[i][0], strlen(samples[i][0]));
		CHECK_BYTES(b.data, b.length, samples[i][1], strlen(samples[i][1]));
	}
	buffer_done(&b);
}

#define COMMAND(b, list) ((b)->length = 0, shell_append_command(b, list, sizeof(list) - 1))

static void the_first_word_is_a_command(void)
{
	struct buffer b = {0};

	COMMAND(&b, "ls\0-l\0a b\0\0");
	CHECK_BUFFER(&b, "ls -l 'a b' ''");
	COMMAND(&b, "sed\0x");
	CHECK_BUFFER(&b, "sed x");
	COMMAND(&b, "");
	CHECK_EQ(b.length, 0);
	COMMAND(&b, "\0");
	CHECK_BUFFER(&b, "''");
	COMMAND(&b, "A=b\0A=b\0");
	CHECK_BUFFER(&b, "'A=b' A=b");
	COMMAND(&b, "time\0if\0");
	CHECK_BUFFER(&b, "'time' if");
	COMMAND(&b, "%1\0%1\0");
	CHECK_BUFFER(&b, "'%1' %1");
	COMMAND(&b, "{\0}\0");
	CHECK_BUFFER(&b, "'{' '}'");
	COMMAND(&b, "a\nb\0");
	CHECK_BUFFER(&b, "$'a\\nb'");
	buffer_done(&b);
}

/* Runs argv with `script` as standard input; what it writes to standard output is appended to `out`. False where it
 * fails. */
static bool run_shell(const char *const *argv, const struct buffer *script, struct buffer *out)
{
	FILE *in = tmpfile(), *result = tmpfile();
	char bytes[4096];
	size_t length;
	int status;
	pid_t child;

	fwrite(script->data, 1, script->length, in);
	fflush(in);
	rewind(in);
	child = fork();
	if (child == 0) {
		dup2(fileno(in), STDIN_FILENO);
		dup2(fileno(result), STDOUT_FILENO);
		if (!freopen("/dev/null", "w", stderr))
			_exit(126);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	waitpid(child, &status, 0);
	rewind(result);
	while ((length = fread(bytes, 1, sizeof(bytes), result)) > 0)
		buffer_append(out, bytes, length);
	fclose(in);
	fclose(result);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Words for a shell to give back: the script that prints them, and the bytes expected, each word ended by NUL. */
struct words {
	struct buffer script;
	struct buffer expected;
	unsigned int nr_words;
	bool plain_only; /* leave out those that need $'...' */
};

static void add_word(struct words *w, const char *word, size_t length)
{
	struct buffer quoted = {0};

	shell_append_word(&quoted, word, length);
	if (!w->plain_only || quoted.data[0] != '$') {
		if (w->nr_words++ % 50 == 0)
			buffer_append_text(&w->script, "\nprintf '%s\\0'");
		buffer_append_char(&w->script, ' ');
		buffer_append(&w->script, quoted.data, quoted.length);
		buffer_append(&w->expected, word, length);
		buffer_append_char(&w->expected, '\0');
	}
	buffer_done(&quoted);
}

/* Every byte alone, at the start, in the middle, at the end, and before a digit that could belong to its escape. */
static void add_every_byte(struct words *w)
{
	for (unsigned int c = 1; c < 256; c++) {
		add_word(w, (char[]){c}, 1);
		add_word(w, (char[]){c, 'a', 'b'}, 3);
		add_word(w, (char[]){'a', c, '7'}, 3);
		add_word(w, (char[]){'a', '\'', c}, 3);
		add_word(w, (char[]){c, c}, 2);
		add_word(w, (char[]){'\n', c, 'f', '\n'}, 4);
		add_word(w, (char[]){0xe2, 0x80, c}, 3);
	}
}

static void add_random(struct words *w)
{
	static const char favourites[] = "'\\$`\"!\n\t ~#=x\xe2\x80\xae\xc3\xa9\xff\x01*?[]{}()<>|&;^%";
	unsigned int state = 3;

	for (unsigned int i = 0; i < 1500; i++) {
		char word[12];
		size_t length = i % sizeof(word);

		for (size_t j = 0; j < length; j++) {
			state = state * 1103515245 + 12345;
			word[j] = favourites[(state >> 16) % (sizeof(favourites) - 1)];
		}
		add_word(w, word, length);
	}
}

static bool nothing_hidden(const struct buffer *b)
{
	uint32_t code;

	for (size_t i = 0; i < b->length;) {
		i += utf8_decode(b->data + i, b->length - i, &code);
		if (code != '\n' && (code == UTF8_INVALID || utf8_look(code) == UTF8_HIDDEN))
			return false;
	}
	return true;
}

/* `prelude` is run before the words. */
static void check_shell(const char *const *argv, const char *prelude, bool plain_only)
{
	struct words w = {.plain_only = plain_only};
	struct buffer out = {0};

	buffer_append_text(&w.script, prelude);
	add_word(&w, "", 0);
	add_every_byte(&w);
	add_random(&w);
	buffer_append_char(&w.script, '\n');
	CHECK(nothing_hidden(&w.script));
	CHECK(w.nr_words > 600);
	CHECK(run_shell(argv, &w.script, &out));
	CHECK_BYTES(out.data, out.length, w.expected.data, w.expected.length);
	buffer_done(&w.script);
	buffer_done(&w.expected);
	buffer_done(&out);
}

static bool is_there(const char *const *argv)
{
	struct buffer script = {0}, out = {0};
	bool there;

	buffer_append_text(&script, "exit 0\n");
	there = run_shell(argv, &script, &out);
	buffer_done(&script);
	buffer_done(&out);
	if (!there)
		fprintf(stderr, "not installed: %s\n", argv[0]);
	return there;
}

static void shells_give_the_bytes_back(void)
{
	static const char *const sh[] = {"sh", NULL}, *const bash[] = {"bash", "--norc", NULL},
				 *const zsh[] = {"zsh", "-f", NULL}, *const busybox[] = {"busybox", "sh", NULL},
				 *const interactive[] = {"bash", "--norc", "--noprofile", "-i", NULL};
	static const char *const locales[] = {"C", "C.UTF-8"};

	for (size_t i = 0; i < 2; i++) {
		setenv("LC_ALL", locales[i], 1);
		/* No sh need know $'...' yet. */
		check_shell(sh, "", true);
		if (is_there(bash))
			check_shell(bash, "", false);
		if (is_there(zsh))
			check_shell(zsh, "", false);
		if (is_there(busybox))
			check_shell(busybox, "", false);
		/* As if pasted: history is expanded too. */
		if (is_there(interactive))
			check_shell(interactive, "set -H\n", false);
	}
}

int main(void)
{
	RUN(samples_are_quoted);
	RUN(the_first_word_is_a_command);
	RUN(shells_give_the_bytes_back);
	return test_main();
}
