/* SPDX-License-Identifier: GPL-2.0-only */
/* process/table.h: families, what is not known, what is forgotten; and random streams against a table that is all
 * loops. */
#include <stddef.h>

#include "check.h"
#include "events/lost.h"
#include "process/program.h"
#include "process/table.h"

#define SECOND 1000000000ULL

/* The identity of a test's process: its pid, and a start that is not one of a test's other pids. */
struct who {
	uint32_t pid;
	uint64_t start_ns;
};

static uint64_t now = 1000 * SECOND;

static struct table *new_table(size_t max)
{
	const struct table_settings settings = {.max_processes = max, .rows = ~0ULL};
	struct table *t = NULL;

	CHECK_EQ(table_open(&settings, &t, NULL), 0);
	return t;
}

static void feed_fork(struct table *t, struct who child, struct who parent)
{
	struct fork_event e = {.header = {.boot_ns = now, .type = RECORD_fork}, .pid = child.pid, .tid = child.pid};

	e.start_ns = child.start_ns;
	e.ppid = parent.pid;
	e.parent_start_ns = parent.start_ns;
	snprintf(e.comm.bytes, sizeof(e.comm), "fork%u", child.pid);
	table_feed(t, &e.header, sizeof(e));
}

struct exec_sample {
	struct exec_event exec;
	char spans[8192];
};

static struct exec_sample exec_of(struct who child, struct who parent, enum record_type type)
{
	struct exec_sample s = {.exec.header = {.boot_ns = now, .type = type}};
	static const char exe[] = "\0sed\0bin\0usr";

	s.exec.pid = child.pid;
	s.exec.start_ns = child.start_ns;
	s.exec.ppid = parent.pid;
	s.exec.parent_start_ns = parent.start_ns;
	s.exec.ino = now;
	snprintf(s.exec.comm.bytes, sizeof(s.exec.comm), "exec%u", child.pid);
	snprintf(s.exec.parent_comm.bytes, sizeof(s.exec.parent_comm), "parent%u", parent.pid);
	s.exec.exe = (struct span){offsetof(struct exec_sample, spans), sizeof(exe)};
	memcpy(s.spans, exe, sizeof(exe));
	return s;
}

static void feed_exec(struct table *t, struct who child, struct who parent, enum record_type type)
{
	struct exec_sample s = exec_of(child, parent, type);

	table_feed(t, &s.exec.header, offsetof(struct exec_sample, spans) + s.exec.exe.length);
}

static void feed_exit(struct table *t, struct who child, struct who parent)
{
	struct exit_event e = {.header = {.boot_ns = now, .type = RECORD_exit}, .pid = child.pid};

	e.start_ns = child.start_ns;
	e.ppid = parent.pid;
	e.parent_start_ns = parent.start_ns;
	snprintf(e.comm.bytes, sizeof(e.comm), "exit%u", child.pid);
	table_feed(t, &e.header, sizeof(e));
}

static void feed_loss(struct table *t, enum record_type of, uint32_t count)
{
	struct lost_event e = {.header = {.boot_ns = now, .type = RECORD_LOST}, .of = of, .count = count};

	table_feed(t, &e.header, sizeof(e));
}

static const struct table_process *look(struct table *t, struct who who)
{
	return table_find(t, who.pid, who.start_ns);
}

static const struct who init = {1, 5}, shell = {100, 50}, make_ = {200, 60}, cc = {300, 70};

static void a_family_is_known(void)
{
	struct table *t = new_table(64);
	size_t bytes;

	feed_exec(t, init, (struct who){0, 0}, RECORD_snapshot);
	feed_exec(t, shell, init, RECORD_snapshot);
	feed_fork(t, make_, shell);
	CHECK(table_program(look(t, make_), &bytes) == table_program(look(t, shell), &bytes));
	CHECK(!look(t, make_)->own_program);
	feed_exec(t, make_, shell, RECORD_exec);
	feed_exec(t, make_, shell, RECORD_exec);
	feed_fork(t, cc, make_);
	if (CHECK(look(t, cc) != NULL)) {
		CHECK(look(t, cc)->parent == look(t, make_));
		CHECK(look(t, cc)->parent->parent == look(t, shell));
		CHECK(look(t, cc)->parent->parent->parent == look(t, init));
		CHECK(look(t, init)->parent == NULL);
		CHECK_EQ(look(t, cc)->nr_execs, 0);
		CHECK_EQ(look(t, make_)->nr_execs, 2);
		CHECK_TEXT(look(t, make_)->comm.bytes, "exec200");
		CHECK_TEXT(look(t, cc)->comm.bytes, "fork300");
		CHECK(look(t, make_)->own_program);
		CHECK(table_knows_life(t, look(t, cc)));
		CHECK(!table_knows_life(t, look(t, shell)));
		CHECK_EQ(table_count(t), 4);
	}
	CHECK(table_program(look(t, make_), &bytes)->ino == now);
	CHECK_EQ(bytes, sizeof(struct exec_event) + 13);
	table_close(t);
}

