import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineReader } from './lines.js';
import type { Observer } from './observation.js';

/** What an observer was told, as short texts. */
class Told implements Observer {
  readonly calls: string[] = [];

  opened(c: Parameters<Observer['opened']>[0]): void {
    this.calls.push(`open ${c.id} ${c.role} ${c.local} ${c.remote}${c.preexisting ? ' joined' : ''}`);
  }

  connected(c: Parameters<Observer['connected']>[0]): void {
    this.calls.push(`connect ${c.id} ${c.local} ${c.remote} errno ${c.errno} ${c.ts}-${c.dur}`);
  }

  data(...[id, direction, ts, , , tid, position, bytes, buffer, offset, length]: Parameters<Observer['data']>): void {
    this.calls.push(`data ${id} ${direction} @${ts}#${tid} ${position}+${bytes} ${Buffer.from(buffer.subarray(offset, offset + length)).toString('latin1')}`);
  }

  shutdown(id: number, by: string): void {
    this.calls.push(`shutdown ${id} ${by}`);
  }

  closed(c: Parameters<Observer['closed']>[0]): void {
    this.calls.push(`close ${c.id} errno ${c.errno} in ${c.counters?.bytesIn} out ${c.counters?.bytesOut}`);
  }
}

function read(lines: object[]): { calls: string[]; problems: Array<string | null> } {
  const told = new Told();
  const reader = new LineReader(told);
  const problems = lines.map((line) => reader.read(JSON.stringify(line))).filter((problem) => problem !== null);
  return { calls: told.calls, problems };
}

const DATA = { type: 'data', ts: 1000, pid: 7, tid: 8, fd: 3, conn: 'a', role: 'server', dir: 'in', client: 'c:1', server: 's:2' };

test('a connection opens with its first line and positions add up per direction', () => {
  const { calls } = read([
    { ...DATA, hex: '6162', bytes: 10, unknown: [1] }, { ...DATA, ts: '2000', dir: 'out', text: 'xyz' }, { ...DATA, ts: 3000, base64: 'Yw==' },
    { ...DATA, ts: 3500, text: 'd', position: 100 }, { type: 'close', ts: 4000, conn: 'a', errno: 104 },
  ]);
  assert.deepEqual(calls, [
    'open 1 server s:2 c:1', 'data 1 0 @1000#8 0+10 ab', 'data 1 1 @2000#8 0+3 xyz', 'data 1 0 @3000#8 10+1 c', 'data 1 0 @3500#8 100+1 d',
    'close 1 errno 104 in 101 out 3',
  ]);
});

test('without conn the descriptor names the connection until it is closed', () => {
  const { conn: _, ...anonymous } = DATA;
  const { calls } = read([{ ...anonymous, text: 'a' }, { type: 'close', ts: 2, pid: 7, fd: 3 }, { ...anonymous, text: 'b', joined: true }]);
  assert.deepEqual(calls.filter((call) => !call.startsWith('data')), ['open 1 server s:2 c:1', 'close 1 errno 0 in 1 out 0', 'open 2 server s:2 c:1 joined']);
});

test('a connect that succeeded opens the connection, one that failed does not', () => {
  const connect = { type: 'connect', ts: 9000, dur: 100, pid: 7, fd: 4, client: 'c:1', server: 's:2' };
  const { calls } = read([{ ...connect, conn: 1 }, { ...DATA, conn: 1, role: 'client', dir: 'out', text: 'x' }, { ...connect, conn: 2, errno: 111 }]);
  assert.deepEqual(calls, [
    'connect 1 c:1 s:2 errno 0 9000-100', 'open 1 client c:1 s:2', 'data 1 1 @1000#8 0+1 x', 'connect 2 c:1 s:2 errno 111 9000-100',
  ]);
});

test('who speaks first is the client where no role is stated', () => {
  const { role: _, ...line } = DATA;
  assert.equal(read([{ ...line, text: 'x' }]).calls[0], 'open 1 unknown s:2 c:1');
  assert.equal(read([{ ...line, dir: 'out', text: 'x' }]).calls[0], 'open 1 unknown c:1 s:2');
});

test('a line that cannot be used is refused with its number and what to write', () => {
  const cases: Array<[unknown, RegExp]> = [
    ['{"type":', /^line 1: not JSON/], ['[]', /not an object/], ['{}', /"type" is missing: it must be one of data, connect/],
    [{ ...DATA, ts: -1 }, /"ts" is -1: write nanoseconds/], [{ ...DATA, ts: undefined }, /"ts" is missing/], [{ ...DATA, hex: 'abc' }, /two hexadecimal digits/],
    [{ ...DATA, bytes: 1, text: 'abc' }, /"bytes" is 1, but the payload has 3/], [{ ...DATA, dir: 'up' }, /"dir" is "up": it must be one of in, out/],
    [{ ...DATA, pid: 1.5 }, /"pid" is 1.5: it must be a whole number/], [{ ...DATA, conn: {} }, /"conn" is \{\}/],
  ];
  for (const [line, message] of cases) {
    const told = new Told();
    assert.match(new LineReader(told).read(typeof line === 'string' ? line : JSON.stringify(line)) ?? '', message);
    assert.deepEqual(told.calls, []);
  }
  assert.equal(new LineReader(new Told()).read('  # comment'), null);
});

test('any text and any fields are survived', () => {
  const key = fc.constantFrom('type', 'ts', 'dur', 'pid', 'conn', 'dir', 'role', 'hex', 'text', 'base64', 'bytes', 'position', 'errno', 'proto', 'by');
  const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('data', 'close', 'connect', 'in', 'out', 'server', '1000', 5, 0));
  const reader = new LineReader(new Told());
  fc.assert(fc.property(fc.oneof(fc.string(), fc.dictionary(key, value).map((fields) => JSON.stringify(fields))), (line) => {
    reader.read(line);
  }), { numRuns: 1000 });
});
