/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every header of observer gen tracepoint begins with: spans, reading them, printing them. Knows no tracepoint. */
#ifndef TP_SUPPORT
#define TP_SUPPORT

#ifdef __bpf__
#ifndef __VMLINUX_H__
#include <linux/bpf.h>
#endif
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#else
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#endif

/* Where the bytes of a field of changing length are: counted from the start of the event. */
struct tp_span {
	__u16 offset;
	__u16 bytes;
};
#define TP_UNREADABLE 0xffff /* as `bytes`: the kernel could not read it */

/* Bytes of one field at most: a record with all its fields has 8192, the kernel's PERF_MAX_TRACE_SIZE. */
#define TP_SPAN_MAX 8191
/* Room that an event needs, its fixed part included, so that the verifier sees that everything fits. */
#define TP_EVENT_ROOM (3 * (TP_SPAN_MAX + 1))

#ifdef __bpf__
/* Parts of kernel objects that arguments point to. */
struct task_struct___tp {
	int pid;
	char comm[16];
} __attribute__((preserve_access_index));

struct linux_binprm___tp {
	const char *filename;
} __attribute__((preserve_access_index));

/* Copies what fits into `buffer`. Returns the bytes copied, or -errno. */
static __always_inline long tp_read(void *buffer, __u32 size, const void *from, __u32 bytes)
{
	long r;

	if (size > bytes)
		size = bytes;
	r = bpf_probe_read_kernel(buffer, size, from);
	return r < 0 ? r : size;
}

/* Copies bytes behind the event, to where it ends by now, and says where the next ones go. */
static __always_inline __u32 tp_append(void *event, __u32 at, struct tp_span *span, const void *from, __u32 bytes)
{
	at &= 2 * TP_SPAN_MAX + 1;
	bytes &= TP_SPAN_MAX;
	span->offset = at;
	span->bytes = bytes;
	if (bpf_probe_read_kernel((char *)event + at, bytes, from)) {
		span->bytes = TP_UNREADABLE;
		return at;
	}
	return at + bytes;
}

/* The same for a text that ends with its NUL; of a longer one than 4095 bytes the start. */
static __always_inline __u32 tp_append_text(void *event, __u32 at, struct tp_span *span, const void *from)
{
	long bytes;

	at &= 2 * TP_SPAN_MAX + 1;
	span->offset = at;
	bytes = bpf_probe_read_kernel_str((char *)event + at, 4096, from);
	span->bytes = bytes < 0 ? TP_UNREADABLE : bytes;
	return bytes < 0 ? at : at + (bytes & 0x1fff);
}
#else
/* What the kernel's format file should say of a field. */
struct tp_expected {
	const char *name;
	unsigned int offset, bytes;
};

struct tp_record {
	const char *category, *name;
	const struct tp_expected *fields;
	size_t nr_fields;
	int follows; /* programs find moved fields by CO-RE */
};

