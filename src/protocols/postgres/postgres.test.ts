import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { readFixture } from '../testing/capture.js';
import { converse, summary } from '../testing/harness.js';
import type { DriveOptions } from '../testing/harness.js';
import type { Exchange } from '../protocol.js';
import { postgres } from './index.js';

const fixture = (name: string): Exchange[] => converse(postgres, readFixture('postgres', name));
const summaries = (conversation: string, options?: DriveOptions): string[] => converse(postgres, conversation, options).map(summary);

/** Statements of pgbench's own script, in one transaction. */
const PGBENCH_TRANSACTION = ['begin', 'update', 'select', 'update', 'update', 'insert', 'end'];
const ANSWER = 'T\\0\\0\\0\\x06\\0\\0D\\0\\0\\0\\x0b\\0\\x01\\0\\0\\0\\x011C\\0\\0\\0\\rSELECT 1\\0Z\\0\\0\\0\\x05I';
const ASK = (digit: number): string => `Q\\0\\0\\0\\rselect ${digit}\\0`;

for (const mode of ['simple', 'extended', 'prepared']) {
  test(`pgbench -M ${mode}: one exchange for each statement executed`, () => {
    const exchanges = fixture(`pgbench-${mode}`);
    assert.deepEqual(exchanges.map((exchange) => exchange.operation), ['login', ...PGBENCH_TRANSACTION, ...PGBENCH_TRANSACTION, ...PGBENCH_TRANSACTION]);
    assert.ok(exchanges.every((exchange) => exchange.status === '0' && exchange.error === 'none' && exchange.incomplete === ''));
    assert.match(exchanges[2].resource, /^UPDATE pgbench_accounts SET abalance/);
  });
}

for (const mode of ['extended', 'prepared']) {
  test(`a pgbench pipeline, -M ${mode}: one exchange for each statement, rows and text its own`, () => {
    const exchanges = fixture(`pgbench-pipeline-${mode}`).slice(1);
    assert.equal(exchanges.length, 12);
    exchanges.forEach((exchange, i) => {
      assert.equal(exchange.operation, ['select', 'select', 'update'][i % 3]);
      assert.equal(exchange.attributes?.['db.response.rows'], 1);
    });
  });
}

test('psql: statements, errors with SQLSTATE, rows, COPY both ways with its data counted', () => {
  const exchanges = fixture('psql');
  const find = (text: string): Exchange => exchanges.find((exchange) => exchange.resource.includes(text))!;
  assert.deepEqual([find('1/0').status, find('1/0').errorText, find('1/0').error], ['22012', 'division by zero', 'protocol_error']);
  assert.equal(find('nowhere').status, '42P01');
  assert.deepEqual([find('order by id').attributes?.['db.response.rows'], find('order by id').responseBytes], [2000, 53_860]);
  assert.equal(find('repeat(').responseBytes, 120_085);
  assert.equal(find('with old').operation, 'delete');
  const copyIn = find('COPY  target FROM STDIN');
  assert.deepEqual([copyIn.attributes?.['db.response.rows'], copyIn.requestBytes], [3, 60]);
  assert.ok(copyIn.responseStartNs > copyIn.requestEndNs, 'the answer begins after the data');
  assert.equal(find('COPY  target TO').attributes?.['db.response.rows'], 3);
  assert.equal(exchanges.at(-1)?.attributes?.['db.response.rows'], 3, 'rows of all statements of one query');
  assert.ok(exchanges.every((exchange) => exchange.attributes?.['db.user'] === 'postgres' && exchange.attributes['db.name'] === 'shop'));
});

test('several Executes before a Sync, several Syncs in flight: each statement with its own rows and bytes', () => {
  const exchanges = fixture('pipeline').slice(2);
  assert.deepEqual(exchanges.map((exchange) => exchange.attributes?.['db.response.rows']), [1, 5, 1, 1, 3, 1, 1, 2, 1, 2]);
  assert.deepEqual(exchanges.map((exchange) => exchange.responseBytes), [65, 120, 71, 71, 102, 71, 71, 90, 71, 126]);
});

test('statements behind a failed one are not executed, and say so', () => {
  const exchanges = fixture('failures').slice(2);
  assert.deepEqual(exchanges.slice(0, 5).map((exchange) => [exchange.status, exchange.errorText]), [
    ['0', ''], ['22012', 'division by zero'], ['22012', 'not executed: division by zero'], ['22012', 'not executed: division by zero'], ['0', ''],
  ]);
  assert.equal(summary(exchanges[5]), 'prepare selekt 1 42601 protocol_error', 'a Parse that failed without an Execute');
  assert.deepEqual(exchanges.slice(6).map((exchange) => exchange.status), ['42P01', '42601', '0', '22012', '26000']);
});

test('a portal fetched in pieces is one exchange for each piece', () => {
  const pieces = fixture('portals').filter((exchange) => exchange.resource.includes('generate_series'));
  assert.deepEqual(pieces.map((exchange) => exchange.attributes?.['db.response.rows']), [10, 10, 5]);
});

