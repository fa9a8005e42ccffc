/* SPDX-License-Identifier: GPL-2.0-only */
/* observer doctor: each source of refused/ is compiled, loaded, and explained by the cause that it is named after. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

/* Fewer than these must not be left where a kernel takes what another one refuses. */
#define CAUSES_LEAST 30

static void from_file(void *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		child_fail("standard input from a file");
}

static struct outcome doctor(const char *const *args, char *input)
{
	return run_observer(&(struct session_options){
		.args = args, .raw = true, .prepare = input ? from_file : NULL, .arg = input});
}

static void need_clang(void)
{
	if (access(REFUSED_SOURCES, R_OK))
		test_skip("the sources %s are not here", REFUSED_SOURCES);
	if (system("clang --print-targets 2>/dev/null | grep -q bpf"))
		test_skip("there is no clang that makes code for BPF");
}

static void write_source(const char *path, const char *source)
{
	make_file(path, source, strlen(source), 0600);
}

/* The text between two words in a file; "" where it is not there. */
static char *between(const char *text_of_file, const char *begin, const char *end)
{
	const char *at = strstr(text_of_file, begin), *stop;

	if (!at)
		return "";
	at += strlen(begin);
	stop = strstr(at, end);
	return text("%.*s", (int)(stop ? stop - at : 0), at);
}

/* Line in which HERE stands; 0 where it does not. */
static unsigned int marked_line(const char *source)
{
	const char *mark = strstr(source, "/* HERE */");
	unsigned int line = 1;

	for (const char *at = source; mark && at < mark; at++)
		line += *at == '\n';
	return mark ? line : 0;
}

/* Compiles; what is to be asked then: the object, or clang's messages. */
static struct outcome compile_and_ask(const char *name, const char *source)
{
	char *object = text("%s/%s.o", test_dir(), name), *messages = text("%s/%s.messages", test_dir(), name);
	char *flags = between(source, "/* clang: ", " */");
	char *command = text("cd %s && clang -target bpf -mcpu=v3 -O2 -g -I%s %s -c %s -o %s 2>%s", REFUSED_SOURCES,
			     SOURCE_FOLDER, flags, name, object, messages);

	if (system(command) == 0)
		return doctor(LIST("doctor", "-o", "json", object), NULL);
	return doctor(LIST("doctor", "-o", "json", "-"), messages);
}

/* An older kernel lacks what the source calls, and says so first. */
static bool is_told_by_older_kernels(const char *source, const char *cause)
{
	return cause && *cause && strstr(between(source, "/* On older kernels: ", " */"), cause);
}

/* One source: true where it was refused for its cause, at its line. */
static bool check_source(const char *name)
{
	char *source = read_whole(text("%s/%s", REFUSED_SOURCES, name), NULL);
	char *cause = text("%.*s", (int)strcspn(name, "."), name);
	struct outcome o;
	json_t *verdict;

	REQUIRE(source, "cannot read %s", name);
	o = compile_and_ask(name, source);
	verdict = session_parse(o.out, strcspn(o.out, "\n"));
	if (!CHECK(verdict, "%s: no verdict: %s%s", name, o.out, o.err))
		return false;
	if (!strcmp(json_text(verdict, "status"), "taken")) {
		fprintf(stderr, "%s: this kernel takes it\n", name);
		CHECK_EQ(o.status, 0);
		return false;
	}
	CHECK_EQ(o.status, 1);
	if (is_told_by_older_kernels(source, json_text(verdict, "cause"))) {
		fprintf(stderr, "%s: this kernel says %s\n", name, json_text(verdict, "cause"));
		return false;
	}
	CHECK(json_text(verdict, "cause") && !strcmp(json_text(verdict, "cause"), cause), "%s: not its cause: %s", name,
	      o.out);
	CHECK(json_has(verdict, "why") && json_has(verdict, "fix") && json_has(verdict, "said"),
	      "%s: something is missing: %s", name, o.out);
	if (marked_line(source) && json_has(verdict, "file")) {
		CHECK_JSON_TEXT(verdict, "file", name);
		CHECK_NUMBER(verdict, "line", marked_line(source));
	}
	return true;
}