static void ancestors_stay_while_descendants_live(void)
{
	struct table *t = new_table(64);

	feed_fork(t, make_, shell);
	feed_exec(t, make_, shell, RECORD_exec);
	feed_fork(t, cc, make_);
	feed_exit(t, make_, shell);
	now += 100 * SECOND;
	feed_exec(t, cc, init, RECORD_exec);
	if (CHECK(look(t, make_) != NULL)) {
		CHECK(look(t, make_)->ended);
		CHECK(look(t, cc)->parent == look(t, make_)); /* and not init, which took it over */
		CHECK_EQ(look(t, cc)->ppid, make_.pid);
	}
	feed_exit(t, cc, init);
	CHECK(look(t, cc) != NULL);
	now += TABLE_GRACE_NS + 1;
	feed_fork(t, (struct who){400, 80}, init);
	CHECK(look(t, cc) == NULL);
	CHECK(look(t, make_) != NULL); /* waits in turn: its last child has just gone */
	now += TABLE_GRACE_NS + 1;
	feed_fork(t, (struct who){401, 81}, init);
	CHECK(look(t, make_) == NULL);
	CHECK_EQ(table_forgotten(t), 0);
	table_close(t);
}

static void reuse_of_a_pid_tells_of_a_lost_exit(void)
{
	struct table *t = new_table(64);
	const struct who again = {make_.pid, 900};

	feed_fork(t, make_, shell);
	feed_fork(t, again, shell);
	CHECK(look(t, make_)->ended && !look(t, again)->ended);
	CHECK_EQ(look(t, make_)->exit_ns, 0);
	now += TABLE_GRACE_NS + 1;
	feed_exec(t, again, shell, RECORD_exec);
	CHECK(look(t, make_) == NULL && look(t, again) != NULL);
	/* A record of the earlier one that comes late does not bring it back to life. */
	feed_exec(t, make_, shell, RECORD_exec);
	CHECK(look(t, make_)->ended && !look(t, again)->ended);
	table_close(t);
}

static void a_lost_fork_is_said(void)
{
	struct table *t = new_table(64);

	feed_exec(t, make_, shell, RECORD_exec);
	CHECK_EQ(look(t, make_)->seen, TABLE_SEEN_AT_EXEC);
	CHECK(!table_knows_life(t, look(t, make_)));
	CHECK_EQ(look(t, shell)->seen, TABLE_SEEN_AS_PARENT);
	CHECK_TEXT(look(t, shell)->comm.bytes, "parent100");
	CHECK(look(t, make_)->parent == look(t, shell));
	/* Seen for the first time at its end: the parent may be the reaper, but it is told. */
	feed_exit(t, cc, init);
	CHECK_EQ(look(t, cc)->seen, TABLE_SEEN_AT_EXIT);
	CHECK_EQ(look(t, cc)->ppid, 1);
	/* The fork comes last: it knows best. */
	feed_fork(t, cc, make_);
	CHECK(look(t, cc)->parent == look(t, make_));
	CHECK_EQ(look(t, cc)->seen, TABLE_SEEN_AT_FORK);
	CHECK(look(t, cc)->ended);
	table_close(t);
}

static void a_loss_makes_lives_uncertain(void)
{
	struct table *t = new_table(64);

	feed_fork(t, make_, shell);
	feed_loss(t, RECORD_exec_fail, 7);
	CHECK(table_knows_life(t, look(t, make_)));
	feed_loss(t, RECORD_exec, 3);
	feed_fork(t, cc, make_);
	CHECK(!table_knows_life(t, look(t, make_)));
	CHECK(table_knows_life(t, look(t, cc)));
	CHECK_EQ(table_losses(t), 3);
	table_close(t);
}

