/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* One call's bytes into the data ring. */
#ifndef KINDLING_CAPTURE_H
#define KINDLING_CAPTURE_H

#include "connection.h"
#include "syscall.h"

enum { MAX_VECTOR = 32, ADDRESS_BYTES = 28 };

/* Per thread: the sender of the datagram being received, and how far a sendmmsg/recvmmsg has come. */
struct thread_state {
	u64 messages;
	u64 last;
	u32 next;
	u32 count;
	struct kindling_peer peer;
	u32 has_peer;
	u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, u32);
	__type(value, struct thread_state);
} threads SEC(".maps");

static __always_inline u32 copy_plain(u8 *to, u32 offset, u64 from, u32 n)
{
	if (n > KINDLING_MAX_CAPTURE)
		n = KINDLING_MAX_CAPTURE;
	asm volatile("%0 &= 16383" : "+r"(n));
	asm volatile("%0 &= 16383" : "+r"(offset));
	if (n == 0)
		return 0;
	if (bpf_probe_read_user(to + offset, n, (void *)from)) {
		count(KINDLING_COUNT_PAYLOAD_FAULT, 1);
		return 0;
	}
	return n;
}

/*
 * One segment of a vector into the record that starts at `word`. Not inlined: the verifier then looks at it once, and
 * not again for every round of the loop. Returns bytes copied, -1 when the rest must be given up.
 */
__attribute__((noinline)) int copy_segment(u64 word, u32 offset, u64 entry_address, u32 wanted)
{
	struct kindling_data *data = data_record(word);
	struct iovec_user entry;
	u32 n = wanted, copied;

	if (!data || bpf_probe_read_user(&entry, sizeof(entry), (void *)entry_address))
		return -1;
	if (entry.len < n)
		n = entry.len;
	copied = copy_plain((u8 *)(data + 1), offset, entry.base, n);
	return copied < n ? -1 : (int)copied;
}

/* The segments from the third on. */
static __always_inline u32 copy_more_segments(u64 word, u32 offset, u64 vector, u64 entries, u32 wanted, u32 done)
{
#pragma clang loop unroll(disable)
	for (u32 i = 2; i < MAX_VECTOR; i++) {
		int copied;

		if (i >= entries || done >= wanted)
			return done;
		copied = copy_segment(word, offset + done, vector + i * sizeof(struct iovec_user), wanted - done);
		if (copied < 0)
			return done;
		done += copied;
	}
	if (entries > MAX_VECTOR && done < wanted)
		count(KINDLING_COUNT_LONG_VECTOR, 1);
	return done;
}

/* Most vectors have one or two segments (a head and a body): these are read at once. */
static __always_inline u32 copy_vector(u8 *to, u64 word, u32 offset, u64 vector, u64 entries, u32 wanted)
{
	struct iovec_user first[2] = {};
	u32 n, done;

	if (bpf_probe_read_user(first, entries > 1 ? 32 : 16, (void *)vector))
		return 0;
	n = first[0].len < wanted ? first[0].len : wanted;
	done = copy_plain(to, 0, first[0].base, n);
	if (done < n || done >= wanted || entries < 2)
		return done;
	n = first[1].len < wanted - done ? first[1].len : wanted - done;
	if (copy_plain(to, done, first[1].base, n) < n)
		return done;
	done += n;
	if (done >= wanted || entries < 3)
		return done;
	return copy_more_segments(word, offset, vector, entries, wanted, done);
}

/* A sockaddr in the caller's memory. */
static __always_inline int read_peer(struct kindling_peer *peer, u64 address)
{
	u8 raw[ADDRESS_BYTES] = {};
	u16 family;

	if (!address || bpf_probe_read_user(raw, 16, (void *)address))
		return 0;
	family = *(u16 *)raw;
	__builtin_memset(peer, 0, sizeof(*peer));
	peer->family = family;
	peer->port = bpf_ntohs(*(u16 *)(raw + 2));
	if (family == AF_INET) {
		*(u32 *)peer->address = *(u32 *)(raw + 4);
		return 1;
	}
	if (family == AF_INET6)
		return !bpf_probe_read_user(peer->address, 16, (void *)(address + 8));
	return 0;
}

/*
 * Of a sendmmsg or recvmmsg the socket tracepoint fires once a message, without its number: counted here, and started
 * again at another call (its array or length differs, the array is at its end, or too long ago). A sendmmsg goes to its
 * end, however often it is preempted, and so does a recvmmsg that waits for each of its messages.
 */
