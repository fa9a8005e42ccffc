/* SPDX-License-Identifier: GPL-2.0-only */
/* Observers with --pin, one after the other in a folder of the test. */
#ifndef KERNEL_PINS_H
#define KERNEL_PINS_H

#include "session.h"

/* Makes the name of a folder under bpffs of this test alone, of which nothing is left at its end; or takes another. */
void pins_begin(void);
const char *pins_folder(void);
void pins_set_folder(const char *path);

/* Mounts a BPF file system that only this test sees, with mount(2)'s flags. Returns the path of `name` in it. */
char *own_bpffs(unsigned long flags, const char *name);

/* An observer that writes events to the file `out`, with these options; the usual ones and one more (may be NULL). */
struct session *start_with(const char *out, const char *const *more);
struct session *start_pinned(const char *out, const char *more);
/* Ends it by this signal, without a look at what it says. */
void pins_end(struct session *s, int signal_number);

/*
 * Looks at every line: whole, and of this type none missing between the first and the last number of its processor.
 * Returns how many events of it there were, each counted once; check_numbers those of exec.
 */
unsigned long check_numbers_of(const char *path, const char *type);
unsigned long check_numbers(const char *path);
/* Lines of the event `type` in which `tag` stands. */
unsigned int count_lines(const char *out, const char *type, const char *tag);

void fail_to_exec(const char *path);
void run_one(void);
/*
 * Two readers, one after the other; in between a program is run with an argument that is returned, and one that is not
 * there, of that name, is tried. Waits until the second reader has written `wanted` behind that argument.
 */
char *run_between(const char *const *args, const char *out, const char *wanted);
/* A reader has ended, and three programs were run since. */
void leave_unread(const char *out);
/* The next reader replaces what it finds, says so, and tells as lost what was unread, by type where that is known. */
void check_replaced(const char *out, const char *option, const char *said, const char *type);
/* An observer of the usual options is refused, and says why. */
void check_refused(const char *why);

#endif
