/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of one output, whatever its format: open, take events, flush, close; what it needs of the kernel side. */
#include "outputs/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static struct view *add_view(struct output *o, const struct schema *s)
{
	struct view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->schema = s;
	if (o->format->prepare(o, v)) {
		free(v);
		return NULL;
	}
	v->next = o->views;
	o->views = v;
	return v;
}

/* An event type that comes later than output_open (a tracepoint's) gets its view with its first event. */
static struct view *find_view(struct output *o, const struct schema *s)
{
	for (struct view **at = &o->views; *at; at = &(*at)->next) {
		struct view *v = *at;

		if (v->schema != s)
			continue;
		/* The next event is likely to be of this type again, and there may be hundreds. */
		*at = v->next;
		v->next = o->views;
		return o->views = v;
	}
	return add_view(o, s);
}

static void output_free(struct output *o)
{
	struct view *next;

	if (o->state && o->format->close)
		o->format->close(o);
	for (struct view *v = o->views; v; v = next) {
		next = v->next;
		free(v->plan);
		free(v);
	}
	if (o->path && o->sink.fd >= 0)
		close(o->sink.fd);
	sink_done(&o->sink);
	free(o->state);
	free(o->path);
	free(o);
}

static int explain_open(const char *path, int number, struct error *err)
{
	fail(err, -number, "cannot open output file '%s': %s", path, strerror(number));
	if (number == ENOENT || number == ENOTDIR)
		return fail_hint(err, "make its folder first, or name another: -o FORMAT:PATH");
	if (number == EISDIR)
		return fail_hint(err, "name a file in that folder: -o FORMAT:PATH/FILE");
	return fail_hint(err, "choose a place that can be written: -o FORMAT:PATH");
}

static int open_file(struct output *o, const char *path, struct error *err)
{
	int fd;

	o->path = strdup(path);
	if (!o->path)
		return fail(err, -ENOMEM, "cannot open output file '%s': out of memory", path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (o->settings.append ? O_APPEND : 0), 0640);
	if (fd < 0)
		return explain_open(path, errno, err);
	sink_init(&o->sink, fd, o->settings.give_up);
	/* What the settings say of a terminal is said of standard output. */
	o->settings.width = 0;
	o->settings.terminal_width = NULL;
	o->settings.color = false;
	return 0;
}

static int open_format(struct output *o, struct error *err)
{
	int r;

	o->state = calloc(1, o->format->state_bytes + 1);
	if (!o->state)
		return fail(err, -ENOMEM, "cannot open output '%s': out of memory", o->format->name);
	r = o->format->open ? o->format->open(o, err) : 0;
	for (const struct schema *const *s = o->schemas; !r && *s; s++)
		if (!find_view(o, *s))
			r = fail(err, -ENOMEM, "cannot open output '%s': out of memory", o->format->name);
	return r;
}

int output_open(const char *spec, const struct output_settings *settings, const struct schema *const *schemas,
		struct output **ret, struct error *err)
{
	const struct output_format *format;
	const char *path;
	struct output *o;
	int r;

	r = outputs_parse_spec(spec, &format, &path, err);
	if (!r)
		r = outputs_check_fields(settings->fields, schemas, err);
	if (r)
		return r;
	o = calloc(1, sizeof(*o));
	if (!o)
		return fail(err, -ENOMEM, "cannot open output '%s': out of memory", spec);
	o->format = format;
	o->settings = *settings;
	o->schemas = schemas;
	sink_init(&o->sink, STDOUT_FILENO, settings->give_up);
	if (path)
		r = open_file(o, path, err);
	if (!r)
		r = open_format(o, err);
	if (r) {
		output_free(o);
		return r;
	}
	*ret = o;
	return 0;
}

int output_write(struct output *o, const struct event *e)
{
	size_t begin = o->sink.buffer.length;
	const struct view *v;

	if (!o->sink.failure) {
		v = find_view(o, e->schema);
		if (v)
			o->format->write(o, v, e);
		else
			o->sink.buffer.failed = true;
	}
	return sink_commit(&o->sink, begin, !e->schema->control || e->schema->counted);
}

int output_flush(struct output *o)
{
	if (o->format->flush)
		o->format->flush(o);
	return sink_flush(&o->sink);
}

void output_count(const struct output *o, struct output_counts *ret_counts)
{
	ret_counts->written = o->sink.nr_written;
	ret_counts->unwritten = o->sink.nr_unwritten;
}

int output_failure(const struct output *o)
{
	return o->sink.failure;
}

const char *output_target(const struct output *o)
{
	return o->path ? o->path : "standard output";
}

