/** A C program, compiled from the kernel side's own header, writes records; the generated decoders must read them back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { decodeRecord, type ProcessObserver } from './decode.js';
import { Header, Type } from './layout.generated.js';
import { IN, OUT, UNKNOWN_NS, type Observer } from './observation.js';

const PROGRAM = fileURLToPath(new URL('../../../test/events/fill.c', import.meta.url));
let records: Uint8Array;
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindling-layout-'));
  const binary = join(folder, 'fill');
  execFileSync('gcc', ['-Wall', '-Werror', '-o', binary, PROGRAM]);
  records = new Uint8Array(execFileSync(binary));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function collect(seen: unknown[]): Observer & ProcessObserver {
  return {
    opened: (info) => { seen.push(['opened', info]); },
    connected: (result) => { seen.push(['connected', result]); },
    data: (...args) => {
      const [id, direction, ts, dur, pid, tid, position, bytes, buffer, offset, length, peer, unreadNs] = args;
      seen.push(['data', { id, direction, ts, dur, pid, tid, position, bytes, peer, unreadNs, payload: [...buffer.subarray(offset, offset + length)] }]);
    },
    shutdown: (...args) => { seen.push(['shutdown', ...args]); },
    closed: (event) => { seen.push(['closed', event]); },
    executed: (...args) => { seen.push(['executed', ...args]); },
    exited: (...args) => { seen.push(['exited', ...args]); },
  };
}

function decodeAll(bytes: Uint8Array): unknown[] {
  const seen: unknown[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += view.getUint32(at + Header.size, true)) assert.ok(decodeRecord(bytes, view, at, collect(seen)));
  return seen;
}

const ts = 5000000000123;
const counting = (length: number): number[] => Array.from({ length }, (_, i) => i & 255);

test('data records', () => {
  const data = decodeAll(records).filter((entry) => (entry as string[])[0] === 'data');
  const common = { id: 7 * 2 ** 32 + 9, ts, dur: 0, pid: 100, tid: 101, position: 3 * 2 ** 32 + 1 };
  assert.deepEqual(data, [
    ['data', { ...common, direction: OUT, bytes: 4000000000, peer: undefined, unreadNs: UNKNOWN_NS, payload: counting(300) }],
    ['data', { ...common, direction: IN, bytes: 20, peer: '10.1.2.9:5353', unreadNs: 70e9, payload: counting(20) }],
  ]);
});

test('opened connections of every family', () => {
  const opened = decodeAll(records).filter((entry) => (entry as string[])[0] === 'opened').map((entry) => (entry as object[])[1]);
  const common = { id: 42, pid: 100, tid: 101, comm: 'fifteen-letters', fd: 6, netns: 4026531840, cgroupId: 2 ** 33 + 4, ts, preexisting: false };
  assert.deepEqual(opened, [
    { ...common, transport: 'tcp', role: 'server', local: '10.1.2.1:8080', remote: '10.1.2.2:65535', preexisting: true },
    { ...common, transport: 'udp', role: 'unknown', local: '[2001:db8::1]:8080', remote: '[2001:db8::2]:65535' },
    { ...common, transport: 'unix', role: 'client', local: 'unix:', remote: 'unix:/run/a.sock' },
    { ...common, transport: 'unix', role: 'server', local: 'unix:@name', remote: 'unix:' },
    { ...common, transport: 'unix', role: 'server', local: `unix:${'p'.repeat(108)}`, remote: 'unix:' },
  ]);
});

test('ends, connects and processes', () => {
  const others = decodeAll(records).slice(7);
  const counters = { bytesIn: 2 ** 40 + 1, bytesOut: 2 ** 41 + 2, callsIn: 3, callsOut: 4 };
  assert.deepEqual(others.slice(0, 5), [
    ['closed', { id: 42, ts, errno: 104, by: 'local', counters, srttUs: 55, retransmits: 6 }],
    ['closed', { id: 42, ts, errno: 104, by: 'unknown', counters, srttUs: 55, retransmits: 6 }],
    ['connected', {
      id: 43, pid: 100, tid: 102, comm: 'curl', fd: -1, ts, dur: 1500, errno: 111, transport: 'tcp', local: '[2001:db8::3]:40000',
      remote: '[2001:db8::4]:443', netns: 4026531840, cgroupId: 12,
    }],
    ['shutdown', 44, 'local', ts],
    ['executed', 103, 'sh', ts],
  ]);
  assert.equal((others[5] as unknown[])[0], 'exited');
});

test('a record that claims more than its size is refused, not read', () => {
  const types = [...Object.values(Type), 0, 99];
  fc.assert(fc.property(fc.uint8Array({ minLength: 64, maxLength: 512 }), fc.constantFrom(...types), fc.nat(3), (noise, type, flags) => {
    const bytes = noise.slice(0, noise.length & ~63);
    const view = new DataView(bytes.buffer, 0, bytes.length);
    view.setUint32(Header.size, bytes.length, true);
    view.setUint16(Header.type, type, true);
    view.setUint16(Header.flags, flags, true);
    decodeRecord(bytes, view, 0, {
      ...collect([]),
      data: (...args) => { assert.ok(args[9] + args[10] <= bytes.length && args[10] <= args[7], 'payload beyond the record'); },
    });
  }), { numRuns: 2000 });
});
