/* SPDX-License-Identifier: GPL-2.0-only */
/* observer docs: the parts of docs/ that come from tables. For the build and the tests; in no list of commands. */
#include <errno.h>
#include <string.h>

#include "cli/man.h"
#include "cli/print.h"
#include "commands/commands.h"
#include "commands/schemas.h"
#include "diagnosis/cause.h"
#include "doctor/check.h"
#include "doctor/verdict.h"
#include "generate/fields_doc.h"
#include "inspect/inspect.h"

static int print_fields(struct buffer *text, struct error *err)
{
	/* Of commands that show no stream. */
	static const struct schema *const others[] = {&schema_program, &schema_map, &schema_check, &schema_verdict};
	const struct schema *all[SCHEMAS_MAX + sizeof(others) / sizeof(others[0]) + 1] = {0};
	struct schemas schemas;
	int r = schemas_open(NULL, &schemas, err);

	if (r == 0) {
		memcpy(all, schemas.all, SCHEMAS_MAX * sizeof(all[0]));
		memcpy(all + SCHEMAS_MAX, others, sizeof(others));
		fields_print_markdown(all, text);
	}
	schemas_close(&schemas);
	return r;
}

static int print_errors(struct buffer *text, struct error *err)
{
	(void)err;
	causes_print_markdown(text);
	return 0;
}

static int print_synopsis(struct buffer *text, struct error *err)
{
	(void)err;
	commands_print_synopsis(&commands, text);
	return 0;
}

static int print_options(struct buffer *text, struct error *err)
{
	(void)err;
	commands_print_man(&commands, text);
	return 0;
}

static const struct document {
	const char *name;
	int (*print)(struct buffer *text, struct error *err);
} documents[] = {
	{"fields", print_fields},     /* docs/fields.md */
	{"errors", print_errors},     /* docs/errors.md */
	{"synopsis", print_synopsis}, /* parts of docs/observer.1 */
	{"options", print_options},
};

static const struct document *find_document(const char *name)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		if (strcmp(documents[i].name, name) == 0)
			return &documents[i];
	return NULL;
}

static int docs_check(const struct call *call, struct error *err)
{
	if (find_document(call->operands[0]))
		return 0;
	return fail(err, -EINVAL, "no document '%s'", call->operands[0]);
}

static int docs_run(const struct call *call, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	int r = find_document(call->operands[0])->print(&text, err);

	return r == 0 ? print_buffer(&text, err) : r;
}

static const struct option_row rows[] = {COMMON_OPTION_ROWS};

const struct command command_docs = {
	.name = "docs",
	.summary = "print what of docs/ is generated",
	.operands = "fields|errors|synopsis|options",
	.operands_min = 1,
	.operands_max = 1,
	.hidden = true,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct common_settings),
	.check = docs_check,
	.run = docs_run,
};
