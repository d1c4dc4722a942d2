/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Writes to logs: to standard output and error, whatever they are (but not /dev/null), and to files opened for appending
 * whose name or folder says so. Anything else that a process writes is its data and is not looked at.
 */
#ifndef KINDLING_LOG_H
#define KINDLING_LOG_H

#include "note.h"
#include "object.h"

enum { SYS_WRITE = 1, SYS_PWRITE64 = 18, SYS_WRITEV = 20, SYS_PWRITEV = 296, SYS_PWRITEV2 = 328 };
enum { O_APPEND_FLAG = 02000 };
#define LOG_SEGMENTS 4
#define MEM_MAJOR 1
#define NULL_MINOR 3

static __always_inline int is_log_call(u32 call)
{
	if (call < 64)
		return (1ULL << SYS_WRITE | 1ULL << SYS_WRITEV | 1ULL << SYS_PWRITE64) >> call & 1;
	return call == SYS_PWRITEV || call == SYS_PWRITEV2;
}

/* `log` anywhere in it, or `.out`, `.err`. */
static __always_inline int is_log_name(const unsigned char *from)
{
	char name[40] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), from);
	for (int i = 0; i < 37; i++) {
		if (name[i] == 'l' && name[i + 1] == 'o' && name[i + 2] == 'g')
			return 1;
		if (name[i] == '.' && ((name[i + 1] == 'o' && name[i + 2] == 'u') || (name[i + 1] == 'e' && name[i + 2] == 'r')))
			return 1;
	}
	return 0;
}

/* enum kindling_object_kind; NONE: no log. Most are sockets: they are told apart by a single look at the file. */
static __always_inline u32 log_object(struct file *file, u32 fd)
{
	struct dentry *dentry;

	if (fd == 1 || fd == 2) {
		if ((mode_of(file) & S_IFMT) == S_IFCHR && BPF_CORE_READ(file, f_inode, i_rdev) == (MEM_MAJOR << 20 | NULL_MINOR))
			return KINDLING_OBJECT_NONE;
		return KINDLING_OBJECT_STANDARD;
	}
	if (!(BPF_CORE_READ(file, f_flags) & O_APPEND_FLAG) || (mode_of(file) & S_IFMT) != S_IFREG)
		return KINDLING_OBJECT_NONE;
	dentry = BPF_CORE_READ(file, f_path.dentry);
	if (is_log_name(BPF_CORE_READ(dentry, d_name.name)) || is_log_name(BPF_CORE_READ(dentry, d_parent, d_name.name)))
		return KINDLING_OBJECT_FILE;
	return KINDLING_OBJECT_NONE;
}

/* In a form that the verifier of 6.1 follows as well. */
static __always_inline u32 at_most_log(u32 n)
{
	if (n >= KINDLING_LOG_BYTES)
		n = KINDLING_LOG_BYTES;
	else
		asm volatile("%0 &= 511" : "+r"(n));
	return n;
}

static __always_inline u32 copy_text(u8 *to, u64 from, u64 bytes)
{
	u32 n = bytes > KINDLING_LOG_BYTES ? KINDLING_LOG_BYTES : (u32)bytes;

	return n >= 1 && n <= KINDLING_LOG_BYTES && !bpf_probe_read_user(to, n, (void *)from) ? n : 0;
}

static __always_inline u32 copy_vector(u8 *to, u64 vector, u64 segments, u64 bytes)
{
	u32 used = 0;

	for (u32 i = 0; i < LOG_SEGMENTS; i++) {
		struct iovec_user segment;
		u32 n;

		if (i >= segments || used >= KINDLING_LOG_BYTES || bpf_probe_read_user(&segment, sizeof(segment), (void *)(vector + i * sizeof(segment))))
			break;
		n = KINDLING_LOG_BYTES - used;
		if (n > segment.len)
			n = segment.len;
		if (n > bytes - used)
			n = bytes - used;
		n = at_most_log(n);
		if (n == 0 || bpf_probe_read_user(to + used, n, (void *)segment.base))
			break;
		used += n;
	}
	return used;
}

static __always_inline void write_log(struct task_struct *task, struct pt_regs *regs, s64 bytes)
{
	u32 fd = (u32)regs->di, call = (u32)regs->orig_ax, object, names = 0, captured;
	struct file *file = file_of(task, fd);
	struct kindling_log *log;
	struct note note;
	u16 flags = 0;
	u8 *text;

	if (!file)
		return;
	object = log_object(file, fd);
	if (object == KINDLING_OBJECT_NONE || !note_begin(&note, KINDLING_RING_LOGS, KINDLING_LOG, 0))
		return;
	log = (void *)note.header;
	log->pid = task->tgid;
	log->tid = task->pid;
	log->fd = fd;
	log->object = object;
	log->bytes = bytes > 0xffffffff ? 0xffffffff : (u32)bytes;
	if (object == KINDLING_OBJECT_FILE)
		names = write_names(file, (u8 *)(log + 1), &flags);
	if (names > KINDLING_NAMES_BYTES + KINDLING_NAME_BYTES)
		names = 0;
	text = (u8 *)(log + 1) + names;
	captured = call == SYS_WRITE || call == SYS_PWRITE64 ? copy_text(text, regs->si, bytes) : copy_vector(text, regs->si, regs->dx, bytes);
	if (captured > KINDLING_LOG_BYTES)
		captured = KINDLING_LOG_BYTES;
	log->captured = captured;
	log->names_bytes = names;
	log->header.flags = flags;
	note_end(&note, sizeof(*log) + names + captured);
}

#endif