static int fail_unwritten(const struct output *o, int code, struct error *err)
{
	unsigned long long unwritten = o->sink.nr_unwritten;

	if (unwritten)
		fail(err, code, "cannot write %llu events to '%s': %s", unwritten, output_target(o), strerror(-code));
	else
		fail(err, code, "cannot write to '%s': %s", output_target(o), strerror(-code));
	if (code == -ENOSPC || code == -EDQUOT)
		return fail_hint(err, "the disk is full; what is there ends with a whole line");
	if (code == -EFBIG)
		return fail_hint(err,
				 "the limit on files (ulimit -f) is reached; what is there ends with a whole line");
	return code;
}

static void end_file(struct output *o)
{
	size_t begin = o->sink.buffer.length;

	if (!o->format->end || o->sink.failure)
		return;
	o->format->end(o);
	sink_commit(&o->sink, begin, false);
}

int output_close(struct output *o, struct output_counts *ret_counts, struct error *err)
{
	int r;

	end_file(o);
	r = output_flush(o);
	/* Some file systems say only here that the disk is full. */
	if (o->path && close(o->sink.fd) && !r && errno != EINTR)
		r = -errno;
	o->sink.fd = -1;
	if (ret_counts)
		output_count(o, ret_counts);
	if (r)
		fail_unwritten(o, r, err);
	output_free(o);
	return r;
}

bool output_shares_file(const struct output *a, const struct output *b)
{
	struct stat x, y;

	return fstat(a->sink.fd, &x) == 0 && fstat(b->sink.fd, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

#define TAIL_BYTES (64 << 10)

/* Where the last whole line of a file ends, looked for in its last bytes; `size` where it ends there or none is found.
 */
static off_t end_of_lines(int fd, off_t size)
{
	off_t begin = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
	char tail[TAIL_BYTES];
	ssize_t length = pread(fd, tail, sizeof(tail), begin);
	const char *last = length > 0 ? memrchr(tail, '\n', length) : NULL;

	return last ? begin + (last - tail) + 1 : size;
}

/* A writer that was killed may have left half a line; the next one must not go on in it. */
static int begin_behind(struct output *o, off_t size, struct error *err)
{
	_cleanup_close_ int fd = open(o->path, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? size : end_of_lines(fd, size);
	char last = '\n';

	if (end < size && o->settings.cut_half_line)
		return ftruncate(o->sink.fd, end) ? fail(err, -errno, "cannot cut '%s': %s", o->path, strerror(errno))
						  : 0;
	if (fd >= 0 && size && pread(fd, &last, 1, size - 1) == 1 && last != '\n' && write(o->sink.fd, "\n", 1) != 1)
		return fail(err, -errno, "cannot write to '%s': %s", o->path, strerror(errno));
	return 0;
}

int output_begin(struct output *o, struct error *err)
{
	struct stat file;

	if (!o->path || fstat(o->sink.fd, &file) || !S_ISREG(file.st_mode))
		return 0;
	if (o->settings.append)
		return begin_behind(o, file.st_size, err);
	if (ftruncate(o->sink.fd, 0) == 0)
		return 0;
	return fail(err, -errno, "cannot empty output file '%s': %s", o->path, strerror(errno));
}

const char *output_path(const struct output *o)
{
	return o->path;
}

void output_move(struct output *o, int fd)
{
	output_flush(o);
	sink_move(&o->sink, fd);
}

void output_discard(struct output *o)
{
	if (o->path)
		close(o->sink.fd);
	o->sink.fd = -1;
	output_free(o);
}

bool output_is_exec(const struct schema *s)
{
	return !strcmp(s->name, "exec") && schema_find_field(s, "filename") && schema_find_field(s, "argv");
}

bool output_selects(const struct output *o, const struct schema *s, const struct field *f)
{
	if (f->internal)
		return false;
	if (!o->settings.fields || s->control)
		return true;
	for (const char *const *name = o->settings.fields; *name; name++) {
		const struct field *record, *found = schema_resolve(s, *name, &record);

		if (found && (found == f || record == f))
			return true;
	}
	return false;
}

bool output_selects_member(const struct output *o, const struct schema *s, const struct field *record,
			   const struct field *member)
{
	if (!o->settings.fields || s->control)
		return true;
	for (const char *const *name = o->settings.fields; *name; name++) {
		const struct field *found = schema_resolve(s, *name, NULL);

		if (found && (found == member || found == record))
			return true;
	}
	return false;
}

uint64_t output_needed_rows(const struct output *o, const struct schema *s)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < s->nr_fields; i++) {
		const struct field *f = &s->fields[i];
		bool needed = f->kind == KIND_keys;

		if (!f->internal && !needed)
			needed = o->settings.fields ? output_selects(o, s, f) : o->format->wants(f);
		if (needed)
			rows |= f->needs | (f->row < 64 ? 1ULL << f->row : 0);
	}
	return rows;
}
