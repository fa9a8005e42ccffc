# SPDX-License-Identifier: GPL-2.0-only
"""Log lines that must not compile: arguments that do not fit their format, and what klog does not have."""
import pathlib
import subprocess
import sys
import tempfile

SOURCE, CLANG = pathlib.Path(sys.argv[1]), sys.argv[2:]
FINE = ['klog_info("none")', 'klog_info("%d", 1)', 'klog_info("%s %p", "a", (void *)1)',
        'klog_info("%.*s %*ph", 1, "a", 1, "a")', 'klog_info("%d%%" " %u", 1, 2U)',
        "klog_info(\"%d\" \" %d\" \" %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d\", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,"
        " 13, 14, 15, 16, 17, 18, 19, 20)"]
WRONG = {
    'klog_info("%d", "a text")': "format specifies type",
    'klog_info("%s", 1)': "format specifies type",
    'klog_info("%llu", 1)': "format specifies type",
    'klog_info("%u", 1ULL)': "format specifies type",
    'klog_info("%d %d", 1)': "more '%' conversions than data",
    'klog_info("%d", 1, 2)': "data argument not used",
    'klog_info("%p", 1)': "format specifies type",
    'klog_info("%.*s", 1ULL, "a")': "field precision should have type 'int'",
    'klog_info("%f", 1.0)': "conversions of d i u x X o c s p only",
    'klog_info("%n", (int *)context)': "conversions of d i u x X o c s p only",
    "klog_info(context)": "",
    'klog_info("%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,'
    " 15, 16, 17, 18, 19, 20, 21)": "",
}
PROGRAM = """#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "lib/klog/klog.bpf.h"
SEC("raw_tp/sched_process_exec") int program(char *context) {{ {line}; return 0; }}
"""


def compiles(line, folder):
    """No -Werror: what does not fit is an error by itself."""
    path = pathlib.Path(folder) / "line.bpf.c"
    path.write_text(PROGRAM.format(line=line))
    done = subprocess.run([*CLANG, f"-I{SOURCE}", "-c", path, "-o", path.with_suffix(".o")], text=True, capture_output=True)
    return done.returncode == 0, done.stderr


wrong = 0
with tempfile.TemporaryDirectory(prefix="klog-formats-") as temporary:
    for fine in FINE:
        ok, errors = compiles(fine, temporary)
        if not ok:
            wrong += 1
            print(f"{fine} does not compile:\n{errors}")
    for bad, reason in WRONG.items():
        ok, errors = compiles(bad, temporary)
        if ok or reason not in errors:
            wrong += 1
            print(f"{bad}: {'compiles' if ok else 'other errors'}, not '{reason}':\n{errors[:600]}")
print(f"{len(FINE) + len(WRONG)} lines, {wrong} wrong")
sys.exit(1 if wrong else 0)