static void order_of_records_does_not_matter(void)
{
	struct table *t = new_table(64);
	size_t bytes;

	now += 10;
	feed_exec(t, make_, shell, RECORD_exec);
	now -= 5;
	feed_exec(t, make_, shell, RECORD_snapshot);
	feed_fork(t, make_, shell);
	CHECK_EQ(table_program(look(t, make_), &bytes)->ino, now + 5);
	CHECK_TEXT(look(t, make_)->comm.bytes, "exec200");
	CHECK_EQ(look(t, make_)->nr_execs, 1);
	now += 5;
	/* A snapshot of the time after the exec knows less than the exec. */
	feed_exec(t, cc, make_, RECORD_exec);
	now += 5;
	feed_exec(t, cc, make_, RECORD_snapshot);
	CHECK_EQ(table_program(look(t, cc), &bytes)->ino, now - 5);
	/* So does one that comes first. */
	feed_exec(t, shell, init, RECORD_snapshot);
	now -= 2;
	feed_exec(t, shell, init, RECORD_exec);
	CHECK_EQ(table_program(look(t, shell), &bytes)->ino, now);
	now += 2;
	table_close(t);
}

static void a_full_table_forgets_the_ended_first(void)
{
	struct table *t = new_table(TABLE_PROCESSES_LEAST);
	const struct who ended = {90, 90};

	feed_exec(t, init, (struct who){0, 0}, RECORD_snapshot);
	for (uint32_t i = 0; i < TABLE_PROCESSES_LEAST - 2; i++)
		feed_fork(t, (struct who){10 + i, 10 + i}, init);
	feed_exit(t, ended, init);
	CHECK_EQ(table_count(t), TABLE_PROCESSES_LEAST);
	feed_fork(t, (struct who){91, 91}, init);
	CHECK(look(t, ended) == NULL && look(t, (struct who){10, 10}) != NULL);
	CHECK_EQ(table_forgotten(t), 0);
	feed_fork(t, (struct who){92, 92}, init);
	CHECK(look(t, (struct who){10, 10}) == NULL && look(t, (struct who){11, 11}) != NULL);
	CHECK(look(t, init) != NULL);
	CHECK_EQ(table_forgotten(t), 1);
	CHECK_EQ(table_count(t), TABLE_PROCESSES_LEAST);
	table_close(t);
}

/* Nothing can be forgotten but the process at hand: its newer generations find no room, and nothing breaks. */
static void a_full_table_may_be_one_chain(void)
{
	struct table *t = new_table(TABLE_PROCESSES_LEAST);

	for (uint32_t i = 0; i < 3 * TABLE_PROCESSES_LEAST; i++)
		feed_fork(t, (struct who){10 + i, 10 + i}, (struct who){9 + i, 9 + i});
	CHECK_EQ(table_count(t), TABLE_PROCESSES_LEAST);
	table_close(t);
}

static void nonsense_is_no_family(void)
{
	struct table *t = new_table(64);
	struct exec_sample s = exec_of(cc, make_, RECORD_exec);

	feed_fork(t, cc, cc);
	CHECK(look(t, cc)->parent == NULL);
	feed_fork(t, make_, (struct who){100, make_.start_ns + 1});
	CHECK(look(t, make_)->parent == NULL);
	for (size_t size = 0; size < sizeof(s.exec); size += 7)
		table_feed(t, &s.exec.header, size);
	CHECK_EQ(look(t, cc)->nr_execs, 0);
	s.exec.exe = (struct span){UINT32_MAX, UINT32_MAX};
	s.exec.argv = (struct span){sizeof(s) - 1, 2};
	table_feed(t, &s.exec.header, sizeof(s));
	CHECK_EQ(look(t, cc)->nr_execs, 1);
	table_close(t);
}

/* Each keeps its record whole while there is room for all; then long ones are cut, and say so. */
static void memory_is_bounded(void)
{
	struct table *t = new_table(TABLE_PROCESSES_LEAST);
	size_t most = TABLE_PROCESSES_LEAST * (TABLE_PROCESS_BYTES + 2 * TABLE_KEPT_BYTES) + 1024, nr_whole = 0,
	       nr_cut = 0;
	const struct exec_event *kept;
	struct exec_sample s;
	size_t bytes;

	for (uint32_t i = 0; i < TABLE_PROCESSES_LEAST; i++) {
		s = exec_of((struct who){10 + i, 10 + i}, (struct who){0, 0}, RECORD_exec);
		s.exec.argv = (struct span){offsetof(struct exec_sample, spans) + 64, sizeof(s.spans) - 64};
		memset(s.spans + 64, 'x', sizeof(s.spans) - 64);
		table_feed(t, &s.exec.header, sizeof(s));
		kept = table_program(table_find(t, 10 + i, 10 + i), &bytes);
		if (!CHECK(kept != NULL))
			continue;
		CHECK_EQ(kept->exe.length, s.exec.exe.length);
		CHECK(kept->argv.offset + kept->argv.length <= bytes);
		CHECK(((const char *)kept)[kept->argv.offset] == 'x');
		nr_whole += kept->argv.length == s.exec.argv.length && !kept->truncated;
		nr_cut += kept->truncated == ROW_BIT(EXEC_argv) && bytes == TABLE_KEPT_BYTES;
		CHECK(table_bytes(t) <= most);
	}
	CHECK(nr_whole > 0 && nr_cut > 0);
	CHECK_EQ(nr_whole + nr_cut, TABLE_PROCESSES_LEAST);
	table_close(t);
}

