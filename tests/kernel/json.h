/* SPDX-License-Identifier: GPL-2.0-only */
/* Values out of JSON events, with exact bytes from the _b64 keys; and checks of them. Text returned is never freed. */
#ifndef KERNEL_JSON_H
#define KERNEL_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "files.h"

struct bytes {
	const char *data; /* NULL where the key is absent; NUL-terminated */
	size_t length;
};

bool json_has(const json_t *e, const char *key);
/* The number under `key`; the test fails where there is none. */
uint64_t json_number(const json_t *e, const char *key);
/* The text under `key`, NULL where there is none. Hexadecimal text as a number. */
const char *json_text(const json_t *e, const char *key);
uint64_t json_hex(const json_t *e, const char *key);
/* Exact bytes: from KEY_b64 where it is there. */
struct bytes json_bytes(const json_t *e, const char *key);
struct strings json_strings(const json_t *e, const char *key);
/* True where the array under `key` holds this text (exact bytes). */
bool json_array_has(const json_t *e, const char *key, const char *value);
bool utf8_valid(const char *data, size_t length);

/* Each says which event and key is wrong. */
#define CHECK_NUMBER(e, key, expected)	  check_number((e), (key), (unsigned long long)(expected), __FILE__, __LINE__)
#define CHECK_JSON_TEXT(e, key, expected) check_json_text((e), (key), (expected), __FILE__, __LINE__)
#define CHECK_FLAG(e, key, expected)	  check_flag((e), (key), (expected), __FILE__, __LINE__)
#define CHECK_STRINGS(e, key, expected)	  check_strings((e), (key), (expected), __FILE__, __LINE__)
#define CHECK_ABSENT(e, key)		  CHECK(!json_has((e), (key)), "key '%s' is there: %s", (key), json_shown((e), (key)))
bool check_number(const json_t *e, const char *key, unsigned long long expected, const char *file, int line);
bool check_json_text(const json_t *e, const char *key, const char *expected, const char *file, int line);
bool check_flag(const json_t *e, const char *key, bool expected, const char *file, int line);
bool check_strings(const json_t *e, const char *key, struct strings expected, const char *file, int line);
char *json_shown(const json_t *e, const char *key);

/* What holds for the strings of every event: KEY_b64 is there exactly where the bytes are not UTF-8. */
void check_encoding(const json_t *e);

#endif
