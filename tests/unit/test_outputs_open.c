/* SPDX-License-Identifier: GPL-2.0-only */
/* outputs/outputs.c, output.c: -o and --fields, files, what is needed of the kernel side, counts. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../golden/maker.h"
#include "check.h"
#include "outputs/outputs.h"

static struct maker m;
static struct scratch scratch;
static const struct schema *const schemas[] = {&schema_exec, &schema_lost, NULL};
static char folder[] = "/tmp/test-outputs-XXXXXX";

static int try_open(const char *spec, const char *const *fields, struct error *err)
{
	struct output_settings settings = {.fields = fields};
	struct output *o;
	int r = output_open(spec, &settings, schemas, &o, err);

	if (!r)
		r = output_begin(o, err);
	if (!r)
		output_close(o, NULL, NULL);
	return r;
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "json:%s/%s", folder, name);
	return path;
}

static void wrong_specs_are_explained(void)
{
	struct error err = {0};

	CHECK_EQ(try_open("jsn", NULL, &err), -EINVAL);
	CHECK_TEXT(err.text, "unknown output format 'jsn'");
	CHECK_TEXT(err.hint, "did you mean 'json'? The formats are: table, log, json, perfetto");
	CHECK_EQ(try_open("xxxxxx:/tmp/x", NULL, &err), -EINVAL);
	CHECK_TEXT(err.hint, "the formats are: table, log, json, perfetto");
	CHECK_EQ(try_open("", NULL, &err), -EINVAL);
	CHECK_EQ(try_open("json:", NULL, &err), -EINVAL);
	CHECK_TEXT(err.text, "output 'json:' names no file");
	CHECK_TEXT(err.hint, "-o json:PATH writes to a file, -o json to standard output");
	CHECK_EQ(try_open(path_of("no/such/folder"), NULL, &err), -ENOENT);
	CHECK(strstr(err.text, "no/such/folder': No such file or directory") != NULL);
	CHECK_EQ(try_open(path_of(""), NULL, &err), -EISDIR);
}

static void unknown_fields_are_explained(void)
{
	const char *const wrong[] = {"pid", "filname", NULL};
	const char *const internal[] = {"cgroup_v1", NULL};
	const char *const right[] = {"event", "pid", "cause", NULL};
	struct error err = {0};
	struct stat st;

	CHECK_EQ(try_open(path_of("never"), wrong, &err), -EINVAL);
	CHECK_TEXT(err.text, "unknown field 'filname'");
	CHECK_TEXT(err.hint, "did you mean 'filename'? --fields help lists all");
	CHECK_EQ(try_open("json", internal, &err), -EINVAL);
	CHECK_EQ(outputs_check_fields(right, schemas, &err), 0);
	CHECK_EQ(outputs_check_fields(NULL, schemas, &err), 0);
	/* Nothing is made or emptied before all is known to be right. */
	CHECK_EQ(stat(path_of("never") + strlen("json:"), &st), -1);
}

static void files_are_made_or_emptied(void)
{
	const char *path = path_of("file") + strlen("json:");
	struct stat st;
	int fd;

	umask(0);
	CHECK_EQ(try_open(path_of("file"), NULL, NULL), 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 07777, 0640);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK_EQ(write(fd, "old", 3), 3);
	close(fd);
	chmod(path, 0604);
	CHECK_EQ(try_open(path_of("file"), NULL, NULL), 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_size, 0);
	CHECK_EQ(st.st_mode & 07777, 0604);
	unlink(path);
}

/* A run that cannot start leaves an older file as it was. */
static void files_are_kept_until_the_beginning(void)
{
	const char *path = path_of("kept") + strlen("json:");
	struct output_settings settings = {};
	struct output *o, *same;
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK_EQ(write(fd, "old", 3), 3);
	close(fd);
	CHECK_EQ(output_open(path_of("kept"), &settings, schemas, &o, NULL), 0);
	CHECK_EQ(output_open(path_of("./kept"), &settings, schemas, &same, NULL), 0);
	CHECK(output_shares_file(o, same));
	output_discard(o);
	output_discard(same);
	path = path_of("kept") + strlen("json:");
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_size, 3);
	unlink(path);
}

/* Rows that every output needs: truncated, unreadable, spilled. */
#define ALWAYS (ROW_BIT(EXEC_truncated) | ROW_BIT(EXEC_unreadable) | ROW_BIT(EXEC_spilled))

static uint64_t needed(const char *spec, const char *const *fields, const struct schema *s)
{
	struct output_settings settings = {.fields = fields};
	struct output *o;
	uint64_t rows;

	if (!CHECK_EQ(output_open(spec, &settings, schemas, &o, NULL), 0))
		return 0;
	rows = output_needed_rows(o, s);
	output_close(o, NULL, NULL);
	return rows;
}

static void get_nothing(const struct event *e, void *context, struct value *ret_value)
{
	(void)e, (void)context, (void)ret_value;
}

