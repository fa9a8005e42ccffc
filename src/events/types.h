/* One row per event type: EVENT(name, documentation). No include guard. */
EVENT(exec, "a program was started: an execve or execveat that succeeded")
