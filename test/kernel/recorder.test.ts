/** The flight recorder against the kernel's own accounts of the same run. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { readSwitch, readyAt, timelines, type SwitchRecord } from '../../src/profile/thread-slices.js';
import { launch, redisBenchmark, startRedis, Workspace } from '../servers/index.js';
import { SLOW } from './observe.js';
import { builtProgram, kill } from './programs.js';

let workspace: Workspace;
/** One for all: it takes an emulated machine ten seconds to start. */
let flight: FlightRecorder;
before(async () => {
  workspace = await Workspace.create('recorder');
  flight = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 64 << 20 });
});
after(async () => {
  flight?.close();
  await workspace.close();
});

const surroundings = { threadName: () => '', descriptor: () => ({ kind: 'network' as const, name: '' }) };

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

interface Account { ns: number; cpuNs: number; queueNs: number; switches: number }

/** Each thread's totals as the kernel keeps them, while the process is stopped: nothing moves between the two looks. */
async function accounts(pid: number): Promise<Map<number, Account>> {
  process.kill(pid, 'SIGSTOP');
  const tids = () => readdirSync(`/proc/${pid}/task`).map(Number);
  while (tids().some((tid) => !/^State:\s*T/m.test(readFileSync(`/proc/${pid}/task/${tid}/status`, 'latin1')))) await sleep(1);
  await sleep(5);
  const found = new Map<number, Account>();
  for (const tid of tids()) {
    const [cpuNs, queueNs] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ').map(Number);
    const status = readFileSync(`/proc/${pid}/task/${tid}/status`, 'latin1');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)![1]);
    found.set(tid, { ns: monotonicNs(), cpuNs, queueNs, switches: field('voluntary_ctxt_switches') + field('nonvoluntary_ctxt_switches') });
  }
  process.kill(pid, 'SIGCONT');
  return found;
}

function ofProcess(pid: number, fromNs: number, toNs: number): SwitchRecord[] {
  const found: SwitchRecord[] = [];
  const remembered = flight.window(fromNs, toNs, (view, offset) => {
    const one = readSwitch(view, offset);
    if (one.pid === pid) found.push(one);
  });
  assert.ok(remembered < fromNs, 'nothing of the run was overwritten');
  return found.sort((a, b) => a.onNs - b.onNs);
}

/** Share by which it is off; a little is allowed where hardly anything happened. */
function near(seen: number, kernel: number, allowed: number): boolean {
  return Math.abs(seen - kernel) <= kernel * allowed + 100e3;
}

const TICK_NS = 10e6;

/** How close time on CPU must be: an emulated machine's interrupts take some percent, which kernels may account apart. */
const CPU_SHARE = SLOW > 1 ? 0.05 : 0.01;

/** Time that the hypervisor gave to others, of one CPU or (`cpu`) of all; the kernel tells it in ticks. */
function stolenNs(cpu: string): number {
  const line = readFileSync('/proc/stat', 'latin1').split('\n').find((one) => one.startsWith(`${cpu} `))!;
  return Number(line.split(/ +/)[8]) * TICK_NS;
}

interface Totals { cpuNs: number; queueNs: number; readyNs: number; switches: number }

/** Of one thread between two stops: what the records say. `queueNs` by the kernel's account that is in them, `readyNs` by their times. */
function totals(records: readonly SwitchRecord[], first: Account, last: Account): Totals {
  const sums: Totals = { cpuNs: 0, queueNs: 0, readyNs: 0, switches: 0 };
  records.forEach((record, i) => {
    if (record.offNs > first.ns && record.offNs < last.ns) sums.switches++;
    const next = records[i + 1];
    if (record.onNs <= first.ns || record.onNs >= last.ns || next === undefined) return;
    sums.cpuNs += next.offNs - record.onNs;
    sums.queueNs += next.runDelayNs - record.runDelayNs;
    sums.readyNs += record.onNs - readyAt(record, next);
  });
  return sums;
}

/**
 * Whether two accounts of a thread's time on CPU agree. Where they differ, the difference has to be found elsewhere: the
 * kernel takes off what the hypervisor stole, and when a wake-up preempts, it counts from the wake-up on what the recorder,
 * at the switch, still counts as standing in the queue: the slower the machine takes interrupts, the more.
 */
function cpuAgrees(seen: Totals, kernel: Totals, stolen: number): boolean {
  const excessNs = seen.cpuNs - kernel.cpuNs;
  if (near(seen.cpuNs, kernel.cpuNs, CPU_SHARE)) return true;
  return excessNs > 0 ? stolen > 0 && excessNs <= stolen + TICK_NS : -excessNs <= seen.readyNs - kernel.queueNs;
}

