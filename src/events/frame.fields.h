/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows that every event begins with. No include guard: expanded by events/record.h and schema/builtin.c. */
FIELD(nsec, boot_ns, "BOOT_NS", "time of the event in nanoseconds since boot, suspend included (CLOCK_BOOTTIME)")
FIELD(cpu, cpu, "CPU", "processor on which it happened")
INTERNAL(u32, type)
FIELD(number, seq, "SEQ",
      "number of the event among those of its type on this processor, from 0, lost ones included; what a filter drops "
      "in "
      "the kernel has none")
