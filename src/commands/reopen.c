/* SPDX-License-Identifier: GPL-2.0-only */
/* Files opened anew on SIGHUP. Opens none itself. */
#include "commands/reopen.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/opener.h"
#include "commands/stop.h"

int reopen_open(struct output *const *outputs, size_t nr_outputs, int *ret_fd, struct error *err)
{
	_cleanup_free_ const char **paths = calloc(nr_outputs + 1, sizeof(*paths));
	size_t nr_paths = 0;
	int fd;

	if (!paths)
		return fail(err, -ENOMEM, "no memory for the outputs");
	for (size_t i = 0; i < nr_outputs; i++)
		if (output_path(outputs[i]))
			paths[nr_paths++] = output_path(outputs[i]);
	if (!nr_paths)
		return 0;
	fd = opener_start(paths, nr_paths, err);
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return stop_reopen_on_hangup(err);
}

void reopen_if_asked(int fd, struct output *const *outputs, size_t nr_outputs)
{
	size_t n = 0;

	if (!stop_take_reopen())
		return;
	for (size_t i = 0; i < nr_outputs; i++) {
		struct error problem = {};
		int opened;

		if (!output_path(outputs[i]))
			continue;
		opened = opener_open(fd, n++);
		if (opened >= 0) {
			output_move(outputs[i], opened);
			continue;
		}
		fail(&problem, opened, "cannot open output file '%s' anew: %s", output_path(outputs[i]),
		     strerror(-opened));
		fail_hint(&problem, "it is written on where it was");
		error_print(&problem);
	}
}
