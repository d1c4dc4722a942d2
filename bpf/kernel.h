/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The members of kernel structures that Kindling reads, for CO-RE: libbpf moves each access to where the running
 * kernel has the member. Only what is read is declared, so the object builds on any machine, whatever its kernel.
 */
#ifndef KINDLING_KERNEL_H
#define KINDLING_KERNEL_H

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __u16 __sum16;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef __s64 s64;
typedef _Bool bool;

enum bpf_map_type_used {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_SK_STORAGE = 24,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_F_NO_PREALLOC = 1, BPF_F_CLONE = 512, BPF_F_MMAPABLE = 1024 };
enum { BPF_SK_STORAGE_GET_F_CREATE = 1, BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* x86-64; other architectures get their own names here (syscall.h asks for arguments by macro only). */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip;
	unsigned long cs;
	unsigned long sp;
};

struct list_head { struct list_head *next, *prev; };
struct qstr { const unsigned char *name; };
struct kernfs_node { u64 id; };
struct cgroup { int level; struct kernfs_node *kn; struct cgroup *ancestors[]; };
/* Before 6.1 the ancestors were ids. */
struct cgroup___ids { int level; u64 ancestor_ids[]; };
struct css_set { struct cgroup *dfl_cgrp; };
struct signal_struct { struct { int counter; } live; };
struct ns_common { unsigned int inum; };
struct net { struct ns_common ns; };
typedef struct { struct net *net; } possible_net_t;

struct inode { unsigned short i_mode; unsigned long i_ino; u32 i_rdev; };
struct dentry { struct dentry *d_parent; struct qstr d_name; };
struct vfsmount { struct dentry *mnt_root; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct file { struct inode *f_inode; void *private_data; unsigned int f_flags; struct path f_path; };
struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };

struct sched_info { u64 run_delay; };
struct sched_entity { u64 sum_exec_runtime; };
struct mm_struct { unsigned long start_stack; };
struct rseq;

struct task_struct {
	int pid, tgid;
	unsigned int flags;
	char comm[16];
	struct files_struct *files;
	struct css_set *cgroups;
	struct signal_struct *signal;
	struct sched_info sched_info;
	struct sched_entity se;
	struct mm_struct *mm;
	struct rseq *rseq;
};

struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };
struct bpf_iter__task_file { struct bpf_iter_meta *meta; struct task_struct *task; u32 fd; struct file *file; };

struct in6_addr { union { u8 u6_addr8[16]; } in6_u; };
struct sock_common {
	__be32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};
struct sock_cgroup_data { struct cgroup *cgroup; };
struct socket;
struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	u16 sk_type, sk_protocol;
	u8 sk_shutdown;
	int sk_err;
	struct sock_cgroup_data sk_cgrp_data;
};
struct socket { struct file *file; struct sock *sk; };
struct tcp_sock {
	u32 copied_seq, rcv_nxt, snd_nxt, write_seq, srtt_us, total_retrans;
	u64 bytes_received, bytes_sent;
};
struct sockaddr_un { u16 sun_family; char sun_path[108]; };
struct unix_address { int len; struct sockaddr_un name[]; };
struct unix_sock { struct unix_address *addr; struct sock *peer; };

#pragma clang attribute pop

/* A program type's context: fixed by the kernel's interface, not relocated. */
struct bpf_perf_event_data;
struct bpf_sock_addr { __u32 user_family, user_ip4, user_ip6[4], user_port; };

/* User-space structures read from a caller's memory: fixed by the system call interface. */
struct iovec_user { u64 base, len; };
struct msghdr_user { u64 name; u32 name_length, _pad; u64 iov, iov_length, control, control_length; u32 flags, _pad2; };
struct mmsghdr_user { struct msghdr_user header; u32 length, _pad; };

enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10 };
enum { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_SEQPACKET = 5 };
enum { IPPROTO_TCP = 6, IPPROTO_UDP = 17 };
enum { RCV_SHUTDOWN = 1 };
enum { MSG_DONTWAIT = 0x40, MSG_WAITFORONE = 0x10000 };
enum { MSG_PEEK = 2, MSG_TRUNC = 0x20, MSG_ERRQUEUE = 0x2000 };
enum {
	TCP_ESTABLISHED = 1, TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_TIME_WAIT, TCP_CLOSE,
	TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_LISTEN, TCP_CLOSING, TCP_NEW_SYN_RECV,
};
enum { ECONNRESET = 104, ECANCELED = 125 };

#endif
