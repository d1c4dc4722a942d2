// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * What the kernel tells about requests. Two ways to see a socket call, one is loaded: the socket tracepoints (kernel
 * 6.3 and later; nothing is added to any other system call), or the exit of every system call, left at once unless it
 * is one that moves data. Connection state comes from TCP's own tracepoints in both.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
#include "capture.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Keeps in BTF what no map or program signature names: the generator of the decoders reads the structures from there. */
union kindling_layout {
	struct kindling_data data;
	struct kindling_peer peer;
	struct kindling_open open;
	struct kindling_close close;
	struct kindling_connect connect;
	struct kindling_shutdown shutdown;
	struct kindling_process process;
	struct kindling_ring ring;
	struct kindling_config config;
	enum kindling_limits limits;
	enum kindling_type type;
	enum kindling_scope scope;
	enum kindling_flags flags;
	enum kindling_role role;
	enum kindling_counter counter;
};
union kindling_layout *layout SEC(".data.layout");

static __always_inline void write_shutdown(struct connection *c, u16 flags)
{
	struct kindling_shutdown *end;
	u64 word;

	end = control_reserve(RECORD_SIZE(struct kindling_shutdown), KINDLING_SHUTDOWN, flags, &word);
	if (!end)
		return;
	end->connection = c->id;
	ring_commit(&end->header, word);
}

/*
 * The other end sends no more, and all it sent was read. TCP's state tells of the end as soon as it arrives, while data
 * before it wait in the socket: too early for whoever follows the stream.
 */
static __always_inline void write_read_to_end(struct connection *c)
{
	if (c->read_to_end)
		return;
	c->read_to_end = 1;
	write_shutdown(c, 0);
}

