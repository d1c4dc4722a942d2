/** What every driver must do. A driver's test calls this with a way to open it on an empty store. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { StoreDriver } from './driver.js';
import { StoreError } from './errors.js';
import { RowWriter } from './row-writer.js';

const HOSTILE = "a'\n\n\n; DROP TABLE kindling.contract; --\0\\\r\n\"`\u{1f525}";

function rows(from: number, count: number, text = 'x'): Uint8Array {
  const writer = new RowWriter();
  for (let i = 0; i < count; i++) {
    writer.u64(from + i);
    writer.u32(1_700_000_000 + (from + i) * 3600);
    writer.string(text);
  }
  return writer.take();
}

export function driverContract(name: string, open: () => Promise<{ driver: StoreDriver; database: string; clean: () => Promise<void> }>): void {
  let driver: StoreDriver;
  let database = '';
  let clean: () => Promise<void>;
  before(async () => {
    ({ driver, database, clean } = await open());
    const columns = `(n UInt64, time DateTime('UTC'), text String) ENGINE = MergeTree PARTITION BY toYYYYMMDD(time) ORDER BY n SETTINGS non_replicated_deduplication_window = 100`;
    await driver.exec(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`);
    await driver.exec(`CREATE TABLE ${database}.contract ${columns}`);
    await driver.exec(`CREATE TABLE ${database}.contract_sum (day Date, rows UInt64) ENGINE = SummingMergeTree ORDER BY day SETTINGS non_replicated_deduplication_window = 100`);
    await driver.exec(`CREATE MATERIALIZED VIEW ${database}.contract_view TO ${database}.contract_sum AS SELECT toDate(time) AS day, count() AS rows FROM ${database}.contract GROUP BY day`);
  });
  after(async () => {
    await driver.close();
    await clean();
  });
  const count = async (): Promise<[number, number]> => {
    const [raw] = await driver.query<{ c: string }>(`SELECT count() AS c FROM ${database}.contract`);
    const [rolled] = await driver.query<{ c: string }>(`SELECT sum(rows) AS c FROM ${database}.contract_sum`);
    return [Number(raw.c), Number(rolled.c)];
  };

  test(`${name}: a batch sent twice counts once, in rows and in what views made of them`, async () => {
    await driver.insert('contract', 'batch-1', rows(0, 10));
    await driver.insert('contract', 'batch-1', rows(0, 10));
    assert.deepEqual(await count(), [10, 10]);
    await driver.insert('contract', 'batch-2', rows(0, 10));
    assert.deepEqual(await count(), [20, 20]);
  });
  test(`${name}: text with blank lines, quotes, NUL and SQL goes through unharmed, as row and as parameter`, async () => {
    await driver.insert('contract', 'hostile', rows(1000, 1, HOSTILE));
    const found = await driver.query<{ text: string; same: number }>(
      `SELECT text, text = {p:String} AS same FROM ${database}.contract WHERE n = 1000`, { params: { p: HOSTILE } });
    assert.deepEqual(found, [{ text: HOSTILE, same: 1 }]);
    const listed = await driver.query<{ c: string }>(`SELECT count() AS c FROM ${database}.contract WHERE text IN {list:Array(String)}`, { params: { list: [HOSTILE, "it's\\"] } });
    assert.equal(listed[0].c, '1');
  });
  test(`${name}: parameters keep their types, 64-bit integers arrive as strings`, async () => {
    const [row] = await driver.query('SELECT {a:UInt64} AS a, {b:Float64} AS b, {c:Bool} AS c, {d:Nullable(String)} AS d, {e:Array(UInt32)} AS e',
      { params: { a: 18446744073709551615n, b: 0.5, c: true, d: null, e: [1, 2] } });
    assert.deepEqual(row, { a: '18446744073709551615', b: 0.5, c: true, d: null, e: [1, 2] });
  });
  test(`${name}: queries with different parameters run side by side`, async () => {
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => driver.query<{ v: number }>('SELECT {v:UInt8} AS v, sleep(0.05)', { params: { v: i } })));
    assert.deepEqual(results.map((r) => r[0].v), [0, 1, 2, 3, 4, 5, 6, 7]);
  });
  test(`${name}: the time limit stops the query in the engine`, async () => {
    const started = Date.now();
    await assert.rejects(driver.query('SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1', { timeoutMs: 300 }),
      (error: StoreError) => error.code === 'store_query_timeout' && error.hint !== '');
    assert.ok(Date.now() - started < 3000);
  });
  test(`${name}: a wrong statement is an error with the engine's reason`, async () => {
    await assert.rejects(driver.query('SELECT nonsense FROM nowhere'), (error: StoreError) => error.code === 'store_query_failed');
    assert.equal((await driver.query<{ one: number }>('SELECT 1 AS one'))[0].one, 1);
  });
  test(`${name}: a stream hands over blocks and can be left early`, async () => {
    let seen = 0;
    for await (const block of driver.stream<{ number: string }>('SELECT number FROM numbers(200000)')) seen += block.length;
    assert.equal(seen, 200000);
    for await (const block of driver.stream('SELECT number FROM numbers(10000000)')) {
      assert.ok(block.length > 0);
      break;
    }
    assert.equal((await driver.query<{ one: number }>('SELECT 1 AS one'))[0].one, 1);
  });
  test(`${name}: partitions are listed oldest first and dropped one by one`, async () => {
    const before = await driver.partitions('contract');
    await driver.insert('contract', 'two-days', rows(0, 48));
    const listed = await driver.partitions('contract');
    assert.ok(listed.length >= 2 && listed.length > before.length - 1);
    assert.ok(listed.every((p, i) => p.rows > 0 && p.bytes > 0 && (i === 0 || p.minTime >= listed[i - 1].minTime)));
    const [all] = await count();
    await driver.dropPartition('contract', listed[0].partition);
    assert.equal((await count())[0], all - listed[0].rows);
  });
}
