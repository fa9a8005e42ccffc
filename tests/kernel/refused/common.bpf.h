/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sources share that a kernel must refuse: types, helpers, the licence. */
#ifndef REFUSED_COMMON_BPF_H
#define REFUSED_COMMON_BPF_H

#include "bpf/kernel_types.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifndef NO_LICENCE
char LICENSE[] SEC("license") = "GPL";
#endif

#endif
