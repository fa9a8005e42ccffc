/* SPDX-License-Identifier: GPL-2.0-only */
/* The program's own tables: rows that keep to the rules which parsing, help and completion build on, and exec's
 * options. */
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/exec.h"

#define FOR_EACH_COMMAND(c)                                                                                            \
	for (const struct command *const *at = commands.commands, *c;                                                  \
	     at < commands.commands + commands.nr_commands && (c = *at); at++)

static bool is_sentence_part(const char *text)
{
	return text && *text && !isupper((unsigned char)*text) && text[strlen(text) - 1] != '.';
}

static void check_row(const struct command *c, const struct option_row *row)
{
	check_running = row->name;
	CHECK(is_sentence_part(row->help));
	CHECK(row->group && *row->group);
	CHECK(row->offset < c->settings_bytes);
	CHECK_EQ(row->argument != NULL, row->type != OPTION_FLAG);
	CHECK_EQ(row->choices != NULL, row->type == OPTION_CHOICE);
	CHECK(!row->argument || row->doc);
	CHECK(!row->doc || row->doc[strlen(row->doc) - 1] == '.');
	CHECK(!row->most || row->least <= row->most);
	CHECK(strlen(row->name) > 1 && row->name[0] != '-');
}

/* Rows of a group stand together, or its heading would come twice. */
static void check_groups(const struct command *c)
{
	for (size_t i = 1; i < c->nr_rows; i++)
		for (size_t k = 0; k + 1 < i; k++)
			CHECK(strcmp(c->rows[i].group, c->rows[k].group) != 0 ||
			      strcmp(c->rows[i].group, c->rows[i - 1].group) == 0);
	CHECK(c->nr_rows && strcmp(c->rows[c->nr_rows - 1].group, COMMON_GROUP) == 0);
}

static void rows_keep_to_the_rules(void)
{
	FOR_EACH_COMMAND(c)
	{
		check_running = c->name;
		CHECK(is_sentence_part(c->summary));
		CHECK(c->hidden || c->doc);
		CHECK(c->run);
		CHECK(c->settings_bytes >= sizeof(struct common_settings));
		CHECK((c->operands != NULL) == (c->operands_max > 0));
		CHECK(c->operands_min <= c->operands_max);
		check_groups(c);
		for (size_t i = 0; i < c->nr_rows; i++)
			check_row(c, &c->rows[i]);
	}
}

static void check_pair(const struct option_row *a, const struct option_row *b, bool same_command)
{
	bool same_name = strcmp(a->name, b->name) == 0;

	CHECK(!same_command || !same_name);
	CHECK(!a->letter || a->letter != b->letter || (same_name && !same_command));
	if (!same_name)
		return;
	CHECK_EQ(a->letter, b->letter);
	CHECK_EQ(a->type, b->type);
	CHECK_EQ(a->argument_optional, b->argument_optional);
}

/* Options may stand before the command's word: what they are must not depend on it. */
static void a_name_means_the_same_in_each_command(void)
{
	const struct command *const *all = commands.commands;

	for (size_t a = 0; a < commands.nr_commands; a++)
		for (size_t b = a; b < commands.nr_commands; b++)
			for (size_t i = 0; i < all[a]->nr_rows; i++)
				for (size_t k = a == b ? i + 1 : 0; k < all[b]->nr_rows; k++)
					check_pair(&all[a]->rows[i], &all[b]->rows[k], a == b);
}

static struct call call;
static struct error err;

/* Opens `observer WORDS...`; call_done is left to the next one. */
#define OPEN(...) open_words((char *[]){"observer", ##__VA_ARGS__, NULL})

static int open_words(char **given)
{
	static char *words[16];
	int argc = 0;

	call_done(&call);
	for (; given[argc]; argc++)
		words[argc] = given[argc];
	words[argc] = NULL;
	err = (struct error){0};
	return call_open(&commands, argc, words, &call, &err);
}

static void exec_has_its_defaults(void)
{
	const struct stream_settings *s;

	CHECK_EQ(OPEN(), 0);
	CHECK(call.command == &command_exec);
	s = call.settings;
	CHECK_EQ(s->hook, HOOK_AUTO);
	CHECK_EQ(s->ring_bytes, 4 << 20);
	CHECK_EQ(s->max_argv_bytes, 6 << 20);
	CHECK_EQ(s->color, COLOR_AUTO);
	CHECK(!s->fields && !s->env_choice && !s->env && !s->strict && !s->full && !s->utc);
	CHECK_EQ(s->count, 0);
	CHECK_EQ(s->duration_ns, 0);
	if (CHECK_EQ(s->outputs.nr_items, 1))
		CHECK_TEXT(s->outputs.items[0], "table");
}

