/* SPDX-License-Identifier: GPL-2.0-only */
/* What must add up whatever happened: made-up runs of many shapes, by a generator with fixed seeds. */
#include "report_story.h"

#include "report/fold.h"
#include "report/parts.h"

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % below;
}

struct told {
	uint64_t nr_lives, nr_execs, nr_failed, cpu_ms, wall_ms;
	bool lives[512];
	uint32_t parents[512];
	uint64_t nr_children[512];
	uint64_t most_living, most_at_work;
};

static void look_at_peaks(struct told *t, uint32_t nr_pids)
{
	uint64_t living = 0, at_work = 0;

	memset(t->nr_children, 0, sizeof(t->nr_children));
	for (uint32_t pid = 1; pid < nr_pids; pid++)
		if (t->lives[pid])
			t->nr_children[t->parents[pid]]++;
	for (uint32_t pid = 1; pid < nr_pids; pid++) {
		living += t->lives[pid];
		at_work += t->lives[pid] && !t->nr_children[pid];
	}
	t->most_living = living > t->most_living ? living : t->most_living;
	t->most_at_work = at_work > t->most_at_work ? at_work : t->most_at_work;
}

static void end_one(struct told *t, uint64_t ms, uint32_t pid)
{
	struct story_end end = {.utime_ms = draw(9), .stime_ms = draw(9), .code = draw(8) == 0};

	story_exit(ms, pid, end);
	t->lives[pid] = false;
	t->cpu_ms += end.utime_ms + end.stime_ms;
	t->nr_failed += end.code;
}

/* Pid 1 is the root and ends last; orphans live on under their parent at birth. */
static void tell(struct told *t)
{
	static const char *const programs[] = {"/bin/a", "/bin/b", "/bin/c"};
	uint32_t nr_pids = 2, steps = 50 + draw(400);
	uint64_t ms = 1;

	*t = (struct told){.nr_lives = 1, .nr_execs = 1, .lives[1] = true};
	story_begin(1);
	story_exec(0, 1, "/bin/root", "root");
	while (steps--) {
		uint32_t pid = 1 + draw(nr_pids - 1), what = draw(3);

		ms += 1 + draw(5);
		if (!t->lives[pid])
			continue;
		if (what == 0 && nr_pids < 512) {
			story_fork(ms, pid, nr_pids);
			t->lives[nr_pids] = true;
			t->parents[nr_pids++] = pid;
			t->nr_lives++;
		} else if (what == 1) {
			story_exec(ms, pid, programs[draw(3)], draw(2) ? "x 1" : "x 2");
			t->nr_execs++;
		} else if (pid != 1) {
			end_one(t, ms, pid);
		}
		look_at_peaks(t, nr_pids);
	}
	end_one(t, ms + 1, 1);
	t->wall_ms = ms + 1;
}

static void check_sums(const struct told *t)
{
	uint64_t cpu_ns = 0, path_ns = 0, failed = 0;

	CHECK_EQ(story->sums.nr_lives, t->nr_lives);
	CHECK_EQ(story->sums.nr_execs, t->nr_execs);
	CHECK_EQ(story->sums.utime_ns + story->sums.stime_ns, t->cpu_ms * 1000000);
	CHECK_EQ(story->sums.nr_exit_failures, t->nr_failed);
	for (size_t i = 0; i < story->nr_lives; i++) {
		cpu_ns += life_cpu_ns(story->order[i]);
		path_ns += story->order[i]->path_ns;
		failed += life_failed(story->order[i]);
		CHECK(!story->order[i]->path_ns || story->order[i]->on_path);
	}
	CHECK_EQ(cpu_ns, t->cpu_ms * 1000000);
	CHECK_EQ(failed, t->nr_failed);
	/* The critical path covers the root's wall time, each moment once. */
	CHECK_EQ(path_ns, t->wall_ms * 1000000);
}

