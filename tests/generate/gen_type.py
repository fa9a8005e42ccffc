# SPDX-License-Identifier: GPL-2.0-only
"""observer gen type: the command line, the committed header from the committed BTF, and that clang takes what it writes."""
import os
import pathlib

from generated import BPF_FLAGS, ROOT, check, check_error, compile_text, end, folder, gen

LIST, HEADER, EXTRACT = ROOT / "src/bpf/kernel_types.list", ROOT / "src/bpf/kernel_types.h", ROOT / "tests/data/kernel_types.btf"
FROM = ["--btf", EXTRACT]

# This project's own header comes from this command.
check(gen("type", "--list", LIST, *FROM) == HEADER.read_text(), f"{HEADER} is not what observer gen type writes: make codegen")

with folder() as directory:
    path = pathlib.Path(directory) / "types.h"
    check(gen("type", "task_struct:pid,tgid,real_parent,mm", *FROM, "-o", path) == "", "-o FILE prints too")
    text = path.read_text()
    check(len(text.split("\n")) < 60, f"a few lines should do, not {text}")
    for line in ("struct mm_struct;", "\tpid_t tgid;", "\tstruct task_struct *real_parent;", "preserve_access_index"):
        check(line in text, f"'{line}' is not in {text}")
    check("start_boottime" not in text, "members that nobody asked for")
    program = '#include "types.h"\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_core_read.h>\n' \
              'int f(struct task_struct *t);\nint f(struct task_struct *t) { return BPF_CORE_READ(t, real_parent, tgid); }\n'
    compile_text("clang", [*BPF_FLAGS, "-I", directory], program, directory)

    # A small BTF says the same as the large one.
    small = pathlib.Path(directory) / "small.btf"
    gen("type", "task_struct:pid,tgid,real_parent,mm", *FROM, "--extract", "-o", small)
    check(small.stat().st_size < 16384, f"an extract of {small.stat().st_size} bytes")
    check(gen("type", "task_struct:pid,tgid,real_parent,mm", "--btf", small) == text, "the extract gives another header")

    if os.path.exists("/dev/full"):
        check_error(["gen", "type", "pid_t", *FROM, "-o", "/dev/full"], 1, "/dev/full")
    empty = pathlib.Path(directory) / "empty.list"
    empty.write_text("# nothing\n")
    check_error(["gen", "type", "--list", empty, *FROM], 1, "names none")
    check_error(["gen", "type", "pid_t", *FROM, "-o", directory], 1, directory)
    check_error(["gen", "type", "pid_t", "--btf", empty], 1, "empty.list", "BTF file")

check_error(["gen"], 2, "lacks its operand", "usage: observer gen")
check_error(["gen", "type"], 2, "lacks a name", "task_struct:pid,tgid")
check_error(["gen", "type", "pid_t", "-o", "a", "-o", "b"], 2, "'-o b'")
check_error(["gen", "types", "pid_t"], 2, "'types'", "observer gen type")
check_error(["gen", "\x1b[31m", "pid_t"], 2, "\\x1b", "usage")
check_error(["gen", "type", "task_strut:pid", *FROM], 1, "'task_strut'", "did you mean 'task_struct'?")
check_error(["gen", "type", "task_struct:pidd", *FROM], 1, "'pidd'", "did you mean 'pid'?")
check_error(["gen", "type", "a b", *FROM], 1, "'a b'", "write TYPE")
check_error(["gen", "type", "--list", "/nonexistent", *FROM], 1, "/nonexistent")
check_error(["gen", "type", "pid_t", "--btf", "/nonexistent"], 1, "/nonexistent")

end()
