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
#include <sys/syscall.h>
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

static int fail_folder(const char *what, const char *path, struct error *err)
{
	fail(err, -errno, "cannot %s the folder '%s': %m", what, path);
	return fail_hint(err, "it must be in a BPF file system that can be written to (mount -t bpf bpf /sys/fs/bpf), "
			      "and belong to this user or to root");
}

/* Of a folder made here nothing stays where it cannot be used. */
static int open_folder(const char *path, struct error *err)
{
	_cleanup_close_ int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int code;

	if (folder < 0 && (errno == ELOOP || errno == ENOTDIR))
		return refuse(path, "it is no folder", err);
	if (folder < 0 && errno == ENOENT)
		return fail(err, -ENOENT, "there is no folder '%s'", path);
	if (folder < 0)
		return fail_folder("open", path, err);
	code = check_folder(folder, path, err);
	return code ? code : take_fd(folder);
}

int pin_open(const char *path, bool *ret_made, struct error *err)
{
	bool made = ret_made && mkdir(path, 0700) == 0;
	_cleanup_close_ int folder = -1;

	if (ret_made && !made && errno != EEXIST)
		return fail_folder("make", path, err);
	folder = open_folder(path, err);
	if (folder < 0 && made)
		rmdir(path);
	if (ret_made)
		*ret_made = made;
	if (folder < 0)
		return folder;
	if (flock(folder, LOCK_EX | LOCK_NB) == 0)
		return take_fd(folder);
	if (errno != EWOULDBLOCK)
		return fail(err, -errno, "cannot lock the folder '%s': %m", path);
	fail(err, -EBUSY, "another observer uses what is pinned at '%s'", path);
	return fail_hint(err, "end it first, or give this one a folder of its own: --pin=DIR");
}

/*
 * bpf(2) on an entry of the very folder that was looked at, whatever its path means by now: by descriptor from
 * Linux 6.5 on, before it by the link to the folder that /proc has. A descriptor, 0 or -errno.
 */
static int bpf_at(enum bpf_cmd command, int folder, const char *name, int object)
{
	/* As union bpf_attr has it for these commands; older headers lack the last member. */
	struct {
		uint64_t path;
		uint32_t object, flags;
		int32_t folder;
		uint32_t zero;
	} attr = {(uintptr_t)name, object, 1U << 14 /* BPF_F_PATH_FD */, folder, 0};
	char path[PATH_MAX];
	int ret = syscall(SYS_bpf, command, &attr, sizeof(attr));

	if (ret >= 0 || errno != EINVAL)
		return ret < 0 ? -errno : ret;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", folder, name);
	attr.path = (uintptr_t)path;
	attr.flags = attr.folder = 0;
	ret = syscall(SYS_bpf, command, &attr, sizeof(attr));
	return ret < 0 ? -errno : ret;
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

static uint32_t program_id(int fd, uint32_t *ret_type)
{
	struct bpf_prog_info info = {};
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return 0;
	*ret_type = info.type;
	return info.id;
}

/* What the kernel calls a descriptor of each kind; where /proc does not say, the rest is looked at nevertheless. */
static bool is_of_kind(int fd, enum pin_kind kind)
{
	static const char *const words[] = {[PIN_MAP] = "map", [PIN_PROGRAM] = "prog", [PIN_LINK] = "link"};
	char link[32], target[64] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, target, sizeof(target) - 1) < 0 || strstr(target, words[kind]);
}

/* Whether what was opened is what it must be; a link must hold `program`. */
static const char *wrong_object(int fd, const struct pin_item *item, int program)
{
	struct bpf_link_info link = {};
	uint32_t bytes = sizeof(link), type = 0;

	if (!is_of_kind(fd, item->kind))
		return "it is an object of another kind";
	if (item->kind == PIN_MAP)
		return wrong_map(fd, item);
	if (item->kind == PIN_PROGRAM)
		return !program_id(fd, &type) || type != item->type ? "it is no program of this type" : NULL;
	return bpf_obj_get_info_by_fd(fd, &link, &bytes) || link.prog_id != program_id(program, &type)
		       ? "it holds another program"
		       : NULL;
}

bool pin_program_uses(int program, int map)
{
	uint32_t ids[64] = {}, bytes = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = {.nr_map_ids = sizeof(ids) / sizeof(ids[0]), .map_ids = (uintptr_t)ids};
	struct bpf_map_info wanted = {};

	if (bpf_obj_get_info_by_fd(program, &info, &bytes))
		return false;
	bytes = sizeof(wanted);
	if (bpf_obj_get_info_by_fd(map, &wanted, &bytes))
		return false;
	for (size_t i = 0; i < info.nr_map_ids && i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] == wanted.id)
			return true;
	return false;
}

static int take_one(int folder, const char *path, const struct pin_item *item, int program, struct error *err)
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
	fd = bpf_at(BPF_OBJ_GET, folder, item->name, 0);
	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return fail(err, fd, "cannot open what is pinned at '%s': %s", name, strerror(-fd));
	why = wrong_object(fd, item, program);
	return why ? refuse(name, why, err) : take_fd(fd);
}

int pin_take(int folder, const char *path, const struct pin_item *items, size_t nr_items, struct error *err)
{
	int fds[ITEMS_MOST], code = nr_items <= ITEMS_MOST ? 0 : -E2BIG;
	size_t n = 0;

	while (!code && n < nr_items) {
		fds[n] = take_one(folder, path, &items[n], n ? fds[n - 1] : -1, err);
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

int pin_keep(int folder, const char *path, const struct pin_item *items, size_t nr_items, struct error *err)
{
	for (size_t i = 0; i < nr_items; i++) {
		int code = bpf_at(BPF_OBJ_PIN, folder, items[i].name, *items[i].fd);

		if (code < 0)
			return fail(err, code, "cannot pin '%s/%s': %s", path, items[i].name, strerror(-code));
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
		if (!unlinkat(folder, entry->d_name, 0)) {
			nr_removed++;
			continue;
		}
		code = fail(err, -errno, "cannot remove '%s/%s': %m", path, entry->d_name);
		if (code == -EISDIR)
			fail_hint(err, "it is none of observer's: look what is in it, and remove it");
	}
	closedir(entries);
	return code ? code : nr_removed;
}
