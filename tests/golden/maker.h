/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes records as the kernel side would, the same bytes each time. Header only: used by golden, unit and fuzz tests.
 */
#ifndef GOLDEN_MAKER_H
#define GOLDEN_MAKER_H

#include <stdlib.h>
#include <string.h>

#include "events/exec.h"
#include "events/events.h"
#include "events/log.h"
#include "events/lost.h"
#include "schema/schema.h"

#define MAKER_BYTES ((size_t)256 * 1024)

struct maker {
	union {
		struct record header;
		struct exec_event exec;
		struct lost_event lost;
		struct exit_event exit;
		struct fork_event fork;
		struct log_event log;
		char bytes[MAKER_BYTES];
	};
	size_t size; /* bytes of the record so far */
};

/* Puts bytes behind the record and makes `span` (a member of it) tell where. */
static inline void maker_put(struct maker *m, struct span *span, const void *bytes, size_t length)
{
	if (length > MAKER_BYTES - m->size)
		abort();
	span->offset = m->size;
	span->length = length;
	if (length)
		memcpy(m->bytes + m->size, bytes, length);
	m->size += length;
}

static inline void maker_text(struct maker *m, struct span *span, const char *text)
{
	maker_put(m, span, text, strlen(text));
}

/* A list from a literal: words divided by NUL, the last NUL is that of the literal. */
#define maker_list(m, span, literal) maker_put(m, span, literal, sizeof(literal))

/* A path from its components, the first one first: "usr/bin/sed". */
static inline void maker_path(struct maker *m, struct span *span, enum path_end end, const char *path)
{
	char stored[4096], *at = stored;
	size_t length = strlen(path);

	*at++ = end;
	while (length) {
		const char *slash = memrchr(path, '/', length);
		size_t component = slash ? (size_t)(path + length - slash - 1) : length;

		at = mempcpy(at, path + length - component, component);
		*at++ = 0;
		length -= component + (slash ? 1 : 0);
	}
	maker_put(m, span, stored, at - stored);
}

/* An exec as it comes from a calm machine, without spans. */
static inline void maker_begin_exec(struct maker *m)
{
	memset(m, 0, sizeof(m->exec));
	m->size = sizeof(m->exec);
	m->exec.header.boot_ns = 1234567890123;
	m->exec.header.cpu = 1;
	m->exec.header.type = RECORD_exec;
	m->exec.header.seq = 41;
	m->exec.pid = m->exec.old_pid = m->exec.vpid = 54304;
	m->exec.ppid = 54290;
	m->exec.start_ns = 1234567000000;
	m->exec.parent_start_ns = 1234000000000;
	strcpy(m->exec.comm.bytes, "sed");
	strcpy(m->exec.parent_comm.bytes, "bash");
	m->exec.uid = m->exec.euid = m->exec.suid = 502;
	m->exec.gid = m->exec.egid = m->exec.sgid = 20;
	m->exec.loginuid = m->exec.audit_session = 0xffffffff;
}

/* All that is there when sed runs in a terminal. */
static inline void maker_exec(struct maker *m)
{
	maker_begin_exec(m);
	m->exec.loginuid = 502;
	m->exec.audit_session = 7;
	m->exec.cgroup_id = 4711;
	m->exec.mntns = 4026531841;
	m->exec.pidns = 4026531836;
	m->exec.netns = 4026531840;
	m->exec.userns = 4026531837;
	m->exec.utsns = 4026531838;
	m->exec.ipcns = 4026531839;
	m->exec.cgroupns = 4026531835;
	m->exec.dev = 254 << 20 | 1;
	m->exec.ino = 131377;
	maker_text(m, &m->exec.filename, "/usr/bin/sed");
	maker_path(m, &m->exec.exe, PATH_AT_ROOT, "usr/bin/sed");
	maker_path(m, &m->exec.cwd, PATH_AT_ROOT, "home/ann/src");
	maker_list(m, &m->exec.argv, "sed\0-e\0s/a b/c/\0x.txt");
	m->exec.argc = 4;
	m->exec.argv_bytes = m->exec.argv.length;
	m->exec.env_bytes = 1893;
	maker_text(m, &m->exec.tty, "pts3");
	maker_path(m, &m->exec.cgroup, PATH_AT_ROOT, "user.slice/user-502.slice/session-2.scope");
}

static inline void maker_lost(struct maker *m, enum loss_cause cause, unsigned int count)
{
	memset(m, 0, sizeof(m->lost));
	m->size = sizeof(m->lost);
	m->lost.header.boot_ns = 1234567990123;
	m->lost.header.cpu = 1;
	m->lost.header.seq = ~0ULL;
	m->lost.cause = cause;
	m->lost.of = RECORD_exec;
	m->lost.count = count;
	m->lost.from = 42;
	m->lost.to = 42 + count - 1;
}

/* The head of a record of `bytes` bytes, all else zero. */
static inline void maker_begin(struct maker *m, unsigned int type, size_t bytes)
{
	memset(m, 0, bytes);
	m->size = bytes;
	m->header.boot_ns = 1234567890123;
	m->header.cpu = 1;
	m->header.type = type;
}

static inline struct event maker_event(const struct maker *m, const struct schema *s, struct scratch *scratch)
{
	return (struct event){.schema = s, .parts[PART_RECORD] = {m->bytes, m->size}, .scratch = scratch};
}

#endif