test('a statement described first and executed later starts at its Bind', () => {
  const wide = fixture('portals').find((exchange) => exchange.resource.includes('repeat('))!;
  assert.ok(wide.endNs - wide.startNs < 50e6, `${wide.endNs - wide.startNs} ns`);
  assert.equal(wide.responseBytes, 30_041);
});

test('a login refused, a statement cancelled and a backend terminated are errors; a CancelRequest is a request', () => {
  assert.deepEqual(fixture('login-refused').map(summary), ['login 28P01 protocol_error']);
  assert.equal(summary(fixture('cancel')[1]), 'select select pg_sleep(20) 57014 protocol_error');
  assert.equal(fixture('terminated').at(-1)?.status, '57P01');
  assert.deepEqual(fixture('cancel-2').map((exchange) => [exchange.operation, exchange.requestPayload]), [['cancel', null]]);
});

test('no password, proof, cancellation key or secret literal leaves the parser', () => {
  for (const file of readdirSync('test/fixtures/postgres')) {
    for (const exchange of fixture(file.replace(/\.conv$/, ''))) {
      const kept = [exchange.resource, exchange.errorText, exchange.requestPayload?.bytes(), exchange.responsePayload?.bytes()]
        .map((part) => (typeof part === 'string' ? part : Buffer.from(part ?? []).toString('latin1'))).join('\n');
      assert.doesNotMatch(kept, /geheim|falsch|verysecret|hidden|SCRAM-SHA|biws|,r=|p=/, file);
    }
  }
});

test('what follows an accepted SSLRequest is opaque, a refused one goes on in clear', () => {
  const begin = '> \\0\\0\\0\\x08\\x04\\xd2\\x16\\x2f\n';
  assert.deepEqual(summaries(`${begin}< S\n> \\x16\\x03\\x01\\x02\\0\nx`), []);
  assert.deepEqual(summaries(`${begin}< N\n> \\0\\0\\0\\x10\\0\\x03\\0\\0user\\0m\\0\\0\n< R\\0\\0\\0\\x08\\0\\0\\0\\0Z\\0\\0\\0\\x05I\nx`), ['login 0']);
});

test('a row of which only the head was captured is passed over', () => {
  const head = 'T\\0\\0\\0\\x06\\0\\0D\\0\\0\\x27\\x14\\0\\x01\\0\\0\\x27\\x0aabcdefghabcdefgh';
  const [exchange] = converse(postgres, `> ${ASK(1)}\n<~9978 ${head}\n< C\\0\\0\\0\\rSELECT 1\\0Z\\0\\0\\0\\x05I\nx`);
  assert.equal(summary(exchange), 'select select 1 0');
  assert.equal(exchange.responseBytes, 7 + 10_005 + 14 + 6);
});

test('a hole over the end of an answer: it is incomplete, the next request is not', () => {
  assert.deepEqual(summaries(`> ${ASK(1)}\n< ${ANSWER}\n> ${ASK(2)}\n<~40 T\\0\n> ${ASK(3)}\n< ${ANSWER}\nx`, { joined: false }).slice(-2), [
    'select select 2 (truncated)', 'select select 3 0',
  ]);
});

test('a hole in a pipelined answer: whatever it may have touched is incomplete, until the connection was idle', () => {
  const three = `${ASK(1)}${ASK(2)}${ASK(3)}`;
  assert.deepEqual(summaries(`> ${three}\n< ${ANSWER}\n<~70 T\\0\n< ${ANSWER}\n> ${ASK(4)}\n< ${ANSWER}\nx`), [
    'select select 1 0', 'select select 2 (truncated)', 'select select 3 (truncated)', 'select select 4 0',
  ]);
});

test('requests that were not captured put the ones after them in doubt, until the connection was idle', () => {
  assert.deepEqual(summaries(`> ${ASK(1)}\n< ${ANSWER}\n>~9 Q\\0\n> ${ASK(2)}\n< ${ANSWER}\n< ${ANSWER}\n> ${ASK(3)}\n< ${ANSWER}\nx`), [
    'select select 1 0', 'select select 2 0 (truncated)', 'select select 3 0',
  ]);
});

test('a request without an answer is no_response; one still answered when the agent stops is dropped', () => {
  assert.deepEqual(summaries(`> ${ASK(1)}\nx reset`), ['select select 1 no_response']);
  assert.deepEqual(summaries(`> ${ASK(1)}\nx shutdown_of_agent`), []);
});

test('a statement prepared before the join is executed by name', () => {
  const exchanges = fixture('pgbench-select-prepared');
  assert.match(exchanges[1].resource, /^SELECT abalance FROM pgbench_accounts/);
  const joined = converse(postgres, readFixture('postgres', 'pgbench-select-prepared').slice(8), { joined: true });
  assert.deepEqual([joined.at(-1)?.resource, joined.at(-1)?.attributes?.['kindling.statement'], joined.at(-1)?.incomplete], ['EXECUTE P_0', 'unknown', '']);
});
