/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records as values and text. Trusts no length that a record names. */
#include "klog_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A conversion of a format. */
struct spec {
	const char *end;   /* behind it */
	char flags[8];	   /* of "-+ #0", each once */
	int width;	   /* 0: none */
	int precision;	   /* -1: none */
	bool width_given;  /* is an argument: comes first */
	bool counted;	   /* the length is an argument */
	unsigned int size; /* bytes of a number */
	char conversion;
	char separator; /* between the bytes of %*ph; 0: none */
	enum klog_packing pack;
};

static const char *skip_number(const char *at, int *ret)
{
	/* Room for what nobody writes by intent. */
	while (*at >= '0' && *at <= '9') {
		if (*ret < 1000)
			*ret = *ret * 10 + *at - '0';
		at++;
	}
	return at;
}

static const char *read_flags(struct spec *s, const char *at)
{
	size_t nr = 0;

	for (; *at && strchr("-+ #0", *at); at++)
		if (!strchr(s->flags, *at) && nr < sizeof(s->flags) - 1)
			s->flags[nr++] = *at;
	return at;
}

static const char *read_size(struct spec *s, const char *at)
{
	s->size = 4;
	for (; *at && strchr("hlzjtq", *at); at++) {
		if (*at != 'h')
			s->size = 8;
		else if (s->size > 1)
			s->size /= 2;
	}
	return at;
}

/* The letters behind a p that belong to it. */
static const char *read_pointer(struct spec *s, const char *at)
{
	static const char letters[] = "CDN", separators[] = {':', '-', 0};
	const char *letter;

	s->size = 8;
	if (s->pack == KLOG_PACK_STRING || s->pack == KLOG_PACK_USER) {
		s->conversion = 's';
		return at + 2;
	}
	if (s->pack != KLOG_PACK_COUNTED)
		return at;
	s->conversion = 'h';
	s->separator = ' ';
	at++;
	letter = *at ? strchr(letters, *at) : NULL;
	if (!letter)
		return at;
	s->separator = separators[letter - letters];
	return at + 1;
}

/* Reads the conversion behind a '%' at `at`. */
static void read_spec(struct spec *s, const char *at)
{
	bool star = false;

	*s = (struct spec){.precision = -1};
	at = read_flags(s, at);
	if (*at == '*') {
		s->width_given = star = true;
		at++;
	} else {
		at = skip_number(at, &s->width);
	}
	star = star && *at == 'p';
	if (*at == '.') {
		s->precision = 0;
		s->counted = at[1] == '*';
		star |= s->counted;
		at = s->counted ? at + 2 : skip_number(at + 1, &s->precision);
	}
	at = read_size(s, at);
	s->pack = klog_pack_conversion(at, star);
	s->conversion = *at;
	if (*at)
		at++;
	if (s->conversion == 'p')
		at = read_pointer(s, at);
	s->end = at;
}

/* Finds the next conversion from `at` on; NULL: there is none. What lies before it is plain text, but for %%. */
static const char *find_spec(const char *at)
{
	while ((at = strchr(at, '%')) && at[1] == '%')
		at += 2;
	return at;
}

/* What is left of a record's values. */
struct values {
	const char *at;
	size_t left;
};

static bool take_number(struct values *v, const struct spec *s, struct klog_value *ret)
{
	bool is_signed = s->conversion == 'd' || s->conversion == 'i' || s->conversion == 'c';
	unsigned int unused = 64 - 8 * s->size;
	uint64_t number;

	if (v->left < sizeof(number))
		return false;
	memcpy(&number, v->at, sizeof(number));
	v->at += sizeof(number);
	v->left -= sizeof(number);
	number <<= unused;
	ret->type = s->conversion == 'p' ? KLOG_VALUE_POINTER : is_signed ? KLOG_VALUE_SIGNED : KLOG_VALUE_UNSIGNED;
	if (is_signed)
		ret->s = (int64_t)number >> unused;
	else
		ret->u = number >> unused;
	return true;
}

/* An argument that is a width or a precision. */
static bool take_length(struct values *v, struct klog_value *ret)
{
	static const struct spec length = {.size = 4, .conversion = 'd'};

	return take_number(v, &length, ret);
}

