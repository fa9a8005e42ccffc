/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few system calls of the load programs that run without libc, so that the figure is the exec and not a
 * start-up of libc. Include once per program; the program defines bare_main() and is linked with -static -nostdlib.
 */
#ifndef LOAD_BARE_H
#define LOAD_BARE_H

#include <asm/unistd.h>
#include <linux/time_types.h>

long bare_main(long argc, char **argv, char **envp);

#if defined(__x86_64__)
/* At entry the stack pointer points to argc; the call misaligns it as the ABI wants. */
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall bare_start\n");

static long bare_call(long number, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "0"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl bare_start\n");

static long bare_call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
#else
#error "no entry code for this architecture"
#endif

__attribute__((noreturn)) void bare_start(long *stack);

void bare_start(long *stack)
{
	char **argv = (char **)(stack + 1);

	bare_call(__NR_exit, bare_main(stack[0], argv, argv + stack[0] + 1), 0, 0);
	__builtin_unreachable();
}

#endif
