/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that commands on streams of events share, each a row for their tables. A settings struct begins with
 * struct stream_settings. */
#ifndef COMMANDS_STREAM_OPTIONS_H
#define COMMANDS_STREAM_OPTIONS_H

#include "commands/stream.h"
#include "process/table.h"

#define GROUP_OUTPUT  "Output"
#define GROUP_CAPTURE "Capture"
#define GROUP_END     "Ending"

#define RING_LEAST  4096
#define RING_MOST   (1ULL << 30)
#define RING_NORMAL "4M"
/* The kernel's own limit of all arguments together: three quarters of _STK_LIM, fs/exec.c bprm_stack_limits(). */
#define ARGV_WHOLE "6M"
#define ARGV_MOST  (6ULL << 20)
/* Deeper chains of processes are not seen in practice; each costs room in every event. */
#define ANCESTORS_MOST 256

extern const char *const stream_hook_names[HOOK_MAX + 1];
extern const char *const stream_fail_hook_names[FAIL_HOOK_MAX + 1];
extern const char *const stream_color_names[COLOR_MAX + 1];
extern const char *const stream_log_names[KLOG_LEVEL_MAX + 1];
void stream_list_formats(struct buffer *words);
void stream_list_fields(struct buffer *words);
/* Whether --fail-hook goes with the rest, once it is known which events are captured. 0 or -EINVAL. */
int stream_check_fail_hook(const struct stream_settings *s, struct error *err);
int stream_check_ring(const char *text, uint64_t bytes, struct error *err);

void stream_list_events(struct buffer *words);

/* For --fields help and --klog-list: prints that list to standard output. */
int stream_print_list(const struct stream_settings *s, struct error *err);

#define STREAM_ROW_OUTPUT(output_help, output_doc)                                                                     \
	{                                                                                                              \
		.name = "output", .letter = 'o', .argument = "FORMAT[:PATH]",                                          \
		INTO_TEXTS(struct stream_settings, outputs), .list_words = stream_list_formats,                        \
		.completion = COMPLETE_WORD_FILE, .group = GROUP_OUTPUT, .help = output_help, .doc = output_doc,       \
	}

#define STREAM_ROW_FIELDS                                                                                              \
	{                                                                                                              \
		.name = "fields", .argument = "LIST", INTO_TEXT(struct stream_settings, fields_list),                  \
		.list_words = stream_list_fields, .completion = COMPLETE_WORDS, .group = GROUP_OUTPUT,                 \
		.help = "show these fields: a,b,c; 'help' lists them",                                                 \
		.doc = "Show these fields: names with commas between them. One list for all outputs. What no output "  \
		       "needs is not collected in the kernel, which makes each exec cheaper. The field event always "  \
		       "stays; names that a type of event lacks are skipped for it. Without this option each output "  \
		       "shows its own choice.\n\n"                                                                     \
		       "With help as LIST the fields are printed, each with its kind and what it holds, and nothing "  \
		       "is observed.",                                                                                 \
	}

#define STREAM_ROW_APPEND                                                                                              \
	{                                                                                                              \
		.name = "append", INTO_FLAG(struct stream_settings, append), .group = GROUP_OUTPUT,                    \
		.help = "write behind what files hold; reopen them on SIGHUP",                                         \
		.doc = "Write behind what the files of --output hold already instead of emptying them, and on SIGHUP " \
		       "open them anew by their paths, as log rotation wants it, instead of ending. For this a "       \
		       "process without capabilities stays beside observer, which itself can open nothing by then. "   \
		       "A file that cannot be opened is told, and the old one written on.",                            \
	}

#define STREAM_ROW_FULL                                                                                                \
	{                                                                                                              \
		.name = "full", INTO_FLAG(struct stream_settings, full), .group = GROUP_OUTPUT,                        \
		.help = "never cut a line of the table",                                                               \
		.doc = "Never cut a line of the table at the width of the terminal.",                                  \
	}

#define STREAM_ROW_UTC                                                                                                 \
	{                                                                                                              \
		.name = "utc", INTO_FLAG(struct stream_settings, utc), .group = GROUP_OUTPUT,                          \
		.help = "times in UTC instead of local time",                                                          \
		.doc = "Show the times of the table in UTC instead of local time. The other formats always use UTC.",  \
	}

#define STREAM_ROW_COLOR                                                                                               \
	{                                                                                                              \
		.name = "color", .argument = "WHEN", INTO_CHOICE(struct stream_settings, color),                       \
		.choices = stream_color_names, .initial = "auto", .group = GROUP_OUTPUT,                               \
		.help = "colour: auto, always or never",                                                               \
		.doc = "Colour the table: always, never, or (auto) where standard output is a terminal that is not "   \
		       "dumb and the environment does not have NO_COLOR.",                                             \
	}

