/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of processes, read plainly or asleep. A plain read sees only the pages that are there just then; one that
 * may sleep brings them in as the process's own access would, and is allowed in sleepable programs and callbacks alone.
 * `may_sleep` is a constant everywhere, or the verifier would refuse the other half.
 */
#ifndef PARTS_USER_BPF_H
#define PARTS_USER_BPF_H

#ifndef VARIANT_COMPAT
/* Linux 6.12. Weak: what calls it runs only where the kernel has it. */
extern int bpf_copy_from_user_str(void *to, __u32 bytes, const void *from, __u64 flags) __ksym __weak;
/* Linux 6.2. A sleepable program runs without. */
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
#endif

/* Copies from the current process. Returns 0 or -errno. */
static __always_inline long user_copy(void *to, __u32 bytes, __u64 from, bool may_sleep)
{
#ifndef VARIANT_COMPAT
	if (may_sleep)
		return bpf_copy_from_user(to, bytes, (const void *)from);
#endif
	return bpf_probe_read_user(to, bytes, (const void *)from);
}

/* Copies a string of the current process, cut where it is longer. Returns its bytes with the NUL, or -errno. */
static __always_inline long user_copy_string(char *to, __u32 bytes, __u64 from, bool may_sleep)
{
	long length;

#ifndef VARIANT_COMPAT
	if (may_sleep)
		return bpf_copy_from_user_str(to, bytes, (const void *)from, 0);
#endif
	length = bpf_probe_read_user_str(to, bytes, (const void *)from);
	/* Of an empty string kernels up to 6.12 do not count the NUL (strncpy_from_user_nofault, mm/maccess.c). */
	if (length)
		return length;
	*to = '\0';
	return 1;
}

#endif
