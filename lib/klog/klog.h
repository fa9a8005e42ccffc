/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel side of klog and its readers agree on: levels, the table of sites, the layout of a record, and how a
 * format decides how its arguments are packed. Compiled by both; includes no header of the system in the kernel side.
 */
#ifndef KLOG_KLOG_H
#define KLOG_KLOG_H

#ifndef __bpf__
#include <linux/types.h>
#endif

enum klog_level {
	KLOG_OFF, /* of a threshold: nothing */
	KLOG_ERROR,
	KLOG_WARN,
	KLOG_INFO,
	KLOG_DEBUG,
	KLOG_TRACE,
	KLOG_LEVEL_MAX,
};

/* Arguments of one line, at most. */
#define KLOG_ARGS_MAX 20

/*
 * The id of a record: KLOG_ID_MAGIC, the number of the site (16 bits), and a number for the copy of the site that ran
 * (32 bits): a site in an inlined function has a copy in each program. It is an immediate of the program, so the reader
 * finds by it in the object which program that is.
 */
#define KLOG_ID_MAGIC	     0x6b6cULL
#define KLOG_ID_SITE(id)     ((__u32)((id) >> 32) & 0xffff)
#define KLOG_ID_MAGIC_OF(id) ((id) >> 48)

/* A line of source that logs; they lie in the section KLOG_SECTION of the object, each aligned to 8 bytes. */
#define KLOG_SECTION	    ".rodata.klog"
#define KLOG_SITE_MAGIC	    0x676f6c6bU /* "klog" on little-endian machines */
#define KLOG_FUNCTION_BYTES 48
struct klog_site {
	__u32 magic;
	__u16 number; /* index into klog_on */
	__u8 level;   /* enum klog_level */
	__u8 nr_args;
	__u32 line;
	__u16 string_bytes; /* room that a string without a size of its own gets in a record */
	__u16 format_bytes; /* of the texts behind `function`, NUL included */
	__u16 file_bytes;
	__u16 arrays[KLOG_ARGS_MAX];	    /* bytes of each argument that is a char array; 0 for others */
	char function[KLOG_FUNCTION_BYTES]; /* a longer name is cut */
					    /* Then the format and the file. */
};

/* The head of a record of those who bring no ring of their own (klog.bpf.h). The values follow. */
struct klog_record {
	__u64 id;
	__u64 boot_ns; /* bpf_ktime_get_boot_ns */
	__u64 seq;     /* number of the record among those of its CPU and level, from 0, lost ones included */
	__u32 cpu;
	__u32 pid;  /* process (tgid) */
	__u32 tid;  /* thread */
	__u32 lost; /* of the same CPU and level, before this one, modulo 2^32 */
};

/* What one CPU did: the value of the per-CPU map `klog_counters`, one element. */
struct klog_counters {
	__u64 seen[KLOG_LEVEL_MAX]; /* records begun, by level */
	__u64 lost[KLOG_LEVEL_MAX]; /* of these, without room in the ring */
};

/*
 * How values are packed, each at a multiple of 8 bytes behind the head: a number or pointer in 8 bytes (sign-extended
 * where its type is signed), a string as this.
 */
enum klog_string_state {
	KLOG_WHOLE,
	KLOG_CUT,	 /* there was more */
	KLOG_UNREADABLE, /* the address could not be read; length is 0 */
	KLOG_NULL,	 /* the address was 0 */
};
struct klog_string {
	__u32 length; /* bytes that count */
	__u32 state;  /* enum klog_string_state */
	char bytes[]; /* room is fixed by the site: klog_string_room */
};

/* Room for the bytes of a string: `array` is sizeof a char array, or 0. A multiple of 8. */
static inline __attribute__((always_inline)) __u32 klog_string_room(__u32 array, __u32 string_bytes)
{
	__u32 bytes = array && array < string_bytes ? array : string_bytes;

	return (bytes + 7) & ~7U;
}

/* How an argument is packed; three bits each in the word that klog_packing makes. */
enum klog_packing {
	KLOG_PACK_NONE, /* there is no such argument */
	KLOG_PACK_NUMBER,
	KLOG_PACK_STRING,  /* %s, %pks: NUL-terminated, in memory of the kernel */
	KLOG_PACK_USER,	   /* %pus: the same in memory of the current process */
	KLOG_PACK_COUNTED, /* %.*s, %*ph: as many bytes as the argument before it says */
	KLOG_PACK_BAD,	   /* a conversion that klog does not have (%f, %n) */
};
#define KLOG_PACK_BITS		   3
#define KLOG_PACK_OF(packing, arg) ((enum klog_packing)((packing) >> (arg)*KLOG_PACK_BITS & 7))

/* The argument that a conversion at `at` takes, '%', flags and numbers passed; `star`: its length is an argument. */
static inline __attribute__((always_inline)) enum klog_packing klog_pack_conversion(const char *at, int star)
{
	switch (at[0]) {
	case 's':
		return star ? KLOG_PACK_COUNTED : KLOG_PACK_STRING;
	case 'p':
		if (star && at[1] == 'h')
			return KLOG_PACK_COUNTED;
		if ((at[1] == 'k' || at[1] == 'u') && at[2] == 's')
			return at[1] == 'k' ? KLOG_PACK_STRING : KLOG_PACK_USER;
		return KLOG_PACK_NUMBER;
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
	case 'c':
		return KLOG_PACK_NUMBER;
	default:
		return KLOG_PACK_BAD;
	}
}

/*
 * Reads a format of `bytes` bytes (with its NUL). A loop over a literal that the compiler unrolls: in the kernel side
 * nothing is left of it but the result.
 */
static inline __attribute__((always_inline)) __u64 klog_packing(const char *format, const int bytes)
{
	__u64 packing = 0;
	int arg = 0, inside = 0, star = 0;

#ifdef __clang__
#pragma clang loop unroll(full)
#endif
	for (int i = 0; i < bytes - 1; i++) {
		const char c = format[i];

		if (!inside) {
			inside = c == '%';
			star = 0;
		} else if (c == '%') {
			inside = 0;
		} else if (c == '*' || c == 's' || c == 'p' || (c >= 'c' && c <= 'g') || c == 'i' || c == 'u' ||
			   c == 'n' || c == 'x' || c == 'o' || (c >= 'A' && c <= 'Z' && c != 'L')) {
			const enum klog_packing pack =
				c == '*' ? KLOG_PACK_NUMBER : klog_pack_conversion(format + i, star);

			/* Without %.*s a star is just a width. */
			star = c == '*' && (format[i - 1] == '.' || format[i + 1] == 'p');
			inside = c == '*';
			if (arg < KLOG_ARGS_MAX)
				packing |= (__u64)pack << arg * KLOG_PACK_BITS;
			arg++;
		}
	}
	return packing;
}

#endif
