/* SPDX-License-Identifier: GPL-2.0-only */
/* base/harden.h and base/capabilities.h: each check in a process of its own, since nothing of this can be undone. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "base/clock.h"
#include "base/harden.h"
#include "check.h"

/* Runs `function` in a child; its failed checks count as one here. */
static void in_child(void (*function)(void), const char *name)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		check_running = name;
		check_nr_failed = 0;
		function();
		/* No exit handlers: those of a sanitizer trace the process, which is forbidden by now. */
		_exit(check_nr_failed ? 1 : 0);
	}
	waitpid(child, &status, 0);
	CHECK_EQ(status, 0);
}
#define RUN_IN_CHILD(function)                                                                                         \
	do {                                                                                                           \
		check_running = #function;                                                                             \
		in_child(function, #function);                                                                         \
	} while (0)

static unsigned int harden_all(void)
{
	struct error err = {0};
	int in_force = harden(&(struct harden_settings){0}, &err);

	CHECK(in_force == HARDEN_ALL || (err.code < 0 && err.text[0]));
	return in_force;
}

/* The value of a line of /proc/self/status, read from the text of the file. */
static const char *status_line(const char *status, const char *name)
{
	static char value[128];
	const char *line = strstr(status, name);

	value[0] = '\0';
	if (line)
		sscanf(line + strlen(name), " %127s", value);
	return value;
}

static void the_kernel_says_so(void)
{
	static char status[8192];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	unsigned int in_force = harden_all();

	/* The file shows the task that opened it as it is when read. */
	if (read(fd, status, sizeof(status) - 1) <= 0)
		exit(1);
	CHECK_EQ(in_force & HARDEN_CAPABILITIES, HARDEN_CAPABILITIES);
	CHECK_TEXT(status_line(status, "CapInh:"), "0000000000000000");
	CHECK_TEXT(status_line(status, "CapPrm:"), "0000000000000000");
	CHECK_TEXT(status_line(status, "CapEff:"), "0000000000000000");
	CHECK_TEXT(status_line(status, "CapAmb:"), "0000000000000000");
	if (in_force & HARDEN_BOUNDING)
		CHECK_TEXT(status_line(status, "CapBnd:"), "0000000000000000");
	CHECK_TEXT(status_line(status, "NoNewPrivs:"), "1");
	CHECK_TEXT(status_line(status, "Seccomp:"), "2");
}

static int bpf_command(int command)
{
	union bpf_attr attr = {0};

	return syscall(SYS_bpf, command, &attr, sizeof(attr));
}

/* True where the call failed with EPERM, by the list rather than by an argument. */
#define REFUSED(call) (errno = 0, (call) < 0 && errno == EPERM)

static void what_is_not_needed_is_refused(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int tty = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!(harden_all() & HARDEN_SECCOMP))
		return;
	CHECK(REFUSED(open("/dev/null", O_RDONLY)));
	CHECK(REFUSED(open("/dev/null", O_WRONLY)));
	CHECK(REFUSED(syscall(SYS_openat2, -1, "", NULL, 0)));
	CHECK(REFUSED(syscall(SYS_memfd_create, "x", 0)));
	CHECK(REFUSED(socket(AF_UNIX, SOCK_DGRAM, 0)));
	CHECK(REFUSED(execve("/bin/true", (char *[]){NULL}, (char *[]){NULL})));
	CHECK(REFUSED(fork()));
	CHECK(REFUSED(kill(getpid(), 0)));
	CHECK(REFUSED(syscall(SYS_ptrace, 0, 0, 0, 0)));
	CHECK(REFUSED(unlink("/nonexistent")));
	CHECK(REFUSED(rename("/nonexistent", "/nonexistent2")));
	CHECK(REFUSED(syscall(SYS_setuid, 0)));
	CHECK(REFUSED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)));
	CHECK(REFUSED(syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC)));
	CHECK(REFUSED(syscall(SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1)));
	CHECK(syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == -1 &&
	      errno == EPERM);
	CHECK(REFUSED(ioctl(tty, TIOCSTI, "x")));
	CHECK(REFUSED(syscall(SYS_tgkill, 1, 1, 0)));
	for (int command = 0; command < 40; command++)
		if (command != BPF_OBJ_GET_INFO_BY_FD)
			CHECK(REFUSED(bpf_command(command)));
}

static int nr_signals;

