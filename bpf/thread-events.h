/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the flight recorder keeps. Switches have a ring of their own and one size, two units, so that a window is found by
 * its time without walking the ring. All else ("notes") is of varying size, in one ring for each kind: a flood of one kind
 * does not overwrite the others.
 */
#ifndef KINDLING_THREAD_EVENTS_H
#define KINDLING_THREAD_EVENTS_H

#include "events.h"

enum kindling_recorder_limits {
	KINDLING_RECORDER_SEGMENT = 1 << 20,
	KINDLING_RECORDER_SLACK = 1 << 12,
	KINDLING_NOTE_SEGMENT = 1 << 18,
	/* The largest note fits into it: registers, frames and a copied stack. */
	KINDLING_NOTE_SLACK = 1 << 14,
	KINDLING_NOTE_RINGS = 5,
	KINDLING_STACK_BYTES = 8192,
	KINDLING_USER_FRAMES = 127,
	KINDLING_KERNEL_FRAMES = 64,
	/* Text kept of a write to a log. */
	KINDLING_LOG_BYTES = 512,
	/* A file's name and the folders above it, each with its NUL. */
	KINDLING_NAME_BYTES = 64,
	KINDLING_NAMES_BYTES = 512,
	KINDLING_PID_UNKNOWN = 0x7fffffff,
};

/* Which of a CPU's note rings. */
enum kindling_note_ring_kind {
	KINDLING_RING_SAMPLES = 0,
	KINDLING_RING_BLOCKS = 1,
	KINDLING_RING_OPERATIONS = 2,
	KINDLING_RING_LOGS = 3,
	KINDLING_RING_LIVES = 4,
};

enum kindling_thread_type {
	KINDLING_SWITCH = 32,
	KINDLING_SAMPLE = 33,
	KINDLING_BLOCK = 34,
	KINDLING_OPERATION = 35,
	KINDLING_LOG = 36,
	KINDLING_LIFE = 37,
	KINDLING_RETRANSMIT = 38,
};

enum kindling_life_event {
	KINDLING_LIFE_STARTED = 1,
	KINDLING_LIFE_EXEC = 2,
	KINDLING_LIFE_ENDED = 3,
	KINDLING_LIFE_NAMED = 4,
};

/* What a descriptor was. */
enum kindling_object_kind {
	KINDLING_OBJECT_NONE = 0,
	/* On a file system: names follow. */
	KINDLING_OBJECT_FILE = 1,
	KINDLING_OBJECT_SOCKET = 2,
	/* `[eventpoll]`, a pipe: its name follows, if it has one. */
	KINDLING_OBJECT_OTHER = 3,
	/* The path that the call was given, as it was given. */
	KINDLING_OBJECT_PATH = 4,
	/* Standard output or error, whatever it is. */
	KINDLING_OBJECT_STANDARD = 5,
};

enum kindling_note_flags {
	/* There were more folders above than names were kept. */
	KINDLING_NAMES_CUT = 1,
};

enum kindling_switch_flags {
	/* Who had the CPU until then is a thread of the kernel's own. */
	KINDLING_BEFORE_KERNEL = 1,
};

/* A thread was off its CPU from `off` to `on`. */
struct kindling_switch {
	struct kindling_header header;
	__u64 off;
	/* When it was made ready; 0: it never was not (preempted), or the wake-up was not seen. */
	__u64 woken;
	/* Time in run queues of all its life when it left, by the kernel's account: the next record's minus this one's is how long this stay was. */
	__u64 run_delay;
	/* First three arguments of the system call it was in. */
	__u64 arguments[3];
	__u32 pid;
	__u32 tid;
	/* Of whom woke it; 0 in interrupts and for strangers. */
	__u32 waker_pid;
	__u32 waker_tid;
	/* Who had the CPU until then; 0: the idle task; KINDLING_PID_UNKNOWN: not seen. */
	__u32 before_pid;
	__u32 before_tid;
	/* Task state when it left: 0 preempted, 1 interruptible, 2 uninterruptible, 258 killable. */
	__u32 state;
	/* System call number; -1: none (page fault, exit to user space). */
	__u32 call;
	__u8 before_comm[16];
	/* 0: the record's ts. */
	__u64 on;
};

