/* SPDX-License-Identifier: GPL-2.0-only */
/* observer doctor: what a program of eBPF needs of this machine, and why one does not compile or load. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/print.h"
#include "commands/commands.h"
#include "commands/page.h"
#include "commands/terminal.h"
#include "doctor/check.h"
#include "doctor/verdict.h"
#include "outputs/outputs.h"

/* Messages beyond this are not read: a log of the verifier with every instruction has 16 MiB at most by default. */
#define MESSAGES_MOST ((size_t)256 << 20)
/* Of a log that -v asks for. */
#define LOG_SHOWN_MOST ((size_t)256 << 10)
/* Columns of text that goes to no terminal; more would be hard to read anywhere. */
#define FILE_COLUMNS 100

/* Where verdicts go: lines of text that are printed at the end, or JSON. */
struct paper {
	struct look look;
	struct buffer text;
	struct output *json; /* NULL: text */
	bool logs;	     /* the verifier's log behind each program that is refused */
};

static int paper_open(const struct page_settings *s, struct paper *ret, struct error *err)
{
	static const struct schema *const schemas[] = {&schema_verdict, &schema_check, NULL};
	static const struct output_settings settings = {0};
	int columns = terminal_columns();

	*ret = (struct paper){.logs = s->common.verbose,
			      .look = {.columns = columns > 0 && columns < FILE_COLUMNS ? columns : FILE_COLUMNS,
				       .color = terminal_wants_color(s->color)}};
	return page_spec(s) ? output_open(page_spec(s), &settings, schemas, &ret->json, err) : 0;
}

/* The text, or the JSON, goes out. Returns 0 or -errno, described. */
static int paper_close(struct paper *p, struct error *err)
{
	int code = p->json ? output_close(p->json, NULL, err) : print_buffer(&p->text, err);

	buffer_done(&p->text);
	return code == -EPIPE ? 0 : code;
}

static void put_verdict(struct paper *p, const struct verdict *v)
{
	const struct event e = {.schema = &schema_verdict, .parts[PART_RECORD] = {v, sizeof(*v)}};

	if (p->json)
		output_write(p->json, &e);
	else
		verdict_print(v, &p->look, &p->text);
}

/* The end of it: with every instruction a log may have megabytes. */
static void put_log(struct paper *p, const struct buffer *log)
{
	size_t skip = log->length > LOG_SHOWN_MOST ? log->length - LOG_SHOWN_MOST : 0;

	if (p->logs && !p->json && log->length)
		look_put_log("log", (struct slice){log->data + skip, log->length - skip}, &p->text);
}

static void put_report(struct paper *p, const char *path, const struct object_report *r)
{
	size_t nr_refused = r->nr_programs - r->nr_taken;

	for (size_t i = 0; i < r->nr_programs; i++) {
		struct verdict v;

		verdict_of_program(path, &r->programs[i], &v);
		put_verdict(p, &v);
		if (v.refused)
			put_log(p, &r->programs[i].log);
	}
	if (p->json)
		return;
	if (!r->nr_programs)
		buffer_append_text(&p->text, "no programs in this object\n");
	else if (nr_refused && *r->programs->name)
		buffer_printf(&p->text, "%zu of %zu programs cannot be loaded\n", nr_refused, r->nr_programs);
}

/* In a process of its own, that a damaged object may take down. */
static int try_object(const struct page_settings *s, const char *path, struct error *err)
{
	struct object_report report;
	struct paper paper;
	int code = object_try(path, &report, err), status;

	if (code)
		return code;
	status = report.nr_taken < report.nr_programs ? STATUS_FAILED : STATUS_OK;
	code = paper_open(s, &paper, err);
	if (!code) {
		put_report(&paper, path, &report);
		code = paper_close(&paper, err);
	}
	object_report_done(&report);
	return code ? code : status;
}

