/* SPDX-License-Identifier: GPL-2.0-only */
/* The folder under bpffs. Everything in it is looked at before it is used: owner, mode, kind, type and sizes. */
#include "capture/pin.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ITEMS_MOST 40

static int refuse(const char *path, const char *why, struct error *err)
{
	fail(err, -EPERM, "refusing what is pinned at '%s': %s", path, why);
	return fail_hint(err, "somebody else made it: look who, remove it, or name another folder by --pin=DIR");
}

int pin_refuse(const char *path, const char *name, const char *why, struct error *err)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", path, name);
	return refuse(whole, why, err);
}

static const char *distrust(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "it belongs to another user";
	return st->st_mode & 022 ? "other users may change it" : NULL;
}

static int check_folder(int folder, const char *path, struct error *err)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(folder, &fs) || fstat(folder, &st))
		return fail(err, -errno, "cannot look at '%s': %m", path);
	if (fs.f_type != BPF_FS_MAGIC) {
		fail(err, -EINVAL, "'%s' is not in a BPF file system", path);
		return fail_hint(err, "mount -t bpf bpf /sys/fs/bpf, or name a folder in one by --pin=DIR");
	}
	return distrust(&st) ? refuse(path, distrust(&st), err) : 0;
}

int pin_open(const char *path, bool make, struct error *err)
{
	_cleanup_close_ int folder = -1;
	int code;

	if (make && mkdir(path, 0700) && errno != EEXIST)
		return fail(err, -errno, "cannot make the folder '%s': %m", path);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 && (errno == ELOOP || errno == ENOTDIR))
		return refuse(path, "it is no folder", err);
	if (folder < 0)
		return fail(err, -errno, "cannot open the folder '%s': %m", path);
	code = check_folder(folder, path, err);
	if (code)
		return code;
	if (flock(folder, LOCK_EX | LOCK_NB) == 0)
		return take_fd(folder);
	if (errno != EWOULDBLOCK)
		return fail(err, -errno, "cannot lock the folder '%s': %m", path);
	fail(err, -EBUSY, "another observer uses what is pinned at '%s'", path);
	return fail_hint(err, "end it first, or give this one a folder of its own: --pin=DIR");
}

static const char *wrong_map(int fd, const struct pin_item *item)
{
	struct bpf_map_info info = {};
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &bytes) || info.type != item->type)
		return "it is no map of the expected type";
	if (info.key_size != item->key_bytes || (item->value_bytes && info.value_size != item->value_bytes) ||
	    (item->max_entries && info.max_entries != item->max_entries))
		return "it is a map of another size";
	return NULL;
}

static const char *wrong_program(int fd, const struct pin_item *item)
{
	struct bpf_prog_info info = {};
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &bytes) || info.type != item->type ? "it is no program of this type"
										    : NULL;
}

static const char *wrong_object(int fd, const struct pin_item *item)
{
	if (item->kind == PIN_MAP)
		return wrong_map(fd, item);
	return item->kind == PIN_PROGRAM ? wrong_program(fd, item) : NULL;
}

static int take_one(int folder, const char *path, const struct pin_item *item, struct error *err)
{
	_cleanup_close_ int fd = -1;
	char name[PATH_MAX];
	const char *why;
	struct stat st;

	snprintf(name, sizeof(name), "%s/%s", path, item->name);
	if (fstatat(folder, item->name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? -ENOENT : fail(err, -errno, "cannot look at '%s': %m", name);
	if (S_ISLNK(st.st_mode))
		return refuse(name, "it is a symbolic link", err);
	if (!S_ISREG(st.st_mode))
		return refuse(name, "it is no pinned object", err);
	if (distrust(&st))
		return refuse(name, distrust(&st), err);
	fd = bpf_obj_get(name);
	if (fd < 0)
		return fail(err, fd, "cannot open what is pinned at '%s': %s", name, strerror(-fd));
	why = wrong_object(fd, item);
	return why ? refuse(name, why, err) : take_fd(fd);
}

int pin_take(int folder, const char *path, const struct pin_item *items, size_t nr_items, struct error *err)
{
	int fds[ITEMS_MOST], code = nr_items <= ITEMS_MOST ? 0 : -E2BIG;
	size_t n = 0;

	while (!code && n < nr_items) {
		fds[n] = take_one(folder, path, &items[n], err);
		if (fds[n] < 0)
			code = fds[n];
		else
			n++;
	}
	for (size_t i = 0; i < n; i++) {
		if (code)
			close(fds[i]);
		else
			*items[i].fd = fds[i];
	}
	return code;
}

int pin_keep(const char *path, const struct pin_item *items, size_t nr_items, struct error *err)
{
	for (size_t i = 0; i < nr_items; i++) {
		char name[PATH_MAX];

		snprintf(name, sizeof(name), "%s/%s", path, items[i].name);
		if (bpf_obj_pin(*items[i].fd, name))
			return fail(err, -errno, "cannot pin '%s': %m", name);
	}
	return 0;
}

int pin_remove(int folder, const char *path, struct error *err)
{
	DIR *entries = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;
	int nr_removed = 0, code = 0;

	if (!entries)
		return fail(err, -errno, "cannot read the folder '%s': %m", path);
	while (!code && (entry = readdir(entries))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(folder, entry->d_name, 0))
			code = fail(err, -errno, "cannot remove '%s/%s': %m", path, entry->d_name);
		else
			nr_removed++;
	}
	closedir(entries);
	return code ? code : nr_removed;
}
