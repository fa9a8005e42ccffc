/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds tracefs. Must not mount anything into the file tree. */
#include "capture/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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
	fail_hint(err,
		  fd == -EPERM
			  ? "run as root, or use --hook tp_btf, which needs no tracefs"
			  : "mount -t tracefs tracefs /sys/kernel/tracing, or use --hook tp_btf, which needs none");
	return fd;
}

static int open_file(const char *category, const char *name, const char *file, struct error *err)
{
	_cleanup_close_ int tracefs = tracefs_open(err);
	char path[PATH_MAX];
	int fd;

	if (tracefs < 0)
		return tracefs;
	snprintf(path, sizeof(path), "events/%s/%s/%s", category, name, file);
	fd = openat(tracefs, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		int code = -errno;

		fail(err, code, "cannot read %s of tracefs: %m", path);
		if (code == -EACCES)
			fail_hint(err, "tracefs is root's: run as root, or use --hook tp_btf, which needs no tracefs");
		return code;
	}
	return fd;
}

int tracefs_read_id(const char *category, const char *name, struct error *err)
{
	_cleanup_close_ int fd = open_file(category, name, "id", err);
	char text[32] = "";

	if (fd < 0)
		return fd;
	if (read(fd, text, sizeof(text) - 1) <= 0)
		return fail(err, -EIO, "cannot read the id of %s:%s: %m", category, name);
	return atoi(text);
}

int tracefs_read_format(const char *category, const char *name, struct buffer *text, struct error *err)
{
	_cleanup_close_ int fd = open_file(category, name, "format", err);

	return fd < 0 ? fd : file_read_fd(fd, "the format file", text, err);
}
