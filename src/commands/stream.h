/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine that exec, life and run share: captures, gives events to the outputs, and says at the end what became of
 * each. What is special to a command hangs in by hooks.
 */
#ifndef COMMANDS_STREAM_H
#define COMMANDS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/capture.h"
#include "cli/command.h"
#include "process/environ.h"
#include "schema/schema.h"

enum stream_color {
	COLOR_AUTO, /* on a terminal, and where NO_COLOR allows it */
	COLOR_ALWAYS,
	COLOR_NEVER,
	COLOR_MAX,
};

/* As checked: formats, fields and sizes are known to be right; no file was opened yet. */
struct stream_settings {
	struct common_settings common;	   /* first */
	struct option_texts outputs;	   /* FORMAT[:PATH]; at most one without PATH */
	const char *fields_list;	   /* --fields as given, or NULL */
	const char **fields;		   /* its names, NULL-terminated; NULL: each output's own choice */
	const char *env_list;		   /* --env as given, "" without a list; NULL: no environment */
	struct environ_choice *env_choice; /* the choice of it; NULL: the whole environment */
	bool env;			   /* the environment is wanted: by --env or because --fields names it */
	const char *events_list;	   /* --events as given, or NULL */
	const char *btf;		   /* file with the kernel's types, or NULL */
	struct option_texts where;	   /* filters as given; all must hold */
	const char *pids, *users, *comms, *cgroups; /* lists with commas; of each one must fit. NULL: any */
	struct filter *filter;			    /* all of them parsed; NULL: everything is shown */
	bool explain;				    /* say where the filter is decided, and observe nothing */
	enum capture_hook hook;
	enum capture_fail_hook fail_hook;
	uint32_t events;	 /* types to capture: CAPTURE_BIT of each */
	uint32_t shown;		 /* those of them that the outputs are given; the others go to the hook `before` only */
	uint64_t wanted;	 /* rows of exec that hooks need beyond what the outputs show (bits) */
	uint64_t ring_bytes;	 /* a power of two, at least a page */
	uint64_t max_argv_bytes; /* longer argument lists are cut */
	uint64_t count;		 /* end after so many events; 0: never */
	uint64_t duration_ns;	 /* end after this time; 0: never */
	uint64_t ancestors;	 /* how many the field ancestors tells at most; 0: it is absent */
	uint64_t max_processes;	 /* of the table of processes; 0: there is none */
	uint64_t kept;		 /* of the rows of exec that are collected, what the table keeps (bits) */
	struct option_texts log_texts;	    /* --klog-site as given */
	struct capture_log_site *log_sites; /* the same, read; as many */
	int log_level;			    /* --klog: enum klog_level */
	bool log_list;			    /* --klog-list: the lines that can log are printed, and nothing observed */
	bool failed;			    /* exec_fail is shown, too */
	bool threads;			    /* fork events for threads too */
	bool follow;			    /* only the child of stream_run_child, and its descendants */
	bool strict;			    /* any loss is STATUS_LOSS */
	const char *pin;		    /* folder under bpffs where the kernel side stays; NULL: nowhere */
	bool append;			    /* write behind what files hold, and open them anew on SIGHUP */
	bool utc;
	bool full;
	const struct capture_tracepoint *tracepoints; /* with CAPTURE_BIT(tracepoint) */
	uint32_t nr_tracepoints;
	bool show_self; /* observer's own tracepoint events too */
	bool silent;	/* no sum at the end where nothing was lost: the command has a report of its own */
	int color;	/* enum stream_color */
};

struct filter;
struct schemas;
struct stream;

/* What a command hangs in; each may be NULL. */
struct stream_hooks {
	void *context;
	/*
	 * Event types of the command's own, made of those in `schemas`, ended by NULL; valid until the run ends. NULL
	 * is a failure, described.
	 */
	const struct schema *const *(*schemas)(void *context, const struct schemas *schemas, struct error *err);
	/* Which of them a record is of; NULL: what its type says. */
	const struct schema *(*schema_of)(void *context, const struct record *record, size_t bytes);
	/* Takes the event in place of the outputs; it is then counted as used. */
	void (*take)(void *context, const struct event *e);
	/*
	 * Sees every record before the outputs; `lost` events too. May give other events to the outputs by stream_show.
	 * Returns false where the record is not to be printed: it is then counted as filtered.
	 */
	bool (*before)(void *context, struct stream *s, const struct record *record, size_t bytes);
	/* Changes an event about to be shown into one of the command's own: its schema and parts. It still counts as
	 * what it was. */
	void (*compose)(void *context, struct event *e);
	/* After attaching and before hardening. An error ends the run. */
	int (*started)(void *context, struct stream *s, struct error *err);
	/* Asked in the loop, at least every STREAM_TICK_MS where it is there; true ends the run. */
	bool (*ended)(void *context);
	/* Readable when `ended` is to be asked; -1: none. */
	int wake_fd;
	/* No more is seen from now on; what was is still to come. */
	void (*stopped)(void *context);
	/* A signal asks for an end: true where the command deals with it (run passes it on and goes on). With it
	 * observer may signal. */
	bool (*signalled)(void *context, int number);
};
#define STREAM_TICK_MS 100

/* Does the work. Returns an enum exit_status, or -errno described in `err`. */
int stream_run(const struct stream_settings *settings, const struct stream_hooks *hooks, struct error *err);

struct child;

/* For the hook `started`: follows a child that is held back, passes signals on to it, and lets it go. 0 or -errno. */
int stream_run_child(struct stream *s, struct child *child, struct error *err);

/* For hooks, after attaching: true where this tracepoint took no program and was left out. */
bool stream_is_left_out(const struct stream *s, uint32_t number);

/* For hooks: gives an event to the outputs; its schema is the one of the hook `schema`. Its scratch need not be set. */
void stream_show(struct stream *s, const struct event *e);

#endif
