/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the flight recorder keeps: one record each time a thread of ours gets a CPU again. All records have one size, two
 * units, so that a window is found by its time without walking the ring.
 */
#ifndef KINDLING_THREAD_EVENTS_H
#define KINDLING_THREAD_EVENTS_H

#include "events.h"

enum kindling_recorder_limits {
	KINDLING_RECORDER_SEGMENT = 1 << 20,
	KINDLING_RECORDER_SLACK = 1 << 12,
};

enum kindling_thread_type {
	KINDLING_SWITCH = 32,
};

/* A thread was off its CPU from `off` to the record's ts. */
struct kindling_switch {
	struct kindling_header header;
	__u64 off;
	/* When it was made ready; 0: it never was not (preempted), or the wake-up was not seen. */
	__u64 woken;
	/* When it entered a run queue: later than woken where its CPU had to be roused first. 0: as woken. */
	__u64 queued;
	/* First three arguments of the system call it was in. */
	__u64 arguments[3];
	__u32 pid;
	__u32 tid;
	/* Of whom woke it; 0 in interrupts and for strangers. */
	__u32 waker_pid;
	__u32 waker_tid;
	/* Who had the CPU until now; 0: the idle task. */
	__u32 before_pid;
	__u32 before_tid;
	/* Task state when it left: 0 preempted, 1 interruptible, 2 uninterruptible, 258 killable. */
	__u32 state;
	/* System call number; -1: none (page fault, exit to user space). */
	__u32 call;
	__u8 before_comm[16];
	__u64 reserved;
};

#endif
