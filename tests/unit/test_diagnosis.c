/* SPDX-License-Identifier: GPL-2.0-only */
/* Saved logs, of several kernels, to cause, place and reason; and texts that nobody would send. */
#include "diagnosis/diagnosis.h"

#include <stdlib.h>

#include "check.h"

#define CHECK_SLICE(slice, expected) CHECK_BYTES((slice).data, (slice).length, expected, strlen(expected))

static struct diagnosis of(const char *log)
{
	struct diagnosis d = {0};

	CHECK(diagnose(log, strlen(log), &d));
	return d;
}

static const char *cause_of(const char *log)
{
	struct diagnosis d = of(log);

	return d.cause ? d.cause->name : "none";
}

/* Each pattern leads to its own row: none is hidden by one before it. */
static void rows_do_not_hide_each_other(void)
{
	for (size_t i = 0; i < nr_causes; i++) {
		CHECK(strlen(causes[i].sentence) < 120);
		CHECK(causes[i].sentence[strlen(causes[i].sentence) - 1] != '.');
		CHECK(*causes[i].patterns);
		for (const char *const *pattern = causes[i].patterns; *pattern; pattern++) {
			char line[256];
			size_t length = 0;

			for (const char *at = *pattern; *at; at++)
				line[length++] = *at == '*' || *at == '?' ? '1' : *at;
			CHECK(cause_find(line, length) == &causes[i]);
			if (cause_find(line, length) != &causes[i])
				fprintf(stderr, "  %s: %s\n", causes[i].name, *pattern);
		}
	}
}

static void log_of_linux_6_18(void)
{
	struct diagnosis d = of(
		"arg#0 reference type('UNKNOWN ') size cannot be determined: -22\n"
		"0: R1=ctx() R10=fp0\n"
		"; __u64 *count = bpf_map_lookup_elem(&counts, &pid); @ a.bpf.c:16\n"
		"5: (18) r1 = 0xffff88814e1f3c00       ; R1=map_ptr(map=counts,ks=4,vs=8)\n"
		"7: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=counts,ks=4,vs=8)\n"
		"; *count += 1; @ a.bpf.c:18\n"
		"8: (79) r1 = *(u64 *)(r0 +0)\n"
		"R0 invalid mem access 'map_value_or_null'\n"
		"verification time 46 usec\n"
		"stack depth 8\n"
		"processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0\n");

	CHECK_TEXT(d.cause->name, "null_check_missing");
	CHECK_SLICE(d.reason, "R0 invalid mem access 'map_value_or_null'");
	CHECK_SLICE(d.file, "a.bpf.c");
	CHECK_EQ(d.line, 18);
	CHECK_SLICE(d.code, "*count += 1;");
}

/* Before 6.10 the source has no place, before 5.x other words. */
static void log_of_linux_5_10(void)
{
	struct diagnosis d = of(
		"Unrecognized arg#0 type PTR\n"
		"; bpf_probe_read_user(data, length, (void *)ctx[0]);\n"
		"9: (79) r3 = *(u64 *)(r6 +0)\n"
		"12: (85) call bpf_probe_read_user#112\n"
		" R0=map_value(id=0,off=0,ks=4,vs=4096,imm=0) R1_w=map_value(id=0,off=0,ks=4,vs=4096,imm=0)\n"
		"R2 unbounded memory access, use 'var &= const' or 'if (var < const)'\n"
		"processed 13 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1\n");

	CHECK_TEXT(d.cause->name, "size_unbounded");
	CHECK_SLICE(d.code, "bpf_probe_read_user(data, length, (void *)ctx[0]);");
	CHECK_EQ(d.line, 0);
	CHECK(!d.file.data);
}

static void wordings_of_other_kernels(void)
{
	CHECK_TEXT(cause_of("R0 invalid mem access 'inv'\n"), "plain_number_as_pointer");
	CHECK_TEXT(cause_of("2: (85) call bpf_redirect#23\nunknown func bpf_redirect#23\n"), "helper_not_allowed");
	CHECK_TEXT(cause_of("cannot call GPL only function from proprietary program\n"), "licence_missing");
	CHECK_TEXT(cause_of("back-edge from insn 5 to 2\n"), "loop_without_end");
	CHECK_TEXT(cause_of("At program exit the register R0 has value (0x7; 0x0) should have been in (0x0; 0x1)\n"),
		   "return_value");
	CHECK_TEXT(cause_of("invalid indirect read from stack off -16+8 size 16\n"), "uninitialised");
	CHECK_TEXT(cause_of("invalid zero-sized read\n"), "size_may_be_zero");
	CHECK_TEXT(cause_of("bpf_spin_unlock is missing\n"), "lock_kept");
	CHECK_TEXT(cause_of("invalid stack off=-520 size=8\n"), "stack_too_large");
	CHECK_TEXT(cause_of("The sequence of 8193 jumps is too complex.\n"), "too_complex");
	CHECK_TEXT(cause_of("invalid func unknown#195896080\n"), "relocation_failed");
	CHECK_TEXT(cause_of("function calls to other bpf functions are allowed for root only\n"), "permission");
	CHECK_TEXT(cause_of("invalid access to map value, value_size=128 off=1020 size=8\n"
			    "R0 max value is outside of the allowed memory range\n"),
		   "index_unbounded");
	CHECK_TEXT(cause_of("invalid access to map value, value_size=8 off=8 size=8\n"
			    "R0 min value is outside of the allowed memory range\n"),
		   "outside_of_value");
	CHECK_TEXT(cause_of("BPF_ATOMIC uses reserved fields\n"), "instruction_unknown");
	CHECK_TEXT(cause_of("libbpf: extern (func ksym) 'bpf_x': not found in kernel or module BTFs\n"),
		   "extern_unresolved");
}

