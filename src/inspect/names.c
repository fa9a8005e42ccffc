/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks up names in type information that the kernel holds. */
#include "inspect/names.h"

#include <stdio.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

static const struct btf *find_btf(struct names *n, uint32_t id)
{
	unsigned int at;

	for (at = 0; at < NAMES_OBJECTS; at++)
		if (n->objects[at].id == id)
			return n->objects[at].btf;
	at = n->next;
	btf__free(n->objects[at].btf);
	n->objects[at].id = id;
	n->objects[at].btf = btf__load_from_kernel_by_id(id);
	n->next = (at + 1) % NAMES_OBJECTS;
	return n->objects[at].btf;
}

void names_of_type(struct names *n, uint32_t btf, uint32_t type, char *ret_name)
{
	const struct btf *types = btf ? find_btf(n, btf) : NULL;
	const struct btf_type *t = types ? btf__type_by_id(types, type) : NULL;
	const char *name = t ? btf__name_by_offset(types, t->name_off) : NULL;

	if (name && *name)
		snprintf(ret_name, NAME_BYTES, "%s", name);
}

void names_of_program(struct names *n, int fd, uint32_t btf, char *ret_name)
{
	struct bpf_func_info first = {0};
	struct bpf_prog_info info = {
		.func_info = (uintptr_t)&first,
		.nr_func_info = 1,
		.func_info_rec_size = sizeof(first),
	};
	uint32_t bytes = sizeof(info);

	if (btf && bpf_obj_get_info_by_fd(fd, &info, &bytes) == 0 && first.type_id)
		names_of_type(n, btf, first.type_id, ret_name);
}

void names_done(struct names *n)
{
	for (unsigned int at = 0; at < NAMES_OBJECTS; at++)
		btf__free(n->objects[at].btf);
	*n = (struct names){0};
}
