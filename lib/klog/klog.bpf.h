/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Log lines out of BPF programs: klog_info("argv %u bytes at %p comm=%s", n, p, comm). A record carries the id of its
 * site and the packed values, never the text: that stays in a read-only table of the object. It is built in place in
 * the ring, so there is no scratch memory that a nested run could spoil.
 *
 * A site that is off is a constant to the verifier, and dead code behind it: only the load of the switch (three
 * instructions) reaches the machine code. Include after vmlinux.h (or the like) and bpf_helpers.h; clang with -O2.
 *README.md tells the rest.
 *
 * Before the include these may be defined:
 *	KLOG_SITES_MAX		sites in the object, at most (256)
 *	KLOG_STRING_BYTES	room for a string without a size of its own (128, a multiple of 8)
 *	KLOG_COMPAT		for kernels before 5.12: no fetching atomics
 *	KLOG_OWN_RING		the includer brings the way out: KLOG_RECORD (type of a record's head), and the
 *functions KLOG_RECORD *klog_begin(level, id, bytes) and klog_end(KLOG_RECORD *)
 */
#ifndef KLOG_KLOG_BPF_H
#define KLOG_KLOG_BPF_H

#include "klog.h"

#ifndef KLOG_SITES_MAX
#define KLOG_SITES_MAX 256
#endif
#ifndef KLOG_STRING_BYTES
#define KLOG_STRING_BYTES 128
#endif
_Static_assert(KLOG_STRING_BYTES % 8 == 0 && KLOG_STRING_BYTES <= 4096, "a multiple of 8, at most a page");

/* Which sites log, set before load: 1 is on. User space fills it by klog_choose (klog_read.h). */
const volatile __u8 klog_on[KLOG_SITES_MAX];

#ifndef KLOG_OWN_RING
#define KLOG_RECORD struct klog_record

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 << 10); /* may be set at load */
} klog_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct klog_counters);
} klog_counters SEC(".maps");

/* Reserves and numbers a record of `bytes` bytes; 0 where there is no room: then it is counted. */
static __always_inline struct klog_record *klog_begin(enum klog_level level, __u64 id, __u32 bytes)
{
	struct klog_counters *c;
	struct klog_record *r;
	__u32 zero = 0;
	__u64 seq, pid;

	c = bpf_map_lookup_elem(&klog_counters, &zero);
	if (!c)
		return 0;
#ifdef KLOG_COMPAT
	seq = c->seen[level];
	*(volatile __u64 *)&c->seen[level] = seq + 1;
#else
	seq = __sync_fetch_and_add(&c->seen[level], 1);
#endif
	r = bpf_ringbuf_reserve(&klog_ring, bytes, 0);
	if (!r) {
		__sync_fetch_and_add(&c->lost[level], 1);
		return 0;
	}
	pid = bpf_get_current_pid_tgid();
	r->id = id;
	r->boot_ns = bpf_ktime_get_boot_ns();
	r->seq = seq;
	r->cpu = bpf_get_smp_processor_id();
	r->pid = pid >> 32;
	r->tid = pid;
	r->lost = *(volatile __u64 *)&c->lost[level];
	return r;
}

static __always_inline void klog_end(struct klog_record *r)
{
	bpf_ringbuf_submit(r, 0);
}
#endif

/* Never called: its attribute lets the compiler compare the arguments with the format. */
__attribute__((format(printf, 1, 2))) extern void klog_check(const char *format, ...);
/* Only called by code that the compiler drops, unless something is wrong. */
__attribute__((error("klog: the format must be a literal, with conversions of d i u x X o c s p only"))) extern void
klog_bad_format(void);

/* A record while it is filled. The compiler knows all of this but the values. */
struct klog_packer {
	void *at;      /* where the next value goes */
	__u64 packing; /* of the format */
	__u64 before;  /* the value of the argument before */
	__u32 index;   /* of the next argument */
};

static __always_inline enum klog_packing klog_next(const struct klog_packer *p)
{
	return KLOG_PACK_OF(p->packing, p->index);
}

