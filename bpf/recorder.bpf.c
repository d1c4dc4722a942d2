// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * The flight recorder: what each thread of ours did, into rings that are overwritten and only read when a request asks
 * for its window. An object of its own: nothing is attached while it is off.
 *
 * At the switch away a thread's reason is kept in its task storage (the blocked call and its arguments are read from its
 * registers then, nothing is added to any system call); at the switch back the whole stretch becomes one record.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "interrupt.h"
#include "scope.h"
#include "socket-owner.h"
#include "note.h"
#include "stack.h"
#include "operation.h"
#include "log.h"
#include "life.h"

/* <linux/sched.h> */
enum { PF_KTHREAD = 0x00200000 };

char LICENSE[] SEC("license") = "Dual BSD/GPL";

union kindling_recorder_layout {
	struct kindling_switch thread_switch;
	struct kindling_stack stack;
	struct kindling_operation operation;
	struct kindling_log log;
	struct kindling_life life;
	struct kindling_retransmit retransmit;
	struct kindling_note_ring note_ring;
	struct kindling_recorder_config config;
	enum kindling_recorder_limits limits;
	enum kindling_note_ring_kind ring;
	enum kindling_thread_type type;
	enum kindling_life_event event;
	enum kindling_object_kind object;
	enum kindling_note_flags flags;
	enum kindling_switch_flags switch_flags;
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
	/* 0: on a CPU. */
	u64 off;
	u64 woken;
	/* Time in run queues of its life, when it left. */
	u64 run_delay;
	/* Time on CPUs of its life, when it left. */
	u64 run_time;
	/* Of the call (or fault) it is in: blocked so far, and since when. 0: it has been in user space. */
	u64 away;
	u64 began;
	u64 arguments[3];
	u32 state;
	u32 call;
	u32 waker_pid;
	u32 waker_tid;
	/* When it was last asked whether it belongs to the scope, and the answer. */
	u64 checked;
	u32 in_scope;
	/* Times it left its CPU without restartable sequences. */
	u32 without_rseq;
};

/* A program has none until it has registered them; who left its CPU so often without will never have any. */
#define WITHOUT_RSEQ 16

/* There are threads whose return to user space only the exit of a system call shows. User space reads it. */
u64 needs_exits SEC(".data.needs_exits") = 0;

/* Processes move between cgroups. */
#define RECHECK_NS 500000000ULL

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

/* The thread's state if it is of the scope, else 0. Cheaper than to ask for its cgroup at each switch. */
static __always_inline struct thread *thread_of(struct task_struct *task, u64 now)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, 0, 0);
	int in_scope;

	if (thread && now - thread->checked < RECHECK_NS)
		return thread->in_scope ? thread : 0;
	in_scope = task_in_scope(task);
	if (!thread) {
		if (!in_scope)
			return 0;
		thread = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (!thread)
			return 0;
	}
	thread->checked = now;
	thread->in_scope = in_scope;
	if (in_scope)
		return thread;
	thread->off = thread->away = 0;
	return 0;
}

static __always_inline int has_rseq(struct task_struct *task)
{
	return !recorder.notes_at_exit && bpf_core_field_exists(task->rseq) && task->rseq;
}

static __always_inline void left(struct task_struct *task, struct thread *thread, u32 state, int preempted, u64 now)
{
	struct pt_regs *regs;

	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	thread->off = now;
	thread->woken = 0;
	thread->run_delay = bpf_core_field_exists(task->sched_info) ? task->sched_info.run_delay : 0;
	thread->run_time = task->se.sum_exec_runtime;
	thread->state = preempted ? 0 : state;
	thread->call = (u32)regs->orig_ax;
	thread->arguments[0] = regs->di;
	thread->arguments[1] = regs->si;
	thread->arguments[2] = regs->dx;
	thread->waker_pid = 0;
	thread->waker_tid = 0;
	if (!has_rseq(task) && ++thread->without_rseq == WITHOUT_RSEQ)
		*(volatile u64 *)&needs_exits = 1;
}

