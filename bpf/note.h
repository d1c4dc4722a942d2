/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Rings of the notes. A note is written at its ring's head and then the head moves by what it turned out to need: so the
 * largest stack need not be reserved for each. One writer at a time; who comes in between (an interrupt) goes without.
 */
#ifndef KINDLING_NOTE_H
#define KINDLING_NOTE_H

#include "config.h"
#include "thread-events.h"

const volatile struct kindling_recorder_config recorder SEC(".rodata.recorder") = {};

struct note_segment { u8 bytes[KINDLING_NOTE_SEGMENT + KINDLING_NOTE_SLACK]; };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* CPUs x segments of all kinds, set before loading */
	__type(key, u32);
	__type(value, struct note_segment);
} note_segments SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* CPUs x kinds */
	__type(key, u32);
	__type(value, struct kindling_note_ring);
} note_rings SEC(".maps");

struct note {
	struct kindling_note_ring *ring;
	/* Room for KINDLING_NOTE_SLACK bytes. */
	struct kindling_header *header;
	u64 word;
};

/* 0: no room, somebody is writing. Every successful begin needs its note_end. */
static __always_inline int note_begin(struct note *note, u32 kind, u16 type, u16 flags)
{
	u32 cpu = bpf_get_smp_processor_id(), index = cpu * KINDLING_NOTE_RINGS + kind;
	struct note_segment *segment;
	u64 position;

	note->ring = bpf_map_lookup_elem(&note_rings, &index);
	if (!note->ring)
		return 0;
	if (__sync_lock_test_and_set(&note->ring->busy, 1)) {
		__sync_fetch_and_add(&note->ring->dropped, 1);
		return 0;
	}
	note->word = *(volatile u64 *)&note->ring->word;
	position = (note->word & ((1ULL << KINDLING_COUNT_SHIFT) - 1)) * KINDLING_UNIT;
	index = cpu * recorder.segments_per_cpu + recorder.note_first[kind] +
		((u32)(position / KINDLING_NOTE_SEGMENT) & (recorder.note_segments[kind] - 1));
	segment = bpf_map_lookup_elem(&note_segments, &index);
	if (!segment) {
		*(volatile u64 *)&note->ring->busy = 0;
		return 0;
	}
	note->header = (void *)segment->bytes + ((u32)position & (KINDLING_NOTE_SEGMENT - 1));
	note->header->mark = 0;
	note->header->ts = bpf_ktime_get_ns();
	note->header->type = type;
	note->header->flags = flags;
	return 1;
}

static __always_inline void note_end(struct note *note, u32 bytes)
{
	u32 units = (bytes + KINDLING_UNIT - 1) / KINDLING_UNIT;

	note->header->size = units * KINDLING_UNIT;
	note->header->mark = note->word ^ config.key;
	asm volatile("" ::: "memory");
	__sync_fetch_and_add(&note->ring->word, (1ULL << KINDLING_COUNT_SHIFT) + units);
	*(volatile u64 *)&note->ring->busy = 0;
}

/* A flood takes only what its budget of the ring allows; `burst` is how far ahead of it this one may be. */
static __always_inline int note_within_rate(u32 kind, enum kindling_note_budget budget, u64 now, u64 interval, u64 burst)
{
	u32 cpu = bpf_get_smp_processor_id(), index = cpu * KINDLING_NOTE_RINGS + kind;
	struct kindling_note_ring *ring = bpf_map_lookup_elem(&note_rings, &index);
	u64 used;

	if (!ring)
		return 0;
	used = ring->used[budget] < now ? now : ring->used[budget];
	if (used > now + burst) {
		__sync_fetch_and_add(&ring->dropped, 1);
		return 0;
	}
	ring->used[budget] = used + interval;
	return 1;
}

#endif
