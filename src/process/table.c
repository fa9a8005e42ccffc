/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of processes. The hash goes by pid, so that a new process of the same pid tells of an end that was lost. A
 * process with children in the table stays; the others wait in two lists, ended and living, the longest-waiting first:
 * from there they are forgotten.
 */
#include "process/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "events/lost.h"
#include "process/program.h"

struct list {
	struct table_process *oldest, *newest;
};

struct table {
	struct table_process *free; /* chained by `next` */
	struct table_process **buckets;
	uint32_t mask; /* of the buckets, a power of two */
	struct list ended, living;
	uint64_t rows;
	uint64_t now_ns; /* the newest record's time */
	uint64_t losses, forgotten;
	size_t nr_processes, max_processes;
	size_t program_bytes; /* of all programs */
	size_t shared_bytes;  /* of them, beyond TABLE_KEPT_BYTES */
	struct table_process processes[];
};

_Static_assert(sizeof(struct table_process) + 2 * sizeof(struct table_process *) <= TABLE_PROCESS_BYTES,
	       "the documented size of a process must hold");

int table_open(const struct table_settings *settings, struct table **ret, struct error *err)
{
	size_t nr = settings->max_processes, nr_buckets = 1;
	struct table *t;

	while (nr_buckets < nr)
		nr_buckets *= 2;
	t = calloc(1, sizeof(*t) + nr * sizeof(t->processes[0]));
	if (t)
		t->buckets = calloc(nr_buckets, sizeof(*t->buckets));
	if (!t || !t->buckets) {
		free(t);
		return fail(err, -ENOMEM, "cannot make a table of %zu processes: %s", nr, strerror(ENOMEM));
	}
	t->mask = nr_buckets - 1;
	t->max_processes = nr;
	t->rows = settings->rows | ROW_BIT(EXEC_exe);
	for (size_t i = nr; i-- > 0;) {
		t->processes[i].next = t->free;
		t->free = &t->processes[i];
	}
	*ret = t;
	return 0;
}

/* --- programs --- */

static size_t shared_part(size_t bytes)
{
	return bytes > TABLE_KEPT_BYTES ? bytes - TABLE_KEPT_BYTES : 0;
}

static void drop_program(struct table *t, struct table_process *p)
{
	struct program *program = p->program;

	p->program = NULL;
	if (!program || --program->refs)
		return;
	t->program_bytes -= program->bytes;
	t->shared_bytes -= shared_part(program->bytes);
	free(program);
}

static void set_program(struct table *t, struct table_process *p, const struct record *record, size_t bytes)
{
	size_t room = t->max_processes * TABLE_KEPT_BYTES;
	size_t limit = program_measure(record, bytes, t->rows);

	drop_program(t, p);
	if (shared_part(limit) > room - t->shared_bytes)
		limit = TABLE_KEPT_BYTES;
	p->program = program_new(record, bytes, t->rows, limit);
	p->own_program = true;
	if (!p->program)
		return;
	t->program_bytes += p->program->bytes;
	t->shared_bytes += shared_part(p->program->bytes);
}

/* --- waiting to be forgotten --- */

static struct list *list_of(struct table *t, const struct table_process *p)
{
	return p->ended ? &t->ended : &t->living;
}

static void list_remove(struct list *l, struct table_process *p)
{
	if (p->older)
		p->older->newer = p->newer;
	else
		l->oldest = p->newer;
	if (p->newer)
		p->newer->older = p->older;
	else
		l->newest = p->older;
}

static void list_append(struct table *t, struct table_process *p)
{
	struct list *l = list_of(t, p);

	p->listed_ns = t->now_ns;
	p->newer = NULL;
	p->older = l->newest;
	if (l->newest)
		l->newest->newer = p;
	else
		l->oldest = p;
	l->newest = p;
}

/* A process in use cannot be forgotten: children hold their parent, and so does who works on it. */
static void hold(struct table *t, struct table_process *p)
{
	if (!p->nr_children++)
		list_remove(list_of(t, p), p);
}

static void release(struct table *t, struct table_process *p)
{
	if (!--p->nr_children)
		list_append(t, p);
}

static void set_ended(struct table *t, struct table_process *p)
{
	if (p->ended)
		return;
	hold(t, p);
	p->ended = true;
	release(t, p);
}

/* --- finding, making, forgetting --- */

static struct table_process **find_bucket(const struct table *t, uint32_t pid)
{
	/* Pids come one after the other: they are a good hash as they are. */
	return &t->buckets[pid & t->mask];
}

