/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members that were renamed between kernels, as CO-RE flavours (a type name's part from ___ on is ignored when matching).
 * Written by hand: no single kernel's BTF has both sides.
 */
#ifndef PARTS_FLAVOURS_BPF_H
#define PARTS_FLAVOURS_BPF_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* The inline name of a dentry: d_iname, later d_shortname; at least 32 bytes on every 64-bit kernel. */
struct dentry___iname {
	unsigned char d_iname[32];
};

struct dentry___shortname {
	struct {
		unsigned char string[32];
	} d_shortname;
};

/* The parent of a kernfs node: parent, later __parent. */
struct kernfs_node___plain {
	struct kernfs_node *parent;
};

struct kernfs_node___rcu {
	struct kernfs_node *__parent;
};

#pragma clang attribute pop

#endif