/* Text between quotes; what would break a line or a terminal is escaped. */
static inline void tp_print_text(FILE *out, const char *text, size_t bytes)
{
	fputc('"', out);
	for (size_t i = 0; i < bytes && text[i]; i++) {
		unsigned char c = text[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static inline void tp_print_bytes(FILE *out, const void *data, size_t bytes)
{
	fputs(bytes ? "0x" : "none", out);
	for (size_t i = 0; i < bytes; i++)
		fprintf(out, "%02x", ((const unsigned char *)data)[i]);
}

/* Bytes of which nobody says what they are: a text if they look like one. */
static inline void tp_print_guess(FILE *out, const char *data, size_t bytes)
{
	size_t i = 0;

	while (i < bytes && data[i] >= ' ' && data[i] < 0x7f)
		i++;
	if (bytes && i == bytes - 1 && !data[i])
		tp_print_text(out, data, bytes);
	else
		tp_print_bytes(out, data, bytes);
}

static inline unsigned long long tp_number(const void *data, size_t size, int is_signed)
{
	unsigned long long number = 0;

	memcpy((char *)&number + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(number) - size : 0), data, size);
	if (is_signed && size < sizeof(number) && number >> (size * 8 - 1))
		number |= -1ULL << size * 8;
	return number;
}

static inline void tp_print_numbers(FILE *out, const void *data, size_t bytes, size_t size, int is_signed)
{
	fputc('[', out);
	for (size_t i = 0; size && i + size <= bytes; i += size)
		fprintf(out, is_signed ? "%s%lld" : "%s%llu", i ? "," : "",
			tp_number((const char *)data + i, size, is_signed));
	fputc(']', out);
}

static inline int tp_has_cpu(const void *data, size_t bytes, size_t cpu)
{
	size_t at = cpu / (8 * sizeof(long)) * sizeof(long);

	return at + sizeof(long) <= bytes &&
	       tp_number((const char *)data + at, sizeof(long), 0) >> cpu % (8 * sizeof(long)) & 1;
}

/* A set of CPUs as the kernel writes it: 0-3,8. */
static inline void tp_print_cpus(FILE *out, const void *data, size_t bytes)
{
	const char *comma = "";

	for (size_t cpu = 0; cpu < bytes * 8; cpu++) {
		size_t first = cpu;

		if (!tp_has_cpu(data, bytes, cpu))
			continue;
		while (tp_has_cpu(data, bytes, cpu + 1))
			cpu++;
		fprintf(out, first == cpu ? "%s%zu" : "%s%zu-%zu", comma, first, cpu);
		comma = ",";
	}
	if (!*comma)
		fputs("none", out);
}

/* The bytes of a span, and how many; NULL, with something printed, where there are none. */
static inline const void *tp_span_data(FILE *out, const void *event, size_t event_bytes, struct tp_span span)
{
	if (span.bytes == TP_UNREADABLE)
		fputs("unreadable", out);
	else if ((size_t)span.offset + span.bytes > event_bytes)
		fputs("cut", out);
	else
		return (const char *)event + span.offset;
	return NULL;
}

/* Finds the line of a field in a format file; 0 where there is none. */
static inline int tp_find_field(FILE *format, const char *name, unsigned int *offset, unsigned int *bytes)
{
	char line[512];

	rewind(format);
	while (fgets(line, sizeof(line), format)) {
		char *end = strchr(line, ';'), *start;

		if (!end || !strstr(line, "field:") || sscanf(end, "; offset:%u; size:%u", offset, bytes) != 2)
			continue;
		*end = '\0';
		if (end[-1] == ']' && strrchr(line, '['))
			*strrchr(line, '[') = '\0';
		start = strrchr(line, ' ');
		if (start && !strcmp(start + 1, name))
			return 1;
	}
	return 0;
}

static inline FILE *tp_open_format(const char *category, const char *name)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[256];
	FILE *file = NULL;

	for (size_t i = 0; !file && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/events/%s/%s/format", places[i], category, name);
		file = fopen(path, "re");
	}
	return file;
}

/* Tells on `out` how a field differs from what is expected; 0 where it does not. */
static inline int tp_check_field(FILE *out, FILE *format, const struct tp_record *r, const struct tp_expected *f)
{
	unsigned int offset = 0, bytes = 0;

	if (!tp_find_field(format, f->name, &offset, &bytes))
		return fprintf(out, "%s:%s has no field '%s' in this kernel\n", r->category, r->name, f->name) > 0;
	if (bytes != f->bytes)
		return fprintf(out, "%s:%s: field '%s' has %u bytes in this kernel, not %u\n", r->category, r->name,
			       f->name, bytes, f->bytes) > 0;
	if (offset != f->offset && !r->follows)
		return fprintf(out, "%s:%s: field '%s' is at %u in this kernel, not at %u\n", r->category, r->name,
			       f->name, offset, f->offset) > 0;
	return 0;
}

/*
 * Compares with the running kernel. Returns 0 where all is as expected or followed, 1 where the header must be
 * generated anew, -errno where the kernel's format cannot be read.
 */
static inline int tp_check(FILE *out, const struct tp_record *r)
{
	FILE *format = tp_open_format(r->category, r->name);
	int wrong = 0;

	if (!format)
		return -errno;
	for (size_t i = 0; i < r->nr_fields; i++)
		wrong |= tp_check_field(out, format, r, &r->fields[i]);
	fclose(format);
	return wrong;
}
#endif
#endif
