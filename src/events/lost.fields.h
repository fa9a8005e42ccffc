/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows of the control event `lost`. No include guard: expanded by events/lost.h and schema/builtin.c. */
FIELD(cause, cause, "CAUSE", "why the events were lost; the causes are listed in events/losses.h")
FIELD(type, of, "OF", "type of the events that were lost")
FIELD(u64, count, "COUNT", "how many were lost here")
FIELD(number, from, "FROM", "sequence number of the first event lost here, where it is known")
FIELD(number, to, "TO", "sequence number of the last event lost here, where it is known")
FIELD(level, level, "LEVEL", "of log lines that were lost: their level")
INTERNAL(u32, reserved)
