/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a program of eBPF does not compile or load: CAUSE(name, who says it, sentence, fix, patterns...). A pattern is
 * one of base/glob.h over a whole line, without "libbpf: "; wordings of older kernels stand beside those of newer ones.
 * Of several rows that fit the first is taken: what is special stands before what is general. No include guard; also
 * read by tests/lint/documents.py, by way of docs/errors.md.
 */

/* What the verifier says. */
CAUSE(stack_too_large, VERIFIER, "The frames on the stack take more than the 512 bytes that there are",
      "put large data into a map: lib/heap of observer gives scratch memory that is safe when programs nest",
      "combined stack size of * calls is *", "the call stack of * frames is too deep*",
      "invalid write to stack R10 off=-* size=*", "invalid stack off=-* size=*", "*BPF stack limit*exceeded*",
      "*stack frame size*exceeds limit*")
CAUSE(null_check_missing, VERIFIER, "A pointer that may be NULL is used without asking whether it is",
      "ask first: if (!p) return 0; also behind each bpf_map_lookup_elem, for arrays too",
      "R* invalid mem access '*or_null*'", "R* type=*or_null* expected=*", "Possibly NULL pointer passed to *",
      "R* pointer arithmetic on *or_null prohibited*")
CAUSE(size_may_be_zero, VERIFIER, "A length given to a helper may be zero, and this helper takes none such",
      "ask first: if (!length) return 0; or let the length begin at 1", "R* invalid zero-sized read*",
      "invalid zero-sized read*", "R* invalid zero size*")
CAUSE(size_unbounded, VERIFIER,
      "A length given to a helper is not bounded: it may be negative or larger than the memory",
      "make it unsigned and bound it right before the call: if (length > sizeof(data)) length = sizeof(data); or "
      "length &= sizeof(data) - 1",
      "R* min value is negative, either use unsigned or 'var &= const'*",
      "R* unbounded memory access, use 'var &= const'*")
CAUSE(index_unbounded, VERIFIER, "An index is not bounded: the access may lie outside of the memory",
      "bound it right before the access: if (index >= LENGTH) return 0; or index &= LENGTH - 1 where LENGTH is a power "
      "of two",
      "R* unbounded memory access, make sure *", "R* max value is outside of the allowed memory range*",
      "R* min value is negative, either use unsigned index *", "invalid *variable-offset *stack*",
      "variable stack access *", "math between * pointer and *", "value * makes * pointer be out of bounds*",
      "* pointer offset * is not allowed*")
CAUSE(outside_of_value, VERIFIER, "The access lies outside of the memory: of the map's value, key or record",
      "look at the sizes in the kernel's line: the type that is used must be the one that the map was defined with",
      "invalid access to map value*", "invalid access to map key*", "invalid access to memory, mem_size=*",
      "R* min value is outside of the allowed memory range*", "invalid access to packet*")
CAUSE(context_access, VERIFIER,
      "The program's context is read at a place that it does not have, or that is not a constant",
      "read only the members of the context's type, by constant offsets; what a classic tracepoint hands over by "
      "bpf_probe_read_kernel, typed arguments by BPF_PROG in tp_btf",
      "invalid bpf_context access *", "variable ctx access *", "dereference of modified ctx ptr *",
      "R* invalid mem access 'ctx'*")
CAUSE(relocation_failed, VERIFIER,
      "A type or member that the program names does not exist in the running kernel (CO-RE)",
      "ask first by bpf_core_field_exists or bpf_core_type_exists, and give the other kernels' layout as a type with "
      "___ in its name",
      "failed to resolve CO-RE relocation *", "invalid func unknown#195896080*")
CAUSE(helper_unknown, VERIFIER, "A helper is called that this kernel does not have",
      "ask first by bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_name), or do without it on older kernels",
      "invalid func unknown#*", "invalid func *#*")
CAUSE(helper_not_allowed, VERIFIER, "A helper is called that programs of this type may not call",
      "take another type of program (SEC), or another helper: bpf-helpers(7) and bpftool feature probe say which there "
      "are for which type",
      "program of this type cannot use helper *", "unknown func bpf_*#*", "unknown func *",
      "helper call is not allowed in probe*")
