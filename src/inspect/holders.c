/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes and their descriptors. A process that ends meanwhile is passed over. */
#include "inspect/holders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* What the link of a descriptor says, and the key of its id in fdinfo: kernel/bpf/syscall.c, kernel/events/core.c. */
static const struct {
	const char *link, *key;
} kinds[HELD_MAX] = {
	[HELD_PROGRAM] = {"anon_inode:bpf-prog", "prog_id:"},
	[HELD_MAP] = {"anon_inode:bpf-map", "map_id:"},
	[HELD_LINK] = {"anon_inode:bpf_link", "link_id:"},
	[HELD_PERF_EVENT] = {"anon_inode:[perf_event]", NULL},
};

static bool is_number(const char *name)
{
	return *name && !name[strspn(name, "0123456789")];
}

/* Reads a small file of the process; "" where it cannot be read. */
static void read_file(int folder, const char *name, char *ret, size_t room)
{
	_cleanup_close_ int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t bytes = fd < 0 ? -1 : read(fd, ret, room - 1);

	ret[bytes > 0 ? bytes : 0] = '\0';
}

static bool read_id(int folder, const char *fd, const char *key, uint32_t *ret)
{
	char path[64], text[1024], *at;

	if (!key)
		return true;
	snprintf(path, sizeof(path), "fdinfo/%s", fd);
	read_file(folder, path, text, sizeof(text));
	at = strstr(text, key);
	if (!at)
		return false;
	*ret = strtoul(at + strlen(key), NULL, 10);
	return true;
}

static bool is_observer(int folder, pid_t pid)
{
	struct stat ours, theirs;
	char path[512];
	ssize_t length = readlinkat(folder, "exe", path, sizeof(path) - 1);
	const char *name;

	if (length < 0 || pid == getpid())
		return false;
	path[length] = '\0';
	name = strrchr(path, '/');
	if (name && (!strcmp(name, "/observer") || !strcmp(name, "/observer (deleted)")))
		return true;
	return fstatat(folder, "exe", &theirs, 0) == 0 && stat("/proc/self/exe", &ours) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static struct holder *add_holder(struct holders *h, int folder, pid_t pid)
{
	struct holder *new = calloc(1, sizeof(*new));
	char comm[32];

	if (!new)
		return NULL;
	read_file(folder, "comm", comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	memcpy(new->comm, comm, strnlen(comm, sizeof(new->comm)));
	new->pid = pid;
	new->observer = is_observer(folder, pid);
	new->next = h->first;
	h->first = new;
	return new;
}

static struct held *add_item(struct holders *h)
{
	if (h->nr_items == h->room) {
		size_t room = h->room ? h->room * 2 : 64;
		struct held *items = reallocarray(h->items, room, sizeof(items[0]));

		if (!items)
			return NULL;
		h->items = items;
		h->room = room;
	}
	return &h->items[h->nr_items];
}

/* One descriptor. Returns 0 or -ENOMEM. */
static int look_at(struct holders *h, int folder, pid_t pid, const char *fd)
{
	char path[64], link[64];
	ssize_t length;

	snprintf(path, sizeof(path), "fd/%s", fd);
	length = readlinkat(folder, path, link, sizeof(link) - 1);
	if (length < 0)
		return 0;
	link[length] = '\0';
	for (int kind = 0; kind < HELD_MAX; kind++) {
		uint32_t id = 0;
		struct held *item;

		if (strcmp(link, kinds[kind].link) || !read_id(folder, fd, kinds[kind].key, &id))
			continue;
		if (!h->first || h->first->pid != pid)
			if (!add_holder(h, folder, pid))
				return -ENOMEM;
		item = add_item(h);
		if (!item)
			return -ENOMEM;
		*item = (struct held){.kind = kind, .id = id, .fd = atoi(fd), .holder = h->first};
		h->nr_items++;
	}
	return 0;
}

static int look_through(struct holders *h, int proc, const char *pid)
{
	_cleanup_close_ int folder = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fds = folder < 0 ? -1 : openat(folder, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = 0;
	struct dirent *entry;
	DIR *dir;

	if (fds < 0)
		return 0;
	dir = fdopendir(fds);
	if (!dir) {
		close(fds);
		return -ENOMEM;
	}
	while (!code && (entry = readdir(dir)))
		if (is_number(entry->d_name))
			code = look_at(h, folder, atoi(pid), entry->d_name);
	closedir(dir);
	return code;
}

int holders_find(struct holders *ret)
{
	struct holders h = {0};
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int code = 0;

	while (proc && !code && (entry = readdir(proc)))
		if (is_number(entry->d_name))
			code = look_through(&h, dirfd(proc), entry->d_name);
	if (proc)
		closedir(proc);
	*ret = h;
	return code;
}

void holders_done(struct holders *h)
{
	struct holder *next;

	for (struct holder *holder = h->first; holder; holder = next) {
		next = holder->next;
		free(holder);
	}
	free(h->items);
	*h = (struct holders){0};
}

static bool is(const struct held *item, enum held_kind kind, uint32_t id)
{
	return item->kind == kind && item->id == id;
}

const struct holder *holders_of(const struct holders *h, enum held_kind kind, uint32_t id)
{
	const struct holder *found = NULL;

	for (size_t i = 0; i < h->nr_items; i++)
		if (is(&h->items[i], kind, id) && (!found || h->items[i].holder->pid < found->pid))
			found = h->items[i].holder;
	return found;
}

size_t holders_count(const struct holders *h, enum held_kind kind, uint32_t id)
{
	const struct holder *last = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < h->nr_items; i++) {
		if (!is(&h->items[i], kind, id) || h->items[i].holder == last)
			continue;
		last = h->items[i].holder;
		nr++;
	}
	return nr;
}

bool holders_have_observer(const struct holders *h, enum held_kind kind, uint32_t id)
{
	for (size_t i = 0; i < h->nr_items; i++)
		if (is(&h->items[i], kind, id) && h->items[i].holder->observer)
			return true;
	return false;
}
