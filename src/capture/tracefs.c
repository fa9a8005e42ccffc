/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds tracefs. Must not mount anything into the file tree. */
#include "capture/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <linux/magic.h>

#include "base/cleanup.h"
#include "base/file.h"

static int open_mounted(const char *path)
{
	_cleanup_close_ int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs))
		return -errno;
	return fs.f_type == TRACEFS_MAGIC ? take_fd(fd) : -ENOENT;
}

static int open_detached(void)
{
	_cleanup_close_ int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int fd;

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	return fd < 0 ? -errno : fd;
}

int tracefs_open(struct error *err)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	int fd;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		fd = open_mounted(places[i]);
		if (fd >= 0)
			return fd;
	}
	fd = open_detached();
	if (fd >= 0)
		return fd;
	errno = -fd;
	fail(err, fd, "cannot reach tracefs: it is not mounted at %s, and a mount of its own failed: %m", places[0]);
	fail_hint(err, fd == -EPERM || fd == -EACCES ? "tracefs is root's: run as root"
						     : "mount it: mount -t tracefs tracefs /sys/kernel/tracing");
	return fd;
}

/* Appends a file of tracefs. */
static int read_file(int tracefs, const char *path, struct buffer *out, struct error *err)
{
	_cleanup_close_ int fd = openat(tracefs, path, O_RDONLY | O_CLOEXEC);
	int code;

	if (fd >= 0)
		return file_read_fd(fd, path, out, err);
	code = fail(err, -errno, "cannot read %s of tracefs: %m", path);
	return code == -EACCES || code == -EPERM ? fail_hint(err, "tracefs is root's: run as root") : code;
}

int tracefs_read_id(const char *category, const char *name, struct error *err)
{
	_cleanup_close_ int tracefs = tracefs_open(err);
	_cleanup_buffer_ struct buffer text = {0};
	char path[PATH_MAX];
	int code = tracefs;

	snprintf(path, sizeof(path), "events/%s/%s/id", category, name);
	if (code >= 0)
		code = read_file(tracefs, path, &text, err);
	buffer_append_char(&text, '\0');
	/* For who needs just one tracepoint there is another door. */
	if (code < 0 || text.failed)
		return fail_hint(err, "run as root with tracefs mounted, or use --hook tp_btf, which needs no tracefs");
	return atoi(text.data);
}

int tracefs_list(int tracefs, struct buffer *names, struct error *err)
{
	return read_file(tracefs, "available_events", names, err);
}

int tracefs_read_format_at(int tracefs, const char *name, struct buffer *text, struct error *err)
{
	size_t category = strcspn(name, ":");
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "events/%.*s/%s/format", (int)category, name, name + category + !!name[category]);
	return read_file(tracefs, path, text, err);
}

int tracefs_read_format(const char *category, const char *name, struct buffer *text, struct error *err)
{
	_cleanup_close_ int tracefs = tracefs_open(err);
	char whole[PATH_MAX];

	if (tracefs < 0)
		return tracefs;
	snprintf(whole, sizeof(whole), "%s:%s", category, name);
	return tracefs_read_format_at(tracefs, whole, text, err);
}
