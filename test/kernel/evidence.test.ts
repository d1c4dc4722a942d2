/** What the flight recorder keeps besides switches, from a program that does one of each. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import type { Evidence, StackCopy } from '../../src/profile/evidence.js';
import { logLines } from '../../src/profile/log-lines.js';
import { ProcessObjects } from '../../src/profile/process-objects.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import { ThreadNotes } from '../../src/profile/thread-notes.js';
import { timelines } from '../../src/profile/thread-slices.js';
import { launch, Workspace } from '../servers/index.js';
import { SLOW } from './observe.js';
import { builtProgram, kill } from './programs.js';

const FLOCK = 73;
const READ = 0;
const PAUSE = 34;

interface Run { pid: number; port: number; tids: Map<string, number>; evidence: Evidence; symbols: Map<string, [from: number, to: number]> }

let workspace: Workspace;
let worker: ChildProcess;
let done: Run;

before(async () => {
  workspace = await Workspace.create('evidence');
  const binary = builtProgram(workspace, 'worker');
  const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 16 << 20 });
  try {
    const fromNs = monotonicNs();
    worker = launch([binary, workspace.directory], { cwd: workspace.directory, cgroup: workspace.cgroup, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = await untilDone(worker);
    const pid = worker.pid!;
    // Let it come to its end.
    await new Promise((resolve) => setTimeout(resolve, 50 * SLOW));
    const evidence = readEvidence(recorder, { pids: new Set([pid]), fromNs, toNs: monotonicNs(), marginNs: 1e9 });
    done = { pid, port: lines.get('port')!, tids: lines, evidence, symbols: symbolsOf(binary) };
  } finally {
    recorder.close();
  }
});

after(async () => {
  if (worker) await kill(worker);
  await workspace.close();
});

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

function untilDone(child: ChildProcess): Promise<Map<string, number>> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (piece: Buffer) => {
      text += piece.toString();
      if (/^done$/m.test(text)) resolve(new Map(text.split('\n').map((line) => line.split(' ')).filter((parts) => parts.length === 2).map(([name, number]) => [name, Number(number)])));
    });
    child.once('exit', (code) => reject(new Error(`worker ended with ${code}`)));
  });
}

function symbolsOf(binary: string): Map<string, [number, number]> {
  const text = execFileSync('nm', ['-S', binary], { encoding: 'utf8' });
  return new Map([...text.matchAll(/^([0-9a-f]+) ([0-9a-f]+) [tT] (\w+)$/gm)].map(([, at, size, name]) => [name, [parseInt(at, 16), parseInt(at, 16) + parseInt(size, 16)]]));
}

function within(stack: StackCopy, name: string): boolean {
  const [from, to] = done.symbols.get(name)!;
  return [stack.ip, ...stack.framePointers].some((address) => Number(address) >= from && Number(address) < to);
}

/** Some word of the copied stack points into the function. */
function inCopy({ bytes }: StackCopy, name: string): boolean {
  const [from, to] = done.symbols.get(name)!;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - bytes.byteLength % 8);
  for (let at = 0; at < words.byteLength; at += 8) {
    const word = words.getBigUint64(at, true);
    if (word >= BigInt(from) && word < BigInt(to)) return true;
  }
  return false;
}

test('CPU samples say where a thread computed, by frame pointers and in a copy of its stack', () => {
  const samples = done.evidence.samples.filter(({ tid }) => tid === done.pid);
  const burning = samples.filter(({ stack }) => within(stack, 'burn_here'));
  // 300 ms of CPU at 99 a second are 30; a machine that is held up gives fewer, and never more.
  assert.ok(burning.length >= 5, `${burning.length} of ${samples.length} samples are in the function that computed for 300 ms`);
  assert.ok(burning.some(({ stack }) => within(stack, 'main')), 'its caller is among the frames');
  const { stack } = burning[0];
  assert.ok(stack.bytes.length >= 512 && stack.registers?.[7] === BigInt(stack.sp), `${stack.bytes.length} bytes of stack from sp`);
  assert.ok(inCopy(stack, 'main'), 'the return address into main is in the copy');
});

test('a long block has the stack that led to it', () => {
  const blocks = done.evidence.blocks.filter(({ tid }) => tid === done.tids.get('blocked'));
  assert.ok(blocks.some(({ stack }) => within(stack, 'blocked') && inCopy(stack, 'wait_here')), `${blocks.length} blocks of that thread`);
});

test('a blocked call names its file or peer, though both are closed by now', () => {
  const { operations } = done.evidence;
  const lock = operations.find(({ call }) => call === FLOCK);
  assert.deepEqual([lock?.kind, lock?.object, lock?.result], ['file', join(workspace.directory, 'shared.lock'), 0]);
  const answer = operations.find(({ call, kind, object }) => call === READ && kind === 'network' && !object.startsWith('unix:'));
  assert.deepEqual([answer?.object, answer?.result], [`127.0.0.1:${done.port}`, 4]);
  assert.ok(operations.some(({ call, object, result }) => call === READ && object === `unix:${join(workspace.directory, 'near.sock')}` && result === 4), operations.map(({ object }) => object).join());
  assert.ok(answer!.srttUs >= 0 && answer!.ns - answer!.offNs >= 20e6);
});

test('slices carry what the notes know: object, result, and where the block was', () => {
  const { switches, fromNs, toNs, blocks, operations, lives } = done.evidence;
  const threads = timelines({ switches, fromNs, toNs, surroundings: new ProcessObjects([], lives), notes: new ThreadNotes(blocks, operations), lives });
  const main = threads.find(({ tid }) => tid === done.pid)!;
  const wait = main.slices.find(({ kind, object }) => kind === 'network' && object === `127.0.0.1:${done.port}`);
  assert.ok(wait !== undefined && wait.result === 4 && wait.stack !== undefined && wait.endNs - wait.startNs >= 15e6, JSON.stringify(wait));
  const brief = threads.find(({ name }) => name === 'short-lived');
  assert.ok(brief, threads.map(({ name }) => name).join());
  for (const { name, slices } of threads) for (let i = 1; i < slices.length; i++) assert.equal(slices[i].startNs, slices[i - 1].endNs, name);
});

test('what threads do when the window is read is known, though it has not ended', () => {
  const { switches, fromNs, toNs } = done.evidence;
  const last = switches.filter(({ tid }) => tid === done.pid).sort((a, b) => a.offNs - b.offNs).at(-1)!;
  assert.ok(last.call === PAUSE && last.onNs > toNs && last.offNs > fromNs, JSON.stringify(last));
});

test('writes to standard output and error and to log files are kept, redacted; other files are none of its business', () => {
  const lines = logLines(done.evidence.logs, done.evidence.fromNs);
  const texts = lines.map(({ target, text }) => `${target.replace(workspace.directory, '.')}: ${text}`);
  for (const expected of ['./app.log: opened by worker, password=***', './app.log: in two parts', 'stderr: a complaint', 'stdout: done']) assert.ok(texts.includes(expected), texts.join('\n'));
  assert.ok(!texts.some((text) => text.includes('not a line')), 'the data file was not looked at');
});

test('threads are known by name after they ended, with their beginning and end', () => {
  const { lives } = done.evidence;
  const ended = lives.filter(({ what, name }) => what === 'ended' && name === 'short-lived');
  assert.equal(ended.length, 1);
  const started = lives.find(({ what, tid }) => what === 'started' && tid === ended[0].tid);
  assert.deepEqual([started?.parentPid, started?.parentTid], [done.pid, done.pid]);
  assert.ok(lives.some(({ what, name, pid }) => what === 'exec' && name === 'worker' && pid === done.pid));
});