static __always_inline int socket_call(struct sock *sk, int bytes, int flags, u32 out)
{
	u32 tid, bytes_moved = bytes;
	struct kindling_peer peer, *datagram_peer = 0;
	struct task_struct *task;
	struct pt_regs *regs;
	int waits_for_each;
	struct connection *c;
	struct call call;
	u16 family, protocol;
	struct arrivals *arrivals;
	u64 arrived = 0;

	if (bytes < 0 || flags & (MSG_PEEK | MSG_ERRQUEUE) || !current_in_scope())
		return 0;
	family = sk->__sk_common.skc_family;
	protocol = sk->sk_protocol;
	if (!is_carried(family, sk->sk_type, protocol) || (bytes == 0 && protocol == IPPROTO_UDP))
		return 0;
	c = connection_find(sk);
	if (!c) {
		c = connection_create(sk, 0);
		if (!c)
			return 0;
	}
	task = bpf_get_current_task_btf();
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	read_call(regs, &call);
	waits_for_each = out || !((flags & MSG_DONTWAIT) || (regs->r10 & MSG_WAITFORONE));
	if (!c->opened)
		write_open(c, as_number(sk), call.fd | (out ? OPEN_BY_SEND : 0), bytes);
	if (bytes == 0) {
		if (!out && sk->sk_shutdown & RCV_SHUTDOWN)
			write_read_to_end(c);
		return 0;
	}
	/* With these hooks connections live in socket storage. */
	arrivals = &((struct stored_connection *)c)->arrivals;
	if (!out && arrivals->first != arrivals->next) {
		struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

		if (tp)
			arrived = arrival_take(arrivals, tp->copied_seq - bytes_moved, tp->copied_seq);
	}
	tid = (u32)bpf_get_current_pid_tgid();
	if (call.kind == BUFFER_MESSAGES) {
		call.buffer = next_message(&call, tid, bpf_ktime_get_ns(), waits_for_each);
		call.kind = BUFFER_MESSAGE;
	}
	if (call.kind == BUFFER_MESSAGE)
		resolve_message(&call);
	/* Of a stream it throws the bytes away: the buffer holds something else. */
	if (!out && flags & MSG_TRUNC && protocol == IPPROTO_TCP)
		call.kind = BUFFER_NONE;
	if (protocol == IPPROTO_UDP && !sk->__sk_common.skc_dport) {
		if (out) {
			if (read_peer(&peer, call.peer))
				datagram_peer = &peer;
		} else {
			/* The caller's sockaddr is filled in only after this point: datagram_came_* have told. */
			struct thread_state *state = bpf_map_lookup_elem(&threads, &tid);

			if (state && state->has_peer) {
				peer = state->peer;
				state->has_peer = 0;
				datagram_peer = &peer;
			}
		}
	}
	write_data(c, &call, out, bytes_moved, arrived, datagram_peer);
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(socket_sent, struct sock *sk, int bytes, int flags)
{
	return socket_call(sk, bytes, flags, 1);
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(socket_received, struct sock *sk, int bytes, int flags)
{
	return socket_call(sk, bytes, flags, 0);
}

/*
 * Bytes came to a socket, in whatever context. Ours are those that have an entry: of a cgroup's connections that is from
 * their beginning, also before they are accepted; of others from their first call.
 */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(data_arrived, struct sock *sk)
{
	struct stored_connection *c = bpf_sk_storage_get(&connections_by_socket, sk, 0, 0);
	struct tcp_sock *tp;

	if (!c)
		return 0;
	tp = bpf_skc_to_tcp_sock(sk);
	if (tp)
		arrival_note(&c->arrivals, tp->rcv_nxt, tp->copied_seq);
	return 0;
}

/*
 * Where a datagram came from: the socket tracepoint does not tell, and the caller's sockaddr is filled in only after it.
 * These run within the call, before it, for sockets of the cgroups they are attached to.
 */
static __always_inline struct kindling_peer *datagram_came(struct bpf_sock_addr *context, u16 family)
{
	struct thread_state fresh = {}, *state;
	u32 tid;

	if (!current_in_scope())
		return 0;
	tid = (u32)bpf_get_current_pid_tgid();
	state = bpf_map_lookup_elem(&threads, &tid);
	if (!state) {
		bpf_map_update_elem(&threads, &tid, &fresh, BPF_ANY);
		state = bpf_map_lookup_elem(&threads, &tid);
		if (!state)
			return 0;
	}
	__builtin_memset(&state->peer, 0, sizeof(state->peer));
	state->peer.family = family;
	state->peer.port = bpf_ntohs((u16)context->user_port);
	state->has_peer = 1;
	return &state->peer;
}

SEC("cgroup/recvmsg4")
int datagram_came_v4(struct bpf_sock_addr *context)
{
	struct kindling_peer *peer = datagram_came(context, AF_INET);
	u32 address = context->user_ip4;

	if (peer)
		__builtin_memcpy(peer->address, &address, sizeof(address));
	return 1;
}

SEC("cgroup/recvmsg6")
int datagram_came_v6(struct bpf_sock_addr *context)
{
	struct kindling_peer *peer = datagram_came(context, AF_INET6);
	u32 address[4] = { context->user_ip6[0], context->user_ip6[1], context->user_ip6[2], context->user_ip6[3] };

	if (peer)
		__builtin_memcpy(peer->address, address, sizeof(address));
	return 1;
}

/* The socket behind a descriptor of the current process, or 0. Its inode number is its identity over its life. */
static __always_inline struct sock *socket_of(u32 fd, u64 *inode)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = 0, **slot;
	struct inode *node;
	struct socket *socket;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	slot = BPF_CORE_READ(table, fd) + fd;
	bpf_probe_read_kernel(&file, sizeof(file), slot);
	if (!file)
		return 0;
	node = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(node, i_mode) & 0170000) != 0140000)
		return 0;
	*inode = BPF_CORE_READ(node, i_ino);
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/*
 * Not inlined, so that the verifier looks at it once and not for each message of a call: loading took ten times as long
 * else, seconds on a busy machine.
 */
