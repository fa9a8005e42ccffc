/* SPDX-License-Identifier: GPL-2.0-only */
/* observer version: what --version prints as well. */
#include <bpf/libbpf.h>
#include <string.h>
#include <zlib.h>

#include "build.h"
#include "cli/print.h"
#include "commands/commands.h"
#include "revision.h"

/* The libraries that are linked; `running` tells the version in use where the library can say it. */
static const struct library {
	const char *name;
	const char *built_with;
	const char *(*running)(void);
} libraries[] = {
	{"libbpf", BUILD_LIBBPF, libbpf_version_string},
	{"libelf", BUILD_LIBELF, NULL},
	{"zlib", BUILD_ZLIB, zlibVersion},
	{"libseccomp", BUILD_LIBSECCOMP, NULL},
	{"libtraceevent", BUILD_LIBTRACEEVENT, NULL},
};

static void print_library(struct buffer *text, const struct library *library)
{
	const char *running = library->running ? library->running() : library->built_with;

	running += *running == 'v'; /* libbpf says v1.1 */
	buffer_printf(text, "%-13s %s", library->name, running);
	if (strncmp(library->built_with, running, strlen(running)) != 0)
		buffer_printf(text, " (built with %s)", library->built_with);
	buffer_append_char(text, '\n');
}

static int version_run(const struct call *call, struct error *err)
{
	const struct common_settings *s = call->settings;
	_cleanup_buffer_ struct buffer text = {0};

	buffer_printf(&text, "%s %s\n", call->list->program, BUILD_VERSION);
	if (s->verbose) {
		buffer_printf(&text, "revision      %s\n", BUILD_REVISION);
		buffer_printf(&text, "built         %s, for %s, %s, sanitizers: %s\n", BUILD_COMPILER, BUILD_MACHINE,
			      BUILD_TYPE, BUILD_SANITIZER);
		for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
			print_library(&text, &libraries[i]);
	}
	return print_buffer(&text, err);
}

static const struct option_row rows[] = {COMMON_OPTION_ROWS};

const struct command command_version = {
	.name = "version",
	.summary = "name and version; with -v also what it is built of",
	.doc = "Print name and version, as --version does. With -v also the git revision, how it was built, and the "
	       "libraries "
	       "with their versions.",
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct common_settings),
	.run = version_run,
};