static void count_signal(int number)
{
	(void)number;
	nr_signals++;
}

static void check_files(int file)
{
	struct stat st;

	CHECK_EQ(write(file, "observer", 8), 8);
	CHECK_EQ(ftruncate(file, 4), 0);
	CHECK_EQ(fstat(file, &st), 0);
	CHECK_EQ(st.st_size, 4);
	CHECK_EQ(lseek(file, 0, SEEK_SET), 0);
	CHECK_EQ(fsync(file) && errno == EPERM, 0);
	CHECK(fcntl(file, F_GETFL) >= 0);
	/* Not a terminal, but asked. */
	CHECK(ioctl(file, TIOCGWINSZ, &(struct winsize){0}) < 0 && errno != EPERM);
}

static void check_memory(void)
{
	char *small[64], *large = malloc(8 << 20);

	CHECK(large != NULL);
	if (!large)
		return;
	memset(large, 1, 8 << 20);
	large = realloc(large, 16 << 20);
	CHECK(large && large[8191] == 1);
	free(large);
	for (size_t i = 0; i < 64; i++)
		small[i] = malloc(50000);
	for (size_t i = 0; i < 64; i++) {
		CHECK(small[i] != NULL);
		free(small[i]);
	}
}

static void check_waiting(int epoll, const struct clock *c)
{
	struct timespec moment = {.tv_nsec = 1000};
	struct clock clock = *c;
	struct epoll_event event;

	CHECK_EQ(epoll_wait(epoll, &event, 1, 1), 0);
	CHECK_EQ(poll(NULL, 0, 1), 0);
	CHECK_EQ(nanosleep(&moment, NULL), 0);
	clock.offset_ns = 1;
	clock_check(&clock);
	CHECK_EQ(clock.offset_ns, c->fd >= 0 ? 1 : c->offset_ns);
}

/* Everything that a running observer does. */
static void what_is_needed_still_works(void)
{
	FILE *file = tmpfile();
	int epoll = epoll_create1(EPOLL_CLOEXEC), sockets[2];
	struct clock_day day = {0};
	struct buffer b = {0};
	struct clock clock;
	char received[8];

	if (!file || epoll < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) || clock_open(&clock, NULL))
		exit(1);
	clock_day_init(&day);
	harden_all();
	check_files(fileno(file));
	check_memory();
	check_waiting(epoll, &clock);
	CHECK_EQ(send(sockets[0], "READY=1", 7, MSG_NOSIGNAL), 7);
	CHECK_EQ(read(sockets[1], received, sizeof(received)), 7);
	signal(SIGUSR1, count_signal);
	raise(SIGUSR1);
	CHECK_EQ(nr_signals, 1);
	/* What ends a write that blocks at the end. */
	alarm(100);
	CHECK(alarm(0) > 0);
	/* The libc must not want to look for the zone again. */
	clock_append_day(&b, &day, 1720272810024915999);
	CHECK_EQ(b.length, 15);
	/* By its argument, not by the list. */
	CHECK(bpf_command(BPF_OBJ_GET_INFO_BY_FD) < 0);
	CHECK_EQ(close(epoll), 0);
}

static void aborting_still_ends_it(void)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0});
		signal(SIGABRT, SIG_DFL);
		harden_all();
		abort();
	}
	waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void layers_can_be_chosen(void)
{
	struct error err = {0};

	CHECK_EQ(harden(&(struct harden_settings){.layers = HARDEN_NO_NEW_PRIVS}, &err), HARDEN_NO_NEW_PRIVS);
	CHECK_EQ(err.code, 0);
	CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_EQ(prctl(PR_GET_SECCOMP, 0, 0, 0, 0), 0);
}

/* As in a container or as a user: what is refused is said, the rest is in force. */
static void refusal_is_told_and_not_fatal(void)
{
	struct error err = {0};
	unsigned int in_force;

	if (setresuid(65534, 65534, 65534)) {
		fprintf(stderr, "not root: refusal not tested\n");
		return;
	}
	in_force = harden(&(struct harden_settings){0}, &err);
	CHECK_EQ(in_force, HARDEN_ALL & ~HARDEN_BOUNDING);
	/* The bounding set has no effect under no_new_privs. */
	CHECK_EQ(err.code, 0);
	/* A second time everything new is refused by the list of the first. */
	in_force = harden(&(struct harden_settings){0}, &err);
	CHECK_EQ(in_force & (HARDEN_NO_NEW_PRIVS | HARDEN_BOUNDING | HARDEN_SECCOMP), 0);
	CHECK_EQ(err.code, -EPERM);
	CHECK(strstr(err.text, "no_new_privs"));
	CHECK_EQ(harden(&(struct harden_settings){0}, NULL), in_force);
}

