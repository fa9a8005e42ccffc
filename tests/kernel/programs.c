/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tiny static programs written byte by byte: no compiler, library or shell is needed where the tests run, they start at
 * once, and they do nothing that /proc would show differently from the moment of the exec.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "harness.h"

#define LOAD_ADDRESS 0x400000
#define PAGE_MAX     0x10000 /* largest page of any architecture here */

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
static const unsigned char hold_code[] = {
	0xb8, 1,    0,	  0,	0,	       /* mov eax, 1 (write) */
	0xbf, 1,    0,	  0,	0,	       /* mov edi, 1 */
	0x48, 0x8d, 0x35, 0x10, 0, 0,	 0,    /* lea rsi, [rip + 16] */
	0xba, 1,    0,	  0,	0,	       /* mov edx, 1 */
	0x0f, 0x05,			       /* syscall */
	0xb8, 34,   0,	  0,	0, 0x0f, 0x05, /* again: mov eax, 34 (pause); syscall */
	0xeb, 0xf7,			       /* jmp again */
	'.',
};
static const unsigned char exit_code[] = {0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05}; /* exit_group(0) */
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
static const uint32_t hold_code[] = {
	0xd2800020,						    /* mov x0, 1 */
	0x10000181,						    /* adr x1, dot */
	0xd2800022,						    /* mov x2, 1 */
	0xd2800808,						    /* mov x8, 64 (write) */
	0xd4000001,						    /* svc 0 */
	0xd2800000,						    /* again: mov x0, 0 */
	0xd2800001, 0xd2800002, 0xd2800003, 0xd2800004, 0xd2800928, /* mov x8, 73 (ppoll) */
	0xd4000001,						    /* svc 0 */
	0x17fffff9,						    /* b again */
	'.',							    /* dot */
};
static const uint32_t exit_code[] = {0xd2800000, 0xd2800bc8, 0xd4000001}; /* exit_group(0) */
#else
#error "programs.c knows no machine code of this architecture"
#endif

struct program64 {
	Elf64_Ehdr header;
	Elf64_Phdr load;
	unsigned char code[64];
};

struct program32 {
	Elf32_Ehdr header;
	Elf32_Phdr load;
	unsigned char code[64];
};

const void *program_bytes(enum program what, size_t *ret_length)
{
	const void *code = what == PROGRAM_HOLD ? (const void *)hold_code : (const void *)exit_code;
	size_t length = what == PROGRAM_HOLD ? sizeof(hold_code) : sizeof(exit_code);
	struct program64 *p = calloc(1, sizeof(*p));

	memcpy(p->header.e_ident, ELFMAG, SELFMAG);
	p->header.e_ident[EI_CLASS] = ELFCLASS64;
	p->header.e_ident[EI_DATA] = ELFDATA2LSB;
	p->header.e_ident[EI_VERSION] = EV_CURRENT;
	p->header.e_type = ET_EXEC;
	p->header.e_machine = NATIVE_MACHINE;
	p->header.e_version = EV_CURRENT;
	p->header.e_entry = LOAD_ADDRESS + offsetof(struct program64, code);
	p->header.e_phoff = offsetof(struct program64, load);
	p->header.e_ehsize = sizeof(p->header);
	p->header.e_phentsize = sizeof(p->load);
	p->header.e_phnum = 1;
	p->load.p_type = PT_LOAD;
	p->load.p_flags = PF_R | PF_X;
	p->load.p_vaddr = LOAD_ADDRESS;
	p->load.p_filesz = p->load.p_memsz = sizeof(*p);
	p->load.p_align = PAGE_MAX;
	memcpy(p->code, code, length);
	*ret_length = sizeof(*p);
	return p;
}

void make_program(const char *path, enum program what)
{
	size_t length;
	const void *bytes = program_bytes(what, &length);

	make_file(path, bytes, length, 0755);
}

static const unsigned char hold_code_i386[] = {
	0xb8, 4,    0, 0, 0,		 /* mov eax, 4 (write) */
	0xbb, 1,    0, 0, 0,		 /* mov ebx, 1 */
	0xb9, 0,    0, 0, 0,		 /* mov ecx, dot: the address is put in below */
	0xba, 1,    0, 0, 0,		 /* mov edx, 1 */
	0xcd, 0x80,			 /* int 0x80 */
	0xb8, 29,   0, 0, 0, 0xcd, 0x80, /* again: mov eax, 29 (pause); int 0x80 */
	0xeb, 0xf7,			 /* jmp again */
	'.',
};

void make_program_i386(const char *path)
{
	struct program32 p = {0};
	uint32_t dot = LOAD_ADDRESS + offsetof(struct program32, code) + sizeof(hold_code_i386) - 1;

	memcpy(p.header.e_ident, ELFMAG, SELFMAG);
	p.header.e_ident[EI_CLASS] = ELFCLASS32;
	p.header.e_ident[EI_DATA] = ELFDATA2LSB;
	p.header.e_ident[EI_VERSION] = EV_CURRENT;
	p.header.e_type = ET_EXEC;
	p.header.e_machine = EM_386;
	p.header.e_version = EV_CURRENT;
	p.header.e_entry = LOAD_ADDRESS + offsetof(struct program32, code);
	p.header.e_phoff = offsetof(struct program32, load);
	p.header.e_ehsize = sizeof(p.header);
	p.header.e_phentsize = sizeof(p.load);
	p.header.e_phnum = 1;
	p.load.p_type = PT_LOAD;
	p.load.p_flags = PF_R | PF_X;
	p.load.p_vaddr = LOAD_ADDRESS;
	p.load.p_filesz = p.load.p_memsz = sizeof(p);
	p.load.p_align = PAGE_MAX;
	memcpy(p.code, hold_code_i386, sizeof(hold_code_i386));
	memcpy(p.code + 11, &dot, sizeof(dot));
	make_file(path, &p, sizeof(p), 0755);
}
