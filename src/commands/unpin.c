/* SPDX-License-Identifier: GPL-2.0-only */
/* observer unpin: ends what --pin left in the kernel. */
#include <errno.h>
#include <stdio.h>

#include "capture/capture.h"
#include "cli/command.h"
#include "commands/commands.h"

static int unpin_run(const struct call *call, struct error *err)
{
	const struct common_settings *s = call->settings;
	const char *folder = call->nr_operands ? call->operands[0] : PIN_FOLDER;
	int nr_objects = capture_unpin(folder, err);

	if (nr_objects == -ENOENT && !call->nr_operands) {
		if (!s->quiet)
			fputs("observer: nothing is pinned\n", stderr);
		return STATUS_OK;
	}
	if (nr_objects < 0)
		return nr_objects;
	if (!s->quiet)
		fprintf(stderr, "observer: %d objects removed\n", nr_objects);
	return STATUS_OK;
}

static const struct option_row rows[] = {COMMON_OPTION_ROWS};

const struct command command_unpin = {
	.name = "unpin",
	.summary = "end what --pin left in the kernel",
	.doc = "Remove the programs, maps and links that observer --pin left under /sys/fs/bpf/observer, or in the "
	       "folder "
	       "DIR of a BPF file system, and the folder. What lay in the ring buffer and was not read is gone then.",
	.operands = "[DIR]",
	.operands_max = 1,
	.rows = rows,
	.nr_rows = sizeof(rows) / sizeof(rows[0]),
	.settings_bytes = sizeof(struct common_settings),
	.run = unpin_run,
};