#define STREAM_ROW_ANCESTORS                                                                                           \
	{                                                                                                              \
		.name = "ancestors", .argument = "NUMBER", INTO_COUNT(struct stream_settings, ancestors), .least = 1,  \
		.most = ANCESTORS_MOST, .group = GROUP_CAPTURE,                                                        \
		.help = "tell parent, grandparent and so on, up to this many",                                         \
		.doc = "Fill the field ancestors of each event with the parent, the grandparent and so on, at most "   \
		       "NUMBER of them: pid, entity_id, comm and exe of each, as far as observer knows them. For "     \
		       "this it looks at all processes at its start and follows their forks, execs and ends. Naming "  \
		       "ancestors in --fields does the same with the largest NUMBER.",                                 \
	}

#define STREAM_ROW_MAX_PROCESSES                                                                                       \
	{                                                                                                              \
		.name = "max-processes", .argument = "NUMBER", INTO_COUNT(struct stream_settings, max_processes),      \
		.initial = "16384", .least = TABLE_PROCESSES_LEAST, .most = TABLE_PROCESSES_MOST,                      \
		.group = GROUP_CAPTURE, .help = "room in the table of processes",                                      \
		.doc = "How many processes observer remembers where it has to: for ancestors, for the exe of an "      \
		       "exit, for observer life. Ended ones are forgotten first, then those of which nothing was "     \
		       "heard for longest; a process with children stays. Each takes about 0.7 KiB, 4.3 KiB at "       \
		       "worst.",                                                                                       \
	}

#define STREAM_ROW_ENV                                                                                                 \
	{                                                                                                              \
		.name = "env", .argument = "LIST", .argument_optional = true,                                          \
		INTO_TEXT(struct stream_settings, env_list), .group = GROUP_CAPTURE,                                   \
		.help = "the environment too, or of it NAME,GLOB*",                                                    \
		.doc = "Collect the environment of each program as the field env. With a LIST only the variables "     \
		       "that it names: names and patterns (* stands for any characters, ? for one) with commas "       \
		       "between them.\n\n"                                                                             \
		       "Environments may hold secrets: they are collected only on demand.",                            \
	}

#define STREAM_ROW_MAX_ARGV                                                                                            \
	{                                                                                                              \
		.name = "max-argv", .argument = "SIZE", INTO_SIZE(struct stream_settings, max_argv_bytes),             \
		.initial = ARGV_WHOLE, .least = 1, .most = ARGV_MOST, .group = GROUP_CAPTURE,                          \
		.help = "cut longer argument lists",                                                                   \
		.doc = "Cut the arguments of a program after SIZE bytes, and name argv in the field truncated; argc "  \
		       "and argv_bytes stay true. The default is the kernel's own limit: all arguments, as long as "   \
		       "the free part of the ring buffer holds them.",                                                 \
	}

#define GROUP_FILTER "Filter"

#define STREAM_ROW_WHERE                                                                                               \
	{                                                                                                              \
		.name = "where", .letter = 'w', .argument = "EXPR", INTO_TEXTS(struct stream_settings, where),         \
		.group = GROUP_FILTER, .help = "only events for which this holds: 'uid == 0 && comm != \"cron\"'",     \
		.doc = "Show only the events for which EXPR holds; see FILTERS. Given more than once all must hold. "  \
		       "What the kernel side can decide is dropped there before it is copied. Events that are not "    \
		       "shown are counted as filtered.",                                                               \
	}

#define STREAM_ROW_EXPLAIN                                                                                             \
	{                                                                                                              \
		.name = "explain", INTO_FLAG(struct stream_settings, explain), .group = GROUP_FILTER,                  \
		.help = "say where the filter is decided, and observe nothing",                                        \
		.doc = "Print for each type of event which part of the filter is decided in the kernel and which in "  \
		       "user space, and observe nothing.",                                                             \
	}

/* Short forms of --where. */
#define STREAM_ROW_WHO(option, list, argument_name, option_help, option_doc)                                           \
	{                                                                                                              \
		.name = option, .argument = argument_name, INTO_TEXT(struct stream_settings, list),                    \
		.group = GROUP_FILTER, .help = option_help, .doc = option_doc,                                         \
	}
#define STREAM_ROW_PIDS                                                                                                \
	STREAM_ROW_WHO("pid", pids, "PIDS", "only these processes: 1,4711",                                            \
		       "Show only events of the processes with these ids, commas between them.")