static struct table_process *find(const struct table *t, uint32_t pid, uint64_t start_ns)
{
	struct table_process *p = *find_bucket(t, pid);

	while (p && (p->pid != pid || p->start_ns != start_ns))
		p = p->next;
	return p;
}

static void forget(struct table *t, struct table_process *p)
{
	struct table_process **at = find_bucket(t, p->pid);

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	list_remove(list_of(t, p), p);
	t->forgotten += !p->ended;
	t->nr_processes--;
	drop_program(t, p);
	if (p->parent)
		release(t, p->parent);
	p->next = t->free;
	t->free = p;
}

static void forget_ended(struct table *t)
{
	while (t->ended.oldest && t->ended.oldest->listed_ns + TABLE_GRACE_NS < t->now_ns)
		forget(t, t->ended.oldest);
}

/* Of two processes of one pid the earlier one has ended, whether its exit was seen or not. */
static void end_earlier(struct table *t, struct table_process *p)
{
	for (struct table_process *other = *find_bucket(t, p->pid); other; other = other->next)
		if (other->pid == p->pid && other != p)
			set_ended(t, other->start_ns < p->start_ns ? other : p);
}

/* NULL where there is no room: every process is in use. */
static struct table_process *make(struct table *t, uint32_t pid, uint64_t start_ns)
{
	struct table_process **bucket = find_bucket(t, pid), *p;

	if (!t->free && (t->ended.oldest || t->living.oldest))
		forget(t, t->ended.oldest ? t->ended.oldest : t->living.oldest);
	p = t->free;
	if (!p)
		return NULL;
	t->free = p->next;
	*p = (struct table_process){.pid = pid, .start_ns = start_ns, .next = *bucket, .losses = t->losses};
	*bucket = p;
	t->nr_processes++;
	list_append(t, p);
	end_earlier(t, p);
	return p;
}

/* --- learning --- */

/* What all records of processes have in common. */
struct told {
	const struct record *header;
	uint32_t pid, ppid;
	uint64_t start_ns, parent_start_ns;
	kind_comm comm;
	enum table_seen seen;
};

/* A parent is older than its child: records that say otherwise are wrong, and could make a ring. */
static void set_parent(struct table *t, struct table_process *p, const struct told *told)
{
	struct table_process *parent = NULL;

	p->parent_seen = told->seen;
	p->ppid = told->ppid;
	p->parent_start_ns = told->parent_start_ns;
	if (told->ppid && told->parent_start_ns < told->start_ns)
		parent = find(t, told->ppid, told->parent_start_ns) ?: make(t, told->ppid, told->parent_start_ns);
	if (parent)
		hold(t, parent);
	if (p->parent)
		release(t, p->parent);
	p->parent = parent;
}

/*
 * The fork knows the parent; else who names it first is nearest to the birth, since a reaper may take over. An exit
 * nearly always names a reaper where the parent was not known before.
 */
static bool knows_parent_better(const struct table_process *p, enum table_seen seen)
{
	if (p->parent_seen == TABLE_SEEN_AS_PARENT)
		return true;
	return seen > p->parent_seen && (seen == TABLE_SEEN_AT_FORK || p->parent_seen == TABLE_SEEN_AT_EXIT);
}

/* Returns the process, held; NULL where there is no room for it. */
static struct table_process *learn(struct table *t, const struct told *told)
{
	struct table_process *p = find(t, told->pid, told->start_ns) ?: make(t, told->pid, told->start_ns);

	if (!p)
		return NULL;
	hold(t, p);
	if (knows_parent_better(p, told->seen))
		set_parent(t, p, told);
	if (told->seen > p->seen)
		p->seen = told->seen;
	if (told->header->boot_ns >= p->told_ns) {
		p->told_ns = told->header->boot_ns;
		p->comm = told->comm;
	}
	return p;
}

#define TOLD(event, how)                                                                                               \
	(&(struct told){                                                                                               \
		.header = &(event)->header,                                                                            \
		.pid = (event)->pid,                                                                                   \
		.ppid = (event)->ppid,                                                                                 \
		.start_ns = (event)->start_ns,                                                                         \
		.parent_start_ns = (event)->parent_start_ns,                                                           \
		.comm = (event)->comm,                                                                                 \
		.seen = how,                                                                                           \
	})