static void the_bounding_set_alone_is_told(void)
{
	struct error err = {0};

	if (setresuid(65534, 65534, 65534))
		return;
	CHECK_EQ(harden(&(struct harden_settings){.layers = HARDEN_BOUNDING}, &err), 0);
	CHECK_EQ(err.code, -EPERM);
	CHECK(strstr(err.text, "bounding set"));
}

static void layers_have_names(void)
{
	struct buffer b = {0};

	harden_describe(&b, 0);
	CHECK_BUFFER(&b, "none");
	b.length = 0;
	harden_describe(&b, HARDEN_SECCOMP | HARDEN_NO_NEW_PRIVS);
	CHECK_BUFFER(&b, "no_new_privs, seccomp");
	buffer_done(&b);
}

static void set_effective(uint64_t set)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	if (syscall(SYS_capget, &header, data))
		exit(1);
	for (int i = 0; i < 2; i++)
		data[i].effective = set >> 32 * i;
	if (syscall(SYS_capset, &header, data))
		exit(1);
}

static const char *missing(struct buffer *b, unsigned int needs)
{
	bool told;

	b->length = 0;
	told = capabilities_describe_missing(b, needs);
	CHECK_EQ(told, b->length > 0);
	buffer_append_char(b, '\0');
	return b->data;
}

#define BIT(number) (1ULL << (number))

static void missing_capabilities_are_named(void)
{
	struct buffer b = {0};

	if (!capabilities_have(CAP_BPF) || !capabilities_have(CAP_PERFMON) || !capabilities_have(CAP_SYS_ADMIN)) {
		fprintf(stderr, "no capabilities to give up: not tested\n");
		return;
	}
	CHECK_TEXT(missing(&b, NEED_BPF | NEED_PERFMON | NEED_TRACEFS), "");
	set_effective(BIT(CAP_SYS_ADMIN));
	CHECK_TEXT(missing(&b, NEED_BPF | NEED_PERFMON), "");
	set_effective(BIT(CAP_BPF));
	CHECK_TEXT(missing(&b, NEED_BPF | NEED_PERFMON), "CAP_PERFMON (or CAP_SYS_ADMIN)");
	set_effective(BIT(CAP_PERFMON));
	CHECK_TEXT(missing(&b, NEED_BPF | NEED_PERFMON), "CAP_BPF (or CAP_SYS_ADMIN)");
	CHECK_TEXT(missing(&b, NEED_PERFMON), "");
	set_effective(0);
	CHECK_TEXT(missing(&b, NEED_BPF | NEED_PERFMON), "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN)");
	CHECK_EQ(capabilities_missing(NEED_BPF | NEED_PERFMON), NEED_BPF | NEED_PERFMON);
	CHECK(!capabilities_have(CAP_BPF) && !capabilities_have(64) && !capabilities_have(1000));
	buffer_done(&b);
}

static void another_user_needs_more(void)
{
	struct buffer b = {0};

	if (setresuid(65534, 65534, 65534))
		return;
	CHECK_TEXT(missing(&b, NEED_BPF | NEED_PERFMON | NEED_TRACEFS),
		   "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) and CAP_DAC_READ_SEARCH");
	CHECK_TEXT(missing(&b, NEED_TRACEFS), "CAP_DAC_READ_SEARCH");
	buffer_done(&b);
}

int main(void)
{
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0)
		fprintf(stderr, "already under seccomp\n");
	RUN_IN_CHILD(the_kernel_says_so);
	RUN_IN_CHILD(what_is_not_needed_is_refused);
	RUN_IN_CHILD(what_is_needed_still_works);
	RUN_IN_CHILD(aborting_still_ends_it);
	RUN_IN_CHILD(layers_can_be_chosen);
	RUN_IN_CHILD(refusal_is_told_and_not_fatal);
	RUN_IN_CHILD(the_bounding_set_alone_is_told);
	RUN_IN_CHILD(missing_capabilities_are_named);
	RUN_IN_CHILD(another_user_needs_more);
	RUN(layers_have_names);
	return test_main();
}
