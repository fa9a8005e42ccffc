/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows of the control event `log`. No include guard: expanded by events/log.h and schema/builtin.c. */
FIELD(level, level, "LEVEL", "how serious the line is: error, warn, info, debug or trace")
FIELD(u32, pid, "PID", "process id of whoever was running")
FIELD(u32, tid, "TID", "thread id of whoever was running")
INTERNAL(u32, reserved)
INTERNAL(hex64, site)
