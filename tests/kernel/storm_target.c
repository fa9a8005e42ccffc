/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a storm runs: nothing, at once. No C library, whose start would cost more than the exec that is looked at.
 *
 * storm_target CURRENT LAST ...: exits where both numbers are the same; else it counts CURRENT down by one, in place,
 * and execs itself by argv[0]. So a chain of execs is as long as its first CURRENT says, and each has a serial number.
 */
#if defined(__x86_64__)
#define SYSCALL_EXECVE 59
#define SYSCALL_EXIT   231
__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall storm_main\n");

static long system_call(long nr, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
#define SYSCALL_EXECVE 221
#define SYSCALL_EXIT   94
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl storm_main\n");

static long system_call(long nr, long a, long b, long c)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
#else
#error "storm_target.c knows no system calls of this architecture"
#endif

void storm_main(long *stack) __attribute__((noreturn, used));

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Decimal digits, as many as before: 1000 becomes 0999. */
static void count_down(char *digits)
{
	char *end = digits;

	while (*end)
		end++;
	while (end > digits && *--end == '0')
		*end = '9';
	(*end)--;
}

void storm_main(long *stack)
{
	long argc = stack[0];
	char **argv = (char **)stack + 1, **envp = argv + argc + 1;
	long status = 0;

	if (argc > 2 && !same(argv[1], argv[2])) {
		count_down(argv[1]);
		system_call(SYSCALL_EXECVE, (long)argv[0], (long)argv, (long)envp);
		status = 1;
	}
	for (;;)
		system_call(SYSCALL_EXIT, status, 0, 0);
}
