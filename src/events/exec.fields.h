/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The rows of the exec event, its only definition. FIELD(kind, name, title, documentation) is seen by users;
 * INTERNAL(kind, name) is not shown as such. No include guard: expanded into the members of struct exec_event, the row
 * numbers (events/exec.h) and the field table (schema/builtin.c). Append only; no holes.
 */
FIELD(u32, pid, "PID", "process id (thread group id) in the initial pid namespace")
FIELD(u32, old_pid, "OLD_PID",
      "id of the thread that called exec; it becomes the process's only thread and takes over pid")
FIELD(u32, ppid, "PPID", "process id of the parent; 2 for programs that the kernel starts")
FIELD(u32, vpid, "VPID", "process id as seen in the process's own pid namespace")
FIELD(nsec, start_ns, "START_NS", "when the process was forked, nanoseconds since boot (CLOCK_BOOTTIME)")
INTERNAL(u64, parent_start_ns)
FIELD(comm, comm, "COMM", "name of the process after the exec, at most 15 bytes")
FIELD(comm, parent_comm, "PARENT", "name of the parent process, at most 15 bytes")
FIELD(id, uid, "UID", "real user id after the exec")
FIELD(group, gid, "GID", "real group id after the exec")
FIELD(id, euid, "EUID", "effective user id after the exec")
FIELD(group, egid, "EGID", "effective group id after the exec")
FIELD(id, suid, "SUID", "saved user id after the exec")
FIELD(group, sgid, "SGID", "saved group id after the exec")
FIELD(id, loginuid, "LOGINUID", "user id at login (audit); 4294967295 where nobody logged in")
FIELD(u32, audit_session, "SESSION", "audit session id; 4294967295 where there is none")
FIELD(hex64, cap_permitted, "CAP_PERMITTED", "permitted capabilities after the exec, a bit set in hexadecimal")
FIELD(hex64, cap_effective, "CAP_EFFECTIVE", "effective capabilities after the exec, a bit set in hexadecimal")
FIELD(flag, privileged, "PRIVILEGED",
      "the kernel treats this exec as privileged (AT_SECURE): ids or capabilities changed, or differed already")
FIELD(text, filename, "FILENAME",
      "the path as passed to execve; /dev/fd/N or /dev/fd/N/PATH where it was given by descriptor")
FIELD(path, exe, "EXE",
      "resolved path of the file that really runs (the interpreter of a script), as readlink of /proc/PID/exe says it")
FIELD(text, interp, "INTERP",
      "interpreter as named by the script or by binfmt_misc; absent where the file runs by itself")
FIELD(path, cwd, "CWD", "working directory, as readlink of /proc/PID/cwd says it")
FIELD(strings, argv, "ARGV", "the arguments that really run, whole")
FIELD(u32, argc, "ARGC", "number of arguments, true also where argv was cut")
FIELD(u32, argv_bytes, "ARGV_BYTES", "bytes of all arguments with their NULs, true also where argv was cut")
FIELD(strings, env, "ENV", "the environment (with --env)")
FIELD(u32, env_bytes, "ENV_BYTES", "bytes of the environment with its NULs")
FIELD(tty, tty, "TTY", "controlling terminal; absent where there is none")
FIELD(path, cgroup, "CGROUP", "cgroup v2 path, as the 0:: line of /proc/PID/cgroup says it from the root")
INTERNAL(path, cgroup_v1)
FIELD(u64, cgroup_id, "CGROUP_ID", "id of the cgroup v2")
FIELD(inum, mntns, "MNTNS", "mount namespace, by inode number")
FIELD(inum, pidns, "PIDNS", "pid namespace of the process, by inode number")
FIELD(inum, netns, "NETNS", "network namespace, by inode number")
FIELD(inum, userns, "USERNS", "user namespace, by inode number")
FIELD(inum, utsns, "UTSNS", "uts namespace, by inode number")
FIELD(inum, ipcns, "IPCNS", "ipc namespace, by inode number")
FIELD(inum, cgroupns, "CGROUPNS", "cgroup namespace, by inode number")
FIELD(dev, dev, "DEV",
      "device of the file system of the file that runs; st_dev of stat(2), but for btrfs subvolumes and overlays of "
      "older kernels")
FIELD(u64, ino, "INO", "inode number of the file that runs")
FIELD(flag, memfd, "MEMFD", "the file that runs lives only in memory (memfd_create), by its inode")
FIELD(flag, unlinked, "UNLINKED", "the name by which it runs is gone (deleted), or its inode has no name at all")
FIELD(keys, truncated, "TRUNCATED", "keys whose values were cut; absent where none was")
FIELD(keys, unreadable, "UNREADABLE",
      "keys that could not be read and are absent for that reason; absent where there is none")
INTERNAL(keys, spilled)