#define STREAM_ROW_COMMS                                                                                               \
	STREAM_ROW_WHO("comm", comms, "NAMES", "only processes of these names: bash,kworker*",                         \
		       "Show only events of processes whose name (comm) is one of these, commas between them; * "      \
		       "stands for any characters, ? for one.")
#define STREAM_ROW_USERS                                                                                               \
	STREAM_ROW_WHO("user", users, "USERS", "only these real users: root,1000",                                     \
		       "Show only events of processes whose real user is one of these: names in /etc/passwd or "       \
		       "numbers, commas between them.")
#define STREAM_ROW_CGROUPS                                                                                             \
	STREAM_ROW_WHO("cgroup", cgroups, "PATHS", "only these cgroups and those below",                               \
		       "Show only events of processes in one of these cgroups or below it: paths as the field cgroup " \
		       "tells them (/system.slice), commas between them.")
#define STREAM_ROWS_WHO STREAM_ROW_PIDS, STREAM_ROW_USERS, STREAM_ROW_COMMS, STREAM_ROW_CGROUPS

#define STREAM_ROW_HOOK                                                                                                \
	{                                                                                                              \
		.name = "hook", .argument = "HOOK", INTO_CHOICE(struct stream_settings, hook),                         \
		.choices = stream_hook_names, .initial = "auto", .group = GROUP_CAPTURE,                               \
		.help = "auto, tp_btf or tracepoint",                                                                  \
		.doc = "Where to attach in the kernel. tp_btf hands over kernel objects by type; it needs neither "    \
		       "tracefs nor root, only CAP_BPF and CAP_PERFMON. tracepoint is the classic tracepoint "         \
		       "sched:sched_process_exec, found in tracefs. auto takes the first of the two that works.",      \
	}

#define STREAM_ROW_FAIL_HOOK                                                                                           \
	{                                                                                                              \
		.name = "fail-hook", .argument = "HOOK", INTO_CHOICE(struct stream_settings, fail_hook),               \
		.choices = stream_fail_hook_names, .initial = "sys_exit", .group = GROUP_CAPTURE,                      \
		.help = "for failed execs: sys_exit or fexit",                                                         \
		.doc = "Where failed execs are seen. sys_exit, the default, is where every system call ends: it sees " \
		       "them all, and puts every system call of the machine on a slower path. fexit is the end of "    \
		       "the kernel's functions behind execve and execveat: other system calls cost nothing, and "      \
		       "these are missing: calls that a seccomp filter refuses or a debugger changes at their entry, " \
		       "which never come to these functions, and calls that had begun before observer was ready. It "  \
		       "needs a kernel that allows programs of this type (observer doctor: fexit), and the hook "      \
		       "tp_btf.",                                                                                      \
	}

#define STREAM_ROW_BTF                                                                                                 \
	{                                                                                                              \
		.name = "btf", .argument = "FILE", INTO_TEXT(struct stream_settings, btf),                             \
		.completion = COMPLETE_FILE, .group = GROUP_CAPTURE, .help = "the kernel's types from FILE",           \
		.doc = "Take the types of the running kernel from FILE, BTF or an ELF file that holds it, instead of " \
		       "/sys/kernel/btf/vmlinux: for where /sys is not mounted, or a kernel that was built without "   \
		       "them. Such a kernel has no hook but tracepoint and no event but exec.",                        \
	}

#define STREAM_ROW_PIN                                                                                                 \
	{                                                                                                              \
		.name = "pin", .argument = "DIR", .argument_optional = true, INTO_TEXT(struct stream_settings, pin),   \
		.group = GROUP_CAPTURE, .help = "stay in the kernel; the next one with --pin goes on",                 \
		.doc = "Leave programs, maps and ring buffer pinned under /sys/fs/bpf/observer, or the folder DIR of " \
		       "a BPF file system, when observer ends or is killed: they go on, and the next observer with "   \
		       "--pin and the same options goes on where this one stopped. Between the two nothing is lost "   \
		       "that the ring buffer holds. What was not certain to be written out is written once more: an "  \
		       "event may come twice, with the same cpu and seq, never not at all. Use --append with it.\n\n"  \
		       "What another version or other options left there is replaced once the new program is "         \
		       "attached, which "                                                                              \
		       "is told; what nobody had read of it is lost (cause replaced). What somebody else put there "   \
		       "is "                                                                                           \
		       "refused, as is a second observer in the same folder. observer unpin ends it all.\n\n"          \
		       "Snapshots are taken at each start. The table of processes is not kept: of what happened "      \
		       "between two observers, ancestors and the exe of an exit are told as far as the events of "     \
		       "that time tell them. By the hook tracepoint exec can be kept from Linux 5.15 on.",             \
	}

