/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbering, gaps, losses and the sum, followed by a second book-keeping that knows only what was printed. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "json.h"
#include "stream.h"

void stream_follow_exec(struct session *s, int64_t cpu, int64_t seq)
{
	s->nr_exec++;
	if (cpu < 0 || seq < 0 || !CHECK(cpu < CPUS_MAX, "processor %lld", (long long)cpu))
		return;
	CHECK((uint64_t)seq == s->next_seq[cpu] + s->gap[cpu],
	      "cpu %lld: event number %lld comes where %llu is due (%llu of them explained as lost)", (long long)cpu,
	      (long long)seq, (unsigned long long)(s->next_seq[cpu] + s->gap[cpu]), (unsigned long long)s->gap[cpu]);
	s->next_seq[cpu] = (uint64_t)seq + 1;
	s->gap[cpu] = 0;
}

void stream_follow_lost(struct session *s, const json_t *e)
{
	uint64_t count = json_number(e, "count"), cpu, from, to;

	s->nr_lost_events++;
	s->lost += count;
	CHECK(count > 0, "a lost event of nothing");
	CHECK_JSON_TEXT(e, "of", "exec");
	CHECK(json_text(e, "cause"), "a lost event without cause");
	CHECK(json_text(e, "time"), "a lost event without time");
	if (!json_has(e, "from") || !json_has(e, "to"))
		return; /* runs that the kernel itself left out have no number */
	cpu = json_number(e, "cpu");
	from = json_number(e, "from");
	to = json_number(e, "to");
	if (!CHECK(cpu < CPUS_MAX, "processor %llu", (unsigned long long)cpu))
		return;
	CHECK(to >= from && to - from + 1 >= count, "%llu lost between %llu and %llu", (unsigned long long)count,
	      (unsigned long long)from, (unsigned long long)to);
	CHECK(from >= s->next_seq[cpu], "cpu %llu: number %llu, said to be lost, was passed already",
	      (unsigned long long)cpu, (unsigned long long)from);
	s->gap[cpu] += count;
}

void stream_check_end(struct session *s, const struct summary *sum)
{
	CHECK(s->partial_length == 0, "half a line at the end: %s", shown(s->partial, s->partial_length));
	CHECK_EQ(s->nr_exec, sum->printed);
	CHECK_EQ(s->lost, sum->lost);
}

/* " + lost 3 (ring_full 2, reassembly 1)": the number behind `word`; moves *at behind it. */
static bool take_number(const char **at, const char *word, uint64_t *ret_number)
{
	size_t length = strlen(word);
	char *end;

	if (strncmp(*at, word, length) != 0)
		return false;
	*ret_number = strtoull(*at + length, &end, 10);
	if (end == *at + length)
		return false;
	*at = end;
	return true;
}

static bool take_causes(const char **at, struct summary *sum)
{
	if (strncmp(*at, " (", 2) != 0)
		return true;
	*at += 2;
	while (sum->nr_causes < CAUSES_MAX) {
		struct loss *loss = &sum->causes[sum->nr_causes];
		unsigned long long count;
		int used = 0;

		if (sscanf(*at, "%31[a-z_] %llu%n", loss->cause, &count, &used) != 2)
			return false;
		loss->count = count;
		sum->nr_causes++;
		*at += used;
		if (**at == ')')
			return ++*at, true;
		*at += strspn(*at, ",+ ");
	}
	return false;
}

struct summary summary_parse(const char *errors)
{
	struct summary sum = {0};
	const char *at = strstr(errors, "exec: seen ");

	if (!at)
		return sum;
	sum.found = take_number(&at, "exec: seen ", &sum.seen) && take_number(&at, " = printed ", &sum.printed) &&
		    take_number(&at, " + filtered ", &sum.filtered) && take_number(&at, " + lost ", &sum.lost) &&
		    take_causes(&at, &sum) && take_number(&at, " + unread ", &sum.unread) && *at == '\n';
	return sum;
}

uint64_t summary_cause(const struct summary *sum, const char *cause)
{
	for (size_t i = 0; i < sum->nr_causes; i++)
		if (!strcmp(sum->causes[i].cause, cause))
			return sum->causes[i].count;
	return 0;
}

void summary_check(const struct summary *sum, const char *errors)
{
	uint64_t by_cause = 0;

	if (!CHECK(sum->found, "no summary, or one of another form, in: %s", errors))
		return;
	for (size_t i = 0; i < sum->nr_causes; i++)
		by_cause += sum->causes[i].count;
	CHECK(sum->seen == sum->printed + sum->filtered + sum->lost + sum->unread, "the sum is wrong: %s", errors);
	CHECK(by_cause == sum->lost, "the causes do not add up: %s", errors);
	CHECK(sum->filtered == 0, "filtered without a filter: %s", errors);
}
