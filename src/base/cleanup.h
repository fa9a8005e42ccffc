/* SPDX-License-Identifier: GPL-2.0-only */
/* Scope-bound release of memory and descriptors: _cleanup_free_ char *x = ...; return take_ptr(x) hands it on. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define _cleanup_free_	 __attribute__((cleanup(cleanup_free)))
#define _cleanup_close_	 __attribute__((cleanup(cleanup_close)))
#define _cleanup_fclose_ __attribute__((cleanup(cleanup_fclose)))

/* Moves a pointer (or a descriptor) out of a variable whose cleanup would release it. */
#define take_ptr(p)                                                                                                    \
	({                                                                                                             \
		__auto_type taken = (p);                                                                               \
		(p) = NULL;                                                                                            \
		taken;                                                                                                 \
	})
#define take_fd(fd)                                                                                                    \
	({                                                                                                             \
		int taken_fd = (fd);                                                                                   \
		(fd) = -1;                                                                                             \
		taken_fd;                                                                                              \
	})

#endif