CAUSE(kfunc_not_allowed, VERIFIER, "A kernel function is called that programs of this type may not call",
      "take a type of program that may call it, or a helper instead", "calling kernel function * is not allowed*",
      "calling invalid kfunc*", "* kfunc * is not allowed*")
CAUSE(licence_missing, VERIFIER, "A helper for GPL-compatible programs is called by a program without such a licence",
      "add: char LICENSE[] SEC(\"license\") = \"GPL\";", "cannot call GPL-restricted function *",
      "cannot call GPL only function *", "* non-GPL compatible *")
CAUSE(sleepable_helper, VERIFIER, "What is called may sleep, and the program runs where that is not possible",
      "take what does not sleep (bpf_probe_read_user instead of bpf_copy_from_user), or a sleepable program: "
      "SEC(\"lsm.s/...\"), SEC(\"iter.s/...\"), SEC(\"fentry.s/...\")",
      "helper call might sleep in *", "program must be sleepable to call *", "kernel func * is sleepable within *",
      "*sleepable helper * in *", "*sleepable kfunc*non-sleepable*")
CAUSE(loop_without_end, VERIFIER, "There is a loop of which nothing shows that it ends",
      "let a variable count up to a constant, or use bpf_loop (Linux 5.17) or bpf_for (6.4)",
      "infinite loop detected at insn *", "back-edge from insn * to *")
CAUSE(too_complex, VERIFIER,
      "There are too many ways through the program: the verifier gave up after a million instructions",
      "make loops shorter, put their bodies into bpf_loop or into a global function, keep running offsets in map "
      "memory instead of registers",
      "BPF program is too large. Processed *", "The sequence of * jumps is too complex*", "BPF program is too complex*",
      "program too large *")
CAUSE(uninitialised, VERIFIER, "A register or bytes of the stack are read that were never written",
      "set the variable where it is defined: char name[16] = {}; a struct's padding too; a function that is not void "
      "has "
      "to return a value",
      "R* !read_ok", "invalid read from stack *", "invalid indirect *from stack *",
      "invalid indirect access to stack *")
CAUSE(unreachable_code, VERIFIER, "There is code that nothing reaches, or the program runs off its end",
      "look at inline assembly and __builtin_unreachable; compile with -O2", "unreachable insn *",
      "last insn is not an exit or jmp*", "jump out of range from insn *")
CAUSE(reference_kept, VERIFIER, "Something that was taken is not given back on every way out of the program",
      "each bpf_ringbuf_reserve needs one bpf_ringbuf_submit or bpf_ringbuf_discard, on every return; other references "
      "their release function",
      "Unreleased reference id=*", "* would lead to reference leak*")
CAUSE(lock_kept, VERIFIER, "A lock is held where it may not be",
      "give it back on every way out, and call no function while it is held", "*inside bpf_spin_lock-ed region*",
      "*bpf_spin_unlock is missing*", "function calls are not allowed while holding a lock*",
      "*bpf_rcu_read_unlock is missing*", "*inside bpf_rcu_read_lock-ed region*",
      "*inside bpf_preempt_disable-ed region*")
CAUSE(return_value, VERIFIER, "The program returns a number that programs of this type may not return",
      "return 0; or what the kernel's line allows", "At program exit the register R0 *",
      "At subprogram exit the register R0 *", "At callback return the register R0 *")
CAUSE(kernel_memory_written, VERIFIER, "Memory of the kernel is written: a program may only read it",
      "keep what is to be changed in a map of the program's own", "only read is supported*",
      "*write into * not allowed*", "R* cannot write into *ptr_*")
CAUSE(write_to_read_only, VERIFIER, "Constant data is written",
      "drop the const of the variable, or set it before loading, through the skeleton's rodata",
      "write into map forbidden*", "R* cannot write into *rdonly*", "R* cannot write into *")
CAUSE(struct_end, VERIFIER, "An access through a typed kernel pointer hits no member of its type",
      "read by the member's name, with the types of the running kernel (BPF_CORE_READ or preserve_access_index)",
      "access beyond struct *", "access beyond the end of member *", "cannot access ptr member *",
      "Type * is not a struct*")
CAUSE(pointer_untrusted, VERIFIER, "A pointer is given that was only read from memory: the kernel cannot vouch for it",
      "give what the program was handed or a helper returned, or take a reference first (bpf_task_acquire and its "
      "like)",
      "R* must be referenced or trusted*", "R* must be a rcu pointer*", "R* invalid mem access 'untrusted*",
      "R* type=untrusted_* expected=*", "R* type=scalar expected=*ptr_*", "R* type=inv expected=*ptr_*")
