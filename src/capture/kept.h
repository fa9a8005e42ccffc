/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to capture/: a capture whose kernel side stays pinned. Takes over what a predecessor left, or makes it, and
 * tells a successor where reading stopped.
 */
#ifndef CAPTURE_KEPT_H
#define CAPTURE_KEPT_H

#include "capture/capture.h"

/*
 * Opens the folder and looks: c->taken_over where programs, maps and links are a predecessor's, loaded with the same
 * settings by a program of the same layout. What is incomplete is removed; what is of another layout or was loaded with
 * other settings is c->old, and replaced by kept_pin. Returns 0 or -errno, described.
 */
int kept_open(struct capture *c, struct error *err);

/* After mapping: goes on where the predecessor stopped, or makes the map that tells the successor. 0 or -errno. */
int kept_begin(struct capture *c, struct error *err);

/* After attaching for the first time: pins everything. 0 or -errno. */
int kept_pin(struct capture *c, struct error *err);

void kept_close(struct capture *c);

#endif
