import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LineReader } from '../events/lines.js';
import { protocols } from '../protocols/list.js';
import { Connections } from '../streams/connections.js';
import { DEFAULT_REQUEST_OPTIONS, RequestBuilder } from './builder.js';
import type { ConnectionFacts } from './builder.js';
import { WallClock } from './clock.js';
import { formatRequestLine, LINE_FIELDS } from './lines-out.js';
import { RecordIds } from './record-id.js';

/** The whole pipeline without a kernel, as `replay` has it. */
function replay(lines: string[]): string[] {
  const out: string[] = [];
  const clock = new WallClock(0n);
  const builder = new RequestBuilder(DEFAULT_REQUEST_OPTIONS, clock, new RecordIds(1));
  const connections = new Connections({
    protocols, noResponseNs: 120e9, roleOf: () => 'unknown', setCapture: () => {},
    exchange: ({ info, role, connectNs }, exchange) => {
      const isServer = role === 'server';
      const facts: ConnectionFacts = {
        connectionId: info.id, role: isServer ? 'server' : 'client', pid: info.pid, comm: info.comm, service: info.comm, peerService: '', container: '',
        clientAddress: isServer ? info.remote : info.local, serverAddress: isServer ? info.local : info.remote, connectNs,
      };
      const record = builder.build(exchange, facts);
      builder.attach(record, exchange);
      out.push(formatRequestLine(record));
    },
    failedConnect: (result) => {
      const facts: ConnectionFacts = {
        connectionId: result.id, role: 'client', pid: result.pid, comm: result.comm, service: result.comm, peerService: '', container: '',
        clientAddress: result.local, serverAddress: result.remote, connectNs: null,
      };
      out.push(formatRequestLine(builder.failedConnect(result, facts)));
    },
  });
  const reader = new LineReader(connections, (offset) => { clock.setOffset(offset); });
  for (const line of lines) assert.equal(reader.read(line), null);
  return out;
}

function example(name: string): string[] {
  const document = readFileSync('docs/line-format.md', 'utf8');
  return new RegExp(`<!-- example: ${name} -->\n\`\`\`jsonl\n([^]*?)\`\`\``).exec(document)![1].trim().split('\n');
}

test('the example of docs/line-format.md gives the requests that stand there', () => {
  assert.deepEqual(replay(example('in')), example('out'));
});

test('a line has exactly the fields of the format, in their order', () => {
  for (const line of example('out')) assert.deepEqual(Object.keys(JSON.parse(line) as object), [...LINE_FIELDS]);
});

test('Unix times keep every nanosecond', () => {
  const [request, response] = example('in').slice(0, 2).map((line) => line.replace(/"ts":"(\d+)"/, (_, ts: string) => `"ts":"${1_763_871_764_000_000_000n + BigInt(ts) + 1n}"`));
  const [line] = replay([request, response]).map((text) => JSON.parse(text) as { start: string; durationNs: number });
  assert.equal(line.start, '1763871764001000001');
  assert.equal(line.durationNs, 2_500_000);
});