/* Bytes that the next argument takes. */
static __always_inline __u32 klog_measure(struct klog_packer *p, __u32 array)
{
	enum klog_packing pack = klog_next(p);

	p->index++;
	if (pack == KLOG_PACK_NUMBER)
		return 8;
	if (pack == KLOG_PACK_COUNTED)
		array = 0;
	return sizeof(struct klog_string) + klog_string_room(array, KLOG_STRING_BYTES);
}

/* The string fills its room: whether it goes on is told by its next byte. */
static __always_inline _Bool klog_goes_on(__u64 address, __u32 length, _Bool user)
{
	char next = 0;

	if (user)
		bpf_probe_read_user(&next, 1, (const void *)(address + length));
	else
		bpf_probe_read_kernel(&next, 1, (const void *)(address + length));
	return next;
}

static __always_inline void klog_put_string(struct klog_string *s, __u64 address, _Bool user)
{
	long length;

	if (user)
		length = bpf_probe_read_user_str(s->bytes, KLOG_STRING_BYTES, (const void *)address);
	else
		length = bpf_probe_read_kernel_str(s->bytes, KLOG_STRING_BYTES, (const void *)address);
	s->length = length > 0 ? length - 1 : 0;
	s->state = length > 0 ? KLOG_WHOLE : KLOG_UNREADABLE;
	if (length == KLOG_STRING_BYTES && klog_goes_on(address, KLOG_STRING_BYTES - 1, user))
		s->state = KLOG_CUT;
}

/* An array may fill its room without a NUL; the reader looks for one. */
static __always_inline void klog_put_array(struct klog_string *s, __u64 address, __u32 array)
{
	__u32 bytes = array < KLOG_STRING_BYTES ? array : KLOG_STRING_BYTES;

	s->length = bytes;
	s->state = bytes < array ? KLOG_CUT : KLOG_WHOLE;
	if (bpf_probe_read_kernel(s->bytes, bytes, (const void *)address)) {
		s->length = 0;
		s->state = KLOG_UNREADABLE;
	}
}

static __always_inline void klog_put_counted(struct klog_string *s, __u64 address, __s32 count)
{
	__u32 bytes = count < 0 ? 0 : count;

	s->state = bytes > KLOG_STRING_BYTES ? KLOG_CUT : KLOG_WHOLE;
	if (bytes > KLOG_STRING_BYTES)
		bytes = KLOG_STRING_BYTES;
	/* The bound is to be seen in the register that the call gets. */
	barrier_var(bytes);
	if (bytes > KLOG_STRING_BYTES || bpf_probe_read_kernel(s->bytes, bytes, (const void *)address)) {
		bytes = 0;
		s->state = KLOG_UNREADABLE;
	}
	s->length = bytes;
}

/* Packs the next argument: a number, or the address of a string. */
static __always_inline void klog_put(struct klog_packer *p, __u64 value, __u32 array)
{
	enum klog_packing pack = klog_next(p);
	struct klog_string *s = p->at;

	p->index++;
	if (pack == KLOG_PACK_NUMBER) {
		*(__u64 *)p->at = value;
		p->before = value;
		p->at += 8;
		return;
	}
	if (pack == KLOG_PACK_COUNTED) {
		klog_put_counted(s, value, p->before);
		array = 0;
	} else if (array) {
		klog_put_array(s, value, array);
	} else {
		klog_put_string(s, value, pack == KLOG_PACK_USER);
	}
	if (!value)
		s->state = KLOG_NULL;
	p->at += sizeof(*s) + klog_string_room(array, KLOG_STRING_BYTES);
}

/* sizeof x where it is an array, else 0: an array is what a comma turns into another type. */
#define KLOG_ARRAY_BYTES(x) (__builtin_types_compatible_p(typeof(x), typeof(((void)0, (x)))) ? 0 : sizeof(x))
#define KLOG_ARRAY_ROW(x)   KLOG_ARRAY_BYTES(x),
#define KLOG_MEASURE(x)	    klog_bytes += klog_measure(&klog_packer, KLOG_ARRAY_BYTES(x));
#define KLOG_PUT(x)	    klog_put(&klog_packer, (__u64)(x), KLOG_ARRAY_BYTES(x));

