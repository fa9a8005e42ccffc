/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints of kernel modules: each module has BTF of its own, which builds on the kernel's. */
#include <bpf/btf.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "generate/layout.h"

static bool has_event(const struct btf *btf, const char *name)
{
	char type[256];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

static struct btf *load(const char *directory, const char *name, struct btf *kernel)
{
	char path[PATH_MAX];

	if (name[0] == '.' || !strcmp(name, "vmlinux"))
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return btf__parse_split(path, kernel);
}

bool layout_find_module(struct layout *l, struct btf *kernel, const char *directory)
{
	DIR *modules = has_event(kernel, l->name) ? NULL : opendir(directory);
	const struct dirent *entry;

	while (modules && !l->module && (entry = readdir(modules))) {
		struct btf *btf = load(directory, entry->d_name, kernel);

		if (btf && has_event(btf, l->name))
			l->module = take_ptr(btf);
		btf__free(btf);
	}
	if (modules)
		closedir(modules);
	return l->module;
}
