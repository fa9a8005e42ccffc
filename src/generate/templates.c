/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds embedded files. */
#include "generate/templates.h"

#include <stdlib.h>
#include <string.h>

const char *template_text(const char *path)
{
	for (const struct template *t = templates; t->path; t++)
		if (!strcmp(t->path, path))
			return t->text;
	abort();
}