static __always_inline u64 next_message(struct call *call, u32 tid, u64 now, int waits)
{
	struct thread_state fresh = {}, *state = bpf_map_lookup_elem(&threads, &tid);
	u32 index;

	if (!state) {
		bpf_map_update_elem(&threads, &tid, &fresh, BPF_ANY);
		state = bpf_map_lookup_elem(&threads, &tid);
		if (!state)
			return call->buffer;
	}
	if (state->messages != call->buffer || state->count != (u32)call->count || state->next >= state->count ||
	    (!waits && now - state->last > 2000000)) {
		state->messages = call->buffer;
		state->count = (u32)call->count;
		state->next = 0;
	}
	index = state->next++;
	state->last = now;
	return call->buffer + index * sizeof(struct mmsghdr_user);
}

/* At least 1, and never beyond what fits. */
static __always_inline u32 unread_us(u64 ns)
{
	u64 us = ns / 1000 + 1;

	return us > 0xffffffff ? 0xffffffff : (u32)us;
}

/*
 * Record `bytes` that `call` moved over the socket of `c`; the first of them had come at `arrived` (0: not known).
 * Positions and counters advance whatever becomes of the payload.
 */
static __always_inline void write_data(struct connection *c, struct call *call, u32 out, u32 bytes, u64 arrived, struct kindling_peer *peer)
{
	u32 capture = connection_capture(c), wanted, offset = 0;
	u64 position = c->bytes[out & 1], pid_tgid, word;
	struct kindling_data *data;
	u8 *payload;

	c->bytes[out & 1] = position + bytes;
	c->calls[out & 1]++;
	if (capture == 0)
		return;
	wanted = bytes < capture ? bytes : capture;
	if (call->kind == BUFFER_NONE) {
		wanted = 0;
		count(KINDLING_COUNT_NO_BUFFER, bytes);
	}
	/* A datagram can be longer than the buffer it was cut to (MSG_TRUNC tells its length): what follows was not received. */
	if (call->kind == BUFFER_PLAIN && call->count < wanted)
		wanted = (u32)call->count;
	if (wanted > KINDLING_MAX_CAPTURE)
		wanted = KINDLING_MAX_CAPTURE;
	if (peer)
		offset = sizeof(*peer);
	data = data_reserve((sizeof(*data) + offset + wanted + KINDLING_UNIT - 1) / KINDLING_UNIT * KINDLING_UNIT, &word);
	if (!data)
		return;
	payload = (u8 *)(data + 1);
	if (peer) {
		__builtin_memcpy(payload, peer, sizeof(*peer));
		payload += sizeof(*peer);
	}
	pid_tgid = bpf_get_current_pid_tgid();
	data->header.type = KINDLING_DATA;
	data->header.flags = (out ? KINDLING_FLAG_OUT : 0) | (peer ? KINDLING_FLAG_PEER : 0);
	data->connection = c->id;
	data->position = position;
	data->bytes = bytes;
	data->pid = pid_tgid >> 32;
	data->tid = (u32)pid_tgid;
	data->fd = call->fd;
	data->unread_us = arrived && data->header.ts >= arrived ? unread_us(data->header.ts - arrived) : 0;
	if (call->kind == BUFFER_PLAIN)
		data->captured = copy_plain(payload, 0, call->buffer, wanted);
	else if (call->kind == BUFFER_VECTOR)
		data->captured = copy_vector(payload, word, offset, call->buffer, call->count, wanted);
	else
		data->captured = 0;
	ring_commit(&data->header, word);
}

/* From whatever form of call to its plain or vector form. */
static __always_inline void resolve_message(struct call *call)
{
	struct msghdr_user message;

	if (bpf_probe_read_user(&message, sizeof(message), (void *)call->buffer)) {
		call->kind = BUFFER_NONE;
		return;
	}
	call->kind = BUFFER_VECTOR;
	call->buffer = message.iov;
	call->count = message.iov_length;
	call->peer = message.name;
}

static __always_inline int is_carried(u16 family, u16 type, u16 protocol)
{
	if (family == AF_UNIX)
		return type == SOCK_STREAM;
	if (family != AF_INET && family != AF_INET6)
		return 0;
	return (type == SOCK_STREAM && protocol == IPPROTO_TCP) || (type == SOCK_DGRAM && protocol == IPPROTO_UDP);
}

#endif