/* KLOG_EACH(m, a, b, ...): m(a) m(b) ...; for up to KLOG_ARGS_MAX of them. */
#define KLOG_EACH_0(m)
#define KLOG_EACH_1(m, x)	m(x)
#define KLOG_EACH_2(m, x, ...)	m(x) KLOG_EACH_1(m, __VA_ARGS__)
#define KLOG_EACH_3(m, x, ...)	m(x) KLOG_EACH_2(m, __VA_ARGS__)
#define KLOG_EACH_4(m, x, ...)	m(x) KLOG_EACH_3(m, __VA_ARGS__)
#define KLOG_EACH_5(m, x, ...)	m(x) KLOG_EACH_4(m, __VA_ARGS__)
#define KLOG_EACH_6(m, x, ...)	m(x) KLOG_EACH_5(m, __VA_ARGS__)
#define KLOG_EACH_7(m, x, ...)	m(x) KLOG_EACH_6(m, __VA_ARGS__)
#define KLOG_EACH_8(m, x, ...)	m(x) KLOG_EACH_7(m, __VA_ARGS__)
#define KLOG_EACH_9(m, x, ...)	m(x) KLOG_EACH_8(m, __VA_ARGS__)
#define KLOG_EACH_10(m, x, ...) m(x) KLOG_EACH_9(m, __VA_ARGS__)
#define KLOG_EACH_11(m, x, ...) m(x) KLOG_EACH_10(m, __VA_ARGS__)
#define KLOG_EACH_12(m, x, ...) m(x) KLOG_EACH_11(m, __VA_ARGS__)
#define KLOG_EACH_13(m, x, ...) m(x) KLOG_EACH_12(m, __VA_ARGS__)
#define KLOG_EACH_14(m, x, ...) m(x) KLOG_EACH_13(m, __VA_ARGS__)
#define KLOG_EACH_15(m, x, ...) m(x) KLOG_EACH_14(m, __VA_ARGS__)
#define KLOG_EACH_16(m, x, ...) m(x) KLOG_EACH_15(m, __VA_ARGS__)
#define KLOG_EACH_17(m, x, ...) m(x) KLOG_EACH_16(m, __VA_ARGS__)
#define KLOG_EACH_18(m, x, ...) m(x) KLOG_EACH_17(m, __VA_ARGS__)
#define KLOG_EACH_19(m, x, ...) m(x) KLOG_EACH_18(m, __VA_ARGS__)
#define KLOG_EACH_20(m, x, ...) m(x) KLOG_EACH_19(m, __VA_ARGS__)
#define KLOG_PICK(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, n,    \
		  ...)                                                                                                 \
	n
