/* SPDX-License-Identifier: GPL-2.0-only */
/* Credentials after the exec: ids, capabilities, and whether the kernel took the exec for a privileged one. */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "child.h"
#include "expect.h"
#include "files.h"
#include "harness.h"
#include "json.h"
#include "session.h"

#define SOME_UID  12345
#define OTHER_UID 23456

/* Who execs what. */
struct caller {
	const char *program;
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
	bool no_new_privs;
	void (*more)(void); /* after the ids were changed */
};

static void become_and_exec(void *arg)
{
	const struct caller *who = arg;

	if (setgroups(0, NULL) != 0 || setresgid(who->rgid, who->egid, who->sgid) != 0 ||
	    setresuid(who->ruid, who->euid, who->suid) != 0)
		child_skip("changing ids");
	if (who->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		child_skip("no_new_privs");
	if (who->more)
		who->more();
	child_exec(who->program, LIST(who->program), NULL);
}

static struct caller user_calls(const char *program)
{
	return (struct caller){program, SOME_UID, SOME_UID, SOME_UID, SOME_UID, SOME_UID, SOME_UID, false, NULL};
}

/* Checks the event against /proc in every key, then against what this case is about. */
static json_t *check_caller(struct session *s, struct caller who, uid_t euid, bool privileged)
{
	struct child c = child_start(become_and_exec, &who);
	json_t *e;

	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_plain(e, c.pid, who.program);
	CHECK_NUMBER(e, "euid", euid);
	CHECK_FLAG(e, "privileged", privileged);
	child_end(&c);
	return e;
}

/* A program on a file system where privileges count, with that owner and mode. */
static char *make_owned(const char *dir, const char *name, uid_t owner, mode_t mode)
{
	char *path = text("%s/%s", dir, name);

	make_program(path, PROGRAM_HOLD);
	REQUIRE(chown(path, owner, owner) == 0, "cannot give '%s' away: %s", path, strerror(errno));
	REQUIRE(chmod(path, mode) == 0, "cannot set the mode of '%s': %s", path, strerror(errno));
	return path;
}

static char *privileged_dir(void)
{
	return own_tmpfs("privileged", "size=1m,mode=755");
}

TEST(creds_of_every_kind)
{
	char *hold = make_hold("hold");
	struct session *s = session_start_default();
	struct caller who = {hold, 21, 22, 23, 11, 12, 13, false, NULL};
	json_t *e = check_caller(s, who, 22, true);

	CHECK_NUMBER(e, "uid", 21);
	CHECK_NUMBER(e, "suid", 22);
	CHECK_NUMBER(e, "gid", 11);
	CHECK_NUMBER(e, "egid", 12);
	CHECK_NUMBER(e, "sgid", 12);
	check_caller(s, user_calls(hold), SOME_UID, false);
	session_stop(s);
}

/* Nobody's name, and names: root and whoever else this machine has. */
TEST(creds_user_names)
{
	char *hold = make_hold("hold");
	struct session *s = session_start_default();
	json_t *e;

	CHECK_JSON_TEXT(check_caller(s, (struct caller){.program = hold}, 0, false), "user",
			user_name(0) ? user_name(0) : "0");
	for (uid_t uid = 1; uid < 100; uid += 7) {
		struct caller who = {hold, uid, uid, uid, 0, 0, 0, false, NULL};

		e = check_caller(s, who, uid, false);
		CHECK_JSON_TEXT(e, "user", user_name(uid) ? user_name(uid) : json_text(e, "user"));
	}
	e = check_caller(s, user_calls(hold), SOME_UID, false);
	if (!user_name(SOME_UID))
		CHECK(!json_has(e, "user") || !strcmp(json_text(e, "user"), "12345"), "user is %s",
		      json_shown(e, "user"));
	session_stop(s);
}

TEST(creds_setuid)
{
	char *dir = privileged_dir();
	struct session *s = session_start_default();
	json_t *e;

	e = check_caller(s, user_calls(make_owned(dir, "other", OTHER_UID, 04755)), OTHER_UID, true);
	CHECK_NUMBER(e, "uid", SOME_UID);
	CHECK_NUMBER(e, "suid", OTHER_UID);
	CHECK_EQ(json_hex(e, "cap_effective"), 0);
	e = check_caller(s, user_calls(make_owned(dir, "root", 0, 04755)), 0, true);
	CHECK(json_hex(e, "cap_effective") != 0, "root without capabilities");
	/* Setuid to whom one is already changes nothing. */
	check_caller(s, user_calls(make_owned(dir, "self", SOME_UID, 04755)), SOME_UID, false);
	/* By root it is a loss of privileges, and a change of ids all the same. */
	check_caller(s, (struct caller){.program = text("%s/other", dir)}, OTHER_UID, true);
	session_stop(s);
}

TEST(creds_setgid)
{
	char *dir = privileged_dir();
	struct session *s = session_start_default();
	json_t *e = check_caller(s, user_calls(make_owned(dir, "group", OTHER_UID, 02755)), SOME_UID, true);

	CHECK_NUMBER(e, "gid", SOME_UID);
	CHECK_NUMBER(e, "egid", OTHER_UID);
	CHECK_NUMBER(e, "sgid", OTHER_UID);
	session_stop(s);
}

/* Gives a file a capability, permitted and effective (VFS_CAP_REVISION_2). */
static void set_file_capability(const char *path, int capability)
{
	struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};

	data.data[capability / 32].permitted = 1U << (capability % 32);
	if (setxattr(path, "security.capability", &data, XATTR_CAPS_SZ_2, 0) != 0)
		test_skip("no file capabilities here: %s", strerror(errno));
}

