/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells a service manager that the service is ready: the protocol of sd_notify(3), which promises to stay as it is. */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

/* Connects to $NOTIFY_SOCKET; returns a descriptor that the caller closes, or -1 where nobody asked or it cannot be
 * reached. */
int notify_open(void);

/* Sends one message, e.g. "READY=1"; nothing where fd is -1. */
void notify_send(int fd, const char *message);

#endif
