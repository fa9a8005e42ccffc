/* SPDX-License-Identifier: GPL-2.0-only */
/* Which capabilities this process has. By the system call: it works without /proc. */
#include "base/capabilities.h"

#include <linux/capability.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool capabilities_have(unsigned int number)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (number >= 32 * _LINUX_CAPABILITY_U32S_3 || syscall(SYS_capget, &header, data))
		return false;
	return data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number);
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
