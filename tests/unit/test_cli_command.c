/* SPDX-License-Identifier: GPL-2.0-only */
/* From command lines to commands: which one, with which settings and operands, and the texts made from their rows. */
#include "check.h"

#include <errno.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/man.h"

struct settings {
	struct common_settings common;
	bool fast;
	const char *path;
	struct option_texts texts;
};

static int nr_checked, nr_done;

static int watch_check(const struct call *call, struct error *err)
{
	const struct settings *s = call->settings;

	nr_checked++;
	return s->path && strcmp(s->path, "bad") == 0 ? fail(err, -EINVAL, "bad path") : 0;
}

static void watch_done(void *settings)
{
	(void)settings;
	nr_done++;
}

static const struct option_row watch_rows[] = {
	{.name = "fast", .letter = 'f', INTO_FLAG(struct settings, fast), .group = "Speed", .help = "be quick"},
	{.name = "path",
	 .letter = 'p',
	 .argument = "FILE",
	 INTO_TEXT(struct settings, path),
	 .completion = COMPLETE_FILE,
	 .group = "Speed",
	 .help = "a file to look into, with a help so long that it needs a second line",
	 .doc = "Look into FILE, not \\ into --fast.\n\n.Second paragraph."},
	{.name = "texts", .argument = "T", INTO_TEXTS(struct settings, texts), .group = "Speed", .help = "more"},
	COMMON_OPTION_ROWS,
};

static const struct command watch = {
	.name = "watch",
	.summary = "watches things",
	.doc = "Watch.",
	.rows = watch_rows,
	.nr_rows = sizeof(watch_rows) / sizeof(watch_rows[0]),
	.settings_bytes = sizeof(struct settings),
	.check = watch_check,
	.done = watch_done,
};

static const struct option_row common_rows[] = {COMMON_OPTION_ROWS};

#define COMMON_COMMAND                                                                                                 \
	.rows = common_rows, .nr_rows = sizeof(common_rows) / sizeof(common_rows[0]),                                  \
	.settings_bytes = sizeof(struct common_settings), .doc = "Text."

static const struct command run = {
	.name = "run",
	.summary = "runs a command",
	.operands = "COMMAND...",
	.operands_min = 1,
	.operands_max = 100,
	.stops_at_operand = true,
	COMMON_COMMAND,
};
static const struct command help = {.name = "help", .summary = "helps", .operands_max = 1, COMMON_COMMAND};
static const struct command version = {.name = "version", .summary = "says it", COMMON_COMMAND};
static const struct command hidden = {.name = "hidden", .hidden = true, .summary = "not seen", COMMON_COMMAND};

static const struct command *const all[] = {&watch, &run, &help, &version, &hidden};
static const struct command_list list = {"tool", "Does things", all, 5, &help, &version};

static char *words[16];
static struct call call;
static struct error err;

/* Opens a call with the words of a line; call_done is left to the next one. */
static int open_line(const char *line)
{
	static char copy[256];
	char *rest = copy, *word;
	int argc = 0;

	call_done(&call);
	snprintf(copy, sizeof(copy), "tool%s%s", *line ? " " : "", line);
	while ((word = strsep(&rest, " ")))
		words[argc++] = word;
	words[argc] = NULL;
	err = (struct error){0};
	return call_open(&list, argc, words, &call, &err);
}

static void without_a_command_the_first_is_meant(void)
{
	CHECK_EQ(open_line(""), 0);
	CHECK(call.command == &watch);
	CHECK_EQ(open_line("-f"), 0);
	CHECK(call.command == &watch);
	CHECK(((struct settings *)call.settings)->fast);
}

static void options_stand_on_both_sides_of_the_command(void)
{
	const struct settings *s;

	CHECK_EQ(open_line("-fp run watch --texts a --texts=b -v"), 0);
	s = call.settings;
	CHECK(call.command == &watch);
	CHECK(s->fast && s->common.verbose);
	CHECK_TEXT(s->path, "run");
	CHECK_EQ(s->texts.nr_items, 2);
	CHECK_EQ(open_line("--path run -prun --path=run -vprun help"), -EINVAL);
	CHECK_TEXT(err.text, "unknown option '--path'");
	CHECK_EQ(open_line("-v help watch"), 0);
	CHECK(call.command == &help);
	CHECK_EQ(call.nr_operands, 1);
	CHECK_TEXT(call.operands[0], "watch");
}

static void words_of_another_program_are_left_alone(void)
{
	CHECK_EQ(open_line("-v run make -f help --version"), 0);
	CHECK(call.command == &run);
	CHECK(((struct common_settings *)call.settings)->verbose);
	CHECK(!((struct common_settings *)call.settings)->version);
	CHECK_EQ(call.nr_operands, 4);
	CHECK_TEXT(call.operands[3], "--version");
}

static void help_and_version_are_commands(void)
{
	CHECK_EQ(open_line("--help"), 0);
	CHECK(call.command == &help);
	CHECK_EQ(call.nr_operands, 0);
	CHECK_EQ(open_line("-h run"), 0);
	CHECK(call.command == &help);
	CHECK_EQ(call.nr_operands, 1);
	CHECK_TEXT(call.operands[0], "run");
	CHECK_EQ(open_line("watch --path bad -hv"), 0);
	CHECK(call.command == &help);
	CHECK(((struct common_settings *)call.settings)->verbose);
	CHECK_TEXT(call.operands[0], "watch");
	CHECK_EQ(open_line("-v --version"), 0);
	CHECK(call.command == &version);
	CHECK(((struct common_settings *)call.settings)->verbose);
	CHECK_EQ(call.nr_operands, 0);
}