#define KLOG_COUNT(...)                                                                                                \
	KLOG_PICK(0, ##__VA_ARGS__, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define KLOG_PASTE_(a, b) a##b
#define KLOG_PASTE(a, b)  KLOG_PASTE_(a, b)
#define KLOG_EACH(m, ...) KLOG_PASTE(KLOG_EACH_, KLOG_COUNT(__VA_ARGS__))(m, ##__VA_ARGS__)

/* An initializer cannot be __func__ itself, but its characters. */
#define KLOG_FUNC_1(i)	((i) < sizeof(__func__) ? __func__[i] : 0)
#define KLOG_FUNC_4(i)	KLOG_FUNC_1(i), KLOG_FUNC_1(i + 1), KLOG_FUNC_1(i + 2), KLOG_FUNC_1(i + 3)
#define KLOG_FUNC_16(i) KLOG_FUNC_4(i), KLOG_FUNC_4(i + 4), KLOG_FUNC_4(i + 8), KLOG_FUNC_4(i + 12)
#define KLOG_FUNC_47                                                                                                   \
	KLOG_FUNC_16(0), KLOG_FUNC_16(16), KLOG_FUNC_4(32), KLOG_FUNC_4(36), KLOG_FUNC_4(40), KLOG_FUNC_1(44),         \
		KLOG_FUNC_1(45), KLOG_FUNC_1(46)

/* Sites are numbered in the order of the source. */
enum { KLOG_NUMBER_BASE = __COUNTER__ + 1 };

#define KLOG_SITE(site_number, site_level, text, ...)                                                                  \
	static const struct {                                                                                          \
		struct klog_site site;                                                                                 \
		char format[sizeof(text)];                                                                             \
		char file[sizeof(__FILE__)];                                                                           \
	} klog_site __attribute__((section(KLOG_SECTION), used, nodebug, aligned(8))) = {                              \
		.site =                                                                                                \
			{                                                                                              \
				.magic = KLOG_SITE_MAGIC,                                                              \
				.number = site_number,                                                                 \
				.level = site_level,                                                                   \
				.nr_args = KLOG_COUNT(__VA_ARGS__),                                                    \
				.line = __LINE__,                                                                      \
				.string_bytes = KLOG_STRING_BYTES,                                                     \
				.format_bytes = sizeof(text),                                                          \
				.file_bytes = sizeof(__FILE__),                                                        \
				.arrays = {KLOG_EACH(KLOG_ARRAY_ROW, ##__VA_ARGS__)},                                  \
				.function = {KLOG_FUNC_47},                                                            \
			},                                                                                             \
		.format = text,                                                                                        \
		.file = __FILE__,                                                                                      \
	}

#define KLOG_AT(number, level, text, ...)                                                                              \
	do {                                                                                                           \
		KLOG_SITE(number, level, text, ##__VA_ARGS__);                                                         \
		_Static_assert((number) < KLOG_SITES_MAX, "more sites than KLOG_SITES_MAX");                           \
		if (klog_on[number]) {                                                                                 \
			struct klog_packer klog_packer = {.packing = klog_packing(text, sizeof(text))};                \
			__u32 klog_bytes = sizeof(KLOG_RECORD);                                                        \
			KLOG_RECORD *klog_record;                                                                      \
			__u64 klog_id;                                                                                 \
                                                                                                                       \
			if (klog_is_bad(klog_packer.packing))                                                          \
				klog_bad_format();                                                                     \
			KLOG_EACH(KLOG_MEASURE, ##__VA_ARGS__)                                                         \
			/* %= is another number in each copy of this code. */                                          \
			asm volatile("%0 = 0x6b6c000000000000 + (%1 << 32) + %= ll" : "=r"(klog_id) : "i"(number));    \
			klog_record = klog_begin(level, klog_id, klog_bytes);                                          \
			if (klog_record) {                                                                             \
				klog_packer.at = klog_record + 1;                                                      \
				klog_packer.index = 0;                                                                 \
				KLOG_EACH(KLOG_PUT, ##__VA_ARGS__)                                                     \
				klog_end(klog_record);                                                                 \
			}                                                                                              \
			_Pragma("clang diagnostic push") _Pragma("clang diagnostic error \"-Wformat\"") if (0)         \
				klog_check(text, ##__VA_ARGS__);                                                       \
			_Pragma("clang diagnostic pop")                                                                \
		}                                                                                                      \
	} while (0)

static __always_inline _Bool klog_is_bad(__u64 packing)
{
	_Bool bad = 0;

#pragma clang loop unroll(full)
	for (int i = 0; i < KLOG_ARGS_MAX; i++)
		bad |= KLOG_PACK_OF(packing, i) == KLOG_PACK_BAD;
	return bad;
}

/* Formats are those of printf without floats, and %pks, %pus and %*ph; the compiler checks them. */
#define klog_error(...) KLOG_AT(__COUNTER__ - KLOG_NUMBER_BASE, KLOG_ERROR, __VA_ARGS__)
#define klog_warn(...)	KLOG_AT(__COUNTER__ - KLOG_NUMBER_BASE, KLOG_WARN, __VA_ARGS__)
#define klog_info(...)	KLOG_AT(__COUNTER__ - KLOG_NUMBER_BASE, KLOG_INFO, __VA_ARGS__)
#define klog_debug(...) KLOG_AT(__COUNTER__ - KLOG_NUMBER_BASE, KLOG_DEBUG, __VA_ARGS__)
#define klog_trace(...) KLOG_AT(__COUNTER__ - KLOG_NUMBER_BASE, KLOG_TRACE, __VA_ARGS__)

#endif
