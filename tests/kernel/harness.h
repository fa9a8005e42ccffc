/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frame of the kernel tests: registration, checks, skips, clean-up. Each test runs in a process of its own. What a test
 * allocates is never freed: the process ends with it; descriptors are counted, and one left open fails the test.
 */
#ifndef KERNEL_HARNESS_H
#define KERNEL_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct test {
	const char *name;
	void (*run)(void);
};

/* Registers a test: TEST(name) { ... }. The linker gathers the entries, in the order of the files. */
#define TEST(name)                                                                                                     \
	static void test_##name(void);                                                                                 \
	static struct test entry_##name                                                                                \
		__attribute__((used, section("kernel_test_rows"), aligned(sizeof(void *)))) = {#name, test_##name};    \
	static void test_##name(void)

struct mode {
	const char *name;
	int (*run)(int argc, char **argv);
};

/* Registers a part to be played after a re-exec of this binary: `kernel_tests @name ...` runs MODE(name). */
#define MODE(name)                                                                                                     \
	static int mode_##name(int argc, char **argv);                                                                 \
	static struct mode mode_entry_##name                                                                           \
		__attribute__((used, section("kernel_mode_rows"), aligned(sizeof(void *)))) = {#name, mode_##name};    \
	static int mode_##name(int argc, char **argv)

/* A failed CHECK is printed and the test goes on; a failed REQUIRE ends it. Both take a printf message. */
#define CHECK(condition, ...) test_check(!!(condition), __FILE__, __LINE__, #condition, __VA_ARGS__)
#define REQUIRE(condition, ...)                                                                                        \
	do {                                                                                                           \
		if (!CHECK(condition, __VA_ARGS__))                                                                    \
			test_end(1);                                                                                   \
	} while (0)
#define CHECK_EQ(actual, expected)                                                                                     \
	test_check_equal((long long)(actual), (long long)(expected), __FILE__, __LINE__, #actual)
#define CHECK_TEXT(actual, expected) test_check_text((actual), (expected), __FILE__, __LINE__, #actual)

bool test_check(bool ok, const char *file, int line, const char *what, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
bool test_check_equal(long long actual, long long expected, const char *file, int line, const char *what);
bool test_check_text(const char *actual, const char *expected, const char *file, int line, const char *what);

/* Ends the test as skipped (status 77), with the reason. */
void test_skip(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Ends the test: cleans up and exits with `status`, or with 1 where a check failed. */
void test_end(int status) __attribute__((noreturn));
/* How often the usual time to wait for what must come: $TEST_PATIENCE, which slow machines set, else 1. */
unsigned int test_patience(void);
/* How many checks failed so far. */
unsigned int test_failures(void);

/* Processes that must not outlive the test: killed (with their process group where it is theirs) by test_end and on
 * time-out. */
void test_own_process(pid_t pid);
void test_disown_process(pid_t pid);
/* Called by test_end, last registered first; for what outlives a process (kernel settings, mounts). */
void test_on_end(void (*undo)(void *), void *arg);

/* A fresh folder of this test, removed at its end. */
const char *test_dir(void);
/* Text from a format, never freed. */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Bytes for a message: what is not printable as \xNN, long ones cut; never freed. */
char *shown(const char *bytes, size_t length);
/* Path of `name` in the folder of this binary; NULL where there is none. */
char *beside_me(const char *name);
/* Path of the program under test: $OBSERVER, or `observer` beside this binary; the test is skipped without one. */
const char *observer_path(void);

#endif
