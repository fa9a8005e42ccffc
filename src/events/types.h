/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One row per event type: EVENT(name, documentation). No include guard. */
EVENT(exec, "a program was started: an execve or execveat that succeeded")
EVENT(exec_fail, "an execve or execveat that failed")
EVENT(exit, "a process ended: its last thread is gone")
EVENT(fork, "a process was made, or with --threads a thread")
EVENT(snapshot, "a process that was there already when observer attached; keys as of exec, arguments as they are now")
EVENT(tracepoint, "a tracepoint of the kernel was passed (observer trace); its name is the event's")
