/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of a label and a text. */
#include "doctor/look.h"

#include "base/fill.h"
#include "base/utf8.h"

static const char *const colors[MOOD_MAX] = {
	[MOOD_PLAIN] = "",	   [MOOD_GOOD] = "\x1b[32m", [MOOD_WARNING] = "\x1b[33m",
	[MOOD_BAD] = "\x1b[1;31m", [MOOD_DIM] = "\x1b[2m",   [MOOD_HEADING] = "\x1b[1m",
};

void look_put(const struct look *look, enum mood mood, struct slice text, struct buffer *out)
{
	bool styled = look->color && *colors[mood];

	if (styled)
		buffer_append_text(out, colors[mood]);
	buffer_append_visible(out, text.data, text.length);
	if (styled)
		buffer_append_text(out, "\x1b[0m");
}

void look_put_line(const struct look *look, const char *label, struct slice text, struct buffer *out)
{
	_cleanup_buffer_ struct buffer visible = {0};

	if (!text.length)
		return;
	buffer_append_safe(&visible, text.data, text.length);
	buffer_append_text(out, "  ");
	buffer_append_text(out, label);
	fill_pad(out, LOOK_LABEL);
	fill_text(out, visible.data, visible.length, (struct fill){.indent = LOOK_LABEL, .columns = look->columns});
}

void look_put_log(const char *label, struct slice lines, struct buffer *out)
{
	const char *at = lines.data, *end = at + lines.length;

	while (at < end) {
		const char *line_end = memchr(at, '\n', end - at);

		line_end = line_end ? line_end : end;
		buffer_append_text(out, "  ");
		buffer_append_text(out, label);
		fill_pad(out, LOOK_LABEL);
		buffer_append_safe(out, at, line_end - at);
		buffer_append_char(out, '\n');
		label = "";
		at = line_end + 1;
	}
}
