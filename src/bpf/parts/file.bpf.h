/* SPDX-License-Identifier: GPL-2.0-only */
/* What runs: the file behind the process (mm->exe_file), its inode, and whether it still has a name. */
#ifndef PARTS_FILE_BPF_H
#define PARTS_FILE_BPF_H

/* include/uapi/linux/magic.h, include/linux/fs.h */
#define TMPFS_MAGIC	0x01021994
#define HUGETLBFS_MAGIC 0x958458f6
#define SB_KERNMOUNT	(1UL << 22)

#define FILE_ROWS (ROW_BIT(EXEC_dev) | ROW_BIT(EXEC_ino) | ROW_BIT(EXEC_memfd) | ROW_BIT(EXEC_unlinked))

static __always_inline void file_take_inode(struct exec_event *e, struct file *f)
{
	struct inode *inode = LOAD(f, f_inode);
	struct super_block *sb = LOAD(inode, i_sb);
	const struct dentry *d = LOAD(f, f_path.dentry);
	__u64 magic = LOAD(sb, s_magic);

	e->dev = LOAD(sb, s_dev);
	e->ino = LOAD(inode, i_ino);
	/* Only the kernel's own mount of shmem or hugetlbfs, which no path leads into, holds memfds. */
	e->memfd = (magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC) && (LOAD(sb, s_flags) & SB_KERNMOUNT);
	e->unlinked = !LOAD(inode, i_nlink) || (!LOAD(d, d_hash.pprev) && LOAD(d, d_parent) != d);
}

#endif