TEST(creds_file_capabilities)
{
	char *program = make_owned(privileged_dir(), "capable", 0, 0755);
	struct session *s;
	json_t *e;

	set_file_capability(program, CAP_NET_RAW);
	s = session_start_default();
	e = check_caller(s, user_calls(program), SOME_UID, true);
	CHECK_EQ(json_hex(e, "cap_permitted"), 1LL << CAP_NET_RAW);
	CHECK_EQ(json_hex(e, "cap_effective"), 1LL << CAP_NET_RAW);
	session_stop(s);
}

TEST(creds_no_new_privs)
{
	char *dir = privileged_dir(), *setuid_program = make_owned(dir, "root", 0, 06755);
	char *capable = make_owned(dir, "capable", 0, 0755);
	struct session *s;
	struct caller who = user_calls(setuid_program);

	set_file_capability(capable, CAP_NET_RAW);
	s = session_start_default();
	who.no_new_privs = true;
	CHECK_NUMBER(check_caller(s, who, SOME_UID, false), "egid", SOME_UID);
	who.program = capable;
	/* The kernel denies the capability and sets AT_SECURE all the same (security/commoncap.c). */
	CHECK_EQ(json_hex(check_caller(s, who, SOME_UID, true), "cap_permitted"), 0);
	session_stop(s);
}

TEST(creds_nosuid_mount)
{
	char *dir = privileged_dir(), *program = make_owned(dir, "root", 0, 06755);
	struct session *s = session_start_default();

	check_caller(s, user_calls(program), 0, true);
	REQUIRE(mount(NULL, dir, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL) == 0, "cannot remount: %s",
		strerror(errno));
	check_caller(s, user_calls(program), SOME_UID, false);
	session_stop(s);
}

/* The set-id bits of a script do nothing. */
TEST(creds_setuid_script)
{
	char *dir = privileged_dir(), *hold = make_owned(dir, "hold", 0, 0755), *script = text("%s/script", dir);
	char *line = text("#!%s\n", hold);
	struct session *s = session_start_default();
	struct caller who = user_calls(script);
	struct child c;
	json_t *e;

	make_file(script, line, strlen(line), 06755);
	c = child_start(become_and_exec, &who);
	child_wait(&c);
	e = session_wait_pid(s, c.pid);
	check_exec(e, &(struct facts){.pid = c.pid, .filename = script, .interp = hold});
	CHECK_NUMBER(e, "euid", SOME_UID);
	CHECK_FLAG(e, "privileged", false);
	child_end(&c);
	session_stop(s);
}

static void set_capabilities(unsigned long long set)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{(uint32_t)set, (uint32_t)set, (uint32_t)set},
						 {(uint32_t)(set >> 32), (uint32_t)(set >> 32), (uint32_t)(set >> 32)}};

	if (syscall(SYS_capset, &header, data) != 0)
		child_skip("capset");
}

/* No user of the root kind any more, one ambient capability. */
static void ambient(void)
{
	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setresuid(SOME_UID, SOME_UID, SOME_UID) != 0)
		child_skip("changing ids");
	set_capabilities(1ULL << CAP_NET_RAW);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0)
		child_skip("ambient capabilities");
}

static void root_without_power(void)
{
	if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0, 0, 0) != 0)
		child_skip("securebits");
}

static void bounded(void)
{
	if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0) != 0)
		child_skip("bounding set");
}

TEST(creds_capabilities)
{
	char *hold = make_hold("hold");
	struct session *s = session_start_default();
	struct caller who = {.program = hold, .more = ambient};
	json_t *e = check_caller(s, who, SOME_UID, false);

	CHECK_EQ(json_hex(e, "cap_permitted"), 1LL << CAP_NET_RAW);
	CHECK_EQ(json_hex(e, "cap_effective"), 1LL << CAP_NET_RAW);
	who.more = root_without_power;
	CHECK_EQ(json_hex(check_caller(s, who, 0, false), "cap_effective"), 0);
	who.more = bounded;
	CHECK(!(json_hex(check_caller(s, who, 0, false), "cap_permitted") & 1ULL << CAP_SYS_ADMIN),
	      "a capability outside of the bounding set");
	session_stop(s);
}

static void log_in(void)
{
	if (write_text("/proc/self/loginuid", "4711") != 0)
		child_skip("loginuid");
}

TEST(creds_login)
{
	char *hold = make_hold("hold");
	struct session *s = session_start_default();
	struct caller who = {.program = hold, .more = log_in};
	json_t *e = check_caller(s, who, 0, false), *again;

	CHECK_NUMBER(e, "loginuid", 4711);
	again = check_caller(s, who, 0, false);
	CHECK(json_number(e, "audit_session") != json_number(again, "audit_session"), "two logins, one session %s",
	      json_shown(e, "audit_session"));
	session_stop(s);
}
