/* SPDX-License-Identifier: GPL-2.0-only */
/* Fills the templates and writes them, with the parts of lib/ that they use. */
#include "generate/scaffold.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "generate/templates.h"
#include "generate/tracepoint_header.h"

#define NEW "src/generate/templates/new/"

const char *const scaffold_types[] = {
	"task_struct:tgid,real_parent",
	"enum:bpf_map_type:BPF_MAP_TYPE_RINGBUF,BPF_MAP_TYPE_PERCPU_ARRAY",
	"enum::BPF_RB_NO_WAKEUP",
	NULL,
};

/* What is copied, and where to. */
static const struct {
	const char *from, *to;
	mode_t mode;
} copies[] = {
	{NEW "program.bpf.c", "program.bpf.c", 0666},
	{NEW "program.c", "program.c", 0666},
	{NEW "event.h", "event.h", 0666},
	{NEW "Makefile", "Makefile", 0666},
	{NEW "test.sh", "test.sh", 0777},
	{NEW "README.md", "README.md", 0666},
	{NEW "gitignore", ".gitignore", 0666},
	{"lib/heap/heap.bpf.h", "lib/heap.bpf.h", 0666},
	{"lib/klog/klog.h", "lib/klog.h", 0666},
	{"lib/klog/klog.bpf.h", "lib/klog.bpf.h", 0666},
	{"lib/klog/klog_read.h", "lib/klog_read.h", 0666},
	{"lib/klog/klog_table.c", "lib/klog_table.c", 0666},
	{"lib/klog/klog_text.c", "lib/klog_text.c", 0666},
};

static void put_section(const struct layout *l, struct buffer *out)
{
	if (l->is_arguments)
		buffer_printf(out, "tp_btf/%s", l->name);
	else
		buffer_printf(out, "tp/%s/%s", l->category, l->name);
}

static void put_types(const struct layout *l, struct buffer *out)
{
	(void)l;
	for (const char *const *t = scaffold_types; *t; t++)
		buffer_printf(out, "%s%s", t == scaffold_types ? "" : " ", *t);
}

static void put_prefix(const struct layout *l, struct buffer *out)
{
	buffer_append_text(out, l->prefix);
}

static void put_name(const struct layout *l, struct buffer *out)
{
	buffer_append_text(out, l->name);
}

static void put_tracepoint(const struct layout *l, struct buffer *out)
{
	buffer_printf(out, "%s:%s", l->category, l->name);
}

static void put_hook(const struct layout *l, struct buffer *out)
{
	buffer_append_text(out, l->is_arguments ? "tp_btf" : "tp");
}

/* What stands in the templates for what differs: words that are good in C, so that a template is C too. */
static const struct {
	const char *word;
	void (*put)(const struct layout *l, struct buffer *out);
} blanks[] = {
	{"TEMPLATE_PREFIX", put_prefix},   {"TEMPLATE_NAME", put_name}, {"TEMPLATE_TRACEPOINT", put_tracepoint},
	{"TEMPLATE_SECTION", put_section}, {"TEMPLATE_HOOK", put_hook}, {"TEMPLATE_TYPES", put_types},
};

/* Puts what belongs into the blank that `text` begins with; returns its length, 0 where there is none. */
static size_t fill_blank(const char *text, const struct layout *l, struct buffer *out)
{
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		size_t length = strlen(blanks[i].word);

		if (!strncmp(text, blanks[i].word, length)) {
			blanks[i].put(l, out);
			return length;
		}
	}
	return 0;
}

static void fill(const char *text, const struct layout *l, struct buffer *out)
{
	while (*text) {
		size_t length = fill_blank(text, l, out);

		if (!length)
			buffer_append_char(out, *text);
		text += length ?: 1;
	}
}

static int write_file(int dir, const char *name, mode_t mode, const struct buffer *text, struct error *err)
{
	_cleanup_close_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return fail(err, -errno, "cannot make the file '%s': %s", name, strerror(errno));
	for (size_t at = 0; at < text->length;) {
		ssize_t n = write(fd, text->data + at, text->length - at);

		if (n < 0)
			return fail(err, -errno, "cannot write the file '%s': %s", name, strerror(errno));
		at += n;
	}
	return 0;
}

static int write_copies(int dir, const struct layout *l, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(copies) / sizeof(copies[0]); i++) {
		_cleanup_buffer_ struct buffer text = {0};

		fill(template_text(copies[i].from), l, &text);
		r = text.failed ? fail(err, -ENOMEM, "out of memory")
				: write_file(dir, copies[i].to, copies[i].mode, &text, err);
	}
	return r;
}

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = dir;

	while (dir && empty && (entry = readdir(dir)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return empty;
}

static int make_directory(const char *path, struct error *err)
{
	struct stat st;

	if (!mkdir(path, 0777))
		return 0;
	if (errno != EEXIST)
		return fail(err, -errno, "cannot make the directory '%s': %s", path, strerror(errno));
	if (!stat(path, &st) && S_ISDIR(st.st_mode) && is_empty(path))
		return 0;
	fail(err, -EEXIST, "'%s' exists and is not an empty directory", path);
	return fail_hint(err, "name one that does not exist yet: nothing is overwritten");
}

int scaffold_write(const char *path, const struct layout *l, const struct buffer *types, struct error *err)
{
	_cleanup_buffer_ struct buffer tracepoint = {0};
	_cleanup_close_ int dir = -1;
	int r = make_directory(path, err);

	if (r < 0)
		return r;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || mkdirat(dir, "lib", 0777))
		return fail(err, -errno, "cannot write into the directory '%s': %s", path, strerror(errno));
	tracepoint_print_header(l, 1, &tracepoint);
	if (tracepoint.failed || types->failed)
		return fail(err, -ENOMEM, "out of memory");
	r = write_file(dir, "tracepoint.h", 0666, &tracepoint, err);
	if (r == 0)
		r = write_file(dir, "kernel_types.h", 0666, types, err);
	return r < 0 ? r : write_copies(dir, l, err);
}