/* A path is stored leaf first: what is cut off is its beginning, and whole components stay. */
static void cut_paths_lose_their_beginning(void)
{
	struct exec_sample s = exec_of(cc, make_, RECORD_exec);
	struct program *p = program_new(&s, sizeof(s), ~0ULL, sizeof(s.exec) + 11);
	const struct exec_event *e;

	if (!CHECK(p != NULL))
		return;
	e = (const struct exec_event *)p->record;
	CHECK_EQ(e->truncated, ROW_BIT(EXEC_exe));
	CHECK_BYTES(p->record + e->exe.offset, e->exe.length, "\3sed\0bin\0", 9);
	free(p);
	CHECK(program_new(&s, sizeof(s.exec) - 1, ~0ULL, 4096) == NULL);
}

/* --- the same rules, all loops --- */

#define MODEL_MAX 24

struct model_process {
	bool used, ended, held;
	struct who who, parent;
	int parent_seen, seen;
	bool linked; /* the parent is in the model */
	uint32_t nr_execs;
	uint64_t tick, listed_ns, program;
};

static struct model {
	struct model_process all[MODEL_MAX];
	uint64_t tick, forgotten;
} model;

static bool same(struct who a, struct who b)
{
	return a.pid == b.pid && a.start_ns == b.start_ns;
}

static struct model_process *model_find(struct who who)
{
	for (int i = 0; i < MODEL_MAX; i++)
		if (model.all[i].used && same(model.all[i].who, who))
			return &model.all[i];
	return NULL;
}

static uint32_t model_children(const struct model_process *p)
{
	uint32_t nr = 0;

	for (int i = 0; i < MODEL_MAX; i++)
		nr += model.all[i].used && model.all[i].linked && same(model.all[i].parent, p->who);
	return nr;
}

static void model_list(struct model_process *p)
{
	if (p->held || model_children(p))
		return;
	p->tick = ++model.tick;
	p->listed_ns = now;
}

static void model_forget(struct model_process *p)
{
	struct model_process *parent = p->linked ? model_find(p->parent) : NULL;

	model.forgotten += !p->ended;
	p->used = false;
	if (parent)
		model_list(parent);
}

static struct model_process *model_oldest(bool ended)
{
	struct model_process *oldest = NULL;

	for (int i = 0; i < MODEL_MAX; i++) {
		struct model_process *p = &model.all[i];

		if (p->used && !p->held && p->ended == ended && !model_children(p) &&
		    (!oldest || p->tick < oldest->tick))
			oldest = p;
	}
	return oldest;
}

static struct model_process *model_free(void)
{
	for (int i = 0; i < MODEL_MAX; i++)
		if (!model.all[i].used)
			return &model.all[i];
	return NULL;
}

static struct model_process *model_get(struct who who)
{
	struct model_process *p = model_find(who);

	if (p)
		return p;
	if (!model_free()) {
		p = model_oldest(true) ? model_oldest(true) : model_oldest(false);
		if (p)
			model_forget(p);
	}
	p = model_free();
	if (!p)
		return NULL;
	*p = (struct model_process){.used = true, .who = who};
	model_list(p);
	for (int i = 0; i < MODEL_MAX; i++) {
		struct model_process *other = &model.all[i];
		struct model_process *earlier = other->who.start_ns < who.start_ns ? other : p;

		if (!other->used || other->who.pid != who.pid || other == p || earlier->ended)
			continue;
		earlier->ended = true;
		model_list(earlier);
	}
	return p;
}

static void model_set_parent(struct model_process *p, struct who parent, int seen)
{
	struct model_process *old = p->linked ? model_find(p->parent) : NULL, *new = NULL;

	p->parent_seen = seen;
	if (parent.pid && parent.start_ns < p->who.start_ns)
		new = model_get(parent);
	p->linked = new != NULL;
	p->parent = parent;
	if (old)
		model_list(old);
}

