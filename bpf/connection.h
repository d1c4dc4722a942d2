/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* A socket's state: identity, stream positions, exact counters. */
#ifndef KINDLING_CONNECTION_H
#define KINDLING_CONNECTION_H

#include "arrival.h"
#include "ring.h"
#include "scope.h"

struct connection {
	u64 id;
	/* Bytes so far: [0] in, [1] out. The stream position of the next byte. */
	u64 bytes[2];
	u32 calls[2];
	u64 connect_started;
	/* The hash's key, a socket's address, is used again: its inode number tells whether it is still the same socket. */
	u64 inode;
	u32 pid, tid;
	u32 role;
	u8 opened;     /* kindling_open was written */
	u8 from_start; /* seen before its first byte */
	u8 ended_by;   /* 0 unknown, 1 this process, 2 the other end */
	u8 read_to_end; /* a read has met the other end's end */
	u8 was_reset;   /* by the other end; whoever reads the error clears it on the socket */
	u8 comm[16];    /* of who called connect; TCP tells of its end in whatever context */
	u8 reserved[7];
};

/* What a socket's storage holds beyond it. The hash has no use for arrivals, and zeroing them costs its programs' loading. */
struct stored_connection {
	struct connection connection;
	struct arrivals arrivals;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stored_connection);
} connections_by_socket SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct connection);
} connections_by_address SEC(".maps");

/*
 * What user space decided for a connection: payload bytes per call in the low half, the low half of its id (against
 * mix-ups of connections that share a slot) in the high half.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, KINDLING_POLICIES);
	__type(key, u32);
	__type(value, u64);
} policies SEC(".maps");

#define OPEN_BY_SEND (1u << 31)

static __always_inline u32 connection_capture(struct connection *c)
{
	u32 slot = (u32)c->id & (KINDLING_POLICIES - 1);
	u64 *policy = bpf_map_lookup_elem(&policies, &slot);

	if (policy && *policy >> 32 == (u32)c->id)
		return (u32)*policy;
	return config.capture;
}

/* Unique over the CPUs and small: interleaved. Never 0. */
static __always_inline u64 connection_new_id(void)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct kindling_ring *ring = bpf_map_lookup_elem(&control_rings, &cpu);

	if (!ring)
		return 0;
	return (__sync_fetch_and_add(&ring->connections, 1) + 1) * config.cpus + cpu;
}

static __always_inline struct connection *connection_find(struct sock *sk)
{
	u64 key = (u64)sk;

	if (config.socket_storage)
		return bpf_sk_storage_get(&connections_by_socket, sk, 0, 0);
	return bpf_map_lookup_elem(&connections_by_address, &key);
}

static __always_inline struct connection *connection_create(struct sock *sk, u64 inode)
{
	struct connection *c;
	u64 key = (u64)sk;

	if (config.socket_storage) {
		c = bpf_sk_storage_get(&connections_by_socket, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	} else {
		struct connection fresh = { .inode = inode };

		bpf_map_update_elem(&connections_by_address, &key, &fresh, BPF_ANY);
		c = bpf_map_lookup_elem(&connections_by_address, &key);
	}
	if (!c) {
		count(KINDLING_COUNT_NO_CONNECTION, 1);
		return 0;
	}
	/* A socket may be connected again: its storage is that of its former connection. */
	if (config.socket_storage)
		__builtin_memset(c, 0, sizeof(struct stored_connection));
	c->id = connection_new_id();
	return c;
}

static __always_inline void connection_forget(struct sock *sk)
{
	u64 key = (u64)sk;

	if (!config.socket_storage)
		bpf_map_delete_elem(&connections_by_address, &key);
}

/* A pointer as a number: the verifier lets numbers only into functions that it checks on their own. */
static __always_inline u64 as_number(struct sock *sk)
{
	struct sock *pointer = sk;
	u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

static __always_inline void read_addresses(struct sock *sk, u16 family, u8 *local, u8 *remote)
{
	if (family == AF_INET6) {
		BPF_CORE_READ_INTO((struct in6_addr *)local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)remote, sk, __sk_common.skc_v6_daddr);
	} else {
		*(u32 *)local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		*(u32 *)remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);
		__builtin_memset(local + 4, 0, 12);
		__builtin_memset(remote + 4, 0, 12);
	}
}

