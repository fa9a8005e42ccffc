/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the command line of `observer exec` (exec.c) and its run by the engine (stream.h). */
#ifndef COMMANDS_EXEC_H
#define COMMANDS_EXEC_H

#include "commands/stream.h"

/* What the command's row in exec.c is made of; for struct command. */
int exec_check(const struct call *call, struct error *err);
void exec_done(void *settings);

/* The same for any command whose settings begin with these: fields, environment and outputs; `events` is the command's
 * to set. */
int stream_settings_check(struct stream_settings *s, struct error *err);

/* Splits the list of --fields; one block of memory for array and names, released by free. Returns 0 or -errno. */
int exec_split_fields(const char *list, const char ***ret_names, struct error *err);

/* True for --fields help and --klog-list: something is to be listed, and nothing observed. */
bool stream_asks_for_list(const struct stream_settings *s);

#endif