/* What stands before the last instruction was no reason: the verifier went on. */
static void earlier_lines_are_no_reason(void)
{
	CHECK_TEXT(cause_of("R1 !read_ok\n3: (95) exit\nunreachable insn 4\n"), "unreachable_code");
}

static void unknown_cause_shows_last_lines(void)
{
	struct diagnosis d = of("0: (95) exit\nsomething new\nin two lines\nprocessed 1 insns (limit 1000000) x\n");

	CHECK(!d.cause);
	CHECK_SLICE(d.reason, "something new\nin two lines");
}

static void nothing_said(void)
{
	struct diagnosis d;

	CHECK(!diagnose("", 0, &d));
	CHECK(!diagnose(NULL, 0, &d));
	CHECK(!diagnose("\n\r\n", 3, &d));
	CHECK(!diagnose("0: (95) exit\nprocessed 1 insns (limit 1000000) x\n", 50, &d));
}

/* As libbpf prints them, with more around it. */
static void messages_of_libbpf(void)
{
	static const char text[] = "libbpf: prog 'first': BPF program load failed: Permission denied\r\n"
				   "libbpf: prog 'first': -- BEGIN PROG LOAD LOG --\n"
				   "; return *p; @ x.bpf.c:7\n"
				   "0: (61) r0 = *(u32 *)(r0 +1264)\n"
				   "R0 invalid mem access 'scalar'\n"
				   "processed 1 insns (limit 1000000) max_states_per_insn 0\n"
				   "-- END PROG LOAD LOG --\n"
				   "libbpf: prog 'first': failed to load: -13\n"
				   "libbpf: map 'm': failed to create: Invalid argument(-22)\n"
				   "make: *** [Makefile:3: run] Error 1\n";
	struct diagnosis_walk walk = {.at = text, .end = text + sizeof(text) - 1};
	struct diagnosis d;

	CHECK(diagnose_next(&walk, &d));
	CHECK_TEXT(d.cause->name, "plain_number_as_pointer");
	CHECK_SLICE(d.program, "first");
	CHECK_SLICE(d.file, "x.bpf.c");
	CHECK(diagnose_next(&walk, &d));
	CHECK_TEXT(d.cause->name, "map_refused");
	CHECK(!diagnose_next(&walk, &d));
}

static void messages_of_clang(void)
{
	static const char text[] = "In file included from a.bpf.c:1:\n"
				   "a.bpf.c:8:7: error: Looks like the BPF stack limit of 512 bytes is exceeded.\n"
				   "\tchar name[600] = {};\n"
				   "\t     ^\n"
				   "a.bpf.c:9:7: error: Looks like the BPF stack limit of 512 bytes is exceeded.\n"
				   "a.bpf.c:12:1: warning: unused variable 'x' [-Wunused-variable]\n"
				   "a.bpf.c:14:1: error: expected ';' after expression\n"
				   "3 errors generated.\n";
	struct diagnosis_walk walk = {.at = text, .end = text + sizeof(text) - 1};
	struct diagnosis d;

	CHECK(diagnose_next(&walk, &d));
	CHECK_TEXT(d.cause->name, "stack_too_large");
	CHECK_SLICE(d.file, "a.bpf.c");
	CHECK_EQ(d.line, 8);
	CHECK_SLICE(d.code, "char name[600] = {};");
	CHECK(diagnose_next(&walk, &d));
	CHECK(!d.cause);
	CHECK_EQ(d.line, 14);
	CHECK(!diagnose_next(&walk, &d));
}

static void sums(void)
{
	static const char log[] = "verification time 123 usec\nstack depth 400+304\n"
				  "processed 1377 insns (limit 1000000) max_states_per_insn 1 total_states 4\n";
	struct verifier_sums s;

	diagnose_sums(log, sizeof(log) - 1, &s);
	CHECK(s.found);
	CHECK_EQ(s.processed, 1377);
	CHECK_EQ(s.limit, 1000000);
	CHECK_EQ(s.usec, 123);
	CHECK_EQ(s.stack, 704);
	diagnose_sums("processed many insns (limit x)\nstack depth \nstack depth 1+", 59, &s);
	CHECK(!s.found);
	CHECK_EQ(s.stack, 1);
}

/* Every beginning of an odd text, in memory of exactly that size: the sanitizer sees a byte too far. */
static void odd_texts(void)
{
	static const char text[] =
		"libbpf: prog '\nprog 'x\n; @ :\n;  @ a:99999999999999999999999\n12: \n1: ; x @ y:3\n"
		"7: (1\n: error: \nerror: \n::error: x\n\0\0\nIn function: \nprocessed  insns (limit \n";

	for (size_t length = 0; length < sizeof(text); length++) {
		char *copy = malloc(length ? length : 1);
		struct diagnosis_walk walk = {.at = copy, .end = copy + length};
		struct verifier_sums s;
		struct diagnosis d;

		memcpy(copy, text, length);
		diagnose(copy, length, &d);
		diagnose_sums(copy, length, &s);
		for (size_t i = 0; i < 100 && diagnose_next(&walk, &d); i++)
			CHECK(d.reason.data >= copy && d.reason.data + d.reason.length <= copy + length);
		free(copy);
	}
}

int main(void)
{
	RUN(rows_do_not_hide_each_other);
	RUN(log_of_linux_6_18);
	RUN(log_of_linux_5_10);
	RUN(wordings_of_other_kernels);
	RUN(earlier_lines_are_no_reason);
	RUN(unknown_cause_shows_last_lines);
	RUN(nothing_said);
	RUN(messages_of_libbpf);
	RUN(messages_of_clang);
	RUN(sums);
	RUN(odd_texts);
	return test_main();
}