/* The path of a unix socket's listening end, and on which end we are. */
static __always_inline u32 read_unix_path(struct sock *sk, u8 *path)
{
	struct unix_sock *own = (void *)sk;
	struct unix_address *address = BPF_CORE_READ(own, addr);
	u32 role = KINDLING_ROLE_SERVER;
	u32 length;

	if (!address) {
		struct unix_sock *peer = (void *)BPF_CORE_READ(own, peer);

		if (!peer)
			return KINDLING_ROLE_UNKNOWN;
		address = BPF_CORE_READ(peer, addr);
		if (!address)
			return KINDLING_ROLE_UNKNOWN;
		role = KINDLING_ROLE_CLIENT;
	}
	length = BPF_CORE_READ(address, len) - 2;
	/* What lies behind the name is somebody else's memory. */
	if (length > KINDLING_PATH - 1)
		length = 0;
	asm volatile("%0 &= 127" : "+r"(length));
	if (length > KINDLING_PATH - 1)
		return role;
	bpf_core_read(path, length, &address->name[0].sun_path);
	/* Abstract names start with NUL and are not terminated. */
	path[length] = 0;
	return role;
}

/* Whether the first byte of both directions is still to come (or is in this very call). */
static __always_inline int is_fresh(struct sock *sk, u16 protocol, int out, u32 bytes)
{
	struct tcp_sock *tp = (void *)sk;
	u64 copied, sent;

	if (protocol != IPPROTO_TCP)
		return 0;
	copied = BPF_CORE_READ(tp, bytes_received) - (u32)(BPF_CORE_READ(tp, rcv_nxt) - BPF_CORE_READ(tp, copied_seq));
	sent = BPF_CORE_READ(tp, bytes_sent) + (u32)(BPF_CORE_READ(tp, write_seq) - BPF_CORE_READ(tp, snd_nxt));
	return out ? copied == 0 && sent <= bytes : copied <= bytes && sent == 0;
}

/*
 * Not inlined, so that the verifier looks at it once. `socket` is a struct sock; it is only read with probes here, the
 * descriptor has the direction in its top bit.
 */
__attribute__((noinline)) int write_open(struct connection *c, u64 socket, u32 fd_out, u32 bytes)
{
	struct sock *sk = (void *)socket;
	u32 fd = fd_out & ~OPEN_BY_SEND;
	int out = fd_out & OPEN_BY_SEND;
	u64 pid_tgid = bpf_get_current_pid_tgid(), word;
	struct kindling_open *open;
	u16 family, protocol;
	u16 flags = 0;

	if (!c)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	protocol = BPF_CORE_READ(sk, sk_protocol);
	if (!c->from_start && !is_fresh(sk, protocol, out, bytes))
		flags = KINDLING_FLAG_PREEXISTING;
	open = control_reserve(RECORD_SIZE(struct kindling_open), KINDLING_OPEN, flags, &word);
	if (!open)
		return 0;
	open->connection = c->id;
	open->cgroup = bpf_get_current_cgroup_id();
	open->pid = pid_tgid >> 32;
	open->tid = (u32)pid_tgid;
	open->fd = fd;
	open->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	open->inode = BPF_CORE_READ(sk, sk_socket, file, f_inode, i_ino);
	open->family = family;
	open->protocol = protocol;
	open->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	open->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	open->role = c->role;
	open->reserved = 0;
	open->path[0] = 0;
	bpf_get_current_comm(open->comm, sizeof(open->comm));
	if (family == AF_UNIX)
		open->role = read_unix_path(sk, open->path);
	else
		read_addresses(sk, family, open->local, open->remote);
	ring_commit(&open->header, word);
	c->opened = 1;
	return 0;
}

#endif
