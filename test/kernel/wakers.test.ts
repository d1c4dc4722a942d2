/** Who ended a wait: the thread that did something for it, not the one that an interrupt hit. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { readSwitch, type SwitchRecord } from '../../src/profile/thread-slices.js';
import { launch, Workspace } from '../servers/index.js';
import { builtProgram, kill } from './programs.js';

/** Waits of the kind looked at: others are the thread's pre-emption by the computing one. */
const FUTEX = 202;
const EPOLL_WAIT = 232;
const RECVFROM = 45;
/** An interrupt may hit the very call that wakes or sends. */
const SHARE = 0.8;
/** Seen on an emulated machine: one of sixty. */
const WRONG_SHARE = 0.05;

let workspace: Workspace;
let said: Map<string, number>;
let waits: SwitchRecord[];

before(async () => {
  workspace = await Workspace.create('wakers');
  const binary = builtProgram(workspace, 'wakers');
  const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 16 << 20 });
  const program = launch([binary], { cwd: workspace.directory, cgroup: workspace.cgroup, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    said = await untilEnd(program.stdout!);
    waits = [];
    recorder.window(0, Infinity, (view, offset) => {
      const one = readSwitch(view, offset);
      if (one.tid === said.get('waits') && one.state !== 0) waits.push(one);
    });
  } finally {
    recorder.close();
    await kill(program);
  }
});

after(() => workspace.close());

async function untilEnd(output: NodeJS.ReadableStream): Promise<Map<string, number>> {
  let text = '';
  for await (const piece of output) {
    text += String(piece);
    if (/^end /m.test(text)) break;
  }
  return new Map(text.trim().split('\n').map((line) => line.split(' ')).map(([name, number]) => [name, Number(number)]));
}

function wakersIn(from: string, to: string, calls: readonly number[]): number[] {
  const within = waits.filter(({ offNs, call }) => offNs > said.get(from)! && offNs < said.get(to)! && calls.includes(call));
  return within.map(({ wakerTid }) => wakerTid);
}

test('a wait that its own time limit ended was ended by nobody, whoever computed on that CPU', () => {
  const wakers = wakersIn('limits', 'futex', [FUTEX, EPOLL_WAIT]);
  assert.ok(wakers.length >= 50, `${wakers.length} waits`);
  const wrong = wakers.filter((tid) => tid !== 0);
  assert.ok(wrong.length <= wakers.length * WRONG_SHARE, `${wakers.join()}; computes ${said.get('computes')}, waits ${said.get('waits')}`);
});

test('who woke a futex, and who sent over the loopback, ended the wait', () => {
  for (const [from, to, call] of [['futex', 'socket', FUTEX], ['socket', 'end', RECVFROM]] as const) {
    const wakers = wakersIn(from, to, [call]);
    assert.ok(wakers.length >= 15, `${wakers.length} waits of ${from}`);
    assert.ok(wakers.filter((tid) => tid === said.get('computes')).length >= wakers.length * SHARE, `${from}: ${wakers.join()} instead of ${said.get('computes')}`);
  }
});
