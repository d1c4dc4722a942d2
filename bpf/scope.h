/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Whose system calls are ours: decided in the first instructions of every program. */
#ifndef KINDLING_SCOPE_H
#define KINDLING_SCOPE_H

#include "config.h"

/* Bit maps over process ids; user space writes them without a system call. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, KINDLING_MAX_PIDS / 64);
	__type(key, u32);
	__type(value, u64);
} scope_pids SEC(".maps");

/* The agent and its helpers: never captured, whatever the scope. Not inherited: the agent may start what it traces. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, KINDLING_MAX_PIDS / 64);
	__type(key, u32);
	__type(value, u64);
} excluded_pids SEC(".maps");

static __always_inline int pid_bit(void *map, u32 pid)
{
	u32 index = pid / 64;
	u64 *word = bpf_map_lookup_elem(map, &index);

	return word && (*word >> (pid & 63) & 1);
}

static __always_inline void pid_set(void *map, u32 pid, int on)
{
	u32 index = pid / 64;
	u64 *word = bpf_map_lookup_elem(map, &index);

	if (!word)
		return;
	if (on)
		__sync_fetch_and_or(word, 1ULL << (pid & 63));
	else
		__sync_fetch_and_and(word, ~(1ULL << (pid & 63)));
}

/* The calling process, in process context. */
static __always_inline int current_in_scope(void)
{
	u32 tgid;

	if (config.scope == KINDLING_SCOPE_CGROUP) {
		int found = 0;

		for (u32 i = 0; i < KINDLING_MAX_SCOPES; i++) {
			if (i >= config.scope_count)
				break;
			if (bpf_get_current_ancestor_cgroup_id(config.scopes[i].level) == config.scopes[i].id) {
				found = 1;
				break;
			}
		}
		if (!found)
			return 0;
	}
	tgid = bpf_get_current_pid_tgid() >> 32;
	if (config.scope == KINDLING_SCOPE_TREE && !pid_bit(&scope_pids, tgid))
		return 0;
	return !pid_bit(&excluded_pids, tgid);
}

static __always_inline u64 cgroup_ancestor(struct cgroup *cgroup, u32 level)
{
	struct cgroup *ancestor = 0;

	if (BPF_CORE_READ(cgroup, level) < (int)level)
		return 0;
	if (bpf_core_field_exists(cgroup->ancestors)) {
		bpf_core_read(&ancestor, sizeof(ancestor), &cgroup->ancestors[level]);
		return BPF_CORE_READ(ancestor, kn, id);
	} else {
		struct cgroup___ids *old = (void *)cgroup;
		u64 id = 0;

		/* Keeps the offset's computation, which the newer kernels cannot relocate, inside this branch. */
		asm volatile("" : "+r"(old));
		bpf_core_read(&id, sizeof(id), &old->ancestor_ids[level]);
		return id;
	}
}

/*
 * The owner of a socket outside of process context (soft interrupts). By cgroup only: there is no process to ask, so in
 * a process-tree scope such sockets join at their first call.
 */
static __always_inline int socket_in_scope(struct sock *sk)
{
	struct cgroup *cgroup;

	if (config.scope == KINDLING_SCOPE_ALL)
		return 1;
	if (config.scope != KINDLING_SCOPE_CGROUP)
		return 0;
	cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	if (!cgroup)
		return 0;
	for (u32 i = 0; i < KINDLING_MAX_SCOPES; i++) {
		if (i >= config.scope_count)
			break;
		if (cgroup_ancestor(cgroup, config.scopes[i].level) == config.scopes[i].id)
			return 1;
	}
	return 0;
}

#endif
