/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads and runs the objects of the tests of lib/. */
#include "tests/lib/load.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The folder in which the objects were built. */
#define FOLDER_VARIABLE "LIB_OBJECTS"

__attribute__((noreturn, format(printf, 1, 2))) static void end(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static int print_warnings(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

void lib_need_bpf(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, 4096, NULL);

	libbpf_set_print(print_warnings);
	if (fd >= 0) {
		cleanup_close(&fd);
		return;
	}
	fprintf(stderr, "skipped: no BPF ring buffer can be made: %s\n", strerror(errno));
	exit(77);
}

static void *read_whole(const char *path, size_t *ret_bytes)
{
	FILE *file = fopen(path, "re");
	char *bytes = malloc(1 << 20);

	if (!file || !bytes)
		end("cannot read '%s': %s", path, strerror(errno));
	*ret_bytes = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

struct lib_object *lib_open(const char *name, enum klog_level level)
{
	struct lib_object *o = calloc(1, sizeof(*o));
	const char *folder = getenv(FOLDER_VARIABLE);
	_cleanup_free_ void *bytes = NULL;
	char path[4096];
	size_t nr_bytes;

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : ".", name);
	bytes = read_whole(path, &nr_bytes);
	o->object = bpf_object__open_mem(bytes, nr_bytes, NULL);
	if (!o->object)
		end("cannot open '%s': %s", path, strerror(errno));
	if (klog_table_open(bytes, nr_bytes, &o->table) == 0)
		klog_choose(o->table, level, &(struct klog_switches){o->on, sizeof(o->on)});
	return o;
}

/* A global variable: its map, and its place there. */
struct variable {
	struct bpf_map *map;
	char *value; /* as it will be at load; NULL after it */
	size_t offset, bytes;
};

static bool find_in_section(const struct btf *btf, const struct btf_type *section, const char *name, struct variable *v)
{
	const struct btf_var_secinfo *info = btf_var_secinfos(section);

	for (int i = 0; i < btf_vlen(section); i++) {
		if (strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, info[i].type)->name_off), name) != 0)
			continue;
		v->offset = info[i].offset;
		v->bytes = info[i].size;
		return true;
	}
	return false;
}

static struct variable find_variable(struct lib_object *o, const char *name)
{
	const struct btf *btf = bpf_object__btf(o->object);
	struct variable v = {};

	bpf_object__for_each_map(v.map, o->object)
	{
		const char *map = bpf_map__name(v.map), *dot = strchr(map, '.');
		int id = dot ? btf__find_by_name_kind(btf, dot, BTF_KIND_DATASEC) : -1;
		size_t bytes;

		if (id < 0 || !find_in_section(btf, btf__type_by_id(btf, id), name, &v))
			continue;
		v.value = (char *)bpf_map__initial_value(v.map, &bytes);
		return v;
	}
	end("there is no variable '%s'", name);
}

static int load(struct lib_object *o)
{
	if (o->table) {
		struct variable v = find_variable(o, "klog_on");

		memcpy(v.value + v.offset, o->on, v.bytes < sizeof(o->on) ? v.bytes : sizeof(o->on));
	}
	return bpf_object__load(o->object);
}

void lib_load(struct lib_object *o)
{
	if (load(o))
		end("cannot load the object: %s", strerror(errno));
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

int lib_try(const char *name, const char *program)
{
	struct lib_object *o = lib_open(name, KLOG_INFO);
	struct bpf_program *each;
	int code;

	bpf_object__for_each_program(each, o->object)
		bpf_program__set_autoload(each, !strcmp(bpf_program__name(each), program));
	libbpf_set_print(print_nothing);
	code = load(o);
	libbpf_set_print(print_warnings);
	lib_close(o);
	return code;
}

void lib_close(struct lib_object *o)
{
	klog_table_close(o->table);
	bpf_object__close(o->object);
	free(o);
}

int lib_program_fd(struct lib_object *o, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(o->object, name);

	if (!program)
		end("there is no program '%s'", name);
	return bpf_program__fd(program);
}

int lib_run(struct lib_object *o, const char *program)
{
	__u64 context[3] = {1, 2, 3};
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = context, .ctx_size_in = sizeof(context));

	if (bpf_prog_test_run_opts(lib_program_fd(o, program), &run))
		end("cannot run '%s': %s", program, strerror(errno));
	return run.retval;
}

/* Map values are written whole. */
static void access_variable(struct lib_object *o, const char *name, void *bytes, size_t nr_bytes, bool write)
{
	struct variable v = find_variable(o, name);
	_cleanup_free_ char *value = calloc(1, bpf_map__value_size(v.map));
	int zero = 0, fd = bpf_map__fd(v.map);

	if (!value || bpf_map_lookup_elem(fd, &zero, value) || v.bytes < nr_bytes)
		end("cannot read the variable '%s'", name);
	if (!write) {
		memcpy(bytes, value + v.offset, nr_bytes);
		return;
	}
	memcpy(value + v.offset, bytes, nr_bytes);
	if (bpf_map_update_elem(fd, &zero, value, BPF_ANY))
		end("cannot write the variable '%s'", name);
}

void lib_write(struct lib_object *o, const char *variable, const void *bytes, size_t nr_bytes)
{
	access_variable(o, variable, (void *)bytes, nr_bytes, true);
}

void lib_fetch(struct lib_object *o, const char *variable, void *bytes, size_t nr_bytes)
{
	access_variable(o, variable, bytes, nr_bytes, false);
}

void lib_read(struct lib_object *o, const char *ring, int (*take)(void *o, void *record, size_t bytes))
{
	struct ring_buffer *reader = ring_buffer__new(bpf_object__find_map_fd_by_name(o->object, ring), take, o, NULL);

	if (!reader || ring_buffer__consume(reader) < 0)
		end("cannot read the ring '%s': %s", ring, strerror(errno));
	ring_buffer__free(reader);
}

bool lib_counters(struct lib_object *o, int cpu, struct klog_counters *ret)
{
	int nr_cpus = libbpf_num_possible_cpus(), zero = 0;
	_cleanup_free_ struct klog_counters *all = calloc(nr_cpus, sizeof(*all));

	if (cpu >= nr_cpus || !all)
		return false;
	if (bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(o->object, "klog_counters"), &zero, all))
		end("cannot read the counters: %s", strerror(errno));
	*ret = all[cpu];
	return true;
}

unsigned int lib_xlated_bytes(struct lib_object *o, const char *program)
{
	struct bpf_prog_info info = {};
	__u32 bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(lib_program_fd(o, program), &info, &bytes))
		end("cannot ask for '%s': %s", program, strerror(errno));
	return info.xlated_prog_len;
}
