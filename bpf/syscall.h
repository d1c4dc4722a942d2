/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* System calls that move data over sockets, and where their arguments are. x86-64. */
#ifndef KINDLING_SYSCALL_H
#define KINDLING_SYSCALL_H

#include "kernel.h"

enum kindling_syscall {
	SYS_read = 0, SYS_write = 1, SYS_readv = 19, SYS_writev = 20, SYS_sendfile = 40, SYS_sendto = 44, SYS_recvfrom = 45,
	SYS_sendmsg = 46, SYS_recvmsg = 47, SYS_splice = 275, SYS_recvmmsg = 299, SYS_sendmmsg = 307, SYS_preadv2 = 327,
	SYS_pwritev2 = 328,
};

enum { USER_CODE_32 = 0x23 };

/* Where the bytes of a call are in the caller's memory. */
enum buffer_kind { BUFFER_NONE, BUFFER_PLAIN, BUFFER_VECTOR, BUFFER_MESSAGE, BUFFER_MESSAGES };

struct call {
	u32 number;
	u32 kind;
	u32 fd;
	u32 sends;
	u64 buffer;  /* plain: bytes; vector: iovec array; message: msghdr; messages: mmsghdr array */
	u64 count;   /* vector: entries; messages: entries */
	u64 peer;    /* sockaddr of sendto and recvfrom */
};

/* Numbers below 64 as bits; the others one by one. */
#define DATA_CALLS (1ULL << SYS_read | 1ULL << SYS_write | 1ULL << SYS_readv | 1ULL << SYS_writev | 1ULL << SYS_sendfile | \
		    1ULL << SYS_sendto | 1ULL << SYS_recvfrom | 1ULL << SYS_sendmsg | 1ULL << SYS_recvmsg)

/* What every system call of the machine pays in the fallback: one load and a few compares. */
static __always_inline int is_data_call(u64 number)
{
	if (number < 64)
		return DATA_CALLS >> number & 1;
	return number >= SYS_splice && number <= SYS_pwritev2 &&
	       (number == SYS_splice || number == SYS_recvmmsg || number == SYS_sendmmsg || number >= SYS_preadv2);
}

/* Returns 0 when it is none of ours. */
static __always_inline int read_call(struct pt_regs *regs, struct call *call)
{
	u64 number = regs->orig_ax;

	call->number = (u32)number;
	call->fd = (u32)regs->di;
	call->buffer = regs->si;
	call->count = regs->dx;
	call->peer = 0;
	call->sends = 0;
	if (regs->cs == USER_CODE_32) {
		call->kind = BUFFER_NONE;
		return 0;
	}
	switch (number) {
	case SYS_write:
		call->sends = 1;
		call->kind = BUFFER_PLAIN;
		return 1;
	case SYS_read:
		call->kind = BUFFER_PLAIN;
		return 1;
	case SYS_sendto:
		call->sends = 1;
		/* fall through */
	case SYS_recvfrom:
		call->kind = BUFFER_PLAIN;
		call->peer = regs->r8;
		return 1;
	case SYS_writev:
	case SYS_pwritev2:
		call->sends = 1;
		/* fall through */
	case SYS_readv:
	case SYS_preadv2:
		call->kind = BUFFER_VECTOR;
		return 1;
	case SYS_sendmsg:
		call->sends = 1;
		/* fall through */
	case SYS_recvmsg:
		call->kind = BUFFER_MESSAGE;
		return 1;
	case SYS_sendmmsg:
		call->sends = 1;
		/* fall through */
	case SYS_recvmmsg:
		call->kind = BUFFER_MESSAGES;
		return 1;
	case SYS_sendfile:
		call->sends = 1;
		call->kind = BUFFER_NONE;
		return 1;
	case SYS_splice:
		call->kind = BUFFER_NONE;
		return 1;
	}
	call->kind = BUFFER_NONE;
	return 0;
}

#endif