/*
 * Where a thread was: at a sample, or in user space during a block. Kernel frames, frames by frame pointers and the copied
 * stack follow, each as long as it says.
 */
struct kindling_stack {
	struct kindling_header header;
	/* Of a block: when it left its CPU first, to compare with `off` of the switches in it. Of a sample: 0. */
	__u64 off;
	/* In the order of DWARF: rax rdx rcx rbx rsi rdi rbp rsp r8 ... r15, then rip. */
	__u64 registers[17];
	__u32 pid;
	__u32 tid;
	__u32 cpu;
	__u32 kernel_frames;
	__u32 user_frames;
	/* From rsp upwards. */
	__u32 stack_bytes;
};

/* A call that was blocked for long enough to be noted, at its return. Names follow. */
struct kindling_operation {
	struct kindling_header header;
	__u64 off;
	/* Bytes, or a negative errno. */
	__s64 result;
	__u32 pid;
	__u32 tid;
	__u32 call;
	__u32 fd;
	/* Of a TCP socket. */
	__u32 srtt_us;
	__u32 retransmits;
	/* enum kindling_object_kind */
	__u16 object;
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u8 local[16];
	__u8 remote[16];
	__u32 names_bytes;
	__u32 reserved;
};

/* A write to a log. Names, then text follow. */
struct kindling_log {
	struct kindling_header header;
	__u32 pid;
	__u32 tid;
	__u32 fd;
	/* enum kindling_object_kind */
	__u32 object;
	/* Written, and of these kept. */
	__u32 bytes;
	__u32 captured;
	__u32 names_bytes;
	__u32 reserved;
};

struct kindling_life {
	struct kindling_header header;
	__u32 pid;
	__u32 tid;
	__u32 parent_pid;
	__u32 parent_tid;
	/* enum kindling_life_event */
	__u32 event;
	__u8 comm[16];
	__u32 reserved;
};

struct kindling_retransmit {
	struct kindling_header header;
	__u32 netns;
	__u32 srtt_us;
	__u32 retransmits;
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u16 reserved;
	__u32 reserved2;
	__u8 local[16];
	__u8 remote[16];
};

/* What shares a ring and must not starve the other. */
enum kindling_note_budget {
	KINDLING_BUDGET_BLOCKS = 0,
	KINDLING_BUDGET_ONE_EVENT = 1,
	KINDLING_NOTE_BUDGETS = 2,
};

/* One a CPU and kind, a cache line each. */
struct kindling_note_ring {
	__u64 word;
	/* Somebody is writing. */
	__u64 busy;
	/* Notes that found it busy, or that were beyond the rate. */
	__u64 dropped;
	/* Of rings with a rate: time up to which each budget is used. */
	__u64 used[KINDLING_NOTE_BUDGETS];
	__u64 reserved[3];
};

/* Constants of the recorder that user space sets before loading (.rodata.recorder). */
struct kindling_recorder_config {
	/* Shortest block whose stack, and whose call, is kept; ns. */
	__u64 block_ns;
	__u64 operation_ns;
	/* Time between two stacks of blocks on a CPU, on average, and how many may come at once; ns. */
	__u64 block_interval_ns;
	__u64 block_burst_ns;
	/* Per CPU: segments of each ring, powers of two; where they begin; all of them. */
	__u32 note_segments[KINDLING_NOTE_RINGS];
	__u32 note_first[KINDLING_NOTE_RINGS];
	__u32 segments_per_cpu;
	/* Every thread's blocked calls are noted at the exit of the system call; else only of those without rseq. */
	__u32 notes_at_exit;
};

#endif