static bool take_string(struct values *v, const struct spec *s, uint32_t room, struct klog_value *ret)
{
	struct klog_string head;

	if (v->left < sizeof(head) || v->left - sizeof(head) < room)
		return false;
	memcpy(&head, v->at, sizeof(head));
	if (head.length > room)
		return false;
	ret->type = s->conversion == 'h' ? KLOG_VALUE_BYTES : KLOG_VALUE_TEXT;
	ret->state = head.state;
	ret->text.data = v->at + sizeof(head);
	ret->text.length = head.length;
	if (ret->type == KLOG_VALUE_TEXT) {
		ret->text.length = strnlen(ret->text.data, head.length);
		/* It ends before the room does. */
		if (ret->text.length < head.length && ret->state == KLOG_CUT)
			ret->state = KLOG_WHOLE;
	}
	v->at += sizeof(head) + room;
	v->left -= sizeof(head) + room;
	return true;
}

/* Takes the arguments of one conversion. Returns how many, or -EINVAL. */
static int take_spec(const struct klog_place *p, const struct spec *s, struct values *v, struct klog_value *ret, int nr)
{
	uint32_t array;

	if (nr + s->width_given + s->counted >= KLOG_ARGS_MAX || s->pack == KLOG_PACK_BAD)
		return -EINVAL;
	if (s->width_given && !take_length(v, &ret[nr++]))
		return -EINVAL;
	if (s->counted && !take_length(v, &ret[nr++]))
		return -EINVAL;
	array = s->pack == KLOG_PACK_COUNTED ? 0 : p->arrays[nr];
	if (s->pack == KLOG_PACK_NUMBER ? !take_number(v, s, &ret[nr])
					: !take_string(v, s, klog_string_room(array, p->string_bytes), &ret[nr]))
		return -EINVAL;
	return nr + 1;
}

int klog_unpack(const struct klog_place *p, const void *values, size_t bytes, struct klog_value *ret)
{
	struct values v = {values, bytes};
	const char *at = p->format;
	struct spec s;
	int nr = 0;

	while (nr >= 0 && (at = find_spec(at))) {
		read_spec(&s, at + 1);
		nr = take_spec(p, &s, &v, ret, nr);
		at = s.end;
	}
	return nr >= 0 && (unsigned int)nr != p->nr_args ? -EINVAL : nr;
}

/* Text that is written as far as there is room. */
struct out {
	char *to;
	size_t room, length;
};

static void put(struct out *o, const char *bytes, size_t length)
{
	if (o->length < o->room)
		memcpy(o->to + o->length, bytes, length < o->room - o->length ? length : o->room - o->length);
	o->length += length;
}

static void put_text(struct out *o, const char *text)
{
	put(o, text, strlen(text));
}

static void put_padding(struct out *o, const struct spec *s, size_t length)
{
	for (size_t i = length; s->width > 0 && i < (size_t)s->width; i++)
		put(o, " ", 1);
}

static void put_number(struct out *o, const struct spec *s, const struct klog_value *v)
{
	char format[64], text[1100], precision[16] = "";

	if (s->conversion == 'c') {
		put(o, &(char){v->s}, 1);
		return;
	}
	if (s->precision >= 0)
		snprintf(precision, sizeof(precision), ".%d", s->precision);
	if (s->conversion == 'p')
		snprintf(format, sizeof(format), "%%#*llx");
	else
		snprintf(format, sizeof(format), "%%%s*%sll%c", s->flags, precision, s->conversion);
	snprintf(text, sizeof(text), format, s->width, (unsigned long long)v->u);
	put_text(o, text);
}

static void put_bytes(struct out *o, const struct spec *s, const struct klog_value *v)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < v->text.length; i++) {
		unsigned char byte = v->text.data[i];

		if (i && s->separator)
			put(o, &s->separator, 1);
		put(o, &digits[byte >> 4], 1);
		put(o, &digits[byte & 15], 1);
	}
}

