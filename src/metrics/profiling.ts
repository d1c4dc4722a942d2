/** What the agent says about its flight recorder and the profiles it made, as data; part of self.ts. */
import type { TriggerReason } from '../profile/profile.js';
import type { Sample } from './exposition.js';

export interface ProfilingReading {
  on: boolean;
  /** 0 while it is off. */
  memoryBytes: number;
  kernelSeconds: number | null;
  /** Of the recorder, since it was switched on last. */
  switches: number;
  overwritten: number;
  dropped: number;
  /** Since the agent's start. */
  byReason: Readonly<Partial<Record<string, number>>>;
  passedOver: number;
  unwritten: number;
  kept: number;
  keptBytes: number;
  pending: number;
}

export interface ProfilingMetric {
  /** Behind `kindling_agent_`. */
  name: string;
  type: 'counter' | 'gauge';
  unit: string;
  help: string;
  labels: string[];
  read(reading: ProfilingReading): Sample[];
}

/** Every reason from the start: a series that appears with its first profile has no rate. */
const REASONS: Record<TriggerReason, true> = { slow: true, slower_than_usual: true, failed: true, sampled: true, asked: true };

const row = (name: string, type: ProfilingMetric['type'], unit: string, help: string, value: (reading: ProfilingReading) => number | null): ProfilingMetric => ({
  name, type, unit, help, labels: [], read: (reading) => { const number = value(reading); return number === null ? [] : [{ labels: {}, value: number }]; },
});

export const PROFILING_METRICS: readonly ProfilingMetric[] = [
  row('recorder_on', 'gauge', '1', '1 while the flight recorder is on.', (r) => Number(r.on)),
  row('recorder_memory_bytes', 'gauge', 'bytes', 'Memory of the flight recorder, all CPUs; 0 while it is off.', (r) => r.memoryBytes),
  row('recorder_cpu_seconds_total', 'counter', 's', 'CPU time in its programs since it was switched on; absent while the kernel does not account for it.', (r) => r.kernelSeconds),
  row('recorder_records_total', 'counter', 'records', 'Switches that it recorded since it was switched on.', (r) => r.switches),
  row('recorder_overwritten_total', 'counter', 'records', 'Of these, overwritten: its memory goes back only so far.', (r) => r.overwritten),
  row('recorder_dropped_total', 'counter', 'records', 'Samples, stacks, calls and log lines not recorded: beyond their rate, or another was being written.', (r) => r.dropped),
  {
    name: 'profiles_total', type: 'counter', unit: 'profiles', help: 'Profiles made, by what made their request worth one.', labels: ['reason'],
    read: ({ byReason }) => Object.keys(REASONS).map((reason) => ({ labels: { reason }, value: byReason[reason] ?? 0 })),
  },
  row('profiles_passed_over_total', 'counter', 'requests', 'Requests that deserved a profile and got none: their endpoint, the moment or the hour had its share.', (r) => r.passedOver),
  row('profiles_unwritten_total', 'counter', 'profiles', 'Profiles that could not be written.', (r) => r.unwritten),
  row('profiles', 'gauge', 'profiles', 'Profiles kept.', (r) => r.kept),
  row('profile_bytes', 'gauge', 'bytes', 'Disk space of the kept profiles; memory without a store.', (r) => r.keptBytes),
  row('profiles_pending', 'gauge', 'profiles', 'Profiles whose names are still being looked up.', (r) => r.pending),
];