/* `before`: who had the CPU; 0: not known. `on`: when it got it, if that was not now. */
static __always_inline void came(struct task_struct *task, struct thread *thread, struct task_struct *before, int before_is_ours, u64 now, u64 on)
{
	u32 cpu = bpf_get_smp_processor_id(), index;
	struct kindling_ring *ring = bpf_map_lookup_elem(&recorder_rings, &cpu);
	struct recorder_segment *segment;
	struct kindling_switch *record;
	u64 word, position;

	if (!ring)
		return;
	/* Interrupts are off in a switch: nobody else writes here. */
	word = ring->word;
	*(volatile u64 *)&ring->word = word + (1ULL << KINDLING_COUNT_SHIFT) + sizeof(*record) / KINDLING_UNIT;
	position = (word & ((1ULL << KINDLING_COUNT_SHIFT) - 1)) * KINDLING_UNIT;
	index = cpu * config.data_segments + ((u32)(position / KINDLING_RECORDER_SEGMENT) & (config.data_segments - 1));
	segment = bpf_map_lookup_elem(&recorder_segments, &index);
	if (!segment)
		return;
	record = (void *)segment->bytes + ((u32)position & (KINDLING_RECORDER_SEGMENT - 1));
	record->header.ts = now;
	record->header.size = sizeof(*record);
	record->header.type = KINDLING_SWITCH;
	record->header.flags = before && before->flags & PF_KTHREAD ? KINDLING_BEFORE_KERNEL : 0;
	record->off = thread->off;
	record->woken = thread->woken;
	record->run_delay = thread->run_delay;
	record->arguments[0] = thread->arguments[0];
	record->arguments[1] = thread->arguments[1];
	record->arguments[2] = thread->arguments[2];
	record->pid = task->tgid;
	record->tid = task->pid;
	record->waker_pid = thread->waker_pid;
	record->waker_tid = thread->waker_tid;
	record->before_pid = before ? before->tgid : KINDLING_PID_UNKNOWN;
	record->before_tid = before ? before->pid : KINDLING_PID_UNKNOWN;
	record->state = thread->state;
	record->call = thread->call;
	/* Of strangers that held the CPU only the number: what they are called is not ours to keep. The kernel's own have no secrets. */
	if (before_is_ours || (before && before->flags & PF_KTHREAD))
		BPF_CORE_READ_INTO(&record->before_comm, before, comm);
	else
		__builtin_memset(record->before_comm, 0, sizeof(record->before_comm));
	record->on = on;
	asm volatile("" ::: "memory");
	*(volatile u64 *)&record->header.mark = word ^ config.key;
}

