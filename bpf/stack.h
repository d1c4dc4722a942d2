/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Where a thread is: registers, frames by frame pointers, and a copy of its stack for code that has none. What is copied
 * stays in the ring until somebody asks for it.
 */
#ifndef KINDLING_STACK_H
#define KINDLING_STACK_H

#include "note.h"

#define PAGE 4096
#define BPF_F_USER_STACK (1ULL << 8)

/*
 * A process's first thread has its stack below its arguments and its environment: those are no frames, and nobody's business.
 * The shallow stack of a server's main loop is then a small part of what a deep one may take.
 */
static __always_inline u32 stack_in_use(struct task_struct *task, u64 from)
{
	u64 end = task->mm ? task->mm->start_stack : 0;

	return end > from && end - from < KINDLING_STACK_BYTES ? (u32)(end - from) : KINDLING_STACK_BYTES;
}

/* As much as is there and in memory: a stack may end, or be paged out, in the middle of it. */
static __always_inline u32 copy_stack(u8 *to, u64 from, u32 wanted)
{
	u32 first = PAGE - ((u32)from & (PAGE - 1));

	if (wanted > KINDLING_STACK_BYTES)
		wanted = KINDLING_STACK_BYTES;
	if (!bpf_probe_read_user(to, wanted, (void *)from))
		return wanted;
	if (first < 1 || first > PAGE || first >= wanted || bpf_probe_read_user(to, first, (void *)from))
		return 0;
	if (wanted - first < PAGE || bpf_probe_read_user(to + first, PAGE, (void *)(from + first)))
		return first;
	return first + PAGE;
}

static __always_inline void write_registers(u64 *to, struct pt_regs *regs)
{
	to[0] = regs->ax;
	to[1] = regs->dx;
	to[2] = regs->cx;
	to[3] = regs->bx;
	to[4] = regs->si;
	to[5] = regs->di;
	to[6] = regs->bp;
	to[7] = regs->sp;
	to[8] = regs->r8;
	to[9] = regs->r9;
	to[10] = regs->r10;
	to[11] = regs->r11;
	to[12] = regs->r12;
	to[13] = regs->r13;
	to[14] = regs->r14;
	to[15] = regs->r15;
	to[16] = regs->ip;
}

static __always_inline void write_stack(void *context, struct task_struct *task, u32 kind, u16 type, u64 off, int with_kernel)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct kindling_stack *stack;
	long kernel = 0, user;
	struct note note;
	u32 copied;
	u8 *rest;

	if (!note_begin(&note, kind, type, 0))
		return;
	stack = (void *)note.header;
	rest = (u8 *)(stack + 1);
	stack->off = off;
	write_registers(stack->registers, regs);
	stack->pid = task->tgid;
	stack->tid = task->pid;
	stack->cpu = bpf_get_smp_processor_id();
	if (with_kernel)
		kernel = bpf_get_stack(context, rest, KINDLING_KERNEL_FRAMES * 8, 0);
	if (kernel < 0 || kernel > KINDLING_KERNEL_FRAMES * 8)
		kernel = 0;
	user = bpf_get_stack(context, rest + kernel, KINDLING_USER_FRAMES * 8, BPF_F_USER_STACK);
	if (user < 0 || user > KINDLING_USER_FRAMES * 8)
		user = 0;
	copied = copy_stack(rest + kernel + user, regs->sp, stack_in_use(task, regs->sp));
	stack->kernel_frames = (u32)kernel / 8;
	stack->user_frames = (u32)user / 8;
	stack->stack_bytes = copied;
	note_end(&note, sizeof(*stack) + (u32)kernel + (u32)user + copied);
}

#endif
