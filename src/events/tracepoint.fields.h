/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows that each event of a tracepoint has before the tracepoint's own. No include guard: see events/exec.fields.h.
 */
FIELD(u32, pid, "PID", "process id (thread group id) of the task that ran, in the initial pid namespace")
FIELD(u32, tid, "TID", "id of the thread that ran; an interrupt borrows whichever it interrupts")
FIELD(comm, comm, "COMM", "name of the thread that ran, at most 15 bytes")
FIELD(id, uid, "UID", "real user id of the thread that ran")
INTERNAL(u32, number)
FIELD(u64, cgroup_id, "CGROUP_ID", "id of the cgroup v2 of the thread that ran")
FIELD(record, args, "ARGS",
      "the tracepoint's own fields: observer list -v names them; a bare name that only they have means args.NAME")
FIELD(keys, truncated, "TRUNCATED", "keys whose values were cut; absent where none was")
