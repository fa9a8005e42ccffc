/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel side's objects hold, as rows: PROGRAM(slot, name) and MAP(slot, name), the slot being where its
 * descriptor is kept (enum program_fd). A map whose size is chosen at load needs nothing more. Private to capture/.
 */
#ifndef CAPTURE_OBJECTS_H
#define CAPTURE_OBJECTS_H

#define ROWS_SHARED(PROGRAM, MAP)                                                                                      \
	MAP(PROGRAM_EVENTS, events)                                                                                    \
	MAP(PROGRAM_BELL, bell)                                                                                        \
	MAP(PROGRAM_COUNTERS, counters)                                                                                \
	MAP(PROGRAM_READER, reader)                                                                                    \
	MAP(PROGRAM_FOLLOWED, followed)                                                                                \
	MAP(PROGRAM_FILTERS, filters)                                                                                  \
	PROGRAM(PROGRAM_FIND, find_process)

#define ROWS_EXEC(PROGRAM, MAP)                                                                                        \
	PROGRAM(RECORD_exec, trace_sched_process_exec)                                                                 \
	PROGRAM(PROGRAM_ROOT, remember_root)

#define ROWS_LIVES(PROGRAM, MAP)                                                                                       \
	PROGRAM(RECORD_exec_fail, trace_sys_exit)                                                                      \
	PROGRAM(RECORD_exit, trace_sched_process_exit)                                                                 \
	PROGRAM(RECORD_fork, trace_task_newtask)                                                                       \
	PROGRAM(RECORD_snapshot, snapshot_tasks)                                                                       \
	MAP(PROGRAM_FAILED_EVENTS, failed_events)                                                                      \
	MAP(PROGRAM_DEFERRED, deferred)

#define ROWS_TRACE(PROGRAM, MAP)                                                                                       \
	PROGRAM(RECORD_tracepoint, trace_tracepoint)                                                                   \
	PROGRAM(PROGRAM_FOLLOW_FORK, follow_task_newtask)                                                              \
	PROGRAM(PROGRAM_FOLLOW_FREE, follow_process_free)                                                              \
	MAP(PROGRAM_TRACEPOINTS, tracepoints)

/* Of each object; enum object. */
#define OBJECT_EXEC_ROWS(PROGRAM, MAP)	ROWS_SHARED(PROGRAM, MAP) ROWS_EXEC(PROGRAM, MAP)
#define OBJECT_LIVES_ROWS(PROGRAM, MAP) OBJECT_EXEC_ROWS(PROGRAM, MAP) ROWS_LIVES(PROGRAM, MAP)
#define OBJECT_TRACE_ROWS(PROGRAM, MAP) ROWS_SHARED(PROGRAM, MAP) ROWS_TRACE(PROGRAM, MAP)

/* Each row once. */
#define ALL_ROWS(PROGRAM, MAP) OBJECT_LIVES_ROWS(PROGRAM, MAP) ROWS_TRACE(PROGRAM, MAP)

#endif
