/* SPDX-License-Identifier: GPL-2.0-only */
/* process/container.h: paths as the runtimes make them, and paths that only look so. */
#include "check.h"
#include "process/container.h"

#define A   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B   "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID "0c4d6e1a-7a3b-4f55-9d0e-1234567890ab"

/* The id found in a path written the usual way round, or "". */
static const char *id_of(const char *path)
{
	static char id[CONTAINER_ID_BYTES + 1];
	char components[1024], text[1024];
	size_t length = 0;
	const char *found;
	char *slash;

	snprintf(text, sizeof(text), "%s", path);
	while ((slash = strrchr(text, '/'))) {
		memcpy(components + length, slash + 1, strlen(slash + 1) + 1);
		length += strlen(slash + 1) + 1;
		*slash = '\0';
	}
	found = container_find_id(components, length);
	/* The same where the last NUL is missing. */
	CHECK(found == container_find_id(components, length - 1));
	if (!found)
		return "";
	memcpy(id, found, CONTAINER_ID_BYTES);
	return id;
}

static void containers_are_found(void)
{
	static const char *const paths[] = {
		"/system.slice/docker-" A ".scope",
		"/docker/" A,
		"/docker/" A "/system.slice/cron.service",
		"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" A ".scope",
		"/machine.slice/libpod-" A ".scope/container",
		"/libpod_parent/libpod-" A,
		"/user.slice/user-0.slice/session-1.scope/libpod-payload-" A,
		"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0c4d6e1a.slice/cri-containerd-" A
		".scope",
		"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod0c4d6e1a.slice/crio-" A ".scope",
		"/kubepods.slice/kubepods-pod0c4d6e1a.slice/docker-" A ".scope",
		"/kubepods/burstable/pod" UID "/" A,
		"/kubepods/pod" UID "/" A,
		"/kubepods/besteffort/pod" UID "/crio-" A,
		"/kubepods.slice/kubepods-burstable.slice/" A,
		"/kubelet/kubepods/burstable/pod" UID "/" A,
		"/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" A,
		"/system.slice/nerdctl-" A ".scope",
		"/default/" A,
		"/k8s.io/" A,
		/* the innermost one */
		"/docker/" B "/docker/" A,
		"/kubepods/burstable/pod" UID "/" B "/docker/" A,
		"/system.slice/docker-" B ".scope/machine.slice/libpod-" A ".scope",
		"/docker/" A "/" B,
		"/docker/" A "/libpod-conmon-" B ".scope",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!CHECK_TEXT(id_of(paths[i]), A))
			fprintf(stderr, "  path: %s\n", paths[i]);
}

static void others_are_not(void)
{
	static const char *const paths[] = {
		"/",
		"/user.slice/user-1000.slice/session-3.scope",
		"/system.slice/docker.service",
		"/machine.slice/systemd-nspawn@debian.service/payload",
		"/machine.slice/machine-debian.scope",
		/* digits of no known place */
		"/" A,
		"/cache/" A,
		"/user.slice/" A,
		"/" A ".scope",
		"/system.slice/" A ".scope",
		"/docker/" A ".scope",
		"/docker/x/" A,
		"/x/default/" A,
		"/x/k8s.io/" A,
		"/podium/" A,
		"/pod" UID "/" A,
		"/kubepods/burstable/other/" A,
		"/mydocker/" A,
		/* prefixes of others */
		"/foo-" A ".scope",
		"/mydocker-" A ".scope",
		"/docker-x-" A ".scope",
		"/docker" A,
		"/-" A,
		"/:" A,
		"/docker:" A,
		"/x:foo:" A,
		"/libpod-conmon-" A ".scope",
		"/crio-conmon-" A ".scope",
		"/machine.slice/machine-libpod_pod_" A ".slice",
		/* not 64 digits of the right sort */
		"/docker/" A "0",
		"/docker/0123456789abcdef",
		"/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
		"/docker/g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"/system.slice/docker-" A ".scope.d",
		"/system.slice/docker-" A ".service",
		"/docker/" A "-init",
		"/docker/.scope",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!CHECK_TEXT(id_of(paths[i]), ""))
			fprintf(stderr, "  path: %s\n", paths[i]);
}

static void odd_lists_do_no_harm(void)
{
	char zeros[200] = {0};

	CHECK(!container_find_id("", 0));
	CHECK(!container_find_id(zeros, sizeof(zeros)));
	/* Cut at its front: the parent that would say more is missing. */
	CHECK(!container_find_id(A, 64));
	CHECK(container_find_id(A "\0docker", 64 + 7) != NULL);
	CHECK(!container_find_id(A "\0docke", 64 + 6));
}

int main(void)
{
	RUN(containers_are_found);
	RUN(others_are_not);
	RUN(odd_lists_do_no_harm);
	return test_main();
}
