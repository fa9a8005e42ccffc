/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One row per cause for which an event is lost: LOSS(name, documentation). No include guard. The rows before
 * LOSS_KERNEL_END are counted by the kernel side, the rest by user space.
 */
LOSS(ring_full, "no room in the ring buffer: the reader was too slow; a larger --ring holds a longer burst")
LOSS(heap_busy, "every slot of data_heap of the processor was in use: programs preempted each other too deeply")
LOSS_KERNEL_END
LOSS(reassembly, "a part of the event was missing when its record came, or the record could not be decoded")
LOSS(missed_run, "the kernel skipped a run of the program and said so (recursion_misses)")
LOSS(unfinished, "a failed exec whose arguments were still to be read, in its own process, when observer ended")
LOSS(replaced, "left unread where another version or other options had pinned the kernel side (--pin)")
