/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and writing of small files, trees of temporary files, mounts. Knows nothing of observer. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "harness.h"

const char hostile[] = "n\n\r\t\x1b[2J\x07\x7f\xc2\x9b"
		       "31m\xe2\x80\xae\xe2\x80\x8b\xef\xbb\xbf\xe2\x80\xa8\xff\xc3(";

struct strings strings_of(const char *bytes, size_t length)
{
	struct strings list = {0};

	for (size_t i = 0; i < length; i++)
		list.nr += bytes[i] == '\0' || i + 1 == length;
	list.items = calloc(list.nr + 1, sizeof(*list.items));
	list.nr = 0;
	for (size_t at = 0; at < length; at += strnlen(bytes + at, length - at) + 1)
		list.items[list.nr++] = bytes + at;
	return list;
}

char *link_text(const char *path_format, ...)
{
	static const size_t size = 65536;
	char *path, *target = calloc(1, size);
	va_list args;
	ssize_t length;

	va_start(args, path_format);
	if (vasprintf(&path, path_format, args) < 0)
		abort();
	va_end(args);
	length = readlink(path, target, size - 1);
	free(path);
	return length < 0 ? NULL : target;
}

char *read_whole(const char *path, size_t *ret_length)
{
	/* One buffer for all files: what is returned is never freed, and some files are read over and over. */
	static size_t capacity;
	static char *buffer;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got = 0;
	char *bytes;

	if (fd < 0)
		return NULL;
	do {
		length += (size_t)got;
		if (length == capacity)
			buffer = realloc(buffer, capacity = capacity ? capacity * 2 : 65536);
		got = read(fd, buffer + length, capacity - length);
	} while (got > 0);
	close(fd);
	if (got < 0)
		return NULL;
	bytes = memcpy(calloc(1, length + 1), buffer, length);
	if (ret_length)
		*ret_length = length;
	return bytes;
}

char *read_proc(pid_t pid, const char *name, size_t *ret_length)
{
	return read_whole(text("/proc/%d/%s", pid, name), ret_length);
}

bool kernel_names(const char *name)
{
	size_t length;
	char *btf = read_whole("/sys/kernel/btf/vmlinux", &length);

	return btf && memmem(btf, length, name, strlen(name) + 1);
}

char *line_value(const char *file_text, const char *key)
{
	size_t key_length = strlen(key);

	for (const char *line = file_text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, key_length) == 0 && line[key_length] == ':') {
			const char *value = line + key_length + 1;

			value += strspn(value, " \t");
			return text("%.*s", (int)strcspn(value, "\n"), value);
		}
	}
	return NULL;
}

int write_text(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t done = fd < 0 ? -1 : write(fd, value, strlen(value));
	int result = done < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return result;
}

void make_file(const char *path, const void *bytes, size_t length, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	REQUIRE(fd >= 0, "cannot make '%s': %s", path, strerror(errno));
	REQUIRE(write(fd, bytes, length) == (ssize_t)length, "cannot write '%s': %s", path, strerror(errno));
	REQUIRE(fchmod(fd, mode) == 0, "cannot set the mode of '%s': %s", path, strerror(errno));
	close(fd);
}

void make_dir(const char *path)
{
	REQUIRE(mkdir(path, 0755) == 0 || errno == EEXIST, "cannot make the folder '%s': %s", path, strerror(errno));
}

/* By descriptors, not by paths: these may be longer than PATH_MAX. */
static void empty_dir(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		int below;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			continue;
		below = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			empty_dir(below);
		unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

void remove_tree(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		empty_dir(fd);
	rmdir(path);
}

char *make_hold(const char *name)
{
	char *path = text("%s/%s", test_dir(), name);

	make_program(path, PROGRAM_HOLD);
	return path;
}

void own_mounts(void)
{
	static bool done;

	if (done)
		return;
	if (unshare(CLONE_NEWNS) != 0)
		test_skip("no mount namespace of one's own: %s", strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		test_skip("mounts cannot be made private: %s", strerror(errno));
	done = true;
}

static void undo_mount(void *path)
{
	umount2(path, MNT_DETACH);
}

char *own_tmpfs(const char *name, const char *options)
{
	char *path = text("%s/%s", test_dir(), name);

	own_mounts();
	make_dir(path);
	if (mount("none", path, "tmpfs", 0, options) != 0)
		test_skip("tmpfs cannot be mounted: %s", strerror(errno));
	test_on_end(undo_mount, path);
	return path;
}

uint64_t now_ns(int clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	struct timespec rest = {ms / 1000, (long)(ms % 1000) * 1000000};

	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}