__attribute__((noinline)) int socket_moved(struct call *call, u32 out, u32 bytes)
{
	struct kindling_peer peer, *datagram_peer = 0;
	u16 family, protocol;
	struct connection *c;
	struct sock *sk;
	u64 inode = 0;

	if (!call)
		return 0;
	sk = socket_of(call->fd, &inode);
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	protocol = BPF_CORE_READ(sk, sk_protocol);
	if (!is_carried(family, BPF_CORE_READ(sk, sk_type), protocol) || (bytes == 0 && protocol == IPPROTO_UDP))
		return 0;
	c = connection_find(sk);
	/* Sockets that TCP's state told of have no inode yet; another inode is another socket at the same address. */
	if (c && c->inode == 0)
		c->inode = inode;
	if (!c || c->inode != inode) {
		c = connection_create(sk, inode);
		if (!c)
			return 0;
	}
	if (!c->opened)
		write_open(c, as_number(sk), call->fd | (out ? OPEN_BY_SEND : 0), bytes);
	if (bytes == 0) {
		if (!out && BPF_CORE_READ(sk, sk_shutdown) & RCV_SHUTDOWN)
			write_read_to_end(c);
		return 0;
	}
	if (call->kind == BUFFER_MESSAGE)
		resolve_message(call);
	if (protocol == IPPROTO_UDP && !BPF_CORE_READ(sk, __sk_common.skc_dport) && read_peer(&peer, call->peer))
		datagram_peer = &peer;
	write_data(c, call, out, bytes, 0, datagram_peer);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_exited, struct pt_regs *regs, long result)
{
	struct call call;

	if (!is_data_call(regs->orig_ax) || result < 0 || !current_in_scope() || !read_call(regs, &call))
		return 0;
	if (call.kind == BUFFER_MESSAGES) {
		u64 messages = call.buffer;
		u32 n = result;

#pragma clang loop unroll(disable)
		for (u32 i = 0; i < 16; i++) {
			struct mmsghdr_user message;
			struct call one = call;

			if (i >= n || bpf_probe_read_user(&message, sizeof(message), (void *)(messages + i * sizeof(message))))
				return 0;
			one.kind = BUFFER_MESSAGE;
			one.buffer = messages + i * sizeof(message);
			socket_moved(&one, call.sends, message.length);
		}
		return 0;
	}
	/* MSG_PEEK moves nothing. */
	if ((call.number == SYS_recvfrom && regs->r10 & (MSG_PEEK | MSG_ERRQUEUE)) ||
	    (call.number == SYS_recvmsg && call.count & (MSG_PEEK | MSG_ERRQUEUE)))
		return 0;
	if (call.number == SYS_splice) {
		socket_moved(&call, 0, result);
		call.fd = (u32)call.count;
		socket_moved(&call, 1, result);
		return 0;
	}
	socket_moved(&call, call.sends, result);
	return 0;
}

