/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks that not every kernel allows: what observer doctor says of them is compared with trials of the test's own, and
 * observer inspect shows what is really attached. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "json.h"
#include "session.h"
#include "trial.h"

/* The first object of an output whose members have these values. */
static json_t *find(const char *out, const char *key, const char *value, const char *other_key, uint64_t number)
{
	for (size_t length; *out; out += length + (out[length] == '\n')) {
		json_t *object;

		length = strcspn(out, "\n");
		object = session_parse(out, length);
		REQUIRE(object, "no JSON: %.*s", (int)length, out);
		if (json_text(object, key) && !strcmp(json_text(object, key), value) &&
		    (!other_key || (json_has(object, other_key) && json_number(object, other_key) == number)))
			return object;
	}
	return NULL;
}

static struct outcome ask(const char *const *args)
{
	return run_observer(&(struct session_options){.args = args, .raw = true});
}

static void check_verdict(const char *verdicts, const struct trial *t)
{
	json_t *verdict = find(verdicts, "name", t->name, NULL, 0);
	bool said_ok;

	REQUIRE(verdict, "doctor says nothing of %s", t->name);
	said_ok = !strcmp(json_text(verdict, "status"), "ok");
	fprintf(stderr, "%s: doctor: %s (%s); tried: %s%s%s\n", t->name, json_text(verdict, "status"),
		json_text(verdict, "found"), t->failed ? t->failed : "works", t->failed ? " fails: " : "",
		t->failed ? (t->error ? strerror(t->error) : "it is never called") : "");
	CHECK(said_ok == !t->failed, "doctor and the trial of %s do not agree", t->name);
	if (t->failed && t->error)
		CHECK(strstr(json_text(verdict, "found"), strerror(t->error)), "another reason for %s", t->name);
}

TEST(doctor_agrees_with_trials)
{
	struct outcome o;

	need_bpf();
	o = ask(LIST("doctor", "-o", "json"));
	for (enum trial_kind kind = 0; kind < TRIALS; kind++) {
		struct trial t = trial_begin(kind);

		check_verdict(o.out, &t);
		trial_end(&t);
	}
}

/* Whether the kernel says to what the link is attached. */
static bool is_told(const struct trial *t)
{
	struct bpf_link_info info = {0};
	unsigned int bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(t->link_fd, &info, &bytes) || info.type != BPF_LINK_TYPE_TRACING ||
	       info.tracing.target_btf_id;
}

TEST(inspect_shows_each_hook)
{
	unsigned int nr_attached = 0;
	struct outcome o;

	need_bpf();
	for (enum trial_kind kind = TRIAL_FENTRY; kind < TRIALS; kind++) {
		struct trial t = trial_begin(kind);
		json_t *program;

		if (t.link_fd >= 0) {
			nr_attached++;
			o = ask(LIST("inspect", "--all", "-o", "json"));
			CHECK_EQ(o.status, 0);
			program = find(o.out, "name", t.program, "pid", (uint64_t)getpid());
			REQUIRE(program, "no program %s in %.2000s%s", t.program, o.out, o.err);
			CHECK_JSON_TEXT(program, "attached", is_told(&t) ? text("%s %s", t.name, t.target) : t.name);
		}
		trial_end(&t);
	}
	if (!nr_attached)
		test_skip("this kernel attaches neither fentry, fexit, fmod_ret, lsm nor kprobe");
}
