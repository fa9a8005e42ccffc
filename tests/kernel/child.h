/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that tests let exec. A child runs a body of test code that ends in an exec of PROGRAM_HOLD, which writes
 * "." to descriptor 1 and waits: then /proc/PID can be compared at leisure.
 */
#ifndef KERNEL_CHILD_H
#define KERNEL_CHILD_H

#include <stddef.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int ready; /* reading end of the pipe that is the child's descriptor 1 */
};

/* A null-terminated list for argv, envp and option lists. */
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Forks; the child runs body(arg) in a process group of its own, with /dev/null as descriptor 0. */
struct child child_start(void (*body)(void *arg), void *arg);
/* Waits until the program that the body exec'ed says that it runs; the test fails, or is skipped, with what the body
 * said. */
void child_wait(struct child *c);
/* Kills the child and its process group, waits for it. */
void child_end(struct child *c);
/* Waits for the end of a child that ends by itself; returns the wait status. */
int child_join(struct child *c);

/* In a body: end the child; the test fails (is skipped) with this text and errno's meaning. */
void child_fail(const char *what) __attribute__((noreturn));
void child_skip(const char *what) __attribute__((noreturn));
/* In a body: exec, or child_fail. */
void child_exec(const char *path, const char *const *argv, const char *const *envp) __attribute__((noreturn));
/* In a body: forks; the caller waits for the new process and then sleeps, the new process goes on. */
void child_fork_and_go_on(void);

/* A plain exec; waits until the program runs. `envp` NULL: the test's own environment. */
struct child child_hold(const char *path, const char *const *argv, const char *const *envp);

/* A string that no other exec of the machine has among its arguments. */
char *new_tag(void);
/* How each of them begins. */
char *tag_prefix(void);

/* Room for `bytes` of arguments in the programs that this process starts; skips the test where they are not allowed. */
void allow_arguments(size_t bytes);
/* Zeroed memory that the test and its children share. */
void *shared_page(void);
/* `nr` words of `length` bytes, each another one. */
const char **long_list(size_t nr, size_t length);

#endif
