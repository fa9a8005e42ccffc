/* SPDX-License-Identifier: GPL-2.0-only */
/* observer: finds the command and runs it. What commands there are is told in commands/commands.rows.h. */
#include <fcntl.h>
#include <unistd.h>

#include "commands/commands.h"

/*
 * A descriptor that the caller closed would be given to the next file opened, and what is printed would land there. Put
 * there instead what cannot be written to, so that printing fails with EBADF as it did before.
 */
static void hold_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	hold_standard_descriptors();
	return commands_run(argc, argv);
}
