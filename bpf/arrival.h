/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * When the bytes that wait in a TCP socket came: how long a request lay there before the application read it. The soft
 * interrupt notes "bytes up to this sequence number came at this time", whoever reads takes the notes up to where it
 * read. One writer (the socket's lock), readers one after another: no lock of our own.
 */
#ifndef KINDLING_ARRIVAL_H
#define KINDLING_ARRIVAL_H

#include "kernel.h"

/* A power of two. What comes when as many wait unread is taken to have come with the last of them. */
enum { ARRIVALS = 4 };

struct arrival {
	u64 ns;
	u32 end;
	u32 reserved;
};

struct arrivals {
	/* Ordinals: notes [first, next) wait. */
	u32 first, next;
	struct arrival at[ARRIVALS];
};

/* Whether `a` is behind `b` in the stream: sequence numbers wrap. */
static __always_inline int is_behind(u32 a, u32 b)
{
	return (s32)(a - b) > 0;
}

/* Bytes up to `end` are here now; those up to `read` were read. */
static __always_inline void arrival_note(struct arrivals *arrivals, u32 end, u32 read)
{
	u32 next = arrivals->next;
	struct arrival *last = &arrivals->at[(next - 1) & (ARRIVALS - 1)], *fresh = &arrivals->at[next & (ARRIVALS - 1)];

	/* An end of the stream, or an error: no bytes. */
	if (!is_behind(end, read))
		return;
	if (next != arrivals->first) {
		if (!is_behind(end, last->end))
			return;
		if (next - arrivals->first >= ARRIVALS) {
			last->end = end;
			return;
		}
	}
	fresh->ns = bpf_ktime_get_ns();
	fresh->end = end;
	/* x86 keeps stores in order: a reader on another CPU sees whole notes. */
	asm volatile("" ::: "memory");
	arrivals->next = next + 1;
}

/*
 * When the first of the bytes that were just read, [from, to), had come; 0 when nobody saw. Their notes are taken away.
 * Not inlined, so that the verifier looks at it once.
 */
__attribute__((noinline)) u64 arrival_take(struct arrivals *arrivals, u32 from, u32 to)
{
	u32 first, next;
	u64 ns = 0;

	if (!arrivals)
		return 0;
	first = arrivals->first;
	next = arrivals->next;

#pragma clang loop unroll(disable)
	for (u32 i = 0; i < ARRIVALS; i++) {
		struct arrival *one = &arrivals->at[first & (ARRIVALS - 1)];

		if (first == next)
			break;
		if (ns == 0 && is_behind(one->end, from))
			ns = one->ns;
		if (is_behind(one->end, to))
			break;
		first++;
	}
	arrivals->first = first;
	return ns;
}

#endif
