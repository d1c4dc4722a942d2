/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * All that crosses from the kernel to user space. The TypeScript decoders are generated from these structures (BTF of
 * the built object): fixed-width members, explicit padding, no bit fields, no pointers.
 */
#ifndef KINDLING_EVENTS_H
#define KINDLING_EVENTS_H

enum kindling_limits {
	/* A ring is cut into segments; a record that starts in one ends in it or in its slack, so none wraps. */
	KINDLING_DATA_SEGMENT = 1 << 20,
	KINDLING_DATA_SLACK = 1 << 16,
	KINDLING_CONTROL_SEGMENT = 1 << 18,
	KINDLING_CONTROL_SLACK = 1 << 10,
	/* Positions and sizes are counted in these units. */
	KINDLING_UNIT = 64,
	/* A ring's word: units in the low bits, number of records above. */
	KINDLING_COUNT_SHIFT = 40,
	KINDLING_MAX_CAPTURE = 16383,
	KINDLING_POLICIES = 1 << 16,
	KINDLING_MAX_PIDS = 1 << 22,
	KINDLING_MAX_SCOPES = 8,
	KINDLING_PATH = 108,
};

enum kindling_type {
	KINDLING_DATA = 1,
	KINDLING_OPEN = 2,
	KINDLING_CLOSE = 3,
	KINDLING_CONNECT = 4,
	KINDLING_SHUTDOWN = 5,
	KINDLING_EXEC = 6,
	KINDLING_EXIT = 7,
};

enum kindling_scope {
	KINDLING_SCOPE_CGROUP = 1,
	KINDLING_SCOPE_TREE = 2,
	KINDLING_SCOPE_ALL = 3,
};

enum kindling_flags {
	/* kindling_data: the process sent (else received). */
	KINDLING_FLAG_OUT = 1,
	/* kindling_data: the payload is preceded by a kindling_peer. */
	KINDLING_FLAG_PEER = 2,
	/* kindling_shutdown, kindling_close: the process itself asked first (else the other end). */
	KINDLING_FLAG_LOCAL = 4,
	/* kindling_open: its first bytes were not seen. */
	KINDLING_FLAG_PREEXISTING = 8,
	/* kindling_close: who asked first was seen. */
	KINDLING_FLAG_BY_KNOWN = 16,
};

enum kindling_role {
	KINDLING_ROLE_UNKNOWN = 0,
	KINDLING_ROLE_CLIENT = 1,
	KINDLING_ROLE_SERVER = 2,
};

/* Why something was not captured: index into the map `counters`. */
enum kindling_counter {
	/* Payload could not be read from the caller's memory; sizes and positions are exact. */
	KINDLING_COUNT_PAYLOAD_FAULT = 0,
	/* No memory for a connection's state: the call is not in the stream. */
	KINDLING_COUNT_NO_CONNECTION = 1,
	/* Bytes moved by a call that has no user buffer (sendfile, splice, io_uring): counted, not shown. */
	KINDLING_COUNT_NO_BUFFER = 2,
	/* Vectors with more segments than are read. */
	KINDLING_COUNT_LONG_VECTOR = 3,
	KINDLING_COUNTERS = 4,
};

struct kindling_scope_cgroup {
	__u64 id;
	__u32 level;
	__u32 reserved;
};

/* Constants that user space sets before loading (.rodata): branches on them cost nothing at run time. */
struct kindling_config {
	/* XORed into every record's mark. */
	__u64 key;
	struct kindling_scope_cgroup scopes[KINDLING_MAX_SCOPES];
	/* enum kindling_scope */
	__u32 scope;
	__u32 scope_count;
	__u32 cpus;
	/* Segments per CPU, powers of two. */
	__u32 data_segments;
	__u32 control_segments;
	/* Payload bytes per call while user space has not decided for a connection. */
	__u32 capture;
	/* Connections live in socket storage (needs a trusted struct sock: the socket tracepoints), else in a hash by address. */
	__u32 socket_storage;
	__u32 reserved;
};

struct kindling_header {
	/* The ring's word at this record, XOR the run's key: written last, tells a whole record of this lap. */
	__u64 mark;
	/* CLOCK_MONOTONIC, taken after the record was reserved. */
	__u64 ts;
	/* Of the whole record, a multiple of KINDLING_UNIT. */
	__u32 size;
	__u16 type;
	__u16 flags;
};

struct kindling_data {
	struct kindling_header header;
	__u64 connection;
	__u64 position;
	__u32 bytes;
	__u32 captured;
	__u32 pid;
	__u32 tid;
	__u32 fd;
	/* How long the first of these bytes had lain in the socket, microseconds and one; 0: not known. */
	__u32 unread_us;
};

/* Remote address of a datagram; follows kindling_data with KINDLING_FLAG_PEER. */
struct kindling_peer {
	__u8 address[16];
	__u16 family;
	__u16 port;
	__u32 reserved;
};

struct kindling_open {
	struct kindling_header header;
	__u64 connection;
	__u64 cgroup;
	__u32 pid;
	__u32 tid;
	__u32 fd;
	__u32 netns;
	__u32 inode;
	__u16 family;
	__u16 protocol;
	__u16 local_port;
	__u16 remote_port;
	__u32 role;
	__u8 local[16];
	__u8 remote[16];
	__u8 comm[16];
	__u8 path[KINDLING_PATH];
	__u32 reserved;
};

struct kindling_close {
	struct kindling_header header;
	__u64 connection;
	__u64 bytes_in;
	__u64 bytes_out;
	__u32 calls_in;
	__u32 calls_out;
	__u32 error;
	__u32 srtt_us;
	__u32 retransmits;
	__u32 reserved;
};

struct kindling_connect {
	struct kindling_header header;
	__u64 connection;
	__u64 cgroup;
	__u64 duration;
	__u32 pid;
	__u32 tid;
	__u32 error;
	__u32 netns;
	__u16 family;
	__u16 protocol;
	__u16 local_port;
	__u16 remote_port;
	__u8 local[16];
	__u8 remote[16];
	__u8 comm[16];
};

struct kindling_shutdown {
	struct kindling_header header;
	__u64 connection;
};

struct kindling_process {
	struct kindling_header header;
	__u64 cgroup;
	__u32 pid;
	__u32 tid;
	__u8 comm[16];
};

/* One a CPU, in an mmapable array; a cache line each. */
struct kindling_ring {
	__u64 word;
	__u64 connections;
	__u64 reserved[6];
};

#endif