#define STREAM_ROW_RING                                                                                                \
	{                                                                                                              \
		.name = "ring", .argument = "SIZE", INTO_SIZE(struct stream_settings, ring_bytes),                     \
		.initial = RING_NORMAL, .least = RING_LEAST, .most = RING_MOST, .check = stream_check_ring,            \
		.group = GROUP_CAPTURE, .help = "room for bursts, a power of two",                                     \
		.doc = "Size of the ring buffer between the kernel and observer: a power of two, at least a page. It " \
		       "holds what observer has not read yet; a burst that it cannot hold is lost, counted and "       \
		       "shown. The summary at the end names the SIZE that would have held it.",                        \
	}

/* Log lines of the kernel side. */
#define STREAM_ROWS_KLOG                                                                                               \
	{                                                                                                              \
		.name = "klog",                                                                                        \
		.argument = "LEVEL",                                                                                   \
		INTO_CHOICE(struct stream_settings, log_level),                                                        \
		.choices = stream_log_names,                                                                           \
		.initial = "off",                                                                                      \
		.group = GROUP_CAPTURE,                                                                                \
		.help = "show what the kernel program logs",                                                           \
		.doc = "Show what the kernel program itself logs, of this LEVEL and more serious ones: error, warn, "  \
		       "info, debug, trace, or off. The lines stand among the events in the order in which the "       \
		       "kernel sent them, as events of the type log; --klog-list tells which there are. A line that "  \
		       "is off costs the load of a byte. Log lines get a room in the ring of their own, as large as "  \
		       "--ring, so "                                                                                   \
		       "that they push out no event; those that find none are counted and shown as lost, by level.",   \
	},                                                                                                             \
		{                                                                                                      \
			.name = "klog-site",                                                                           \
			.argument = "FILE:LINE=on|off",                                                                \
			INTO_TEXTS(struct stream_settings, log_texts),                                                 \
			.group = GROUP_CAPTURE,                                                                        \
			.help = "the same for one line of its source",                                                 \
			.doc = "Switch one line of the kernel program's source on or off, whatever --klog says: "      \
			       "argv.bpf.h:40=on. FILE is the end of its path. Can be given more than once; the "      \
			       "later one "                                                                            \
			       "wins.",                                                                                \
		},                                                                                                     \
	{                                                                                                              \
		.name = "klog-list", INTO_FLAG(struct stream_settings, log_list), .group = GROUP_CAPTURE,              \
		.help = "list the lines that can log, and end",                                                        \
		.doc = "Print the lines of the kernel program's source that can log, each with level, place, "         \
		       "function "                                                                                     \
		       "and format, and observe nothing.",                                                             \
	}

#define STREAM_ROW_COUNT                                                                                               \
	{                                                                                                              \
		.name = "count", .argument = "NUMBER", INTO_COUNT(struct stream_settings, count), .least = 1,          \
		.group = GROUP_END, .help = "end after this many events",                                              \
		.doc = "End after NUMBER events were printed.",                                                        \
	}

#define STREAM_ROW_DURATION                                                                                            \
	{                                                                                                              \
		.name = "duration", .argument = "TIME", INTO_DURATION(struct stream_settings, duration_ns),            \
		.least = 1, .group = GROUP_END, .help = "end after this time: 500ms, 10s, 1.5h",                       \
		.doc = "End after this time: a number with h, m, s, ms, us or ns behind it, or of seconds.",           \
	}

#define STREAM_ROW_STRICT                                                                                              \
	{                                                                                                              \
		.name = "strict", INTO_FLAG(struct stream_settings, strict), .group = GROUP_END,                       \
		.help = "exit status 3 if anything was lost",                                                          \
		.doc = "End with exit status 3 if any event was lost, for whatever cause.",                            \
	}

/* What commands on streams have in common, by group. */
#define STREAM_ROWS_LOOK STREAM_ROW_FIELDS, STREAM_ROW_FULL, STREAM_ROW_UTC, STREAM_ROW_COLOR
#define STREAM_ROWS_CAPTURE                                                                                            \
	STREAM_ROW_ENV, STREAM_ROW_MAX_ARGV, STREAM_ROW_HOOK, STREAM_ROW_BTF, STREAM_ROW_RING, STREAM_ROWS_KLOG
#define STREAM_ROWS_TABLE STREAM_ROW_ANCESTORS, STREAM_ROW_MAX_PROCESSES
#define STREAM_ROWS_END	  STREAM_ROW_COUNT, STREAM_ROW_DURATION, STREAM_ROW_STRICT

#endif