CAUSE(plain_number_as_pointer, VERIFIER,
      "A plain number is used as an address: the verifier does not know what lies there",
      "read through it by bpf_probe_read_kernel or BPF_CORE_READ; or get it typed: BPF_PROG in tp_btf, "
      "bpf_get_current_task_btf",
      "R* invalid mem access 'scalar'*", "R* invalid mem access 'inv'*", "R* invalid mem access 'imm'*",
      "R* is not a pointer*")
CAUSE(map_and_helper, VERIFIER, "A helper is given a map of a type that it cannot use",
      "bpf_ringbuf_* wants a BPF_MAP_TYPE_RINGBUF, bpf_perf_event_output a PERF_EVENT_ARRAY, lookup and update neither",
      "cannot pass map_type * into func *")
CAUSE(argument_type, VERIFIER, "A helper or function is given another kind of argument than it takes",
      "compare the kernel's line (type= is what was given, expected= what is taken) with the call; bpf-helpers(7)",
      "R* type=* expected=*", "arg#* expected *", "arg#* pointer type *", "Caller passes invalid args into func#*",
      "R* must be a known constant*", "R* has to be at a constant offset*")
CAUSE(pointer_arithmetic, VERIFIER, "An address is calculated with in a way that may lead anywhere",
      "add only bounded numbers to pointers, and keep pointers out of plain numbers and casts",
      "R* pointer arithmetic *", "R* bitwise operator * on pointer prohibited*", "R* 32-bit pointer arithmetic *",
      "R* pointer * pointer prohibited*", "R* subtraction from stack pointer prohibited*", "R* leaks addr *",
      "misaligned * access *")
CAUSE(instruction_unknown, VERIFIER,
      "The kernel does not know an instruction of the program: it is older than the program",
      "compile with -mcpu=v3; atomics that give back what they found need Linux 5.12", "unknown opcode *",
      "BPF_* uses reserved fields*", "BPF_ATOMIC *", "invalid atomic operand size*", "unknown insn class *")
CAUSE(tail_calls, VERIFIER, "Calls between functions of the program are not possible here",
      "mark the functions __always_inline", "tail_calls are not allowed *",
      "mixing of tail_calls and bpf-to-bpf calls *", "the call stack of * frames *tail*")

/* What libbpf says. */
CAUSE(extern_differs, LIBBPF, "A function or variable of the kernel is declared otherwise than the kernel has it",
      "declare it as 'bpftool btf dump file /sys/kernel/btf/vmlinux format c' shows it; a struct that is only named "
      "(struct "
      "x;) does not match: give it a body",
      "extern (func ksym) '*': func_proto * incompatible with *", "extern (var ksym) '*': incompatible types*")
CAUSE(extern_unresolved, LIBBPF, "A function or variable of the kernel is named that this kernel does not have",
      "mark it __weak and ask by bpf_ksym_exists before the call; look whether the module that has it is loaded",
      "extern (func ksym) '*': not found*", "extern (var ksym) '*': *", "extern (kcfg) '*': *", "extern '*' (*",
      "*<missing kfunc '*", "failed to find BTF for extern '*")
CAUSE(attach_target_missing, LIBBPF, "What the program is to be attached to does not exist in the running kernel",
      "look at the name in SEC: tracepoints are in /sys/kernel/tracing/available_events, functions in /proc/kallsyms",
      "*failed to find kernel BTF type ID of '*", "*: failed to find attach target*",
      "attach_btf_id * is not a function*", "*failed to determine tracepoint '*")
CAUSE(section_unknown, LIBBPF, "The section's name stands for no type of program",
      "write it as libbpf has it: SEC(\"tp_btf/NAME\"), SEC(\"tracepoint/CATEGORY/NAME\"), SEC(\"raw_tp/NAME\")",
      "*missing BPF prog type, check ELF section name*")
CAUSE(type_information_missing, LIBBPF, "The object has no type information (BTF)",
      "compile with -g, and do not strip it by llvm-strip without -g", "BTF is required, but is missing or corrupted*",
      "missing btf func_info*", "*using *preserve_access_index() without -g*")