static __always_inline void arrived(struct task_struct *task, struct thread *thread, struct task_struct *before, int before_is_ours, u64 now, u64 on)
{
	came(task, thread, before, before_is_ours, now, on);
	if (thread->state) {
		if (!thread->away)
			thread->began = thread->off;
		thread->away += (on ? on : now) - thread->off;
	}
	thread->off = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(thread_switched, bool preempt, struct task_struct *before, struct task_struct *next, unsigned int state)
{
	u64 now = bpf_ktime_get_ns();
	struct thread *thread = thread_of(before, now);
	int before_is_ours = thread != 0;

	if (thread) {
		/*
		 * Some kernel threads leave their CPU untraced, and so whoever comes after them comes unseen: that it was here
		 * shows when it leaves, and since when by the time it has run.
		 */
		if (thread->off)
			arrived(before, thread, 0, 0, now, now - (before->se.sum_exec_runtime - thread->run_time));
		left(before, thread, state, preempt, now);
	}
	thread = bpf_task_storage_get(&threads, next, 0, 0);
	if (!thread || !thread->off)
		return 0;
	arrived(next, thread, before, before_is_ours, now, 0);
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
	waker = bpf_get_current_task_btf();
	if (is_doing_of(waker, ctx, thread->call) && thread_of(waker, thread->woken)) {
		thread->waker_pid = waker->tgid;
		thread->waker_tid = waker->pid;
	}
	return 0;
}

/* Waiting for work is no block worth a note: epoll_wait, accept, epoll_pwait, accept4, epoll_pwait2. */
static __always_inline int waits_for_work(u32 call)
{
	return call == 232 || call == 281 || call == 441 || call == 43 || call == 288;
}

/*
 * An event loop asks for many events at once. Who asks for one waits for something certain, and only the stack says what:
 * PostgreSQL waits so for its client, for locks, for its workers.
 */
static __always_inline int waits_for_one_event(struct pt_regs *regs)
{
	u32 call = (u32)regs->orig_ax;

	return (call == 232 || call == 281 || call == 441) && (u32)regs->dx == 1;
}

/* A long block may be further ahead of the rate than a short one. */
static __always_inline int block_within_rate(u64 away, u64 now)
{
	return away >= recorder.block_ns && note_within_rate(KINDLING_RING_BLOCKS, KINDLING_BUDGET_BLOCKS, now, recorder.block_interval_ns,
							     away >= 16 * recorder.block_ns ? 2 * recorder.block_burst_ns : recorder.block_burst_ns);
}

/*
 * Most of them are waits for a client: only long ones, at a quarter of the rate of other blocks, and from a budget of their own: a
 * machine that is short of CPUs makes each block a long one. Clients come back within a moment; the longest, of which a slow
 * request may be made, must not be left out for these.
 */
#define ONE_EVENT_BLOCK_NS 20000000ULL
#define ONE_EVENT_LONG_NS 200000000ULL
#define ONE_EVENT_PRICE 4

static __always_inline int one_event_within_rate(u64 away, u64 now)
{
	u64 ahead = recorder.block_burst_ns;

	return away >= ONE_EVENT_BLOCK_NS && away >= recorder.block_ns &&
	       note_within_rate(KINDLING_RING_BLOCKS, KINDLING_BUDGET_ONE_EVENT, now, ONE_EVENT_PRICE * recorder.block_interval_ns,
				away >= ONE_EVENT_LONG_NS ? 2 * ahead : ahead);
}

/* In the thread's own context, its call (or fault) over, its registers and stack as they were while it was blocked. */
static __always_inline void returned(void *context, struct task_struct *task)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, 0, 0);
	struct pt_regs *regs;
	u64 away, began, now;

	if (!thread || !thread->away)
		return;
	away = thread->away;
	began = thread->began;
	thread->away = 0;
	if (away < recorder.operation_ns)
		return;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	now = bpf_ktime_get_ns();
	if (waits_for_work((u32)regs->orig_ax)) {
		if (!waits_for_one_event(regs) || !one_event_within_rate(away, now))
			return;
	} else {
		if ((s64)regs->orig_ax >= 0)
			write_operation(task, regs, began);
		if (!block_within_rate(away, now))
			return;
	}
	write_stack(context, task, KINDLING_RING_BLOCKS, KINDLING_BLOCK, began, 0);
}

/* Fires at the return to user space after a switch, for threads with restartable sequences (glibc 2.35 and later). */
SEC("tp_btf/rseq_update")
int BPF_PROG(thread_returned, struct task_struct *task)
{
	returned(ctx, task);
	return 0;
}

/* Of threads without rseq. Attached once there are any: every system call of the machine pays for it. */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_returned, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!has_rseq(task) && current_in_scope())
		returned(ctx, task);
	return 0;
}

/* The registers still hold the call's number and arguments. */
static __always_inline int wrote(struct pt_regs *regs, long result)
{
	if (result > 0 && current_in_scope())
		write_log(bpf_get_current_task_btf(), regs, result);
	return 0;
}

