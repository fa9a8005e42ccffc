# SPDX-License-Identifier: GPL-2.0-only
"""observer gen tracepoint from saved files: what it writes compiles everywhere without a warning, and prints what it should."""
import pathlib
import re
import shutil
import subprocess

from generated import BPF_FLAGS, ROOT, USER_FLAGS, check, check_error, compile_text, end, folder, gen

DATA = ROOT / "tests/data"
FROM = ["--btf", DATA / "kernel_types.btf"]
ODD = DATA / "formats/odd.format"
EXEC = DATA / "formats/sched_process_exec.format"
OPENAT = DATA / "formats/sys_enter_openat.format"


def check_compiles(header, directory, before=""):
    """As BPF (clang), with every decoder used, and as user space (gcc and clang)."""
    path = pathlib.Path(directory) / "tracepoint.h"
    path.write_text(header)
    for prefix in re.findall(r"^struct (\w+)__event \{", header, re.M):
        bpf = f'{before}#include "tracepoint.h"\nstruct {prefix}__event *where;\nint handle({prefix}__event_context *ctx);\n' \
              f'SEC("tp/a/b") int handle({prefix}__event_context *ctx) {{ return {prefix}__event_read(ctx, where); }}\n'
        user = f'#include "tracepoint.h"\nint main(void) {{ struct {prefix}__event e = {{0}};\n' \
               f'{prefix}__event_print(stdout, &e, sizeof(e)); return {prefix}__event_check(stderr); }}\n'
        if shutil.which("clang"):
            compile_text("clang", [*BPF_FLAGS, "-I", directory, "-I/usr/include/" + triplet()], bpf, directory)
        for compiler in ("gcc", "clang"):
            compile_text(compiler, [*USER_FLAGS, "-I", directory], user, directory)


def triplet():
    run = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True)
    return run.stdout.strip() or "none"


def run_user(header, body, directory):
    """What a user-space program with this body prints."""
    (pathlib.Path(directory) / "tracepoint.h").write_text(header)
    source, program = pathlib.Path(directory) / "user.c", pathlib.Path(directory) / "user"
    source.write_text('#include "tracepoint.h"\nint main(void) {\n' + body + "\nreturn 0; }\n")
    subprocess.run(["gcc", *USER_FLAGS, "-fsanitize=undefined", str(source), "-o", str(program)], check=True)
    return subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout


