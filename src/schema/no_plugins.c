/* SPDX-License-Identifier: GPL-2.0-only */
/* Of the static program: stands in for what libtraceevent does with plugins when a handle is freed, and so keeps the
 * code that would load them out of the program. */
#include <traceevent/event-parse.h>

void free_tep_plugin_paths(struct tep_handle *handle);

void free_tep_plugin_paths(struct tep_handle *handle)
{
	(void)handle; /* none can have been added */
}
