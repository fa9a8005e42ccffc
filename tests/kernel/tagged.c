/* SPDX-License-Identifier: GPL-2.0-only */
/* Execs that are found by a word among their arguments. */
#include <string.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "tagged.h"

static char *hold, *tag;

void tagged_next(void)
{
	tag = new_tag();
}

struct session *tagged_start(void)
{
	hold = make_hold("hold");
	tagged_next();
	return session_start_default();
}

void tagged_exec(void)
{
	child_exec(hold, LIST(hold, tag), NULL);
}

json_t *tagged_check(struct session *s)
{
	json_t *e = session_wait_tag(s, tag);
	pid_t pid = (pid_t)json_number(e, "pid");
	size_t length = 0;
	char *cmdline = read_proc(pid, "cmdline", &length);

	REQUIRE(cmdline && memmem(cmdline, length, tag, strlen(tag)), "pid %d is not the one that was started", pid);
	check_plain(e, pid, hold);
	return e;
}
