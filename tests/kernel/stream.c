/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbering, gaps, losses and the sum, followed by a second book-keeping that knows only what was printed. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "json.h"
#include "stream.h"

const char *const type_names[TYPES] = {"exec", "exec_fail", "exit", "fork", "snapshot"};

void stream_follow_event(struct session *s, enum type type, int64_t cpu, int64_t seq)
{
	uint64_t due;

	s->nr_events[type]++;
	if (cpu < 0 || seq < 0 || !CHECK(cpu < CPUS_MAX, "processor %lld", (long long)cpu))
		return;
	due = s->next_seq[type][cpu] + s->gap[type][cpu];
	CHECK((uint64_t)seq == due, "cpu %lld: %s number %lld comes where %llu is due (%llu of them explained as lost)",
	      (long long)cpu, type_names[type], (long long)seq, (unsigned long long)due,
	      (unsigned long long)s->gap[type][cpu]);
	s->next_seq[type][cpu] = (uint64_t)seq + 1;
	s->gap[type][cpu] = 0;
}

/* TYPES where the text names no type. */
static enum type type_of(const char *name)
{
	enum type type = 0;

	while (type < TYPES && strcmp(type_names[type], name ? name : "") != 0)
		type++;
	return type;
}

void stream_follow_lost(struct session *s, const json_t *e)
{
	uint64_t count = json_number(e, "count"), cpu, from, to;
	enum type type = type_of(json_text(e, "of"));

	/* Lost log lines are counted by level, and looked at by the tests of those. */
	if (json_text(e, "level"))
		return;
	s->nr_lost_events++;
	if (!CHECK(type < TYPES, "lost events of the type %s", json_shown(e, "of")))
		return;
	s->lost[type] += count;
	CHECK(count > 0, "a lost event of nothing");
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
	CHECK(from >= s->next_seq[type][cpu], "cpu %llu: %s number %llu, said to be lost, was passed already",
	      (unsigned long long)cpu, type_names[type], (unsigned long long)from);
	s->gap[type][cpu] += count;
}

void stream_check_end(struct session *s, enum type type, const struct summary *sum)
{
	CHECK(s->partial_length == 0, "half a line at the end: %s", shown(s->partial, s->partial_length));
	CHECK(s->nr_events[type] == sum->printed, "%llu %s events came, printed %llu",
	      (unsigned long long)s->nr_events[type], type_names[type], (unsigned long long)sum->printed);
	CHECK(s->lost[type] == sum->lost, "%llu %s events came as lost, the sum says %llu",
	      (unsigned long long)s->lost[type], type_names[type], (unsigned long long)sum->lost);
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

struct summary summary_parse(const char *errors, enum type type)
{
	struct summary sum = {0};
	const char *at = strstr(text("\n%s", errors), text("\n%s: seen ", type_names[type]));

	if (!at)
		return sum;
	at += 1 + strlen(type_names[type]);
	sum.found = take_number(&at, ": seen ", &sum.seen) &&
		    (take_number(&at, " = printed ", &sum.printed) || take_number(&at, " = used ", &sum.used)) &&
		    take_number(&at, " + filtered ", &sum.filtered) && take_number(&at, " + lost ", &sum.lost) &&
		    take_causes(&at, &sum) && take_number(&at, " + unread ", &sum.unread) &&
		    (*at == '\n' || (take_number(&at, " + earlier ", &sum.earlier) && *at == '\n'));
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
	CHECK(sum->seen == sum->printed + sum->used + sum->filtered + sum->lost + sum->unread + sum->earlier,
	      "the sum is wrong: %s", errors);
	CHECK(by_cause == sum->lost, "the causes do not add up: %s", errors);
}
