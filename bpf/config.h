/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Constants that user space sets before loading (.rodata): branches on them cost nothing at run time. */
#ifndef KINDLING_CONFIG_H
#define KINDLING_CONFIG_H

#include "events.h"

struct kindling_scope_cgroup { u64 id; u32 level; u32 reserved; };

const volatile u32 config_cpus = 1;
/* Segments per CPU, powers of two. */
const volatile u32 config_data_segments = 4;
const volatile u32 config_control_segments = 4;
const volatile u64 config_key = 0;
const volatile u32 config_scope = KINDLING_SCOPE_CGROUP;
const volatile u32 config_scope_count = 0;
const volatile struct kindling_scope_cgroup config_scopes[KINDLING_MAX_SCOPES] = {};
/* Payload bytes per call while user space has not decided for a connection. */
const volatile u32 config_capture = KINDLING_MAX_CAPTURE;
/* Connections live in socket storage (needs a trusted struct sock: the socket tracepoints), else in a hash by address. */
const volatile u32 config_socket_storage = 1;

#endif