with folder() as directory:
    # By CO-RE where the BTF has the record, whichever way the fields are known.
    known = gen("tracepoint", "sched:sched_process_exec", *FROM, "--format", EXEC)
    check("struct trace_event_raw_sched_process_exec___" in known and "preserve_access_index" in known, known[-3000:])
    check("sched_process_exec__filename(sched_process_exec__event_context *ctx, void *buffer, __u32 size)" in known, "decoder")
    check_compiles(known, directory)
    check_compiles(known, directory, f'#include "{ROOT}/src/bpf/kernel_types.h"\n')
    alone = gen("tracepoint", "sched:sched_process_exec", *FROM)
    check("__data_loc_filename;" in alone and "sched_process_exec__old_pid(" in alone, "BTF alone: " + alone[-3000:])
    check_compiles(alone, directory)
    path = pathlib.Path(directory) / "written.h"
    check(gen("tracepoint", "sched:sched_process_exec", *FROM, "-o", path) == "" and path.read_text() == alone, "-o FILE")

    # A record that no struct has: fixed offsets, said in the text.
    odd = gen("tracepoint", "odd-names:9odd_names", *FROM, "--format", ODD)
    check("tp_9odd_names__default_(" in odd and "the offsets are those of one kernel" in odd, "odd names")
    check("tp_9odd_names__tp_bytes_(" in odd and "tp_9odd_names__linux_(" in odd, "names that are taken")
    check_compiles(odd, directory)
    openat = gen("tracepoint", "syscalls:sys_enter_openat", *FROM, "--format", OPENAT)
    check("sys_enter_openat__filename(" in openat, "a system call")
    check_compiles(openat, directory)
    check_compiles(gen("tracepoint", "syscalls:sys_enter_sync", *FROM), directory)

    text = run_user(odd, r'''
	struct { struct tp_9odd_names__event e; char more[64]; } x = {0};
	memcpy(x.more, "a\"\\\n\x1b[0m\xff\0", 10);
	x.e.default_ = -7; x.e.errno_ = 200; x.e.ptr = 0xffff888012345678ULL; x.e.ctx = ~0ULL;
	x.e.small[0] = -1; x.e.small[3] = 300;
	x.e.linux_ = (struct tp_span){sizeof(x.e), 10};
	*(unsigned int *)(x.more + 12) = 5; *(unsigned int *)(x.more + 16) = 4000000000U;
	x.e.list = (struct tp_span){sizeof(x.e) + 12, 8};
	*(unsigned long *)(x.more + 24) = 0x10f;
	x.e.mask = (struct tp_span){sizeof(x.e) + 24, 8};
	x.e.raw = (struct tp_span){sizeof(x.e) + 24, 1};
	tp_9odd_names__event_print(stdout, &x.e, sizeof(x));
	putchar('\n');
	x.e.linux_.bytes = TP_UNREADABLE; x.e.list.bytes = 500; x.e.mask.bytes = 0; x.e.raw.offset = 60000;
	tp_9odd_names__event_print(stdout, &x.e, sizeof(x));
	putchar('\n');
	tp_9odd_names__event_print(stdout, &x.e, 3);
''', directory)
    lines = text.split("\n")
    check(lines[0] == 'default=-7 errno=200 linux="a\\"\\\\\\x0a\\x1b[0m\\xff" list=[5,4000000000] '
          f'pairs=0x{"00" * 24} small=[-1,0,0,300] mask=0-3,8 ptr=0xffff888012345678 ctx=18446744073709551615 tp_bytes=0 '
          "raw=0x0f", lines[0])
    check("linux=unreadable list=cut" in lines[1] and "mask=none" in lines[1] and "raw=cut" in lines[1], lines[1])
    check(lines[2] == "cut", lines[2])

    # What a format file may hold by mistake or malice.
    for content in (b"", b"\0" * 5000, b"name: 9odd_names\n", b"\xff\xfe%s%n" * 300, ODD.read_bytes()[:400] + b"field:",
                    ODD.read_bytes().replace(b"default", b"de*/fault\x1b")):
        bad = pathlib.Path(directory) / "bad.format"
        bad.write_bytes(content)
        try:
            written = gen("tracepoint", "odd:9odd_names", *FROM, "--format", bad) if b"*/" in content else ""
            check("\x1b" not in written, "an escape got into the header")
        except UnicodeDecodeError:
            check(False, "raw bytes in the header")
        if b"*/" not in content and len(content) != 406:
            check_error(["gen", "tracepoint", "odd:9odd_names", *FROM, "--format", bad], 1, "odd:9odd_names", "tracing/events/odd")

check_error(["gen", "tracepoint"], 2, "lacks a name", "sched:sched_process_exec")
for words in ("sched", "sched:", ":exec", "../x:y", "a/b:c", "a:b c", "a:b:c", "a:b*"):
    check_error(["gen", "tracepoint", words, *FROM], 1, f"'{words}'", "write CATEGORY:NAME")
check_error(["gen", "tracepoint", "ftrace:function", *FROM], 1, "no program can be attached", "other directories")
check_error(["gen", "tracepoint", "sched:nonsense", *FROM], 1, "nonsense")
check_error(["gen", "tracepoint", "sched:sched_process_exit", *FROM, "--format", EXEC], 1, "not the format of sched:sched_process_exit", "events/sched")
check_error(["gen", "tracepoint", "a:b", "c:b", "--format", EXEC], 2, "one tracepoint")
check_error(["gen", "tracepoint", "a:b", "--hook", "tp_btf", "--format", EXEC], 2, "--hook tp_btf")
check_error(["gen", "tracepoint", "a:b", "--list", EXEC], 2, "--list", "help")
check_error(["gen", "type", "pid_t", "--format", EXEC], 2, "--format", "help")
check_error(["gen", "tracepoint", "sched:sched_process_exec", "x:sched_process_exec", *FROM], 1, "same names")
end()