/* Nothing is added to other system calls. */
#define WRITE_RETURNED(call) \
	SEC("fexit/__x64_sys_" #call) int BPF_PROG(call##_returned, struct pt_regs *regs, long result) { return wrote(regs, result); }

WRITE_RETURNED(write)
WRITE_RETURNED(writev)
WRITE_RETURNED(pwrite64)
WRITE_RETURNED(pwritev)
WRITE_RETURNED(pwritev2)

/* All five, where the kernel lets no function be hooked. */
SEC("tp_btf/sys_exit")
int BPF_PROG(any_write_returned, struct pt_regs *regs, long result)
{
	return is_log_call((u32)regs->orig_ax) ? wrote(regs, result) : 0;
}

SEC("perf_event")
int sampled(struct bpf_perf_event_data *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->mm && task_in_scope(task))
		write_stack(ctx, task, KINDLING_RING_SAMPLES, KINDLING_SAMPLE, 0, 1);
	return 0;
}

/* A process tree is followed here as in the capture object: each has its own map of it. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(recorder_forked, struct task_struct *parent, struct task_struct *child)
{
	struct thread *thread;
	u64 now;

	if (config.scope == KINDLING_SCOPE_TREE && child->pid == child->tgid && pid_bit(&scope_pids, parent->tgid))
		pid_set(&scope_pids, child->tgid, 1);
	if (!task_in_scope(child))
		return 0;
	write_life(child, KINDLING_LIFE_STARTED, parent->tgid, parent->pid, 0);
	/* Until it gets a CPU for the first time it stands in the run queue. */
	now = bpf_ktime_get_ns();
	thread = thread_of(child, now);
	if (!thread)
		return 0;
	thread->call = -1;
	thread->off = now;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(recorder_executed, struct task_struct *task)
{
	if (task_in_scope(task))
		write_life(task, KINDLING_LIFE_EXEC, 0, 0, 0);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(recorder_exited, struct task_struct *task)
{
	if (task_in_scope(task))
		write_life(task, KINDLING_LIFE_ENDED, 0, 0, 0);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(recorder_renamed, struct task_struct *task, const char *name)
{
	if (task_in_scope(task))
		write_life(task, KINDLING_LIFE_NAMED, 0, 0, name);
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(recorder_retransmitted, struct sock *sk)
{
	if (socket_in_scope(sk) || socket_has_owner(sk))
		write_retransmit(sk);
	return 0;
}

/* In a process-tree scope only. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(recorder_owned, struct sock *sk, int old, int new)
{
	if ((new == TCP_SYN_SENT || new == TCP_LISTEN) && current_in_scope())
		own_socket(sk, bpf_get_current_pid_tgid() >> 32);
	return 0;
}

/* The same of those that were open before: run once. */
SEC("iter/task_file")
int open_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;

	if (!task || !file || !task_in_scope(task))
		return 0;
	socket = bpf_sock_from_file(file);
	if (socket && socket->sk)
		own_socket(socket->sk, task->tgid);
	return 0;
}

/*
 * Every thread's state as it is now, for whom reads a window: off since when and why, or (off 0) on a CPU. What the ring tells
 * ends with the last time a thread got a CPU.
 */
SEC("iter/task")
int thread_states(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct kindling_switch state = {};
	struct thread *thread;

	if (!task)
		return 0;
	thread = bpf_task_storage_get(&threads, task, 0, 0);
	if (!thread || !thread->in_scope)
		return 0;
	state.header.ts = bpf_ktime_get_ns();
	state.header.size = sizeof(state);
	state.header.type = KINDLING_SWITCH;
	state.off = thread->off;
	state.woken = thread->woken;
	state.run_delay = thread->run_delay;
	state.arguments[0] = thread->arguments[0];
	state.arguments[1] = thread->arguments[1];
	state.arguments[2] = thread->arguments[2];
	state.pid = task->tgid;
	state.tid = task->pid;
	state.waker_pid = thread->waker_pid;
	state.waker_tid = thread->waker_tid;
	state.before_pid = KINDLING_PID_UNKNOWN;
	state.before_tid = KINDLING_PID_UNKNOWN;
	state.state = thread->state;
	state.call = thread->call;
	bpf_seq_write(ctx->meta->seq, &state, sizeof(state));
	return 0;
}