/* However little is shown, what is shown and what is counted as hidden is everything. */
static void check_fold(const struct told *t, size_t max_lines)
{
	const struct fold_settings settings = {.max_lines = max_lines};
	uint64_t nr_lives = 0, cpu_ns = 0, nr_failed = 0, nr_shown = 0;
	struct fold f;

	CHECK_EQ(fold_make(story, &settings, &f), 0);
	for (size_t i = 0; i < f.nr_branches; i++) {
		const struct branch *b = &f.branches[i];

		nr_lives += b->count;
		cpu_ns += b->cpu_ns;
		nr_shown += b->shown;
		nr_failed += life_failed(b->life) ? b->count : 0;
		CHECK(!b->shown || !b->parent || b->parent->shown);
	}
	CHECK_EQ(nr_lives, t->nr_lives);
	CHECK_EQ(nr_failed, t->nr_failed);
	CHECK_EQ(cpu_ns, t->cpu_ms * 1000000);
	CHECK_EQ(f.branches[0].all_lives, t->nr_lives);
	CHECK_EQ(f.branches[0].all_cpu_ns, t->cpu_ms * 1000000);
	CHECK_EQ(nr_shown, max_lines && max_lines < f.nr_branches ? max_lines : f.nr_branches);
	fold_done(&f);
}

static void sums_are_those_of_the_lives(void)
{
	for (seed = 1; seed < 200; seed++) {
		uint64_t begun = seed;
		struct peaks peaks;
		struct told t;

		seed *= 7919;
		tell(&t);
		CHECK_EQ(lives_link(story), 0);
		CHECK_EQ(critical_find(story), 0);
		CHECK_EQ(peaks_find(story, &peaks), 0);
		CHECK_EQ(peaks.nr_living, t.most_living);
		CHECK_EQ(peaks.nr_at_work, t.most_at_work);
		check_sums(&t);
		check_fold(&t, 0);
		check_fold(&t, 20);
		check_fold(&t, 1);
		report_free(story);
		seed = begun;
	}
}

static void cpu_time_is_divided_as_wait4_does(void)
{
	struct exit_event x = {.header = {.boot_ns = 1, .type = RECORD_exit}, .pid = 1, .start_ns = 1};

	x.runtime_ns = 1000;
	x.raw_utime_ns = 300;
	x.raw_stime_ns = 100;
	story_begin(0);
	report_feed(story, &x.header, sizeof(x));
	CHECK_EQ(story->sums.stime_ns, 250);
	CHECK_EQ(story->sums.utime_ns, 750);
	report_free(story);
}

static void lives_beyond_the_limit_are_in_the_totals(void)
{
	const struct report_settings settings = {.max_lives = 3};

	story = report_new(&settings, NULL);
	story_exec(0, 1, "/bin/a", "a");
	for (uint32_t pid = 2; pid <= 10; pid++) {
		story_fork(pid, 1, pid);
		story_exit_like(pid + 1, pid, 2);
	}
	story_exit_like(20, 1, 1);
	CHECK_EQ(story->nr_lives, 3);
	CHECK_EQ(story->sums.nr_lives, 10);
	CHECK_EQ(story->sums.nr_unkept, 7);
	CHECK_EQ(story->sums.utime_ns, 19 * 1000000);
	CHECK_EQ(report_nr_alive(story), 0);
	report_free(story);
}

/* A record may be cut anywhere, and hold anything. */
static void garbage_does_no_harm(void)
{
	_Alignas(8) char bytes[1024];
	struct report_look look = {.columns = 80, .max_lines = 10};
	struct buffer text = {0};

	story_begin(0);
	for (seed = 1; seed < 20000; seed++) {
		struct record *record = (struct record *)bytes;
		size_t length = draw(sizeof(bytes));

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = draw(4) ? 0 : draw(256);
		record->type = draw(8) ? draw(RECORD_EVENT_MAX + 1) : RECORD_LOST;
		report_feed(story, record, length);
	}
	report_print(story, &look, &text);
	CHECK(text.length > 0 && !text.failed);
	CHECK(memchr(text.data, '\x1b', text.length) == NULL);
	buffer_done(&text);
	report_free(story);
}

int main(void)
{
	RUN(sums_are_those_of_the_lives);
	RUN(cpu_time_is_divided_as_wait4_does);
	RUN(lives_beyond_the_limit_are_in_the_totals);
	RUN(garbage_does_no_harm);
	return test_main();
}
