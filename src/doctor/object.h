/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads the programs of anybody's object, one by one, and says of each whether the kernel takes it and why not.
 * Attaches nothing; what was loaded is gone at the end. Needs the rights that loading needs.
 */
#ifndef DOCTOR_OBJECT_H
#define DOCTOR_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "diagnosis/diagnosis.h"

#define OBJECT_NAME_BYTES 256

struct object_program {
	char name[OBJECT_NAME_BYTES];	 /* "" where the object as a whole cannot be opened */
	char section[OBJECT_NAME_BYTES]; /* as in SEC() */
	bool taken;			 /* the kernel loaded it */
	uint64_t nr_insns;		 /* instructions in the object */
	struct verifier_sums sums;	 /* of one that was taken */
	int code;			 /* -errno where it was not taken */
	struct diagnosis diagnosis;	 /* and why; points into `messages` and `log`; its reason may be empty */
	struct buffer messages;		 /* libbpf's */
	struct buffer log;		 /* the verifier's */
};

struct object_report {
	struct object_program *programs;
	size_t nr_programs;
	size_t nr_taken;
};

/*
 * Tries all programs of the object `path`. One that cannot be opened as a whole is one program without a name that was
 * not taken. Returns 0, or -errno described in `err` where the file cannot be read at all. *ret is released by
 * object_report_done.
 */
int object_try(const char *path, struct object_report *ret, struct error *err);
void object_report_done(struct object_report *r);

#endif
