/* SPDX-License-Identifier: GPL-2.0-only */
/* Text files of this project that are part of the program: what generated code begins with, and what it copies. */
#ifndef GENERATE_TEMPLATES_H
#define GENERATE_TEMPLATES_H

struct template
{
	const char *path; /* from the root of this project; NULL: the end of the list */
	const char *text;
};

/* Made by templates/embed.py from the files that meson.build lists. */
extern const struct template templates[];

/* The text of a file that is in the list; it is a mistake of the program's own if it is not, and ends it. */
const char *template_text(const char *path);

#endif
