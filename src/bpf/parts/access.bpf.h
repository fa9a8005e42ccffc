/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the kernel's memory is read, per variant of the object: READ(pointer, member, member...) and CAST(struct type,
 * address). LOAD is the same through a pointer whose type the verifier knows: an argument of a typed hook, or what was
 * loaded through one. READ_BYTES and LOAD_BYTES copy an array of 8-byte words inside `pointer` to `to`.
 *
 * modern: plain loads through typed pointers, no helper call (the JIT catches faults; NULL reads as 0). bpf_rdonly_cast
 * (Linux 6.2) gives a type back to an address that was kept in map memory, and costs nothing at run time.
 * compat, for kernels from 5.10 on: READ is bpf_probe_read_kernel by CO-RE, a helper call for each member. LOAD is a
 * plain load there too, but behind the classic door, which hands over no typed pointer.
 */
#ifndef PARTS_ACCESS_BPF_H
#define PARTS_ACCESS_BPF_H

#define ARROW_2(p, a)				      ((p)->a)
#define ARROW_3(p, a, b)			      ((p)->a->b)
#define ARROW_4(p, a, b, c)			      ((p)->a->b->c)
#define ARROW_5(p, a, b, c, d)			      ((p)->a->b->c->d)
#define ARROW_6(p, a, b, c, d, e)		      ((p)->a->b->c->d->e)
#define ARROW_PICK(_1, _2, _3, _4, _5, _6, name, ...) name
#define ARROW(...)				      ARROW_PICK(__VA_ARGS__, ARROW_6, ARROW_5, ARROW_4, ARROW_3, ARROW_2)(__VA_ARGS__)
#define ARROW_BYTES(to, pointer, member)                                                                               \
	do {                                                                                                           \
		const __u64 *words = (const void *)&(pointer)->member;                                                 \
		_Pragma("unroll") for (unsigned int i = 0; i < sizeof(*(to)) / 8; i++)((__u64 *)(to))[i] = words[i];   \
	} while (0)

#ifdef VARIANT_COMPAT

#define HEAP_WITHOUT_FETCH
#define CAST(type, address)		((type *)(address))
#define READ(pointer, ...)		BPF_CORE_READ(pointer, ##__VA_ARGS__)
#define READ_BYTES(to, pointer, member) bpf_core_read(to, sizeof(*(to)), &(pointer)->member)

#else

extern void *bpf_rdonly_cast(const void *obj__ign, __u32 btf_id__k) __ksym;

#define CAST(type, address) ((type *)bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)))
#define READ		    ARROW
#define READ_BYTES	    ARROW_BYTES

#endif

#if defined(VARIANT_COMPAT) && defined(DOOR_TRACEPOINT)
#define LOAD	   READ
#define LOAD_BYTES READ_BYTES
#else
#define LOAD	   ARROW
#define LOAD_BYTES ARROW_BYTES
#endif

/* Repeats step(slot) until it returns true, at most `times`. The running state lies in the slot: in a register it would
 * make the verifier follow every value of it. */
#ifdef VARIANT_COMPAT
#define REPEAT(times, step, at)                                                                                        \
	for (__u32 turn = 0; turn < (times); turn++) {                                                                 \
		if (step(at))                                                                                          \
			break;                                                                                         \
	}
#else
#define REPEAT(times, step, at)                                                                                        \
	do {                                                                                                           \
		struct slot *context = at;                                                                             \
		bpf_loop(times, step##_loop, &context, 0);                                                             \
	} while (0)
#endif

#endif