static void exec_reads_its_options(void)
{
	const struct stream_settings *s;

	CHECK_EQ(OPEN("-ojson:a:b", "--fields", "pid,argv", "--env=HOME,LC_*", "exec", "--hook=tracepoint", "-o", "log",
		      "--duration=2m", "--strict"),
		 0);
	s = call.settings;
	CHECK_EQ(s->hook, HOOK_TRACEPOINT);
	CHECK_EQ(s->duration_ns, 120000000000);
	CHECK(s->env && s->strict);
	CHECK_EQ(s->outputs.nr_items, 2);
	if (CHECK(s->fields)) {
		CHECK_TEXT(s->fields[0], "pid");
		CHECK_TEXT(s->fields[1], "argv");
		CHECK(!s->fields[2]);
	}
	if (CHECK(s->env_choice)) {
		CHECK(environ_choice_has(s->env_choice, "LC_ALL=C", 8));
		CHECK(!environ_choice_has(s->env_choice, "PATH=/", 6));
	}
}

static void the_environment_is_collected_on_demand(void)
{
	CHECK_EQ(OPEN("--fields=pid"), 0);
	CHECK(!((struct stream_settings *)call.settings)->env);
	CHECK_EQ(OPEN("--fields=env"), 0);
	CHECK(((struct stream_settings *)call.settings)->env);
	CHECK_EQ(OPEN("--env"), 0);
	CHECK(((struct stream_settings *)call.settings)->env);
	CHECK(!((struct stream_settings *)call.settings)->env_choice);
}

static void exec_refuses_what_cannot_be(void)
{
	CHECK_EQ(OPEN("--ring", "5000"), -EINVAL);
	CHECK_TEXT(err.text, "option '--ring': '5000' is not a power of two");
	CHECK_EQ(OPEN("--ring=2K"), -EINVAL);
	CHECK_TEXT(err.text, "option '--ring': '2K' is less than 4K");
	CHECK_EQ(OPEN("--hook=kprobe"), -EINVAL);
	CHECK_TEXT(err.text, "option '--hook': 'kprobe' is not auto, tp_btf or tracepoint");
	CHECK_EQ(OPEN("--fields", "pid,flename"), -EINVAL);
	CHECK_TEXT(err.text, "unknown field 'flename'");
	CHECK(strstr(err.hint, "'filename'"));
	CHECK_EQ(OPEN("--fields", "pid,,uid"), -EINVAL);
	CHECK_TEXT(err.text, "option '--fields': an empty name in 'pid,,uid'");
	CHECK_EQ(OPEN("-o", "jsn"), -EINVAL);
	CHECK_TEXT(err.text, "unknown output format 'jsn'");
	CHECK_EQ(OPEN("-o", "json", "-o", "log"), -EINVAL);
	CHECK_TEXT(err.text, "outputs 'json' and 'log' write to the same place");
	CHECK_EQ(OPEN("-o", "json:x", "-o", "log:x"), -EINVAL);
	CHECK_EQ(OPEN("-o", "json:x", "-o", "log:y", "-o", "table"), 0);
}

static void usage_errors_exit_with_two(void)
{
	char *unknown[] = {"observer", "--no-such", NULL}, *shell[] = {"observer", "completion", "fish", NULL};
	int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
	int statuses[2];

	/* Errors are printed: not what a test is to show. */
	dup2(null, STDERR_FILENO);
	statuses[0] = commands_run(2, unknown);
	statuses[1] = commands_run(3, shell);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(null);
	CHECK_EQ(statuses[0], STATUS_USAGE);
	CHECK_EQ(statuses[1], STATUS_USAGE);
}

int main(void)
{
	RUN(rows_keep_to_the_rules);
	RUN(a_name_means_the_same_in_each_command);
	RUN(exec_has_its_defaults);
	RUN(exec_reads_its_options);
	RUN(the_environment_is_collected_on_demand);
	RUN(exec_refuses_what_cannot_be);
	call_done(&call);
	RUN(usage_errors_exit_with_two);
	return test_main();
}