static void only_what_is_shown_is_needed(void)
{
	static const struct computed_field user = {{.name = "user",
						    .kind = KIND_text,
						    .row = FIELD_NO_ROW,
						    .get = get_nothing,
						    .needs = ROW_BIT(EXEC_uid)},
						   ""};
	const char *const two[] = {"event", "pid", "argv", NULL}, *const env[] = {"env", NULL};
	struct schema *extended = schema_extend(&schema_exec, &user, 1);
	uint64_t all = 0;

	for (unsigned int row = 0; row < EXEC_ROW_MAX; row++)
		if (!schema_find_row(&schema_exec, row)->internal && row != EXEC_env)
			all |= ROW_BIT(row);
	CHECK_EQ(needed("log:/dev/null", NULL, &schema_exec),
		 ALWAYS | ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_uid) | ROW_BIT(EXEC_filename));
	CHECK_EQ(needed("json:/dev/null", NULL, &schema_exec), ALWAYS | all);
	CHECK_EQ(needed("json:/dev/null", two, &schema_exec), ALWAYS | ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_argv));
	CHECK_EQ(needed("json:/dev/null", env, &schema_exec), ALWAYS | ROW_BIT(EXEC_env));
	CHECK_EQ(needed("table:/dev/null", two, &schema_exec), ALWAYS | ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_argv));
	CHECK_EQ(needed("table:/dev/null", NULL, extended),
		 ALWAYS | ROW_BIT(EXEC_pid) | ROW_BIT(EXEC_ppid) | ROW_BIT(EXEC_uid) | ROW_BIT(EXEC_filename) |
			 ROW_BIT(EXEC_exe) | ROW_BIT(EXEC_interp) | ROW_BIT(EXEC_cwd) | ROW_BIT(EXEC_argv));
	CHECK_EQ(needed("log:/dev/null", NULL, &schema_lost), 0);
	schema_free(extended);
}

static void give(struct output *o, const struct schema *s)
{
	struct event e = maker_event(&m, s, &scratch);

	scratch_reset(&scratch);
	output_write(o, &e);
}

static void counts_are_of_events(void)
{
	struct output_settings settings = {0};
	struct output_counts counts = {0};
	struct error err = {0};
	struct output *o;

	CHECK_EQ(output_open("log:/dev/null", &settings, schemas, &o, &err), 0);
	maker_exec(&m);
	give(o, &schema_exec);
	give(o, &schema_exec);
	maker_lost(&m, LOSS_ring_full, 3);
	give(o, &schema_lost);
	output_count(o, &counts);
	CHECK_EQ(counts.written, 0);
	CHECK_EQ(output_flush(o), 0);
	output_count(o, &counts);
	CHECK_EQ(counts.written, 2);
	maker_exec(&m);
	give(o, &schema_exec);
	CHECK_TEXT(output_target(o), "/dev/null");
	CHECK_EQ(output_close(o, &counts, &err), 0);
	CHECK_EQ(counts.written, 3);
	CHECK_EQ(counts.unwritten, 0);
}

static void failures_are_told_with_counts(void)
{
	struct output_settings settings = {0};
	struct output_counts counts = {0};
	struct error err = {0};
	struct output *o;

	CHECK_EQ(output_open("json:/dev/full", &settings, schemas, &o, &err), 0);
	maker_exec(&m);
	give(o, &schema_exec);
	CHECK_EQ(output_failure(o), 0);
	CHECK_EQ(output_flush(o), -ENOSPC);
	CHECK_EQ(output_failure(o), -ENOSPC);
	give(o, &schema_exec);
	CHECK_EQ(output_close(o, &counts, &err), -ENOSPC);
	CHECK_EQ(counts.written, 0);
	CHECK_EQ(counts.unwritten, 2);
	CHECK_TEXT(err.text, "cannot write 2 events to '/dev/full': No space left on device");
}

/* A type of event that no output was told of is shown all the same. */
static void event_types_can_come_later(void)
{
	static const struct field fields[] = {
		{.name = "number", .title = "NUMBER", .doc = "-", .kind = KIND_u32, .row = FIELD_NO_ROW, .size = 4},
	};
	static const struct schema late = {
		.name = "late", .fields = fields, .nr_fields = 1, .line = "<{number}[ {none}]>"};
	uint32_t number = 9;
	struct event e = {.schema = &late, .parts[PART_RECORD] = {&number, 4}, .scratch = &scratch};
	static const char *const expected[] = {"json", "{\"event\":\"late\",\"number\":9}\n", "log",
					       "-  INFO observer: <9>\n"};

	for (size_t i = 0; i < 4; i += 2) {
		struct output_settings settings = {0};
		char spec[256], bytes[256] = "";
		struct output *o;
		int fd;

		snprintf(spec, sizeof(spec), "%s:%s/late", expected[i], folder);
		CHECK_EQ(output_open(spec, &settings, schemas, &o, NULL), 0);
		output_write(o, &e);
		CHECK_EQ(output_close(o, NULL, NULL), 0);
		fd = open(strchr(spec, ':') + 1, O_RDONLY | O_CLOEXEC);
		CHECK(read(fd, bytes, sizeof(bytes) - 1) > 0);
		CHECK_TEXT(bytes, expected[i + 1]);
		close(fd);
		unlink(strchr(spec, ':') + 1);
	}
}

static void the_list_is_complete(void)
{
	const struct output_format *const *list;
	size_t nr;

	list = outputs_list(&nr);
	CHECK_EQ(nr, 4);
	CHECK_TEXT(output_format_name(list[0]), "table");
	for (size_t i = 0; i < nr; i++) {
		CHECK(*output_format_doc(list[i]));
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(output_format_name(list[i]), output_format_name(list[k])));
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder))
		SKIP("no folder for temporary files");
	RUN(wrong_specs_are_explained);
	RUN(unknown_fields_are_explained);
	RUN(files_are_made_or_emptied);
	RUN(files_are_kept_until_the_beginning);
	RUN(only_what_is_shown_is_needed);
	RUN(counts_are_of_events);
	RUN(failures_are_told_with_counts);
	RUN(event_types_can_come_later);
	RUN(the_list_is_complete);
	rmdir(folder);
	scratch_done(&scratch);
	return test_main();
}
