/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One row per event type: EVENT(name, documentation). No include guard. */
EVENT(exec, "a program was started: an execve or execveat that succeeded")
