/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Whose a socket is where no process can be asked: in a process-tree scope. A socket is its process's from its connect or its
 * listen on, and one that was accepted has the mark of the listening one.
 */
#ifndef KINDLING_SOCKET_OWNER_H
#define KINDLING_SOCKET_OWNER_H

#include "scope.h"

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, u32); /* process */
} socket_owners SEC(".maps");

static __always_inline void own_socket(struct sock *sk, u32 pid)
{
	u32 *owner = bpf_sk_storage_get(&socket_owners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (owner)
		*owner = pid;
}

static __always_inline int socket_has_owner(struct sock *sk)
{
	return config.scope == KINDLING_SCOPE_TREE && bpf_sk_storage_get(&socket_owners, sk, 0, 0);
}

#endif
