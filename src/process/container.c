/* SPDX-License-Identifier: GPL-2.0-only */
/* The id of a container out of a cgroup path. No cache: a path without long components, the common case, costs a few
 * strnlen. */
#include "process/container.h"

#include <stdbool.h>
#include <string.h>

struct part {
	const char *text;
	size_t length;
};

/* The components of a path from one on, towards the root. */
struct ancestors {
	const char *next;
	const char *end;
};

static bool next_component(struct ancestors *a, struct part *ret_component)
{
	if (a->next >= a->end)
		return false;
	ret_component->text = a->next;
	ret_component->length = strnlen(a->next, a->end - a->next);
	a->next += ret_component->length + 1;
	return true;
}

static bool part_is(struct part p, const char *text)
{
	return p.length == strlen(text) && !memcmp(p.text, text, p.length);
}

static bool part_begins(struct part p, const char *text)
{
	size_t length = strlen(text);

	return p.length >= length && !memcmp(p.text, text, length);
}

static bool is_id(const char *digits)
{
	for (size_t i = 0; i < CONTAINER_ID_BYTES; i++)
		if (!(digits[i] >= '0' && digits[i] <= '9') && !(digits[i] >= 'a' && digits[i] <= 'f'))
			return false;
	return true;
}

static bool is_runtime(struct part name)
{
	static const char *const runtimes[] = {"docker",	 "libpod",  "libpod-payload",
					       "cri-containerd", "nerdctl", "crio"};

	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (part_is(name, runtimes[i]))
			return true;
	return false;
}

static bool below_kubepods(struct part parent, struct ancestors a)
{
	struct part ancestor;

	if (part_begins(parent, "kubepods"))
		return true;
	if (!part_begins(parent, "pod"))
		return false;
	while (next_component(&a, &ancestor))
		if (part_begins(ancestor, "kubepods"))
			return true;
	return false;
}

/* True where a directory named by nothing but digits is a container's, by what it lies in. */
static bool is_container_place(struct ancestors a)
{
	struct part parent;

	if (!next_component(&a, &parent))
		return false;
	if (part_is(parent, "docker"))
		return true;
	if (part_is(parent, "default") || part_is(parent, "k8s.io"))
		return a.next >= a.end;
	return below_kubepods(parent, a);
}

/* True where what stands before the digits names a runtime: "docker-", or "ANY:docker:". */
static bool is_runtime_prefix(struct part prefix)
{
	char separator = prefix.text[--prefix.length];
	struct part name = prefix;

	if (separator == '-')
		return is_runtime(prefix);
	if (separator != ':')
		return false;
	while (name.length && name.text[name.length - 1] != ':')
		name.length--;
	if (!name.length)
		return false;
	return is_runtime((struct part){name.text + name.length, prefix.length - name.length});
}

static const char *id_of_component(struct part component, struct ancestors a)
{
	static const char scope[] = ".scope";
	size_t scope_length = sizeof(scope) - 1;
	bool is_scope;
	struct part prefix;
	const char *id;

	is_scope = component.length > scope_length &&
		   !memcmp(component.text + component.length - scope_length, scope, scope_length);
	if (is_scope)
		component.length -= scope_length;
	if (component.length < CONTAINER_ID_BYTES)
		return NULL;
	prefix = (struct part){component.text, component.length - CONTAINER_ID_BYTES};
	id = component.text + prefix.length;
	if (!is_id(id))
		return NULL;
	if (prefix.length)
		return is_runtime_prefix(prefix) ? id : NULL;
	return !is_scope && is_container_place(a) ? id : NULL;
}

const char *container_find_id(const char *components, size_t length)
{
	struct ancestors a = {components, components + length};
	struct part component;

	while (next_component(&a, &component)) {
		const char *id;

		if (component.length < CONTAINER_ID_BYTES)
			continue;
		id = id_of_component(component, a);
		if (id)
			return id;
	}
	return NULL;
}
