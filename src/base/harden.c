/* SPDX-License-Identifier: GPL-2.0-only */
/* The layers of hardening and their order. The list of system calls is in seccomp_filter.c. */
#include "base/harden.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/capabilities.h"
#include "base/seccomp_filter.h"

static int set_no_new_privs(bool child)
{
	(void)child;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

/* Only a process with CAP_SETPCAP can. */
static int drop_bounding(bool child)
{
	(void)child;
	return capabilities_have(CAP_SETPCAP) ? capabilities_drop_bounding() : -EPERM;
}

static int drop_capabilities(bool child)
{
	/* The child may run as another user. */
	return capabilities_keep(child ? 1ULL << CAP_KILL : 0);
}

static int clear_dumpable(bool child)
{
	(void)child;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? -errno : 0;
}

struct layer {
	enum harden_layer layer;
	const char *name;
	int (*put_in_force)(bool child); /* 0 or -errno */
};

/* In the order in which each still may do its work: the bounding set needs a capability, the filter forbids the rest.
 */
static const struct layer layers[] = {
	{HARDEN_NO_NEW_PRIVS, "no_new_privs", set_no_new_privs},  {HARDEN_BOUNDING, "bounding set", drop_bounding},
	{HARDEN_CAPABILITIES, "capabilities", drop_capabilities}, {HARDEN_DUMPABLE, "not dumpable", clear_dumpable},
	{HARDEN_SECCOMP, "seccomp", seccomp_filter_load},
};
#define NR_LAYERS (sizeof(layers) / sizeof(layers[0]))

int harden(const struct harden_settings *settings, struct error *err)
{
	unsigned int wanted = settings->layers ? settings->layers : HARDEN_ALL, in_force = 0, missing = 0;

	for (size_t i = 0; i < NR_LAYERS; i++) {
		int code;

		if (!(wanted & layers[i].layer))
			continue;
		code = layers[i].put_in_force(settings->child);
		if (code == 0) {
			in_force |= layers[i].layer;
			continue;
		}
		/* Under no_new_privs no exec gives a capability back (cap_bprm_creds_from_file): the set has no effect.
		 */
		if (layers[i].layer == HARDEN_BOUNDING && in_force & HARDEN_NO_NEW_PRIVS)
			continue;
		if (!missing)
			fail(err, code, "cannot give up privileges (%s): %s", layers[i].name, strerror(-code));
		missing |= layers[i].layer;
	}
	return in_force;
}

void harden_describe(struct buffer *b, unsigned int set)
{
	const char *separator = "";

	if (!(set & HARDEN_ALL))
		buffer_append_text(b, "none");
	for (size_t i = 0; i < NR_LAYERS; i++) {
		if (!(set & layers[i].layer))
			continue;
		buffer_append_text(b, separator);
		buffer_append_text(b, layers[i].name);
		separator = ", ";
	}
}
