/* SPDX-License-Identifier: GPL-2.0-only */
/* --fail-hook fexit where it cannot be had: it says so, and never goes on with another hook. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "child.h"
#include "harness.h"
#include "session.h"
#include "trial.h"

/* Observer's own exec without a name never comes to the kernel's function: as if that were not what is called. */
static void refuse_exec_of_nothing(void *arg)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EFAULT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	(void)arg;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		child_skip("seccomp");
}

TEST(exec_fail_where_fexit_is_never_called)
{
	struct outcome o;

	need_hook(TRIAL_EXECVEAT);
	o = run_observer(&(struct session_options){
		.raw = true,
		.prepare = refuse_exec_of_nothing,
		.args = LIST("exec", "--failed", "--fail-hook", "fexit", "--duration", "1ms")});
	CHECK_EQ(o.status, 1);
	CHECK(strstr(o.err, "it attaches, but the kernel does not call it"), "it says: %s", o.err);
	CHECK(strstr(o.err, "\nhint: "), "without a hint: %s", o.err);
}

TEST(exec_fail_where_fexit_is_refused)
{
	const char *reason;
	struct outcome o;
	struct trial t;

	need_bpf();
	t = trial_begin(TRIAL_EXECVEAT);
	trial_end(&t);
	if (!t.failed)
		test_skip("this kernel allows programs of type fexit");
	o = run_observer_with("exec", "--failed", "--fail-hook", "fexit", "--duration", "1ms");
	CHECK_EQ(o.status, 1);
	CHECK_TEXT(o.out, "");
	CHECK(strstr(o.err, "failed execs cannot be seen by fexit"), "it says: %s", o.err);
	/* What the verifier would refuse is known before, by the kernel's types. */
	reason = strerror(t.error == EACCES ? ENOENT : t.error);
	CHECK(strstr(o.err, reason), "without the reason, %s: %s", reason, o.err);
	CHECK(strstr(o.err, "hint: ") && strstr(o.err, "leave out --fail-hook"), "without a hint: %s", o.err);
}

TEST(exec_fail_by_fexit_with_what_it_does_not_go_with)
{
	const char *const *const words[] = {
		LIST("exec", "--fail-hook", "fexit"),
		LIST("exec", "--failed", "--fail-hook", "fexit", "--hook", "tracepoint"),
		LIST("exec", "--failed", "--fail-hook", "fexit", "--btf", "/sys/kernel/btf/vmlinux"),
		LIST("exec", "--failed", "--fail-hook", "kprobe"),
		LIST("run", "--fail-hook", "fexit", "--hook", "tracepoint", "--", "true"),
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct outcome o = run_observer(&(struct session_options){.args = words[i], .raw = true});

		CHECK_EQ(o.status, strcmp(words[i][0], "run") == 0 ? 125 : 2);
		CHECK(strstr(o.err, "--fail-hook"), "it says: %s", o.err);
	}
}
