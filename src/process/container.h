/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The id of a container out of a cgroup path, by the names that container runtimes give. 64 lower-case hexadecimal
 *digits are an id only in one of these places; any other directory of such a name is not:
 *
 *	PREFIX-ID or PREFIX-ID.scope	docker, libpod, libpod-payload (podman), cri-containerd, nerdctl (containerd),
 *crio (CRI-O) ANY:RUNTIME:ID			the same runtimes, where systemd's notation went to cgroupfs
 *	.../docker/ID
 *	.../kubepods*.../pod.../ID	also right below kubepods*
 *	/default/ID, /k8s.io/ID		namespaces of containerd, at the root only
 *
 * The innermost one counts. The monitors beside a container (conmon) are not in it. Machines of systemd-nspawn have no
 *such id.
 */
#ifndef PROCESS_CONTAINER_H
#define PROCESS_CONTAINER_H

#include <stddef.h>

#define CONTAINER_ID_BYTES 64

/*
 * `components` are those of a path, leaf first, each ended by NUL (the last may lack it). Returns the
 * CONTAINER_ID_BYTES digits inside them, not ended by NUL; NULL where the path names no container.
 */
const char *container_find_id(const char *components, size_t length);

#endif
