/** Whatever comes off the wire is hostile. KINDLING_HOSTILE_SEEDS=500 (and KINDLING_HOSTILE_FROM=1000) looks longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFAULT_REQUEST_OPTIONS } from '../requests/builder.js';
import { WallClock } from '../requests/clock.js';
import type { RequestRecord } from '../requests/record.js';
import { RecordedNames } from './naming.js';
import { createPipeline, type Pipeline } from './pipeline.js';
import { HostileConnection, Random, readConversations, type Conversation } from './testing/hostile-traffic.js';

const SEEDS = Number(process.env.KINDLING_HOSTILE_SEEDS ?? 12);
const FIRST_SEED = Number(process.env.KINDLING_HOSTILE_FROM ?? 1);
const CONNECTIONS_AT_ONCE = 40;
const OBSERVATIONS = 6_000;
/** Generous: a parse costs about 10 ns a byte and 2 us a request; a quadratic one costs a thousand times that. */
const MAX_NS_PER_BYTE = 20_000;
const CONVERSATIONS = readConversations(fileURLToPath(new URL('../../../test/fixtures', import.meta.url)));

const ERRORS = ['none', 'connect_failed', 'no_response', 'protocol_error'];
const REASONS = ['', 'joined_mid_stream', 'gap', 'truncated', 'garbage', 'pending_overflow'];
const LONGEST = {
  id: 16, protocol: 16, operation: 256, endpoint: 1_024, resource: 2_048, status: 16, errorText: 512, comm: 64, client: 64, server: 64,
  service: 64, peerService: 64, container: 64, traceId: 32,
} as const;
const LONGEST_PAYLOAD = 3 * 512;
const LONGEST_ATTRIBUTE = 512;

function newPipeline(check: (record: RequestRecord) => void): Pipeline {
  return createPipeline({
    requests: { ...DEFAULT_REQUEST_OPTIONS, slowThresholdsMs: {} }, noResponseTimeoutMs: 120_000, clock: new WallClock(1_700_000_000_000_000_000n),
    startSeconds: 0, names: new RecordedNames(),
    onRecord: (record, endNs, attach) => {
      assert.ok(Number.isFinite(endNs), 'its end is a time');
      attach();
      check(record);
    },
  });
}

function checkRecord(record: RequestRecord): void {
  const shown = `${record.protocol} ${record.operation} ${record.resource.slice(0, 80)} ${record.status}`;
  for (const [key, limit] of Object.entries(LONGEST)) {
    const value = record[key as keyof typeof LONGEST];
    assert.equal(typeof value, 'string', `${key} of ${shown}`);
    assert.ok(value.length <= limit, `${key} has ${value.length} characters: ${shown}`);
  }
  for (const key of ['durationNs', 'requestBytes', 'responseBytes', 'pid', 'requestTid', 'responseTid', 'weight', 'connectionId'] as const) {
    assert.ok(Number.isFinite(record[key]) && record[key] >= 0, `${key} is ${record[key]}: ${shown}`);
  }
  for (const key of ['requestBytes', 'responseBytes'] as const) assert.ok(Number.isInteger(record[key]), `${key} is ${record[key]}: ${shown}`);
  assert.match(record.start, /^\d{1,20}$/);
  assert.ok(ERRORS.includes(record.error) && REASONS.includes(record.incompleteReason), shown);
  assert.equal(record.complete, record.incompleteReason === '');
  if (record.error !== 'connect_failed') checkStages(record, shown);
  for (const [name, value] of Object.entries(record.attributes)) {
    assert.ok(name.length <= 128 && (typeof value === 'number' ? Number.isFinite(value) : value.length <= LONGEST_ATTRIBUTE), `attribute ${name} = ${value}: ${shown}`);
  }
  assert.ok(Object.keys(record.attributes).length <= 32);
  for (const payload of [record.requestPayload, record.responsePayload]) assert.ok((payload?.length ?? 0) <= LONGEST_PAYLOAD, shown);
}

function checkStages(record: RequestRecord, shown: string): void {
  const stages = [record.unreadNs, record.sendNs, record.waitNs, record.receiveNs];
  for (const stage of stages) assert.ok(stage === null || (Number.isFinite(stage) && stage >= 0), `a stage is ${stage}: ${shown}`);
  const sum = stages.reduce<number>((total, stage) => total + (stage ?? 0), 0);
  if (record.waitNs !== null) assert.equal(sum, record.durationNs, `stages of ${shown}`);
  else assert.ok(sum <= record.durationNs, `stages of ${shown}`);
}

/** @returns bytes that were handed over */
function play(pipeline: Pipeline, conversations: readonly Conversation[], random: Random, observations: number): number {
  const open: HostileConnection[] = [];
  const hostility = random.pick([0, 0.3, 1, 3]);
  let nextId = 1;
  let bytes = 0;
  let ts = 1e9;
  for (let i = 0; i < observations; i++) {
    ts += random.below(1_000_000);
    if (open.length < CONNECTIONS_AT_ONCE) open.push(new HostileConnection(nextId++, random.pick(conversations), random, hostility));
    const at = random.below(open.length);
    const connection = open[at];
    const before = connection.bytes;
    if (!connection.tell(pipeline.observer, ts)) open.splice(at, 1);
    bytes += connection.bytes - before;
    if (random.chance(0.002)) pipeline.sweep(ts + (random.chance(0.3) ? 200e9 : 0));
    if (random.chance(0.002)) pipeline.observer.exited(random.below(50), ts);
  }
  pipeline.sweep(ts + 300e9);
  pipeline.finish(ts + 300e9);
  return bytes;
}

test('conversations of all protocols, cut, damaged, repeated and with holes, never throw and only make sane records', () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    let records = 0;
    const pipeline = newPipeline((record) => {
      records++;
      checkRecord(record);
    });
    const started = process.cpuUsage();
    let bytes = 0;
    try {
      bytes = play(pipeline, CONVERSATIONS, new Random(seed), OBSERVATIONS);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    const { user, system } = process.cpuUsage(started);
    const nsPerByte = ((user + system) * 1e3) / bytes;
    assert.ok(records > 0 && nsPerByte < MAX_NS_PER_BYTE, `seed ${seed}: ${nsPerByte.toFixed(0)} ns a byte`);
    assert.equal(pipeline.stats().requests, records);
  }
});
