/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What a descriptor is: a file's path, a socket's ends. In the thread's own context, at the call: later it may be closed. */
#ifndef KINDLING_OBJECT_H
#define KINDLING_OBJECT_H

#include "thread-events.h"

/* Names and mounts passed on the way to the root. */
#define PATH_STEPS 16

enum { S_IFMT = 0170000, S_IFSOCK = 0140000, S_IFREG = 0100000, S_IFBLK = 0060000, S_IFDIR = 0040000, S_IFCHR = 0020000, S_IFIFO = 0010000 };

/* `task` as a tracepoint gives it: its members are loaded without a call of a helper each, up to the table's last pointer. */
static __always_inline struct file *file_of(struct task_struct *task, u32 fd)
{
	struct fdtable *table = task->files->fdt;
	struct file **files, *file = 0;

	if (fd >= table->max_fds)
		return 0;
	files = table->fd;
	bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	return file;
}

static __always_inline u32 mode_of(struct file *file)
{
	return BPF_CORE_READ(file, f_inode, i_mode);
}

/*
 * Name, folder, folder above ..., each with its NUL. A mount's root goes on at the mount point, as the process sees it.
 * `names` has room for KINDLING_NAMES_BYTES + KINDLING_NAME_BYTES. Returns bytes used; sets *flags.
 */
static __always_inline u32 write_names(struct file *file, u8 *names, u16 *flags)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry), *parent;
	struct vfsmount *mounted = BPF_CORE_READ(file, f_path.mnt);
	struct mount *mount = (void *)mounted - bpf_core_field_offset(struct mount, mnt), *above;
	u32 used = 0;

	for (u32 i = 0; i < PATH_STEPS; i++) {
		long length;

		if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
			above = BPF_CORE_READ(mount, mnt_parent);
			if (above == mount || !above)
				return used;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			continue;
		}
		parent = BPF_CORE_READ(dentry, d_parent);
		/* Without a place on a file system: a pipe, an event descriptor. */
		if (dentry == parent && i > 0)
			return used;
		if (used > KINDLING_NAMES_BYTES)
			break;
		length = bpf_probe_read_kernel_str(names + used, KINDLING_NAME_BYTES, BPF_CORE_READ(dentry, d_name.name));
		if (length <= 0 || length > KINDLING_NAME_BYTES)
			break;
		used += length;
		if (dentry == parent)
			return used;
		dentry = parent;
	}
	*flags |= KINDLING_NAMES_CUT;
	return used;
}

struct ends {
	u16 family, local_port, remote_port;
	u8 local[16], remote[16];
};

#define READ_ENDS(to, sk) do { \
	struct sock_common *_common = &(sk)->__sk_common; \
	(to)->family = BPF_CORE_READ(_common, skc_family); \
	(to)->local_port = BPF_CORE_READ(_common, skc_num); \
	(to)->remote_port = bpf_ntohs(BPF_CORE_READ(_common, skc_dport)); \
	__builtin_memset((to)->local, 0, 16); \
	__builtin_memset((to)->remote, 0, 16); \
	if ((to)->family == AF_INET) { \
		u32 _address = BPF_CORE_READ(_common, skc_rcv_saddr); \
		__builtin_memcpy((to)->local, &_address, 4); \
		_address = BPF_CORE_READ(_common, skc_daddr); \
		__builtin_memcpy((to)->remote, &_address, 4); \
	} else if ((to)->family == AF_INET6) { \
		BPF_CORE_READ_INTO(&(to)->local, _common, skc_v6_rcv_saddr.in6_u.u6_addr8); \
		BPF_CORE_READ_INTO(&(to)->remote, _common, skc_v6_daddr.in6_u.u6_addr8); \
	} \
} while (0)

#endif
