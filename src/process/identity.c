/* SPDX-License-Identifier: GPL-2.0-only */
/* Identities of processes. */
#include "process/identity.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

/* Copies the digits of 9f3c2a71-b0de-...; anything else is refused. */
static int copy_digits(struct boot *boot, const char *text, size_t length)
{
	size_t nr_digits = 0;

	for (size_t i = 0; i < length && nr_digits < IDENTITY_BOOT_BYTES; i++) {
		if (text[i] == '-')
			continue;
		if (!strchr("0123456789abcdef", text[i]) || !text[i])
			return -EINVAL;
		boot->digits[nr_digits++] = text[i];
	}
	return nr_digits == IDENTITY_BOOT_BYTES ? 0 : -EINVAL;
}

int identity_read_boot(struct boot *boot, const char *path)
{
	struct buffer text = {0};
	int code = file_read(path, &text, NULL);

	if (!code)
		code = copy_digits(boot, text.data, text.length);
	if (code)
		memset(boot->digits, '0', sizeof(boot->digits));
	buffer_done(&text);
	return code;
}

size_t identity_put(char text[static IDENTITY_BYTES_MAX], const struct boot *boot, uint32_t pid, uint64_t start_ns)
{
	char *at = text;

	memcpy(at, boot->digits, sizeof(boot->digits));
	at += sizeof(boot->digits);
	*at++ = '.';
	at += digits_put_u64(at, pid);
	*at++ = '.';
	at += digits_put_hex(at, start_ns);
	return at - text;
}