static void model_feed(int seen, struct who who, struct who parent)
{
	struct model_process *p = model_get(who);

	if (p) {
		p->held = true;
		if (!p->parent_seen || (seen > p->parent_seen && (seen == TABLE_SEEN_AT_FORK || p->parent_seen == 1)))
			model_set_parent(p, parent, seen);
		p->seen = seen > p->seen ? seen : p->seen;
		p->nr_execs += seen == TABLE_SEEN_AT_EXEC;
		p->ended |= seen == TABLE_SEEN_AT_EXIT;
		if (seen == TABLE_SEEN_AT_EXEC || (seen == TABLE_SEEN_IN_SNAPSHOT && !p->nr_execs))
			p->program = now;
		else if (seen == TABLE_SEEN_AT_FORK && !p->program && p->linked)
			p->program = model_find(p->parent)->program;
		p->held = false;
		model_list(p);
	}
	while ((p = model_oldest(true)) && p->listed_ns + TABLE_GRACE_NS < now)
		model_forget(p);
}

static bool table_is_the_model(struct table *t)
{
	size_t nr = 0, bytes;

	for (int i = 0; i < MODEL_MAX; i++) {
		const struct model_process *m = &model.all[i];
		const struct table_process *p = m->used ? look(t, m->who) : NULL;
		const struct exec_event *program = p ? table_program(p, &bytes) : NULL;

		if (!m->used)
			continue;
		nr++;
		if (!CHECK(p != NULL))
			return false;
		CHECK_EQ(p->seen, m->seen);
		CHECK_EQ(p->ended, m->ended);
		CHECK_EQ(p->nr_execs, m->nr_execs);
		CHECK_EQ(p->nr_children, model_children(m));
		CHECK_EQ(program ? program->ino : 0, m->program);
		CHECK_EQ(p->parent != NULL, m->linked);
		if (m->linked && p->parent)
			CHECK(p->parent == look(t, m->parent));
	}
	return CHECK_EQ(table_count(t), nr) && CHECK_EQ(table_forgotten(t), model.forgotten) && !check_nr_failed;
}

static struct who random_who(unsigned int nr_pids)
{
	struct who who = {.pid = rand() % nr_pids};

	/* Few starts a pid, so that both reuse and late records happen. */
	who.start_ns = who.pid * 10 + rand() % 3 * 7;
	return who;
}

static void random_streams_agree(void)
{
	static const struct {
		int seen, weight;
	} steps[] = {
		{TABLE_SEEN_AT_FORK, 8}, {TABLE_SEEN_AT_EXEC, 6}, {TABLE_SEEN_AT_EXIT, 5}, {TABLE_SEEN_IN_SNAPSHOT, 1}};

	for (unsigned int seed = 1; seed <= 60; seed++) {
		struct table *t = new_table(MODEL_MAX);
		bool good = true;

		srand(seed);
		model = (struct model){0};
		for (int i = 0; i < 600 && good; i++) {
			unsigned int choice = rand() % 20, at = 0;
			struct who who = random_who(10 + seed), parent = random_who(10 + seed);

			now += rand() % 8 ? 1000 : rand() % (SECOND / 2);
			while (choice >= (unsigned int)steps[at].weight)
				choice -= steps[at++].weight;
			who.pid++;
			if (steps[at].seen == TABLE_SEEN_AT_FORK)
				feed_fork(t, who, parent);
			else if (steps[at].seen == TABLE_SEEN_AT_EXIT)
				feed_exit(t, who, parent);
			else
				feed_exec(t, who, parent,
					  steps[at].seen == TABLE_SEEN_AT_EXEC ? RECORD_exec : RECORD_snapshot);
			model_feed(steps[at].seen, who, parent);
			good = table_is_the_model(t);
			if (!good)
				fprintf(stderr, "seed %u, step %d\n", seed, i);
		}
		table_close(t);
	}
}

int main(void)
{
	RUN(a_family_is_known);
	RUN(ancestors_stay_while_descendants_live);
	RUN(reuse_of_a_pid_tells_of_a_lost_exit);
	RUN(a_lost_fork_is_said);
	RUN(a_loss_makes_lives_uncertain);
	RUN(order_of_records_does_not_matter);
	RUN(a_full_table_forgets_the_ended_first);
	RUN(a_full_table_may_be_one_chain);
	RUN(nonsense_is_no_family);
	RUN(memory_is_bounded);
	RUN(cut_paths_lose_their_beginning);
	RUN(random_streams_agree);
	return test_main();
}
