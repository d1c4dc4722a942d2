/** The flight recorder against the kernel's own accounts of the same run. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { readSwitch, timelines, type SwitchRecord } from '../../src/profile/thread-slices.js';
import { redisBenchmark, startRedis, Workspace } from '../servers/index.js';
import { SLOW } from './observe.js';

let workspace: Workspace;
before(async () => { workspace = await Workspace.create('recorder'); });
after(async () => { await workspace.close(); });

const surroundings = { threadName: () => '', descriptor: () => ({ kind: 'network' as const, name: '' }) };

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

interface Account { cpuNs: number; switches: number }

/** The main thread's totals as the kernel keeps them. */
function account(pid: number): Account {
  const [cpuNs] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'latin1').split(' ').map(Number);
  const status = readFileSync(`/proc/${pid}/task/${pid}/status`, 'latin1');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)![1]);
  return { cpuNs, switches: field('voluntary_ctxt_switches') + field('nonvoluntary_ctxt_switches') };
}

const recorder = () => new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 32 << 20 });

function sum(slices: ReadonlyArray<{ kind: string; startNs: number; endNs: number }>, kind: string): number {
  return slices.reduce((total, slice) => total + (slice.kind === kind ? slice.endNs - slice.startNs : 0), 0);
}

test('switches and time on CPU are those that the kernel counted', async () => {
  const redis = await startRedis(workspace);
  const flight = recorder();
  try {
    const fromNs = monotonicNs();
    const first = account(redis.pid);
    await redisBenchmark({ port: redis.port, requests: Math.floor(40_000 / SLOW), connections: 5 });
    const last = account(redis.pid);
    const toNs = monotonicNs();
    const switches: SwitchRecord[] = [];
    const remembered = flight.window(fromNs, toNs, (view, offset) => {
      const one = readSwitch(view, offset);
      if (one.tid === redis.pid) switches.push(one);
    });
    assert.ok(remembered < fromNs, 'nothing of the run was overwritten');
    const [timeline] = timelines({ switches, fromNs, toNs, surroundings });
    // At both ends of the run a switch may fall between the two looks; task storage that is in use on the CPU costs some.
    const counted = last.switches - first.switches;
    assert.ok(Math.abs(switches.length - counted) <= 3 + counted * 0.02, `${switches.length} switches, the kernel counted ${counted}`);
    // The kernel takes its times within the switch, the recorder at its tracepoint: a microsecond or so apart, each time.
    const near = (seen: number, kernel: number) => Math.abs(seen - kernel) <= kernel * 0.1 + counted * 1_500 + 1e6;
    assert.ok(near(sum(timeline.slices, 'running'), last.cpuNs - first.cpuNs), `on CPU ${sum(timeline.slices, 'running')}, kernel ${last.cpuNs - first.cpuNs}`);
  } finally {
    flight.close();
    await redis.stop();
  }
});

test('a process out of scope leaves no record, and its name is not kept', async () => {
  const flight = recorder();
  const stranger = spawn('/bin/sh', ['-c', 'for i in 1 2 3 4 5 6 7 8; do sleep 0.02; done']);
  try {
    const fromNs = monotonicNs();
    await new Promise((resolve) => stranger.on('exit', resolve));
    const pids = new Set<number>();
    const names = new Set<string>();
    flight.window(fromNs, monotonicNs(), (view, offset) => {
      const one = readSwitch(view, offset);
      pids.add(one.pid);
      names.add(one.beforeName);
    });
    assert.ok(!pids.has(stranger.pid!));
    assert.ok(!names.has('sh') && !names.has('sleep'));
  } finally {
    flight.close();
  }
});