TEST(doctor_refused_sources)
{
	struct dirent **names;
	int nr, nr_refused = 0;

	need_bpf();
	need_clang();
	nr = scandir(REFUSED_SOURCES, &names, NULL, alphasort);
	REQUIRE(nr > 0, "no sources in %s", REFUSED_SOURCES);
	for (int i = 0; i < nr; i++)
		if (strstr(names[i]->d_name, ".bpf.c"))
			nr_refused += check_source(names[i]->d_name);
	CHECK(nr_refused >= CAUSES_LEAST, "%d sources were refused, fewer than %d", nr_refused, CAUSES_LEAST);
}

/* The numbers of a program that loads; the programs of observer's own object beside a refused one are all told. */
TEST(doctor_program_that_loads)
{
	char *source = text("%s/two.bpf.c", test_dir()), *object = text("%s/two.bpf.o", test_dir());
	struct outcome o;
	json_t *verdict;
	char *second;

	need_bpf();
	need_clang();
	write_source(source,
		     "#include \"common.bpf.h\"\n"
		     "SEC(\"raw_tp/sched_process_exec\") int fine(void *ctx) { return 0; }\n"
		     "SEC(\"raw_tp/sched_process_exec\") int wrong(void *ctx) { return bpf_redirect(1, 0); }\n");
	REQUIRE(system(text("clang -target bpf -mcpu=v3 -O2 -g -I%s -I%s -c %s -o %s", SOURCE_FOLDER, REFUSED_SOURCES,
			    source, object)) == 0,
		"clang failed");
	o = doctor(LIST("doctor", "-o", "json", object), NULL);
	CHECK_EQ(o.status, 1);
	verdict = session_parse(o.out, strcspn(o.out, "\n"));
	second = strchr(o.out, '\n');
	REQUIRE(verdict && second, "no two verdicts: %s", o.out);
	CHECK_JSON_TEXT(verdict, "program", "fine");
	CHECK_JSON_TEXT(verdict, "status", "taken");
	CHECK_NUMBER(verdict, "instructions", 2);
	CHECK_NUMBER(verdict, "processed", 2);
	verdict = session_parse(second + 1, strcspn(second + 1, "\n"));
	REQUIRE(verdict, "no second verdict: %s", o.out);
	CHECK_JSON_TEXT(verdict, "program", "wrong");
	CHECK_JSON_TEXT(verdict, "cause", "helper_not_allowed");
	o = doctor(LIST("doctor", object), NULL);
	CHECK(strstr(o.out, "1 of 2 programs cannot be loaded"), "no sum: %s", o.out);
}

/* Not an object, cut anywhere, huge, not to be read, with a name that moves the cursor: one answer, never a crash. */
static void check_unreadable(const char *path)
{
	struct outcome o = doctor(LIST("doctor", path), NULL);

	CHECK(o.status == 1 || o.status == 0, "status %d for %s: %s", o.status, shown(path, strlen(path)), o.err);
	CHECK(*o.out || *o.err, "nothing said of %s", shown(path, strlen(path)));
	CHECK(!strchr(o.out, '\x1b') && !strchr(o.err, '\x1b'), "a raw escape: %s%s", shown(o.out, strlen(o.out)),
	      shown(o.err, strlen(o.err)));
}

/* Bytes changed here and there, always the same ones. */
static void check_changed_objects(const char *path, const char *bytes, size_t length)
{
	unsigned int seed = 1;

	for (int i = 0; i < 25; i++) {
		char *copy = memcpy(malloc(length), bytes, length);

		for (int k = 0; k < 1 + i % 5; k++) {
			size_t at = rand_r(&seed) % length;

			copy[at] = rand_r(&seed);
		}
		make_file(path, copy, length, 0600);
		check_unreadable(path);
	}
}

static void check_cut_objects(void)
{
	char *source = text("%s/cut.bpf.c", test_dir()), *whole = text("%s/whole.bpf.o", test_dir());
	char *bytes, *path = text("%s/cut.bpf.o", test_dir());
	size_t length;
	FILE *file;

	write_source(source, "#include \"common.bpf.h\"\nSEC(\"raw_tp/a\") int f(void *ctx) { return 0; }\n");
	REQUIRE(system(text("clang -target bpf -O2 -g -I%s -I%s -c %s -o %s", SOURCE_FOLDER, REFUSED_SOURCES, source,
			    whole)) == 0,
		"clang failed");
	bytes = read_whole(whole, &length);
	for (size_t cut = 0; cut < length; cut += length / 13 + 1) {
		file = fopen(path, "w");
		REQUIRE(file && fwrite(bytes, 1, cut, file) == cut && fclose(file) == 0, "cannot write %s", path);
		check_unreadable(path);
	}
	check_changed_objects(path, bytes, length);
}

