/* SPDX-License-Identifier: GPL-2.0-only */
/* When and in which order events show. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

/* A lone event shows at once, into a file and into a pipe. The figure itself is for the benchmark. */
TEST(lone_event_at_once)
{
	char *hold = make_hold("hold");
	struct pollfd wait_for = {.events = POLLIN};
	struct session *s, *file = session_start_default();
	char line[65536];
	unsigned int nr_late = 0;
	int ends[2];

	REQUIRE(pipe2(ends, O_CLOEXEC) == 0, "no pipe: %s", strerror(errno));
	s = session_open(&(struct session_options){.args = LIST("-o", "log"), .stdout_fd = ends[1], .raw = true});
	wait_for.fd = ends[0];
	for (int i = 0; i < 10; i++) {
		struct child c;
		uint64_t begin;

		sleep_ms(50);
		while (poll(&wait_for, 1, 0) > 0)
			(void)!read(ends[0], line, sizeof(line));
		begin = now_ns(CLOCK_MONOTONIC);
		c = child_hold(hold, LIST(hold), NULL);
		CHECK(poll(&wait_for, 1, 5000) > 0, "nothing in the pipe");
		session_wait_pid(file, c.pid);
		nr_late += now_ns(CLOCK_MONOTONIC) - begin > 100000000;
		child_end(&c);
	}
	CHECK(nr_late <= 5, "%u of 10 lone events took more than 100 ms", nr_late);
	close(ends[1]);
	session_stop(s);
	close(ends[0]);
	session_stop(file);
}

/* Programs that start programs on all processors: a parent's exec comes before its children's. */
MODE(tree)
{
	int depth = atoi(argv[2]);

	(void)argc;
	for (int i = 0; depth > 0 && i < 2; i++) {
		pid_t pid;

		posix_spawn(&pid, "/proc/self/exe", NULL, NULL,
			    (char *[]){"tree", "@tree", text("%d", depth - 1), argv[3], NULL}, environ);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

TEST(parents_before_children)
{
	char *tag = new_tag(), *self = link_text("/proc/self/exe");
	struct session *s = session_start("--fields", "argv,entity_id,parent_entity_id");
	json_t *seen = json_object();
	struct child c;
	size_t nr = 0;

	for (int i = 0; i < 10; i++) {
		c = child_hold(self, LIST(self, "@tree_root", "6", tag), NULL);
		child_end(&c);
	}
	session_stop(s);
	for (size_t i = 0; i < s->nr_objects; i++) {
		const char *parent = json_text(s->objects[i], "parent_entity_id");

		if (!json_array_has(s->objects[i], "argv", tag))
			continue;
		nr++;
		if (!json_array_has(s->objects[i], "argv", "@tree_root"))
			CHECK(parent && json_object_get(seen, parent), "a child's exec before its parent's: %s",
			      json_dumps(s->objects[i], JSON_COMPACT));
		json_object_set_new(seen, json_text(s->objects[i], "entity_id"), json_true());
	}
	CHECK(nr >= 10 * 64, "only %zu execs of the trees", nr);
}

MODE(tree_root)
{
	int status = mode_tree(argc, argv);

	(void)!write(1, ".", 1);
	return status;
}