/* A snapshot sees less than the exec did: it counts only where no exec was seen, whichever comes first. */
static bool is_newest_program(const struct table_process *p, const struct record *header)
{
	bool newer = header->boot_ns >= p->exec_ns;

	return header->type == RECORD_exec ? newer || p->nr_execs == 1 : newer && !p->nr_execs;
}

static void learn_exec(struct table *t, const struct exec_event *e, const void *record, size_t bytes)
{
	bool is_exec = e->header.type == RECORD_exec;
	struct table_process *p = learn(t, TOLD(e, is_exec ? TABLE_SEEN_AT_EXEC : TABLE_SEEN_IN_SNAPSHOT));

	if (!p)
		return;
	p->nr_execs += is_exec;
	if (is_newest_program(p, &e->header)) {
		set_program(t, p, record, bytes);
		p->exec_ns = e->header.boot_ns;
	}
	if (p->parent && !p->parent->comm.bytes[0])
		p->parent->comm = e->parent_comm;
	release(t, p);
}

static void learn_fork(struct table *t, const struct fork_event *e)
{
	struct table_process *p = e->thread ? NULL : learn(t, TOLD(e, TABLE_SEEN_AT_FORK));

	if (!p)
		return;
	if (!p->program && p->parent && p->parent->program)
		p->program = program_take(p->parent->program);
	release(t, p);
}

static void learn_exit(struct table *t, const struct exit_event *e)
{
	struct table_process *p = learn(t, TOLD(e, TABLE_SEEN_AT_EXIT));

	if (!p)
		return;
	p->exit_ns = e->header.boot_ns;
	p->ended = true;
	release(t, p);
}

static void learn_loss(struct table *t, const struct lost_event *e)
{
	if (e->of != RECORD_exec_fail)
		t->losses += e->count;
}

/* The fixed part of a record, which need not be aligned. */
union fixed {
	struct record header;
	struct exec_event exec;
	struct fork_event fork;
	struct exit_event exit;
	struct lost_event lost;
};

static size_t fixed_bytes(uint32_t type)
{
	switch (type) {
	case RECORD_exec:
	case RECORD_snapshot:
		return sizeof(struct exec_event);
	case RECORD_fork:
		return sizeof(struct fork_event);
	case RECORD_exit:
		return sizeof(struct exit_event);
	case RECORD_LOST:
		return sizeof(struct lost_event);
	default:
		return SIZE_MAX;
	}
}

static void learn_any(struct table *t, const union fixed *fixed, const void *record, size_t bytes)
{
	if (fixed->header.type == RECORD_LOST)
		learn_loss(t, &fixed->lost);
	else if (fixed->header.type == RECORD_fork)
		learn_fork(t, &fixed->fork);
	else if (fixed->header.type == RECORD_exit)
		learn_exit(t, &fixed->exit);
	else
		learn_exec(t, &fixed->exec, record, bytes);
}

void table_feed(struct table *t, const struct record *record, size_t bytes)
{
	union fixed fixed;
	size_t needed;

	if (bytes < sizeof(fixed.header))
		return;
	memcpy(&fixed.header, record, sizeof(fixed.header));
	needed = fixed_bytes(fixed.header.type);
	if (bytes < needed)
		return;
	memcpy(&fixed, record, needed);
	if (fixed.header.boot_ns > t->now_ns)
		t->now_ns = fixed.header.boot_ns;
	learn_any(t, &fixed, record, bytes);
	forget_ended(t);
}

/* --- asking --- */

const struct table_process *table_find(const struct table *t, uint32_t pid, uint64_t start_ns)
{
	return find(t, pid, start_ns);
}

const struct exec_event *table_program(const struct table_process *p, size_t *ret_bytes)
{
	if (!p->program)
		return NULL;
	*ret_bytes = p->program->bytes;
	return (const struct exec_event *)p->program->record;
}

bool table_knows_life(const struct table *t, const struct table_process *p)
{
	return p->seen == TABLE_SEEN_AT_FORK && p->losses == t->losses;
}

size_t table_count(const struct table *t)
{
	return t->nr_processes;
}

size_t table_bytes(const struct table *t)
{
	return sizeof(*t) + t->max_processes * sizeof(t->processes[0]) + ((size_t)t->mask + 1) * sizeof(*t->buckets) +
	       t->program_bytes;
}

uint64_t table_losses(const struct table *t)
{
	return t->losses;
}

uint64_t table_forgotten(const struct table *t)
{
	return t->forgotten;
}

void table_close(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->max_processes; i++)
		drop_program(t, &t->processes[i]);
	free(t->buckets);
	free(t);
}
