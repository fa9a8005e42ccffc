/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Of the sanitized observer alone: no search for leaks at its end. LeakSanitizer stops all threads by ptrace(2) for
 * that and reads /proc, both of which hardening refuses; the unit tests search, which are not hardened.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
