/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sites of an object, by libelf. Must not look at records. */
#include "klog_read.h"

#include <errno.h>
#include <gelf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

/* A copy of a site's code, and the program that it lies in. */
struct copy {
	uint64_t id;
	char *program;
};

struct klog_table {
	char *section; /* a copy of KLOG_SECTION; the places' texts lie in it */
	size_t section_bytes;
	struct klog_place *places;
	size_t nr_places;
	struct copy *copies;
	size_t nr_copies;
};

static const char *const level_names[KLOG_LEVEL_MAX] = {"off", "error", "warn", "info", "debug", "trace"};

const char *klog_level_name(enum klog_level level)
{
	return level < KLOG_LEVEL_MAX ? level_names[level] : NULL;
}

static Elf_Scn *find_section(Elf *elf, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *its;

		if (!gelf_getshdr(section, &header))
			continue;
		its = elf_strptr(elf, names, header.sh_name);
		if (its && !strcmp(its, name))
			return section;
	}
	return NULL;
}

/* A text of `bytes` bytes with its NUL; the last byte is one, the rest may hold another. */
static bool is_text(const char *text, size_t bytes)
{
	return bytes && !text[bytes - 1];
}

/* Reads the site at `at`, of which `left` bytes are there. Returns its bytes, or -EINVAL. */
static int read_site(struct klog_place *p, const char *at, size_t left)
{
	const struct klog_site *site = (const void *)at;
	const char *texts = at + sizeof(*site);
	size_t bytes;

	if (left < sizeof(*site) || site->magic != KLOG_SITE_MAGIC)
		return -EINVAL;
	bytes = sizeof(*site) + site->format_bytes + site->file_bytes;
	if (bytes > left || site->nr_args > KLOG_ARGS_MAX || site->level >= KLOG_LEVEL_MAX ||
	    !is_text(texts, site->format_bytes) || !is_text(texts + site->format_bytes, site->file_bytes) ||
	    site->function[sizeof(site->function) - 1])
		return -EINVAL;
	*p = (struct klog_place){
		.number = site->number,
		.level = site->level,
		.format = texts,
		.file = texts + site->format_bytes,
		.line = site->line,
		.function = site->function,
		.nr_args = site->nr_args,
		.string_bytes = site->string_bytes,
	};
	memcpy(p->arrays, site->arrays, sizeof(p->arrays));
	/* The path as the compiler got it, from the folder of the build. */
	while (!strncmp(p->file, "./", 2) || !strncmp(p->file, "../", 3))
		p->file = strchr(p->file, '/') + 1;
	return (bytes + 7) & ~7UL;
}

static int by_number(const void *a, const void *b)
{
	const struct klog_place *p = a, *q = b;

	return p->number < q->number ? -1 : p->number > q->number;
}

static int read_sites(struct klog_table *t, Elf *elf)
{
	Elf_Scn *section = find_section(elf, KLOG_SECTION);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	int bytes;

	if (!data || !data->d_size)
		return -ENOENT;
	t->section = malloc(data->d_size);
	t->places = calloc(data->d_size / sizeof(struct klog_site) + 1, sizeof(*t->places));
	if (!t->section || !t->places)
		return -ENOMEM;
	memcpy(t->section, data->d_buf, data->d_size);
	t->section_bytes = data->d_size;
	for (size_t at = 0; at < data->d_size; at += bytes) {
		bytes = read_site(&t->places[t->nr_places], t->section + at, data->d_size - at);
		if (bytes < 0)
			return bytes;
		t->nr_places++;
	}
	qsort(t->places, t->nr_places, sizeof(*t->places), by_number);
	return 0;
}

/* The functions of an object, and where the names lie. */
struct functions {
	Elf_Data *symbols;
	size_t nr;
	size_t names;
};