static void wrong_lines_are_refused(void)
{
	static const struct {
		const char *line, *text, *hint;
	} cases[] = {
		{"wach", "unknown command 'wach'", "did you mean 'tool watch'?"},
		{"zzz", "unknown command 'zzz'", "'tool --help' lists the commands"},
		{"hidde", "unknown command 'hidde'", "'tool --help' lists the commands"},
		{"watch x", "'tool watch' takes no operand 'x'", "usage: tool watch [OPTIONS]"},
		{"-- x", "'tool watch' takes no operand 'x'", "usage: tool watch [OPTIONS]"},
		{"run", "'tool run' lacks its operand COMMAND...", "usage: tool run [OPTIONS] COMMAND..."},
		{"--pth x", "unknown option '--pth'", "did you mean '--path'?"},
		{"--pth watch", "unknown option '--pth'", "did you mean '--path'?"},
		{"help --fast", "unknown option '--fast'", "'tool help --help' lists the options"},
		{"-p bad", "bad path", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_EQ(open_line(cases[i].line), -EINVAL);
		CHECK_TEXT(err.text, cases[i].text);
		CHECK_TEXT(err.hint, cases[i].hint);
	}
}

static void settings_are_checked_and_released_once(void)
{
	call_done(&call);
	nr_checked = nr_done = 0;
	CHECK_EQ(open_line("-f"), 0);
	CHECK_EQ(nr_checked, 1);
	CHECK_EQ(nr_done, 0);
	call_done(&call);
	call_done(&call);
	CHECK_EQ(nr_done, 1);
	/* Help does not depend on settings that make sense. */
	CHECK_EQ(open_line("--help"), 0);
	CHECK_EQ(nr_checked, 1);
	CHECK_EQ(nr_done, 2);
}

static void an_empty_argv_is_no_crash(void)
{
	char *none[] = {NULL};

	call_done(&call);
	CHECK_EQ(call_open(&list, 0, none, &call, &err), 0);
	CHECK(call.command == &watch);
}

static void help_is_laid_out(void)
{
	struct buffer text = {0};

	command_print_help(&list, &watch, false, &text);
	CHECK_BUFFER(&text, "Watches things\n"
			    "\n"
			    "Usage: tool watch [OPTIONS]\n"
			    "       tool [OPTIONS]\n"
			    "\n"
			    "Speed:\n"
			    "  -f, --fast                  be quick\n"
			    "  -p, --path FILE             a file to look into, with a help so long that it\n"
			    "                              needs a second line\n"
			    "      --texts T               more\n"
			    "\n"
			    "Common:\n"
			    "  -q, --quiet                 do not say when it is ready\n"
			    "  -v, --verbose               say more\n"
			    "  -h, --help                  print this help\n"
			    "      --version               print name and version\n");
	text.length = 0;
	commands_print_help(&list, false, &text);
	buffer_append_char(&text, '\0');
	CHECK(strstr(text.data, "\n  watch       watches things\n  run         runs a command\n"));
	CHECK(!strstr(text.data, "hidden"));
	buffer_done(&text);
}

static void the_man_page_marks_up_its_text(void)
{
	struct buffer text = {0};

	commands_print_synopsis(&list, &text);
	CHECK_BUFFER(&text, "\\fBtool\\fR [\\fIOPTIONS\\fR]\n"
			    ".br\n\\fBtool watch\\fR [\\fIOPTIONS\\fR]\n"
			    ".br\n\\fBtool run\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR...\n"
			    ".br\n\\fBtool help\\fR [\\fIOPTIONS\\fR]\n"
			    ".br\n\\fBtool version\\fR [\\fIOPTIONS\\fR]\n");
	text.length = 0;
	commands_print_man(&list, &text);
	buffer_append_char(&text, '\0');
	CHECK(strstr(text.data, ".TP\n\\fB\\-p\\fR, \\fB\\-\\-path\\fR \\fIFILE\\fR\n"
				"Look into \\fIFILE\\fR, not \\e into \\fB\\-\\-fast\\fR.\n"
				".IP\n\\&.Second paragraph.\n"));
	CHECK(strstr(text.data, ".TP\n\\fB\\-f\\fR, \\fB\\-\\-fast\\fR\nBe quick.\n"));
	CHECK(!strstr(text.data, "hidden"));
	buffer_done(&text);
}

static void completion_knows_the_rows(void)
{
	struct buffer text = {0};

	completion_print(SHELL_BASH, &list, &text);
	buffer_append_char(&text, '\0');
	CHECK(strstr(text.data, "\t\t-p|--path|--texts) option="));
	CHECK(strstr(text.data, "\twatch:-p|watch:--path) _tool_offer_files \"$typed\" ;;\n"));
	CHECK(strstr(text.data, "_tool_offer \"$typed\" --fast --path --texts --quiet "));
	CHECK(strstr(text.data, "complete -F _tool tool\n"));
	text.length = 0;
	completion_print(SHELL_ZSH, &list, &text);
	buffer_append_char(&text, '\0');
	CHECK(strstr(text.data, "'(-p --path)'{-p+,--path=}'[a file to look into, with"));
	CHECK(strstr(text.data, "]:FILE:_files'"));
	CHECK(!strstr(text.data, "hidden"));
	buffer_done(&text);
}

int main(void)
{
	RUN(without_a_command_the_first_is_meant);
	RUN(options_stand_on_both_sides_of_the_command);
	RUN(words_of_another_program_are_left_alone);
	RUN(help_and_version_are_commands);
	RUN(wrong_lines_are_refused);
	RUN(settings_are_checked_and_released_once);
	RUN(an_empty_argv_is_no_crash);
	RUN(help_is_laid_out);
	RUN(the_man_page_marks_up_its_text);
	RUN(completion_knows_the_rows);
	call_done(&call);
	return test_main();
}