static int examine_object(const struct page_settings *s, const char *path, struct error *err)
{
	int status, code;
	pid_t pid = fork();

	if (pid < 0)
		return fail(err, -errno, "cannot make a process to load '%s' in: %s", path, strerror(errno));
	if (pid == 0) {
		code = try_object(s, path, err);
		if (code < 0)
			error_print(err);
		_exit(code < 0 ? STATUS_FAILED : code);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(err, -errno, "cannot wait for the process that loads '%s': %s", path,
				    strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fail(err, -EBADMSG, "'%s' brings libbpf down (%s)", path, strsignal(WTERMSIG(status)));
	return fail_hint(err, "the object is damaged: compile it anew");
}

static int read_messages(struct buffer *text, struct error *err)
{
	ssize_t bytes = 1;

	while (bytes && text->length < MESSAGES_MOST) {
		if (!buffer_reserve(text, 65536))
			return fail(err, -ENOMEM, "no memory for the messages on standard input");
		bytes = read(STDIN_FILENO, text->data + text->length, 65536);
		if (bytes < 0 && errno != EINTR)
			return fail(err, -errno, "cannot read standard input: %s", strerror(errno));
		text->length += bytes > 0 ? bytes : 0;
	}
	return 0;
}

/* Messages that nothing is known of are handed on as they are: nobody is to lose them by asking. */
static int examine_messages(const struct page_settings *s, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct diagnosis_walk walk = {0};
	struct diagnosis d;
	struct paper paper;
	int code = read_messages(&text, err), status = STATUS_OK;

	if (!code)
		code = paper_open(s, &paper, err);
	if (code)
		return code;
	walk.at = text.data;
	walk.end = text.data + text.length;
	while (diagnose_next(&walk, &d)) {
		struct verdict v;

		verdict_of_message(&d, &v);
		put_verdict(&paper, &v);
		status = STATUS_FAILED;
	}
	if (status == STATUS_OK && !paper.json)
		buffer_append_text(&paper.text, "nothing in these messages tells of an error that observer knows\n");
	code = paper_close(&paper, err);
	return code ? code : status;
}

static void put_findings(struct paper *p, const struct finding *findings)
{
	if (!p->json) {
		checks_print(findings, nr_checks, &p->look, &p->text);
		return;
	}
	for (size_t i = 0; i < nr_checks; i++) {
		struct check_row row;
		const struct event e = {.schema = &schema_check, .parts[PART_RECORD] = {&row, sizeof(row)}};

		check_fill_row(&findings[i], &row);
		output_write(p->json, &e);
	}
}

static int examine_machine(const struct page_settings *s, struct error *err)
{
	_cleanup_free_ struct finding *findings = calloc(nr_checks, sizeof(findings[0]));
	struct paper paper;
	int code;

	if (!findings)
		return fail(err, -ENOMEM, "no memory for %zu checks", nr_checks);
	code = paper_open(s, &paper, err);
	if (code)
		return code;
	for (size_t i = 0; i < nr_checks; i++)
		check_make(&checks[i], &findings[i]);
	put_findings(&paper, findings);
	code = paper_close(&paper, err);
	if (code)
		return code;
	if (checks_count(findings, nr_checks, CHECK_MISSING, CHECK_NEEDED))
		return STATUS_FAILED;
	return checks_count(findings, nr_checks, CHECK_MISSING, CHECK_USEFUL) ? STATUS_LESS : STATUS_OK;
}

static int run(const struct call *call, struct error *err)
{
	if (call->nr_operands == 0)
		return examine_machine(call->settings, err);
	if (strcmp(call->operands[0], "-") == 0)
		return examine_messages(call->settings, err);
	return examine_object(call->settings, call->operands[0], err);
}

static int check(const struct call *call, struct error *err)
{
	return page_check(call->settings, err);
}

static const struct option_row rows[] = {
	PAGE_ROW_OUTPUT,
	PAGE_ROW_COLOR,
	COMMON_OPTION_ROWS,
};

const struct command command_doctor = {
	.name = "doctor",
	.summary = "what is missing here; why FILE.bpf.o does not load; messages on -",
	.doc = "Look whether this machine has what a program of eBPF on a tracepoint needs: the kernel and its types, "
	       "rights, memory, and each hook, by loading and attaching a tiny program. What is missing is told with "
	       "what "
	       "follows from it and the next step. The answers are those for the user who asks.\n\n"
	       "With the object FILE: load its programs, one by one, and say of each whether the kernel takes it. "
	       "Where it "
	       "does not, the verifier's log is reduced to the line of the source, a sentence that says what is wrong, "
	       "the next step, and the kernel's own words; with -v also the log. Nothing is attached.\n\n"
	       "With - the messages on standard input are explained the same way: those of clang (clang ... 2>&1 | "
	       "observer doctor -), or a log that was kept. docs/errors.md has all causes.\n\n"
	       "The exit status is 0 where nothing is missing or wrong; 1 where observer cannot run here, a program "
	       "cannot be loaded, or an error was found; 4 where observer runs here without something that it would "
	       "use.",
	.operands = "[FILE]",
	.operands_min = 0,
	.operands_max = 1,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct page_settings),
	.check = check,
	.run = run,
};