static void put_string(struct out *o, const struct spec *s, const struct klog_value *v)
{
	size_t length = v->text.length;

	if (v->state == KLOG_NULL || v->state == KLOG_UNREADABLE) {
		put_text(o, v->state == KLOG_NULL ? "(null)" : "(unreadable)");
		return;
	}
	if (v->type == KLOG_VALUE_BYTES) {
		put_bytes(o, s, v);
	} else {
		if (s->precision >= 0 && length > (size_t)s->precision)
			length = s->precision;
		if (!strchr(s->flags, '-'))
			put_padding(o, s, length);
		put(o, v->text.data, length);
		if (strchr(s->flags, '-'))
			put_padding(o, s, length);
	}
	if (v->state == KLOG_CUT && length == v->text.length)
		put_text(o, "...");
}

static int clamp(int64_t number)
{
	return number > 1000 ? 1000 : number < -1000 ? -1000 : number;
}

static void put_spec(struct out *o, struct spec *s, const struct klog_value *v)
{
	if (s->width_given && s->conversion != 'h')
		s->width = clamp(v->s);
	v += s->width_given;
	if (s->counted)
		s->precision = clamp(v->s) < 0 ? -1 : (int)v->s;
	v += s->counted;
	if (s->width < 0) {
		s->width = -s->width;
		strcpy(s->flags, "-");
	}
	if (s->pack == KLOG_PACK_NUMBER)
		put_number(o, s, v);
	else
		put_string(o, s, v);
}

/* Plain text, in which %% stands for %. */
static void put_plain(struct out *o, const char *at, const char *end)
{
	while (at < end) {
		const char *percent = memchr(at, '%', end - at);
		const char *stop = percent ? percent + 1 : end;

		put(o, at, stop - at);
		at = percent ? percent + 2 : end;
	}
}

size_t klog_message(const struct klog_place *p, const struct klog_value *values, int nr_values, char *to, size_t room)
{
	struct out o = {to, room, 0};
	const char *at = p->format, *next;
	struct spec s;
	int nr = 0;

	while ((next = find_spec(at))) {
		put_plain(&o, at, next);
		read_spec(&s, next + 1);
		if (nr + s.width_given + s.counted >= nr_values)
			return o.length;
		put_spec(&o, &s, values + nr);
		nr += 1 + s.width_given + s.counted;
		at = s.end;
	}
	put_plain(&o, at, at + strlen(at));
	return o.length;
}

/* Writes a byte so that no terminal is moved by it. */
static void put_visible(struct out *o, char c)
{
	char text[8];

	if (c >= ' ' && c < 0x7f && c != '\\')
		snprintf(text, sizeof(text), "%c", c);
	else
		snprintf(text, sizeof(text), c == '\\' ? "\\\\" : "\\x%02x", (unsigned char)c);
	put_text(o, text);
}

int klog_line(const struct klog_table *t, const void *record, size_t bytes, char *to, size_t room)
{
	static const char *const levels[KLOG_LEVEL_MAX] = {"", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};
	struct out o = {to, room ? room - 1 : 0, 0};
	struct klog_value values[KLOG_ARGS_MAX];
	const struct klog_record *r = record;
	const struct klog_place *p = bytes >= sizeof(*r) ? klog_table_find(t, r->id) : NULL;
	int nr = p ? klog_unpack(p, r + 1, bytes - sizeof(*r), values) : -EINVAL;
	char message[KLOG_ARGS_MAX * 1100], head[64];
	const char *program;
	size_t length;

	if (nr < 0)
		return nr;
	program = klog_table_program(t, r->id);
	snprintf(head, sizeof(head), "%llu.%06llu %5s ", r->boot_ns / 1000000000ULL, r->boot_ns / 1000 % 1000000,
		 levels[p->level]);
	put_text(&o, head);
	for (const char *at = program ? program : p->function; *at; at++)
		put_visible(&o, *at);
	put_text(&o, ": ");
	length = klog_message(p, values, nr, message, sizeof(message));
	for (size_t i = 0; i < length && i < sizeof(message); i++)
		put_visible(&o, message[i]);
	if (room)
		to[o.length < room - 1 ? o.length : room - 1] = '\0';
	return o.length;
}
