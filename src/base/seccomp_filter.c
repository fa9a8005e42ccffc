/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a running observer may ask of the kernel. Everything else fails with EPERM instead of killing: a library's
 * unexpected call must not end the watch. Must not allow open, socket, connect or exec in any form.
 */
#include "base/seccomp_filter.h"

#include <errno.h>
#include <linux/bpf.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Allowed whatever the arguments. Some are there for one libc or one architecture only. */
static const int allowed[] = {
	/* the ring and the outputs */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	/* waiting and time */
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(timerfd_settime64),
	SCMP_SYS(timerfd_gettime),
	SCMP_SYS(timerfd_gettime64),
	SCMP_SYS(alarm),
	SCMP_SYS(setitimer),
	SCMP_SYS(sched_yield),
	/* signals */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigsuspend),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(rt_sigtimedwait_time64),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	/* memory and threads; what maps memory has conditions */
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(getrandom),
	/* itself */
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	/* a socket that is open already (sd_notify): none can be made or connected */
	SCMP_SYS(sendto),
	SCMP_SYS(sendmsg),
	/* and the opener's answers */
	SCMP_SYS(recvmsg),
};

struct condition {
	int syscall;
	struct scmp_arg_cmp argument;
};

static int add_conditions(scmp_filter_ctx filter)
{
	const struct condition conditions[] = {
		/* No executable memory. The kernel looks at 32 bits of most arguments, so only those are compared. */
		{SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
		{SCMP_SYS(mmap2), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
		{SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
		/* the width of the terminal */
		{SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCGWINSZ)},
		/* run statistics of our own programs (recursion_misses) */
		{SCMP_SYS(bpf), SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, BPF_OBJ_GET_INFO_BY_FD)},
		/* abort: to nobody but itself */
		{SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (scmp_datum_t)getpid())},
	};

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		int code = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, conditions[i].syscall, 1,
						  &conditions[i].argument);

		if (code)
			return code;
	}
	return 0;
}

/* For a process with a child. */
static const int allowed_with_child[] = {SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(waitpid), SCMP_SYS(kill)};

static const int allowed_to_opener[] = {
	SCMP_SYS(open),	 SCMP_SYS(openat),     SCMP_SYS(recvfrom),     SCMP_SYS(sendmsg),
	SCMP_SYS(close), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
};

static int add_list(scmp_filter_ctx filter, const int *list, size_t length)
{
	int code = 0;

	for (size_t i = 0; !code && i < length; i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, list[i], 0);
	return code;
}

#define ADD_LIST(filter, list) add_list(filter, list, sizeof(list) / sizeof((list)[0]))

static int add_rules(scmp_filter_ctx filter, bool child)
{
	int code = child ? ADD_LIST(filter, allowed_with_child) : 0;

	if (!code)
		code = ADD_LIST(filter, allowed);
	return code ? code : add_conditions(filter);
}

static int add_opener_rules(scmp_filter_ctx filter, bool child)
{
	(void)child;
	return ADD_LIST(filter, allowed_to_opener);
}

static int load(int (*add)(scmp_filter_ctx filter, bool child), bool child)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int code;

	if (!filter)
		return -ENOMEM;
	/* Both are improvements only: the kernel's own errors instead of -ECANCELED, and a tree instead of a chain. */
	seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!code)
		code = add(filter, child);
	if (!code)
		code = seccomp_load(filter);
	seccomp_release(filter);
	return code > 0 ? -EPERM : code;
}

int seccomp_filter_load(bool child)
{
	return load(add_rules, child);
}

int seccomp_filter_load_opener(void)
{
	return load(add_opener_rules, false);
}
