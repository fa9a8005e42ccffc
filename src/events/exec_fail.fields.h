/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows of the event exec_fail. No include guard: see events/exec.fields.h. */
FIELD(u32, pid, "PID", "process id (thread group id) in the initial pid namespace")
FIELD(u32, tid, "TID", "id of the thread")
FIELD(u32, ppid, "PPID", "process id of the parent")
FIELD(u32, vpid, "VPID", "process id as seen in the process's own pid namespace")
FIELD(nsec, start_ns, "START_NS", "when the process was forked, nanoseconds since boot (CLOCK_BOOTTIME)")
INTERNAL(u64, parent_start_ns)
FIELD(comm, comm, "COMM", "name of the process, at most 15 bytes")
FIELD(comm, parent_comm, "PARENT", "name of the parent process, at most 15 bytes")
FIELD(id, uid, "UID", "real user id")
FIELD(group, gid, "GID", "real group id")
FIELD(id, euid, "EUID", "effective user id")
FIELD(group, egid, "EGID", "effective group id")
FIELD(error, errno, "ERRNO", "why it failed: the error number")
FIELD(flag, compat, "COMPAT", "called through a 32-bit entry of the kernel")
FIELD(text, filename, "FILENAME",
      "the path as passed to execve; where it was given by descriptor, as much of it as was passed")
FIELD(path, cwd, "CWD", "working directory, as readlink of /proc/PID/cwd says it")
FIELD(strings, argv, "ARGV",
      "the arguments as passed, as far as the kernel could read them (from Linux 6.18 on also those not in memory yet)")
FIELD(inum, pidns, "PIDNS", "pid namespace of the process, by inode number")
INTERNAL(u32, reserved)
FIELD(u64, cgroup_id, "CGROUP_ID", "id of the cgroup v2")
FIELD(keys, truncated, "TRUNCATED", "keys whose values were cut; absent where none was")
FIELD(keys, unreadable, "UNREADABLE",
      "keys that could not be read and are absent for that reason; absent where there is none")
INTERNAL(keys, spilled)
