/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The transport: per-CPU overwrite rings in mmapable arrays.
 *
 * A writer takes room with one atomic add on its CPU's word, which holds the position (in units of 64 bytes) and the
 * number of records, so a reader that was lapped knows exactly how many it lost. A record is whole when its mark equals
 * the word at its start XOR a random key: payload cannot imitate that. Nobody is woken; user space drains on a timer.
 * Control records have rings of their own, so that a flood of payload never costs an open or a close.
 */
#ifndef KINDLING_RING_H
#define KINDLING_RING_H

#include "config.h"

struct data_segment { u8 bytes[KINDLING_DATA_SEGMENT + KINDLING_DATA_SLACK]; };
struct control_segment { u8 bytes[KINDLING_CONTROL_SEGMENT + KINDLING_CONTROL_SLACK]; };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* CPUs x segments, set before loading */
	__type(key, u32);
	__type(value, struct data_segment);
} data_segments SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct kindling_ring);
} data_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct control_segment);
} control_segments SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct kindling_ring);
} control_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KINDLING_COUNTERS);
	__type(key, u32);
	__type(value, u64);
} counters SEC(".maps");

static __always_inline void count(u32 reason, u64 n)
{
	u64 *value = bpf_map_lookup_elem(&counters, &reason);

	if (value)
		*value += n;
}

static __always_inline u64 ring_take(void *rings, u32 cpu, u32 size)
{
	struct kindling_ring *ring = bpf_map_lookup_elem(rings, &cpu);

	if (!ring)
		return ~0ULL;
	return __sync_fetch_and_add(&ring->word, (1ULL << KINDLING_COUNT_SHIFT) + size / KINDLING_UNIT);
}

/* The data record that starts where this CPU's word stood. */
static __always_inline struct kindling_data *data_record(u64 word)
{
	u64 position = (word & ((1ULL << KINDLING_COUNT_SHIFT) - 1)) * KINDLING_UNIT;
	u32 index = bpf_get_smp_processor_id() * config.data_segments +
		    ((u32)(position / KINDLING_DATA_SEGMENT) & (config.data_segments - 1));
	struct data_segment *segment = bpf_map_lookup_elem(&data_segments, &index);

	if (!segment)
		return 0;
	return (void *)segment->bytes + ((u32)position & (KINDLING_DATA_SEGMENT - 1));
}

/* Room for a data record of `size` bytes (a multiple of 64), with its header filled in except for the mark. */
static __always_inline struct kindling_data *data_reserve(u32 size, u64 *word)
{
	struct kindling_data *record;

	*word = ring_take(&data_rings, bpf_get_smp_processor_id(), size);
	record = data_record(*word);
	if (!record)
		return 0;
	record->header.ts = bpf_ktime_get_ns();
	record->header.size = size;
	return record;
}

static __always_inline void *control_reserve(u32 size, u16 type, u16 flags, u64 *word)
{
	u32 cpu = bpf_get_smp_processor_id(), index;
	struct control_segment *segment;
	struct kindling_header *header;
	u64 position;

	*word = ring_take(&control_rings, cpu, size);
	position = (*word & ((1ULL << KINDLING_COUNT_SHIFT) - 1)) * KINDLING_UNIT;
	index = cpu * config.control_segments + ((u32)(position / KINDLING_CONTROL_SEGMENT) & (config.control_segments - 1));
	segment = bpf_map_lookup_elem(&control_segments, &index);
	if (!segment)
		return 0;
	header = (void *)segment->bytes + ((u32)position & (KINDLING_CONTROL_SEGMENT - 1));
	header->ts = bpf_ktime_get_ns();
	header->size = size;
	header->type = type;
	header->flags = flags;
	return header;
}

#define RECORD_SIZE(structure) ((sizeof(structure) + KINDLING_UNIT - 1) / KINDLING_UNIT * KINDLING_UNIT)

/* The mark goes last: x86 keeps stores in order, the barrier keeps the compiler from moving it. */
static __always_inline void ring_commit(struct kindling_header *header, u64 word)
{
	asm volatile("" ::: "memory");
	*(volatile u64 *)&header->mark = word ^ config.key;
}

#endif
