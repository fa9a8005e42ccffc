/* SPDX-License-Identifier: GPL-2.0-only */
/* The smallest program: does nothing, ends with 0. Target of the other loads; must stay free of libc. */
#include "bare.h"

long bare_main(long argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	return 0;
}
