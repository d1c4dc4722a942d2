/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* A blocked system call, noted at its return: registers still hold its number and arguments, and its result. */
#ifndef KINDLING_OPERATION_H
#define KINDLING_OPERATION_H

#include "note.h"
#include "object.h"

#define BIT(number) (1ULL << ((number) & 63))

/* Calls by where they say on what: in the first argument a descriptor or a path, in the second a path. x86-64. */
static __always_inline int takes_descriptor(u32 call)
{
	/* read write fstat lseek pread64 pwrite64 readv writev sendfile connect accept sendto recvfrom sendmsg recvmsg shutdown */
	if (call < 64)
		return (BIT(0) | BIT(1) | BIT(5) | BIT(8) | BIT(17) | BIT(18) | BIT(19) | BIT(20) | BIT(40) | BIT(42) | BIT(43) |
			BIT(44) | BIT(45) | BIT(46) | BIT(47) | BIT(48)) >> call & 1;
	/* flock fsync fdatasync ftruncate getdents */
	if (call < 128)
		return call >= 73 && call <= 78 && call != 76;
	/* getdents64 fallocate accept4 preadv pwritev recvmmsg syncfs sendmmsg sync_file_range splice preadv2 pwritev2 copy_file_range */
	return call == 217 || call == 285 || call == 288 || call == 295 || call == 296 || call == 299 || call == 306 || call == 307 ||
	       call == 277 || call == 275 || (call >= 326 && call <= 328);
}

static __always_inline u32 path_argument(u32 call)
{
	/* open stat lstat access; truncate chdir rename mkdir rmdir creat link unlink symlink readlink chmod; statfs; setxattr.. */
	if (call == 2 || call == 4 || call == 6 || call == 21 || call == 76 || call == 80 || (call >= 82 && call <= 90 && call != 81) || call == 137)
		return 1;
	/* openat mkdirat newfstatat unlinkat renameat readlinkat faccessat; renameat2 statx openat2 faccessat2 */
	if (call == 257 || call == 258 || (call >= 262 && call <= 264) || call == 267 || call == 269 || call == 316 || call == 332 ||
	    call == 437 || call == 439)
		return 2;
	return 0;
}

/* poll with few descriptors is how a client waits for one peer: told as that peer. */
static __always_inline int polled_descriptor(u32 call, u64 array, u64 count, u32 *fd)
{
	if ((call != 7 && call != 271) || count == 0 || count > 2)
		return 0;
	return !bpf_probe_read_user(fd, sizeof(*fd), (void *)array);
}

/* The path of the listening end, whichever end this is. */
static __always_inline void note_unix(struct kindling_operation *operation, struct unix_sock *own)
{
	struct unix_address *address = BPF_CORE_READ(own, addr);
	struct unix_sock *peer;
	u32 length;

	if (!address) {
		peer = (void *)BPF_CORE_READ(own, peer);
		address = BPF_CORE_READ(peer, addr);
	}
	if (!address)
		return;
	length = BPF_CORE_READ(address, len) - 2;
	/* What lies behind the name is somebody else's memory. */
	if (length > KINDLING_PATH - 1)
		return;
	asm volatile("%0 &= 127" : "+r"(length));
	if (!bpf_core_read(operation + 1, length, &address->name[0].sun_path))
		operation->names_bytes = length;
}

static __always_inline void note_socket(struct kindling_operation *operation, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);

	operation->object = KINDLING_OBJECT_SOCKET;
	if (!sk)
		return;
	READ_ENDS(operation, sk);
	if (operation->family == AF_UNIX)
		note_unix(operation, (void *)sk);
	if (BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP && (operation->family == AF_INET || operation->family == AF_INET6)) {
		struct tcp_sock *tcp = (void *)sk;

		operation->srtt_us = BPF_CORE_READ(tcp, srtt_us) >> 3;
		operation->retransmits = BPF_CORE_READ(tcp, total_retrans);
	}
}

static __always_inline void note_descriptor(struct kindling_operation *operation, struct task_struct *task, u16 *flags)
{
	struct file *file = file_of(task, operation->fd);
	u32 mode;

	if (!file)
		return;
	mode = mode_of(file) & S_IFMT;
	if (mode == S_IFSOCK) {
		note_socket(operation, file);
		return;
	}
	operation->object = mode == S_IFREG || mode == S_IFDIR || mode == S_IFBLK || mode == S_IFCHR ? KINDLING_OBJECT_FILE : KINDLING_OBJECT_OTHER;
	operation->names_bytes = write_names(file, (u8 *)(operation + 1), flags);
}

static __always_inline void note_path(struct kindling_operation *operation, u64 path)
{
	long length = bpf_probe_read_user_str(operation + 1, KINDLING_NAMES_BYTES, (void *)path);

	if (length <= 0 || length > KINDLING_NAMES_BYTES)
		return;
	operation->object = KINDLING_OBJECT_PATH;
	operation->names_bytes = length;
}

static __always_inline void write_operation(struct task_struct *task, struct pt_regs *regs, u64 off)
{
	struct kindling_operation *operation;
	u32 call = (u32)regs->orig_ax, path, bytes;
	struct note note;
	u16 flags = 0;

	if (!note_begin(&note, KINDLING_RING_OPERATIONS, KINDLING_OPERATION, 0))
		return;
	operation = (void *)note.header;
	operation->off = off;
	operation->result = (s64)regs->ax;
	operation->pid = task->tgid;
	operation->tid = task->pid;
	operation->call = call;
	operation->fd = (u32)regs->di;
	operation->srtt_us = operation->retransmits = 0;
	operation->object = KINDLING_OBJECT_NONE;
	operation->family = 0;
	operation->names_bytes = 0;
	path = path_argument(call);
	if (path)
		note_path(operation, path == 1 ? regs->di : regs->si);
	else if (takes_descriptor(call) || polled_descriptor(call, regs->di, regs->si, &operation->fd))
		note_descriptor(operation, task, &flags);
	operation->header.flags = flags;
	bytes = operation->names_bytes;
	if (bytes > KINDLING_NAMES_BYTES + KINDLING_NAME_BYTES)
		bytes = 0;
	note_end(&note, sizeof(*operation) + bytes);
}

#endif
