/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Whether a wake-up is the current task's doing: in an interrupt the current task is whichever one it hit. The kernel's own
 * count of interrupts cannot be had everywhere (it takes CONFIG_KALLSYMS_ALL); the stack tells it too. An interrupt that
 * hits the kernel, and a softirq, are served on the CPU's interrupt stack; one that hits user space on the task's own,
 * whose registers then say that they are of no system call.
 */
#ifndef KINDLING_INTERRUPT_H
#define KINDLING_INTERRUPT_H

#include "kernel.h"
#include "syscall.h"

/* THREAD_SIZE of x86-64. */
#define KERNEL_STACK_BYTES 16384

enum {
	SYS_close = 3, SYS_nanosleep = 35, SYS_connect = 42, SYS_shutdown = 48, SYS_setsockopt = 54, SYS_exit = 60, SYS_futex = 202,
	SYS_clock_nanosleep = 230, SYS_exit_group = 231, SYS_io_uring_enter = 426,
};

/* `arguments` of a tp_btf program lie on the stack that its tracepoint was hit on. */
static __always_inline int on_stack_of(struct pt_regs *regs, void *arguments)
{
	u64 above = (u64)regs;

	asm volatile("%0 -= %1" : "+r"(above) : "r"(arguments));
	return above < KERNEL_STACK_BYTES;
}

/* What was sent over the loopback is received in a softirq at once, in the sender's call. */
static __always_inline int moves_packets(u64 call)
{
	return is_data_call(call) || call == SYS_close || call == SYS_connect || call == SYS_shutdown || call == SYS_setsockopt ||
	       call == SYS_exit || call == SYS_exit_group || call == SYS_io_uring_enter;
}

static __always_inline int waits_for_packets(u32 call)
{
	return call != SYS_futex && call != SYS_nanosleep && call != SYS_clock_nanosleep;
}

/* `call`: what the woken task is in. */
static __always_inline int is_doing_of(struct task_struct *current, void *arguments, u32 call)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(current);

	if (on_stack_of(regs, arguments))
		return (s64)regs->orig_ax >= 0;
	return moves_packets(regs->orig_ax) && waits_for_packets(call);
}

#endif
