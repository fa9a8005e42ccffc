/* SPDX-License-Identifier: GPL-2.0-only */
/* A datagram to the service manager. A manager that does not listen is no error of ours. */
#include "base/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"

int notify_open(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_close_ int fd = -1;
	size_t length;

	length = path ? strlen(path) : 0;
	if (length < 2 || length >= sizeof(address.sun_path) || (*path != '/' && *path != '@'))
		return -1;
	memcpy(address.sun_path, path, length);
	if (*path == '@')
		address.sun_path[0] = '\0'; /* abstract name */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length))
		return -1;
	return take_fd(fd);
}

void notify_send(int fd, const char *message)
{
	if (fd >= 0 && send(fd, message, strlen(message), MSG_NOSIGNAL) < 0)
		return; /* nobody listens */
}
