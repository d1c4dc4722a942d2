/**
 * What parsing costs, without kernel and streams: `node dist/bench/protocols.js`.
 * Feeds fixtures (complete turns only) to one long-lived parser and prints CPU time per exchange of the best round.
 */
import { UNKNOWN_NS } from '../src/events/observation.js';
import type { Exchange, Parser, ParserContext, Protocol, Window } from '../src/protocols/protocol.js';
import { PAYLOAD_PREFIX } from '../src/protocols/protocol.js';
import { http1 } from '../src/protocols/http1/http1.js';
import { mysql } from '../src/protocols/mysql/index.js';
import { postgres } from '../src/protocols/postgres/index.js';
import { redis } from '../src/protocols/redis/redis.js';
import { readFixture } from '../src/protocols/testing/capture.js';
import { Slab } from '../src/streams/slab.js';
import type { Chunk } from '../src/protocols/testing/conversation.js';

/** The last number: chunks at the beginning (a login) that are played once. */
const CASES: Array<[Protocol, string, number?]> = [
  [http1, 'nginx-wrk'], [http1, 'nginx-pipelined'], [http1, 'nginx-post'], [http1, 'nginx-chunked'],
  [redis, 'benchmark'], [redis, 'benchmark-pipelined'], [redis, 'benchmark-lrange'],
  [postgres, 'pgbench-select-prepared', 4], [postgres, 'pgbench-prepared', 4], [postgres, 'pgbench-extended', 4], [postgres, 'pgbench-simple', 4],
  [mysql, 'slap', 5], [mysql, 'prepared', 3],
];
const ROUNDS = 9;
const ROUND_US = 120_000;

let exchanges = 0;
let checksum = 0;

function newContext(): ParserContext {
  const slab = new Slab(PAYLOAD_PREFIX);
  return {
    emit(exchange: Exchange): void {
      exchanges++;
      checksum += exchange.responseBytes;
    },
    copy: (buf, from, to) => slab.copy(buf, from, to),
  };
}

function play(parser: Parser, chunks: Chunk[], window: Window): void {
  for (const chunk of chunks) {
    window.buf = chunk.bytes;
    window.start = 0;
    window.end = chunk.bytes.length;
    window.firstNs = window.lastNs = chunk.ns;
    window.firstTid = window.lastTid = chunk.tid;
    while (window.start < window.end) {
      const taken = parser.parse(chunk.side, window);
      if (taken <= 0) throw new Error(`the parser stopped: ${taken}`);
      window.start += taken;
    }
    if (window.start > window.end) throw new Error('this bench does not pass over bytes: choose another fixture');
  }
}

/** Without ends, and without a request or response that is cut off. */
function wholeTurns(protocol: Protocol, name: string): Chunk[] {
  const chunks = readFixture(protocol.name, name).filter((step): step is Chunk => step.kind === 'chunk');
  while (chunks.length > 0 && chunks[chunks.length - 1].side === 0) chunks.pop();
  return chunks;
}

function measure(protocol: Protocol, chunks: Chunk[], once: Chunk[]): number {
  const window: Window = { buf: chunks[0].bytes, start: 0, end: 0, missing: 0, firstNs: 0, firstUnreadNs: UNKNOWN_NS, firstTid: 0, lastNs: 0, lastUnreadNs: UNKNOWN_NS, lastTid: 0 };
  const parser = protocol.create(newContext(), 'stream', false);
  play(parser, once, window);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = exchanges;
    const start = process.cpuUsage();
    let spent = start;
    do {
      for (let i = 0; i < 100; i++) play(parser, chunks, window);
      spent = process.cpuUsage(start);
    } while (spent.user + spent.system < ROUND_US);
    times.push((spent.user + spent.system) * 1000 / (exchanges - before));
  }
  return Math.min(...times);
}

for (const [protocol, name, login = 0] of CASES) {
  const whole = wholeTurns(protocol, name);
  const chunks = whole.slice(login);
  process.stdout.write(`${protocol.name.padEnd(8)} ${name.padEnd(24)} ${measure(protocol, chunks, whole.slice(0, login)).toFixed(0).padStart(6)} ns per exchange\n`);
}
if (checksum < 0) throw new Error('unreachable: keeps the work from being optimised away');