TEST(doctor_hostile_files)
{
	char *named = text("%s/a\x1b[31m\nb.bpf.o", test_dir()), *huge = text("%s/huge.bpf.o", test_dir());
	struct outcome o;

	write_source(named, "\x7f"
			    "ELF and then nothing");
	check_unreadable(named);
	write_source(huge, "\x7f"
			   "ELF");
	if (truncate(huge, 1LL << 40) == 0)
		check_unreadable(huge);
	check_unreadable(test_dir());
	check_unreadable("/dev/zero");
	check_unreadable("/no/such/file");
	need_clang();
	check_cut_objects();
	o = doctor(LIST("doctor", "-"), named);
	CHECK_EQ(o.status, 0);
}

static json_t *find_check(const char *out, const char *name)
{
	for (size_t length; *out; out += length + (out[length] == '\n')) {
		json_t *object;

		length = strcspn(out, "\n");
		object = session_parse(out, length);
		REQUIRE(object, "no JSON: %.*s", (int)length, out);
		if (!strcmp(json_text(object, "name"), name))
			return object;
	}
	return NULL;
}

static void check_status(const char *out, const char *name, const char *expected)
{
	json_t *found = find_check(out, name);

	REQUIRE(found, "no check %s in %s", name, out);
	CHECK(!strcmp(json_text(found, "status"), expected), "%s is %s, not %s (%s)", name, json_text(found, "status"),
	      expected, json_shown(found, "found"));
}

TEST(doctor_of_a_machine_that_can)
{
	struct outcome o;

	need_bpf();
	o = doctor(LIST("doctor", "-o", "json"), NULL);
	CHECK(o.status == 0 || o.status == 4, "status %d: %s", o.status, o.err);
	CHECK_TEXT(o.err, "");
	check_status(o.out, "bpf", "ok");
	check_status(o.out, "observer", "ok");
	check_status(o.out, "ring buffer", "ok");
	check_status(o.out, "capabilities", "ok");
	CHECK(strstr(json_text(find_check(o.out, "observer"), "found"), "attached as "), "not attached: %s", o.out);
	o = doctor(LIST("doctor"), NULL);
	CHECK(strstr(o.out, "\nobserver runs here") && !strchr(o.out, '\x1b'), "the page: %s", o.out);
}

/* Nothing that it loaded or attached is left. */
TEST(doctor_leaves_nothing)
{
	struct outcome o;

	need_bpf();
	doctor(LIST("doctor"), NULL);
	o = doctor(LIST("inspect", "--interval", "0", "--name", "doctor"), NULL);
	CHECK(o.status == 1 && strstr(o.err, "no program"), "something is left: %s%s", o.out, o.err);
}

static void become_nobody(void *arg)
{
	(void)arg;
	if (setgid(65534) || setuid(65534))
		child_fail("become nobody");
}

/* What it may not find out it does not call missing. */
TEST(doctor_without_rights)
{
	struct outcome o;

	if (getuid() != 0)
		test_skip("needs root, to become another");
	o = run_observer(
		&(struct session_options){.args = LIST("doctor", "-o", "json"), .raw = true, .prepare = become_nobody});
	CHECK_EQ(o.status, 1);
	check_status(o.out, "capabilities", "missing");
	check_status(o.out, "bpf", "missing");
	check_status(o.out, "observer", "missing");
	check_status(o.out, "tp_btf", "unknown");
	check_status(o.out, "ring buffer", "unknown");
	CHECK(json_has(find_check(o.out, "capabilities"), "hint"), "no hint: %s", o.out);
	o = run_observer(&(struct session_options){.args = LIST("doctor"), .raw = true, .prepare = become_nobody});
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.out, "observer cannot run here"), "the page: %s", o.out);
}