static __always_inline void write_connect(struct connection *c, struct sock *sk, u32 error)
{
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	struct kindling_connect *connect;
	u64 word;

	connect = control_reserve(RECORD_SIZE(struct kindling_connect), KINDLING_CONNECT, 0, &word);
	if (!connect)
		return;
	connect->connection = c->id;
	connect->cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup, kn, id);
	connect->duration = connect->header.ts - c->connect_started;
	connect->pid = c->pid;
	connect->tid = c->tid;
	connect->error = error;
	connect->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	connect->family = family;
	connect->protocol = IPPROTO_TCP;
	connect->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	connect->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	read_addresses(sk, family, connect->local, connect->remote);
	__builtin_memcpy(connect->comm, c->comm, sizeof(connect->comm));
	ring_commit(&connect->header, word);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcp_state_changed, struct sock *sk, int before, int after)
{
	struct connection *c;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (after == TCP_SYN_SENT) {
		u64 pid_tgid;

		if (!current_in_scope())
			return 0;
		connection_forget(sk);
		c = connection_create(sk, 0);
		if (!c)
			return 0;
		pid_tgid = bpf_get_current_pid_tgid();
		c->connect_started = bpf_ktime_get_ns();
		c->pid = pid_tgid >> 32;
		c->tid = (u32)pid_tgid;
		bpf_get_current_comm(c->comm, sizeof(c->comm));
		c->role = KINDLING_ROLE_CLIENT;
		c->from_start = 1;
		return 0;
	}
	if (after == TCP_ESTABLISHED && before == TCP_SYN_RECV) {
		if (!socket_in_scope(sk))
			return 0;
		connection_forget(sk);
		c = connection_create(sk, 0);
		if (!c)
			return 0;
		c->role = KINDLING_ROLE_SERVER;
		c->from_start = 1;
		return 0;
	}
	c = connection_find(sk);
	if (!c)
		return 0;
	if (after == TCP_ESTABLISHED && before == TCP_SYN_SENT)
		write_connect(c, sk, 0);
	else if (after == TCP_CLOSE && before == TCP_SYN_SENT)
		write_connect(c, sk, sk->sk_err ? sk->sk_err : ECANCELED);
	else if (after == TCP_FIN_WAIT1 || after == TCP_LAST_ACK) {
		if (!c->ended_by)
			c->ended_by = 1;
		if (c->opened)
			write_shutdown(c, KINDLING_FLAG_LOCAL);
	} else if (after == TCP_CLOSE_WAIT && !c->ended_by) {
		c->ended_by = 2;
	}
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcp_destroyed, struct sock *sk)
{
	struct connection *c = connection_find(sk);
	struct tcp_sock *tp = (void *)sk;
	struct kindling_close *end;
	u16 flags = 0;
	u64 word;

	if (!c)
		return 0;
	if (!c->opened)
		goto out;
	if (c->ended_by)
		flags = KINDLING_FLAG_BY_KNOWN | (c->ended_by == 1 ? KINDLING_FLAG_LOCAL : 0);
	end = control_reserve(RECORD_SIZE(struct kindling_close), KINDLING_CLOSE, flags, &word);
	if (!end)
		goto out;
	end->connection = c->id;
	end->bytes_in = c->bytes[0];
	end->bytes_out = c->bytes[1];
	end->calls_in = c->calls[0];
	end->calls_out = c->calls[1];
	end->error = sk->sk_err ? sk->sk_err : c->was_reset ? ECONNRESET : 0;
	end->srtt_us = BPF_CORE_READ(tp, srtt_us) >> 3;
	end->retransmits = BPF_CORE_READ(tp, total_retrans);
	end->reserved = 0;
	ring_commit(&end->header, word);
out:
	connection_forget(sk);
	return 0;
}

/* The other end cut the connection: what is pending will not be answered. */
SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(tcp_reset_received, struct sock *sk)
{
	struct connection *c = connection_find(sk);

	if (!c)
		return 0;
	c->was_reset = 1;
	if (!c->ended_by)
		c->ended_by = 2;
	return 0;
}

static __always_inline void write_process(u16 type)
{
	struct kindling_process *process;
	u64 pid_tgid = bpf_get_current_pid_tgid(), word;

	process = control_reserve(RECORD_SIZE(struct kindling_process), type, 0, &word);
	if (!process)
		return;
	process->cgroup = bpf_get_current_cgroup_id();
	process->pid = pid_tgid >> 32;
	process->tid = (u32)pid_tgid;
	bpf_get_current_comm(process->comm, sizeof(process->comm));
	ring_commit(&process->header, word);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	u32 pid = child->tgid;

	if (child->pid != child->tgid)
		return 0;
	if (config.scope == KINDLING_SCOPE_TREE && pid_bit(&scope_pids, parent->tgid))
		pid_set(&scope_pids, pid, 1);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_executed)
{
	if (current_in_scope())
		write_process(KINDLING_EXEC);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct *task)
{
	u32 pid = task->tgid;

	if (BPF_CORE_READ(task, signal, live.counter) > 0)
		return 0;
	if (current_in_scope())
		write_process(KINDLING_EXIT);
	pid_set(&excluded_pids, pid, 0);
	pid_set(&scope_pids, pid, 0);
	return 0;
}
