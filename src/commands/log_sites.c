/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads and lists log lines of the kernel side. */
#include "commands/log_sites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "cli/print.h"

static int fail_form(const char *text, struct error *err)
{
	fail(err, -EINVAL, "option '--klog-site': '%s' is not FILE:LINE=on or FILE:LINE=off", text);
	return fail_hint(err, "--klog-list lists the lines that can log");
}

/* Splits the text in place. */
static int read_site(char *copy, const char *text, struct capture_log_site *ret, struct error *err)
{
	char *equals = strrchr(copy, '='), *colon, *end;
	unsigned long line;

	if (!equals || (strcmp(equals, "=on") != 0 && strcmp(equals, "=off") != 0))
		return fail_form(text, err);
	*equals = '\0';
	colon = strrchr(copy, ':');
	if (!colon || colon == copy || colon[1] < '0' || colon[1] > '9')
		return fail_form(text, err);
	line = strtoul(colon + 1, &end, 10);
	if (*end || line > UINT32_MAX)
		return fail_form(text, err);
	*colon = '\0';
	*ret = (struct capture_log_site){.file = copy, .line = line, .on = equals[2] == 'n'};
	return 0;
}

static bool has_site(const struct klog_table *t, const struct capture_log_site *site)
{
	for (size_t i = 0; i < klog_table_count(t); i++)
		if (klog_place_is_at(klog_table_at(t, i), site->file, site->line))
			return true;
	return false;
}

static int check_site(const struct klog_table *t, const struct capture_log_site *site, struct error *err)
{
	if (has_site(t, site))
		return 0;
	fail(err, -EINVAL, "option '--klog-site': nothing is logged in line %u of '%s'", site->line, site->file);
	return fail_hint(err, "--klog-list lists the lines that can log");
}

int log_sites_read(const struct option_texts *texts, uint32_t events, struct capture_log_site **ret, struct error *err)
{
	struct capture_log_site *sites;
	struct klog_table *table;
	size_t bytes = 0;
	char *copy;
	int r = capture_list_log(events, &table, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < texts->nr_items; i++)
		bytes += strlen(texts->items[i]) + 1;
	sites = malloc(texts->nr_items * sizeof(*sites) + bytes);
	if (!sites)
		r = fail(err, -ENOMEM, "no memory for the options");
	copy = (char *)(sites + texts->nr_items);
	for (size_t i = 0; r == 0 && i < texts->nr_items; i++) {
		char *next = stpcpy(copy, texts->items[i]) + 1;

		r = read_site(copy, texts->items[i], &sites[i], err);
		if (r == 0)
			r = check_site(table, &sites[i], err);
		copy = next;
	}
	klog_table_close(table);
	if (r < 0) {
		free(sites);
		return r;
	}
	*ret = sites;
	return 0;
}

int log_sites_print(uint32_t events, struct error *err)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct klog_table *table;
	int r = capture_list_log(events, &table, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < klog_table_count(table); i++) {
		const struct klog_place *p = klog_table_at(table, i);

		buffer_printf(&text, "%-5s %s:%u %s: ", klog_level_name(p->level), p->file, p->line, p->function);
		buffer_append_visible(&text, p->format, strlen(p->format));
		buffer_append_char(&text, '\n');
	}
	klog_table_close(table);
	return print_buffer(&text, err);
}