async function compared(pid: number, load: () => Promise<unknown>): Promise<Array<{ tid: number; seen: Totals; kernel: Totals }>> {
  const fromNs = monotonicNs();
  const first = await accounts(pid);
  await load();
  const last = await accounts(pid);
  await sleep(300 * SLOW);
  const records = ofProcess(pid, fromNs, monotonicNs());
  return [...last].flatMap(([tid, end]) => {
    const start = first.get(tid);
    if (start === undefined || end.switches - start.switches < 10) return [];
    const queueNs = end.queueNs - start.queueNs;
    const kernel = { cpuNs: end.cpuNs - start.cpuNs, queueNs, readyNs: queueNs, switches: end.switches - start.switches };
    return [{ tid, seen: totals(records.filter((record) => record.tid === tid), start, end), kernel }];
  });
}

test('threads that crowd on one CPU: switches exactly, time on CPU and in the run queue within 1 % of what the kernel counted', async () => {
  const binary = builtProgram(workspace, 'busy');
  const busy: ChildProcess = launch([binary, '0'], { cwd: workspace.directory, cgroup: workspace.cgroup, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => busy.stdout!.once('data', resolve));
    const stolenBefore = stolenNs('cpu0');
    const found = await compared(busy.pid!, () => sleep(1_500 * SLOW));
    assert.equal(found.length, 4);
    for (const { seen, kernel } of found) {
      const both = JSON.stringify({ seen, kernel });
      assert.equal(seen.switches, kernel.switches, both);
      assert.ok(near(seen.queueNs, kernel.queueNs, 0.01) && near(seen.readyNs, kernel.queueNs, 0.01), both);
    }
    // Of what was stolen only ticks of the whole CPU are told, and some builds take off what interrupts took as well.
    const stolen = stolenNs('cpu0') - stolenBefore;
    const within = found.filter(({ seen, kernel }) => cpuAgrees(seen, kernel, stolen));
    const excessNs = found.reduce((sum, { seen, kernel }) => sum + seen.cpuNs - kernel.cpuNs, 0);
    const allNs = found.reduce((sum, { kernel }) => sum + kernel.cpuNs, 0);
    assert.ok(within.length >= 2 && excessNs <= stolen + Math.max(TICK_NS, allNs * CPU_SHARE), JSON.stringify({ stolen, found }));
  } finally {
    await kill(busy);
  }
});

test('a server under load: switches and the run queue exactly, time on CPU but for what each switch itself takes', async () => {
  const redis = await startRedis(workspace);
  try {
    const stolenBefore = stolenNs('cpu');
    const found = await compared(redis.pid, () => redisBenchmark({ port: redis.port, requests: Math.floor(40_000 / SLOW), connections: 5 }));
    const main = found.find(({ tid }) => tid === redis.pid)!;
    const stolen = stolenNs('cpu') - stolenBefore;
    const both = JSON.stringify({ stolen, ...main });
    assert.equal(main.seen.switches, main.kernel.switches, both);
    assert.ok(near(main.seen.queueNs, main.kernel.queueNs, 0.001), both);
    // The kernel takes its times at the beginning of a switch, the recorder at its tracepoint.
    assert.ok(cpuAgrees(main.seen, main.kernel, stolen) || Math.abs(main.seen.cpuNs - main.kernel.cpuNs) < main.kernel.switches * 1_000, both);
  } finally {
    await redis.stop();
  }
});

test('slices of a thread are back to back from its first to its last event', async () => {
  const binary = builtProgram(workspace, 'busy');
  const fromNs = monotonicNs();
  const busy: ChildProcess = launch([binary, '0'], { cwd: workspace.directory, cgroup: workspace.cgroup, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await sleep(500 * SLOW);
    const toNs = monotonicNs();
    const threads = timelines({ switches: ofProcess(busy.pid!, fromNs, toNs), fromNs, toNs, surroundings });
    assert.ok(threads.length >= 4);
    for (const { slices } of threads) for (let i = 1; i < slices.length; i++) assert.equal(slices[i].startNs, slices[i - 1].endNs);
  } finally {
    await kill(busy);
  }
});

test('a process out of scope leaves no record, and its name is not kept', async () => {
  const stranger = spawn('/bin/sh', ['-c', 'for i in 1 2 3 4 5 6 7 8; do sleep 0.02; done']);
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
});
