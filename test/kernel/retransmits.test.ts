/** Packets sent again in a process-tree scope: told of the tree's own sockets, whenever they were opened, and of no other. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import type { RetransmitRecord } from '../../src/profile/evidence.js';
import { freePort } from '../servers/port.js';
import { launch, NetworkNamespace, run, Workspace } from '../servers/index.js';
import { SLOW } from './observe.js';
import { builtProgram, kill, listen } from './programs.js';

/** Larger than what is dropped, and what is not. */
const LARGE = 'x'.repeat(200);
const SMALL = 'go';
/** A lost packet is sent again after 200 ms at the earliest, the second time after 400. */
const DROPPED_MS = 900 * SLOW;

let workspace: Workspace;
let network: NetworkNamespace;
let ports: { traced: number; accepted: number; other: number };
let again: RetransmitRecord[];
const started: ChildProcess[] = [];

before(async () => {
  workspace = await Workspace.create('again');
  network = await NetworkNamespace.create('again');
  const binary = builtProgram(workspace, 'peer');
  const place = { cgroup: workspace.cgroup, netns: network.name };
  ports = { traced: await freePort(), accepted: await freePort(), other: await freePort() };
  const serve = async (port: number, steps: string[]): Promise<ChildProcess> => started[started.push(await listen(binary, '127.0.0.1', port, steps, place)) - 1];
  const talk = (port: number, steps: string[], before: string[] = []): ChildProcess =>
    started[started.push(launch([...before, binary, 'connect', '127.0.0.1', String(port), ...steps], { ...place, stdio: ['pipe', 'ignore', 'inherit'] })) - 1];

  // A connection that is there before the recorder is, and a listener that accepts another one after that.
  const early = await serve(ports.accepted, ['recv', `send=${LARGE}`, 'end']);
  const late = await serve(ports.traced, ['recv', `send=${LARGE}`, 'end']);
  const other = await serve(ports.other, ['recv', `send=${LARGE}`, 'end']);
  const waiting = talk(ports.accepted, ['signal', `send=${SMALL}`, 'recv', 'done']);
  // The tree's client connects only when it is told to.
  const client = talk(ports.other, [`send=${LARGE}`, 'recv', 'done'], ['/bin/sh', '-c', 'read go; exec "$@"', 'sh']);
  await sleep(100 * SLOW);
  const recorder = new FlightRecorder({ scope: { kind: 'tree', pids: [early.pid!, late.pid!, client.pid!] }, excludePids: [], bytesPerCpu: 4 << 20 });
  try {
    const rule = ['INPUT', '-i', 'lo', '-p', 'tcp', '-m', 'length', '--length', '200:65535', '-j', 'DROP'];
    await run(['iptables', '-w', '-A', ...rule], { netns: network.name });
    client.stdin!.write('go\n');
    waiting.kill('SIGUSR1');
    const untraced = [talk(ports.traced, [`send=${SMALL}`, 'recv', 'done']), talk(ports.other, [`send=${SMALL}`, 'recv', 'done'])];
    await sleep(DROPPED_MS);
    await run(['iptables', '-w', '-D', ...rule], { netns: network.name });
    await Promise.all([waiting, client, ...untraced].map((child) => new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(0)))));
    assert.ok(other.exitCode === null, 'the untraced server is still there');
    again = readEvidence(recorder, { pids: new Set(), fromNs: 0, toNs: Infinity, marginNs: 0 }).retransmits;
  } finally {
    recorder.close();
  }
});

after(async () => {
  for (const child of started) await kill(child);
  await network.remove();
  await workspace.close();
});

const sentAgain = (matches: (one: RetransmitRecord) => boolean): number => again.filter(matches).length;

test('a connection that a process of the tree opened, one that it accepted, and one that was there before', () => {
  const all = again.map(({ local, remote }) => `${local} -> ${remote}`).join();
  assert.ok(sentAgain(({ remote }) => remote === `127.0.0.1:${ports.other}`) > 0, `opened: ${all}`);
  assert.ok(sentAgain(({ local }) => local === `127.0.0.1:${ports.traced}`) > 0, `accepted: ${all}`);
  assert.ok(sentAgain(({ local }) => local === `127.0.0.1:${ports.accepted}`) > 0, `there before: ${all}`);
});

test('nothing of other programs\' connections, though they lost packets too', () => {
  assert.equal(sentAgain(({ local }) => local === `127.0.0.1:${ports.other}`), 0);
});
