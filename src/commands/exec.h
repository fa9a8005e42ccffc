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

/* The same without a look at the names in --fields: those of tracepoints are known later. */
int stream_settings_read(struct stream_settings *s, struct error *err);

/*
 * Splits names with commas between them, as of --fields; `option` is for messages. *ret_names is NULL-terminated, one
 * block of memory for free(3). Returns 0 or -errno.
 */
int stream_split_names(const char *option, const char *list, const char ***ret_names, struct error *err);

/* True for --fields help and --klog-list: something is to be listed, and nothing observed. */
bool stream_asks_for_list(const struct stream_settings *s);

#endif
