// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The flight recorder: why each thread of ours was off its CPU, into rings that are overwritten and only read when a
 * request asks for its window. An object of its own: nothing is attached while it is off.
 *
 * At the switch away a thread's reason is kept in its task storage (the blocked call and its arguments are read from its
 * registers then, nothing is added to any system call); at the switch back the whole stretch becomes one record.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "scope.h"
#include "thread-events.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

union kindling_recorder_layout {
	struct kindling_switch thread_switch;
	enum kindling_recorder_limits limits;
	enum kindling_thread_type type;
};
union kindling_recorder_layout *layout SEC(".data.layout");

struct recorder_segment { u8 bytes[KINDLING_RECORDER_SEGMENT + KINDLING_RECORDER_SLACK]; };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* CPUs x segments, set before loading */
	__type(key, u32);
	__type(value, struct recorder_segment);
} recorder_segments SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct kindling_ring);
} recorder_rings SEC(".maps");

struct thread {
	u64 off;
	u64 woken;
	u64 queued;
	u64 arguments[3];
	u32 state;
	u32 call;
	u32 waker_pid;
	u32 waker_tid;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread);
} threads SEC(".maps");

static __always_inline int task_in_scope(struct task_struct *task)
{
	if (config.scope == KINDLING_SCOPE_CGROUP) {
		struct cgroup *cgroup = task->cgroups->dfl_cgrp;

		for (u32 i = 0; i < KINDLING_MAX_SCOPES; i++) {
			if (i >= config.scope_count)
				return 0;
			if (cgroup_ancestor(cgroup, config.scopes[i].level) == config.scopes[i].id)
				break;
		}
	} else if (config.scope == KINDLING_SCOPE_TREE && !pid_bit(&scope_pids, task->tgid)) {
		return 0;
	}
	return task->tgid && !pid_bit(&excluded_pids, task->tgid);
}

static __always_inline void left(struct task_struct *task, u32 state, int preempted, u64 now)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct pt_regs *regs;

	if (!thread)
		return;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	thread->off = now;
	thread->woken = 0;
	thread->queued = 0;
	thread->state = preempted ? 0 : state;
	thread->call = (u32)regs->orig_ax;
	thread->arguments[0] = regs->di;
	thread->arguments[1] = regs->si;
	thread->arguments[2] = regs->dx;
	thread->waker_pid = 0;
	thread->waker_tid = 0;
}

static __always_inline void came(struct task_struct *task, struct task_struct *before, struct thread *thread, u64 now)
{
	u32 cpu = bpf_get_smp_processor_id(), index;
	struct kindling_ring *ring = bpf_map_lookup_elem(&recorder_rings, &cpu);
	struct recorder_segment *segment;
	struct kindling_switch *record;
	u64 word, position;

	if (!ring)
		return;
	word = __sync_fetch_and_add(&ring->word, (1ULL << KINDLING_COUNT_SHIFT) + sizeof(*record) / KINDLING_UNIT);
	position = (word & ((1ULL << KINDLING_COUNT_SHIFT) - 1)) * KINDLING_UNIT;
	index = cpu * config.data_segments + ((u32)(position / KINDLING_RECORDER_SEGMENT) & (config.data_segments - 1));
	segment = bpf_map_lookup_elem(&recorder_segments, &index);
	if (!segment)
		return;
	record = (void *)segment->bytes + ((u32)position & (KINDLING_RECORDER_SEGMENT - 1));
	record->header.ts = now;
	record->header.size = sizeof(*record);
	record->header.type = KINDLING_SWITCH;
	record->header.flags = 0;
	record->off = thread->off;
	record->woken = thread->woken;
	record->queued = thread->queued;
	record->arguments[0] = thread->arguments[0];
	record->arguments[1] = thread->arguments[1];
	record->arguments[2] = thread->arguments[2];
	record->pid = task->tgid;
	record->tid = task->pid;
	record->waker_pid = thread->waker_pid;
	record->waker_tid = thread->waker_tid;
	record->before_pid = before->tgid;
	record->before_tid = before->pid;
	record->state = thread->state;
	record->call = thread->call;
	/* Of strangers that held the CPU only the number: what they are called is not ours to keep. */
	if (task_in_scope(before))
		BPF_CORE_READ_INTO(&record->before_comm, before, comm);
	else
		__builtin_memset(record->before_comm, 0, sizeof(record->before_comm));
	record->reserved = 0;
	asm volatile("" ::: "memory");
	*(volatile u64 *)&record->header.mark = word ^ config.key;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(thread_switched, bool preempt, struct task_struct *before, struct task_struct *next, unsigned int state)
{
	u64 now = bpf_ktime_get_ns();
	struct thread *thread;

	if (task_in_scope(before))
		left(before, state, preempt, now);
	thread = bpf_task_storage_get(&threads, next, 0, 0);
	if (!thread || !thread->off)
		return 0;
	came(next, before, thread, now);
	thread->off = 0;
	return 0;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(thread_woken, struct task_struct *task)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, 0, 0);
	struct task_struct *waker;

	if (!thread || !thread->off || thread->woken)
		return 0;
	thread->woken = bpf_ktime_get_ns();
	/* In an interrupt the current task is an arbitrary one: kept only if it is one of ours. */
	waker = bpf_get_current_task_btf();
	if (task_in_scope(waker)) {
		thread->waker_pid = waker->tgid;
		thread->waker_tid = waker->pid;
	}
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(thread_queued, struct task_struct *task)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, 0, 0);

	if (thread && thread->off && !thread->queued)
		thread->queued = bpf_ktime_get_ns();
	return 0;
}

/* A process tree is followed here as in the capture object: each has its own map of it. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(recorder_forked, struct task_struct *parent, struct task_struct *child)
{
	if (config.scope == KINDLING_SCOPE_TREE && child->pid == child->tgid && pid_bit(&scope_pids, parent->tgid))
		pid_set(&scope_pids, child->tgid, 1);
	return 0;
}
