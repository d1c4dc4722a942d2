/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Threads that start, end and change their names, and TCP segments that are sent again: rare, in a ring of their own. */
#ifndef KINDLING_LIFE_H
#define KINDLING_LIFE_H

#include "note.h"
#include "object.h"

static __always_inline void write_life(struct task_struct *task, u32 event, u32 parent_pid, u32 parent_tid, const char *name)
{
	struct kindling_life *life;
	struct note note;

	if (!note_begin(&note, KINDLING_RING_LIVES, KINDLING_LIFE, 0))
		return;
	life = (void *)note.header;
	life->pid = task->tgid;
	life->tid = task->pid;
	life->parent_pid = parent_pid;
	life->parent_tid = parent_tid;
	life->event = event;
	if (name)
		bpf_probe_read_kernel_str(life->comm, sizeof(life->comm), name);
	else
		BPF_CORE_READ_INTO(&life->comm, task, comm);
	note_end(&note, sizeof(*life));
}

static __always_inline void write_retransmit(struct sock *sk)
{
	struct kindling_retransmit *retransmit;
	struct tcp_sock *tcp = (void *)sk;
	struct note note;

	if (!note_begin(&note, KINDLING_RING_LIVES, KINDLING_RETRANSMIT, 0))
		return;
	retransmit = (void *)note.header;
	retransmit->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	retransmit->srtt_us = BPF_CORE_READ(tcp, srtt_us) >> 3;
	retransmit->retransmits = BPF_CORE_READ(tcp, total_retrans);
	READ_ENDS(retransmit, sk);
	note_end(&note, sizeof(*retransmit));
}

#endif