CAUSE(kernel_types_missing, LIBBPF, "The running kernel has no type information (BTF), and the program needs it",
      "a kernel with CONFIG_DEBUG_INFO_BTF=y; /sys must be mounted", "kernel BTF is missing at *",
      "*failed to find valid kernel BTF*", "Error loading vmlinux BTF*")
CAUSE(maps_of_old_style, LIBBPF, "Maps are defined in the way that libbpf gave up with 1.0",
      "define them by type, in SEC(\".maps\"): __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); ...",
      "*legacy map definitions in 'maps' section*")
CAUSE(map_too_large, LIBBPF, "There is not enough memory for a map",
      "fewer entries (max_entries), or BPF_F_NO_PREALLOC for a hash; before Linux 5.11 also ulimit -l unlimited",
      "map '*': failed to create: Cannot allocate memory*", "map '*': failed to create: Argument list too long*")
CAUSE(permission, LIBBPF, "The kernel refuses bpf(2) to this process, or this type of program to all",
      "run it as root; 'observer doctor' without a file shows what is missing, and which types of program can be "
      "loaded",
      "*load failed: Operation not permitted*", "map '*': failed to create: Operation not permitted*",
      "* allowed for CAP_BPF and CAP_SYS_ADMIN*", "* allowed for root only*", "* allowed to root only*")
CAUSE(map_refused, LIBBPF, "The kernel refuses a map as it is defined",
      "look at key and value: an array's key has 4 bytes, a ring buffer has neither key nor value and a size of whole "
      "pages that is a power of two",
      "map '*': failed to create: *")
CAUSE(no_object, LIBBPF, "The file is not an object that clang made for BPF, or it is damaged",
      "clang -g -O2 -target bpf -mcpu=v3 -c NAME.bpf.c -o NAME.bpf.o", "elf: '*' is not a proper eBPF object*",
      "*is not a valid eBPF object file*", "elf: failed to open *", "elf: failed to get *", "elf: * is corrupted*",
      "elf: endianness mismatch*", "elf: *")

/* What clang says. */
CAUSE(builtin_call, CLANG, "A copy or comparison became a call of memcpy, memset or memcmp, which programs cannot call",
      "copy less at a time, or by a helper (bpf_probe_read_kernel) or a loop with a constant bound; -O2 inlines up to "
      "1024 bytes or so",
      "*all to built-in function '*' is not supported*")
CAUSE(too_many_arguments, CLANG, "A function takes or gives back more than registers hold",
      "five arguments at most, a number or a pointer as result; put more into a struct, or mark it __always_inline",
      "*: too many args to *", "*: defined with too many args*", "*stack arguments are not supported*",
      "*VarArgs or StructRet are not supported*", "*only small returns supported*")
CAUSE(header_missing, CLANG, "A header is not found",
      "vmlinux.h: bpftool btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h; asm/types.h: "
      "-I/usr/include/$(uname -m)-linux-gnu; bpf/bpf_helpers.h: apt install libbpf-dev",
      "*: fatal error: '*' file not found*")
CAUSE(type_incomplete, CLANG, "The members of a type are not known here",
      "include the types of the kernel: bpftool btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h",
      "*: error: incomplete definition of type '*", "*: error: field has incomplete type '*",
      "*: error: variable has incomplete type '*")
CAUSE(name_unknown, CLANG, "A name is used that no header declares",
      "include <bpf/bpf_helpers.h>; where the helper is newer than libbpf's headers, install a newer libbpf",
      "*: implicit declaration of function '*", "*: call to undeclared function '*",
      "*: use of undeclared identifier '*")
CAUSE(dynamic_stack, CLANG, "An array on the stack has a size that is not a constant",
      "give it a constant size, or take scratch memory from a map (lib/heap of observer)",
      "*nsupported dynamic stack allocation*")
CAUSE(instruction_set_too_old, CLANG, "An operation needs a later instruction set than clang was told to make",
      "compile with -mcpu=v3", "*nsupported atomic operation*", "*nvalid usage of the XADD return value*",
      "*Cannot select: *Atomic*")
CAUSE(no_bpf_target, CLANG, "This clang cannot make code for BPF",
      "install one that can: apt install clang llvm; llc --version lists the targets", "*unable to create target: *",
      "*unknown target triple 'bpf*")
