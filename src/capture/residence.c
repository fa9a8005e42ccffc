/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives memory back. Touches only mappings that are never written, relocations included. */
#include "capture/residence.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* A segment that is not writable has no relocations either: its pages are those of the file. */
static int drop_object(struct dl_phdr_info *info, size_t bytes, void *context)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);

	(void)bytes, (void)context;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t begin = info->dlpi_addr + segment->p_vaddr, end = begin + segment->p_filesz;

		if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W))
			continue;
		begin = (begin + page - 1) & ~(page - 1);
		end &= ~(page - 1);
		if (begin < end)
			madvise((void *)begin, end - begin, MADV_DONTNEED);
	}
	return 0;
}

void residence_drop_unchanged(void)
{
	dl_iterate_phdr(drop_object, NULL);
}
