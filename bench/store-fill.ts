/**
 * Fills a store with generated requests and their roll-ups: `node dist/bench/store-fill.js DIRECTORY [MILLIONS] [HOURS]`.
 * INSERT SELECT from numbers(), a million at a time; the tables' own views make the rest. 14 services, 8 protocols'
 * worth of endpoints, 1 % slow, 0.5 % failed, ending now.
 */
import { rmSync } from 'node:fs';
import { openChdb, type ChdbDriver } from '../src/store/chdb/driver.js';
import { REQUEST_COLUMNS } from '../src/store/columns.js';
import { ROLLUP_LABELS } from '../src/store/rollup-columns.js';
import { embeddedLayout, schemaStatements } from '../src/store/schema.js';

const MILLION = 1_000_000;
const TIMEOUT_MS = 120_000;
const BATCH = 500_000;
/** Blocks of half a million rows are larger than anything the agent inserts. */
const FILL_MEMORY_BYTES = 3e9;

/** n: number of the request; h: a hash of it. */
export const ROW: Record<string, string> = {
  start: 'fromUnixTimestamp64Nano(toInt64({first:Int64} + n * {step:Int64}))',
  id: 'cityHash64(n)',
  connection_id: 'n % 400 + 1000 * intDiv(n, 200000)',
  role: `if(h % 3 = 0, 'client', 'server')`,
  protocol: `['http', 'postgres', 'redis', 'mysql', 'dns'][h % 5 + 1]`,
  service: `concat('service-', toString(h % 14))`,
  peer_service: `concat('service-', toString(intDiv(h, 14) % 14))`,
  operation: `['GET', 'POST', 'select', 'insert'][h % 4 + 1]`,
  endpoint: `concat('/api/v1/things/', toString(h % 40), '/*')`,
  resource: `concat('/api/v1/things/', toString(h % 40), '/', toString(h % 100000), '?q=', hex(h))`,
  status: `if(h % 200 = 7, '500', '200')`,
  error: `if(h % 200 = 7, 'protocol_error', 'none')`,
  error_text: `''`,
  slow: 'h % 100 = 3',
  duration_ns: 'toUInt64(if(h % 100 = 3, 500e6 + h % 1000000000, 1e5 + (h % 9973) * (h % 997)))',
  connect_ns: 'if(h % 50 = 0, h % 100000, NULL)',
  unread_ns: `if(h % 3 = 0, NULL, h % 2000)`, response_unread_ns: `if(h % 3 = 0, h % 2000, NULL)`,
  send_ns: 'h % 10000', wait_ns: 'h % 9000000', receive_ns: 'h % 50000',
  request_bytes: '100 + h % 400', response_bytes: 'h % 20000',
  pid: '1000 + h % 14', request_tid: '1000 + h % 14', response_tid: '1000 + h % 14',
  comm: `['node', 'java', 'nginx', 'curl'][h % 4 + 1]`,
  client: `concat('10.0.0.', toString(h % 200), ':', toString(30000 + n % 30000))`,
  server: `concat('10.0.1.', toString(h % 14), ':8080')`,
  container: `concat('c0ffee00000', toString(h % 10))`,
  trace_id: `if(h % 10 = 0, lower(hex(sipHash128(intDiv(n, 5)))), '')`,
  complete: 'true', incomplete_reason: `''`, attributes: `''`, weight: '1',
  request_payload: `if(h % 10 = 0, concat('GET /api/v1/things HTTP/1.1\\r\\nHost: x\\r\\nX-Id: ', hex(h), repeat('a', h % 200)), NULL)`,
  response_payload: `if(h % 10 = 0, concat('HTTP/1.1 200 OK\\r\\n\\r\\n{"id":"', hex(h), '"}', repeat('b', h % 300)), NULL)`,
};

export async function fill(driver: ChdbDriver, rows: number, hours: number, nowMs: number, progress: (done: number) => void): Promise<void> {
  const spanNs = BigInt(Math.round(hours * 3600)) * 1_000_000_000n;
  const params = { first: BigInt(nowMs) * 1_000_000n - spanNs, step: spanNs / BigInt(rows) };
  const values = REQUEST_COLUMNS.map((c) => `${ROW[c.sql]} AS ${c.sql}`).join(', ');
  for (let done = 0; done < rows; done += BATCH) {
    await driver.exec(`INSERT INTO kindling.requests SELECT ${values} FROM (SELECT number AS n, sipHash64(number) AS h FROM numbers({from:UInt64}, {count:UInt64}))`,
      { params: { ...params, from: done, count: Math.min(BATCH, rows - done) }, timeoutMs: TIMEOUT_MS });
    progress(done);
  }
  await fillRollups(driver, nowMs, hours);
}

/** 500 series every 10 s, as a busy machine has them. */
async function fillRollups(driver: ChdbDriver, nowMs: number, hours: number): Promise<void> {
  const label: Record<string, string> = {
    service: `concat('service-', toString(s % 14))`, role: `if(s % 3 = 0, 'client', 'server')`, protocol: ROW.protocol.replace('h %', 's %'),
    peer_service: `concat('service-', toString(intDiv(s, 14) % 14))`, endpoint: `concat('/api/v1/things/', toString(s % 40), '/*')`,
    operation: ROW.operation.replace('h %', 's %'), status: `if(s % 25 = 7, '500', '200')`, error: `if(s % 25 = 7, 'protocol_error', 'none')`,
    slow: 's % 20 = 3', container: `concat('c0ffee00000', toString(s % 10))`, server_address: `concat('10.0.1.', toString(s % 14), ':8080')`, pid: '1000 + s % 14',
  };
  const labels = ROLLUP_LABELS.map((c) => `${label[c.sql]} AS ${c.sql}`).join(', ');
  const buckets = Math.round(hours * 360);
  const first = Math.floor(nowMs / 10_000) * 10 - buckets * 10;
  for (let done = 0; done < buckets; done += 360) {
    await driver.exec(`INSERT INTO kindling.rollup_10s SELECT toDateTime({first:UInt32} + b * 10) AS time, ${labels}, 55 AS count, 20 AS kept, 55000000 AS duration_sum_ns,
      900000000 AS duration_max_ns, 10000 AS request_bytes, 100000 AS response_bytes,
      (arrayMap(x -> toUInt8(25 + s % 20 + x), range(10)), arrayMap(x -> toUInt64(x + 1), range(10))) AS histogram
      FROM (SELECT {from:UInt32} + intDiv(number, 500) AS b, number % 500 AS s FROM numbers({count:UInt64} * 500))`,
    { params: { first, from: done, count: Math.min(360, buckets - done) }, timeoutMs: TIMEOUT_MS });
  }
}

async function main(): Promise<void> {
  const [directory, millions = '10', hours = '2'] = process.argv.slice(2);
  if (directory === undefined) {
    process.stderr.write('usage: store-fill DIRECTORY [MILLIONS] [HOURS]\n');
    process.exitCode = 2;
    return;
  }
  rmSync(directory, { recursive: true, force: true });
  const driver = await openChdb({ directory, memoryBytes: FILL_MEMORY_BYTES });
  for (const statement of schemaStatements(embeddedLayout())) await driver.exec(statement);
  const started = Date.now();
  await fill(driver, Number(millions) * MILLION, Number(hours), Date.now(), (done) => process.stderr.write(`\r${done / MILLION} M, ${((Date.now() - started) / 1000).toFixed(0)} s`));
  process.stderr.write(`\r${millions} M rows in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
  await driver.close();
}

if (process.argv[1]?.endsWith('store-fill.js')) await main();
