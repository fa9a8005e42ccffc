/* SPDX-License-Identifier: GPL-2.0-only */
/* By the system calls themselves: they work without /proc, and a library for it would bring NSS into a static program.
 */
#include "base/capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The sets of this thread: 32 capabilities an element. */
struct sets {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static bool sets_get(struct sets *ret)
{
	*ret = (struct sets){.header.version = _LINUX_CAPABILITY_VERSION_3};
	return syscall(SYS_capget, &ret->header, ret->data) == 0;
}

bool capabilities_have(unsigned int number)
{
	struct sets sets;

	if (number >= 32 * _LINUX_CAPABILITY_U32S_3 || !sets_get(&sets))
		return false;
	return sets.data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number);
}

int capabilities_keep(uint64_t set)
{
	/* The kernel would clear them with the permitted ones; asked for, it says so where it does not. */
	int ambient = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) ? -errno : 0;
	struct sets sets;

	if (!sets_get(&sets))
		return -errno;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		sets.data[i].permitted &= set >> (32 * i);
		sets.data[i].effective = sets.data[i].permitted;
		sets.data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &sets.header, sets.data) ? -errno : ambient;
}

int capabilities_drop_bounding(void)
{
	const unsigned long root_is_nobody = SECBIT_NOROOT | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_CAP_AMBIENT_RAISE;

	/* The kernel's last capability may be one that these headers do not know: it says which is none. */
	for (int number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
		if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0))
			return -errno;
	return prctl(PR_SET_SECUREBITS, root_is_nobody | root_is_nobody << 1, 0, 0, 0) ? -errno : 0;
}

unsigned int capabilities_missing(unsigned int needs)
{
	unsigned int missing = 0;
	bool admin = capabilities_have(CAP_SYS_ADMIN);

	if (!admin && !capabilities_have(CAP_BPF))
		missing |= NEED_BPF;
	if (!admin && !capabilities_have(CAP_PERFMON))
		missing |= NEED_PERFMON;
	if (geteuid() != 0 && !capabilities_have(CAP_DAC_READ_SEARCH) && !capabilities_have(CAP_DAC_OVERRIDE))
		missing |= NEED_TRACEFS;
	return missing & needs;
}

bool capabilities_describe_missing(struct buffer *b, unsigned int needs)
{
	static const char *const names[] = {"CAP_BPF", "CAP_PERFMON", "CAP_DAC_READ_SEARCH"};
	unsigned int missing = capabilities_missing(needs);
	const char *separator = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(missing & 1U << i))
			continue;
		buffer_append_text(b, separator);
		buffer_append_text(b, names[i]);
		separator = " and ";
		/* The older, wider capability stands for both of the newer ones. */
		if (i == 1 || (i == 0 && !(missing & NEED_PERFMON)))
			buffer_append_text(b, " (or CAP_SYS_ADMIN)");
	}
	return missing;
}