static const char *function_at(Elf *elf, const struct functions *f, size_t section, size_t offset)
{
	GElf_Sym symbol;

	for (size_t i = 0; i < f->nr; i++) {
		if (!gelf_getsym(f->symbols, i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
			continue;
		if (symbol.st_shndx == section && offset >= symbol.st_value &&
		    offset - symbol.st_value < symbol.st_size)
			return elf_strptr(elf, f->names, symbol.st_name);
	}
	return NULL;
}

static int add_copy(struct klog_table *t, uint64_t id, const char *program)
{
	struct copy *more = realloc(t->copies, (t->nr_copies + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	t->copies = more;
	more[t->nr_copies].id = id;
	more[t->nr_copies].program = strdup(program);
	return more[t->nr_copies++].program ? 0 : -ENOMEM;
}

/* Finds the ids in a section of code: each is loaded as an immediate of 64 bits. */
static int read_code(struct klog_table *t, Elf *elf, Elf_Scn *section, const struct functions *f)
{
	Elf_Data *data = elf_getdata(section, NULL);
	struct bpf_insn two[2];
	int code = 0;

	for (size_t at = 0; data && !code && at + sizeof(two) <= data->d_size; at += sizeof(two[0])) {
		const char *program;
		uint64_t id;

		memcpy(two, (const char *)data->d_buf + at, sizeof(two));
		if (two[0].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		id = (uint64_t)(uint32_t)two[1].imm << 32 | (uint32_t)two[0].imm;
		at += sizeof(two[0]);
		if (two[0].src_reg || KLOG_ID_MAGIC_OF(id) != KLOG_ID_MAGIC || !klog_table_find(t, id))
			continue;
		program = function_at(elf, f, elf_ndxscn(section), at);
		if (program)
			code = add_copy(t, id, program);
	}
	return code;
}

static int read_programs(struct klog_table *t, Elf *elf)
{
	Elf_Scn *section = find_section(elf, ".symtab");
	struct functions f = {};
	GElf_Shdr header;
	int code = 0;

	if (!section || !gelf_getshdr(section, &header) || !header.sh_entsize)
		return 0;
	f.symbols = elf_getdata(section, NULL);
	f.nr = f.symbols ? header.sh_size / header.sh_entsize : 0;
	f.names = header.sh_link;
	section = NULL;
	while (!code && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_flags & SHF_EXECINSTR)
			code = read_code(t, elf, section, &f);
	return code;
}

int klog_table_open(const void *object, size_t bytes, struct klog_table **ret)
{
	struct klog_table *t = calloc(1, sizeof(*t));
	char *copy = malloc(bytes ? bytes : 1);
	Elf *elf = NULL;
	int code = -ENOMEM;

	/* libelf wants to write into what it reads. */
	if (t && copy) {
		memcpy(copy, object, bytes);
		elf = elf_version(EV_CURRENT) != EV_NONE ? elf_memory(copy, bytes) : NULL;
		code = elf && elf_kind(elf) == ELF_K_ELF ? read_sites(t, elf) : -EINVAL;
	}
	if (!code)
		code = read_programs(t, elf);
	elf_end(elf);
	free(copy);
	if (code) {
		klog_table_close(t);
		return code;
	}
	*ret = t;
	return 0;
}

void klog_table_close(struct klog_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->nr_copies; i++)
		free(t->copies[i].program);
	free(t->copies);
	free(t->places);
	free(t->section);
	free(t);
}

size_t klog_table_count(const struct klog_table *t)
{
	return t->nr_places;
}

const struct klog_place *klog_table_at(const struct klog_table *t, size_t index)
{
	return index < t->nr_places ? &t->places[index] : NULL;
}

const struct klog_place *klog_table_find(const struct klog_table *t, uint64_t id)
{
	struct klog_place wanted = {.number = KLOG_ID_SITE(id)};

	if (KLOG_ID_MAGIC_OF(id) != KLOG_ID_MAGIC)
		return NULL;
	return bsearch(&wanted, t->places, t->nr_places, sizeof(wanted), by_number);
}

const char *klog_table_program(const struct klog_table *t, uint64_t id)
{
	for (size_t i = 0; i < t->nr_copies; i++)
		if (t->copies[i].id == id)
			return t->copies[i].program;
	return NULL;
}

void klog_choose(const struct klog_table *t, enum klog_level level, const struct klog_switches *s)
{
	memset(s->on, 0, s->nr);
	for (size_t i = 0; i < t->nr_places; i++)
		if (t->places[i].number < s->nr)
			s->on[t->places[i].number] = t->places[i].level <= level;
}

bool klog_place_is_at(const struct klog_place *p, const char *file, unsigned int line)
{
	size_t whole = strlen(p->file), part = strlen(file);

	if (p->line != line || !part || part > whole || strcmp(p->file + whole - part, file) != 0)
		return false;
	return part == whole || p->file[whole - part - 1] == '/';
}

size_t klog_choose_site(const struct klog_table *t, const char *file, unsigned int line, bool log,
			const struct klog_switches *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_places; i++) {
		const struct klog_place *p = &t->places[i];

		if (!klog_place_is_at(p, file, line) || p->number >= s->nr)
			continue;
		s->on[p->number] = log;
		nr++;
	}
	return nr;
}
