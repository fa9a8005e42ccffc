/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to capture/: a pinned kernel side that cannot be taken over. It stays at work until the new one is attached,
 * so that nothing happens unseen between the two; what its reader had not read is then counted and lost.
 */
#ifndef CAPTURE_LEFTOVER_H
#define CAPTURE_LEFTOVER_H

#include "capture/state.h"

/* Opens what counting needs as c->old; takes c->resume for it. 0, or -errno where something there is not to be trusted.
 */
int leftover_open(struct capture *c, const struct resume_key *key, struct error *err);

/* After attaching: removes its pins, counts what was unread, and notes that in c->resume. 0 or -errno. */
int leftover_end(struct capture *c, struct error *err);

/* Hands over, once, the losses that leftover_end found. */
void leftover_tell(struct capture *c, const struct capture_receiver *to);

void leftover_close(struct capture *c);

#endif
