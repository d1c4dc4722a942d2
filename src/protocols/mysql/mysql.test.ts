import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import type { Exchange } from '../protocol.js';
import { readFixture } from '../testing/capture.js';
import type { DriveOptions } from '../testing/harness.js';
import { converse, summary } from '../testing/harness.js';
import { mysql } from './index.js';

const fixture = (name: string): Exchange[] => converse(mysql, readFixture('mysql', name));
const summaries = (conversation: string, options?: DriveOptions): string[] => converse(mysql, conversation, options).map(summary);
const rows = (exchange: Exchange): unknown => exchange.attributes?.['db.response.rows'];

const ASK = (digit: number): string => `\\t\\0\\0\\0\\x03select ${digit}`;
const DEFINITION = '\\x17\\0\\0\\x02\\x03def\\0\\0\\0\\x011\\0\\x0c?\\0\\x01\\0\\0\\0\\x03\\x81\\0\\0\\0\\0';
const ANSWER = `\\x01\\0\\0\\x01\\x01${DEFINITION}\\x02\\0\\0\\x03\\x011\\x07\\0\\0\\x04\\xfe\\0\\0\\x02\\0\\0\\0`;

test('the mariadb client: statements, errors, affected and returned rows, several results, a file, a database changed', () => {
  const exchanges = fixture('client');
  const find = (text: string): Exchange => exchanges.find((exchange) => exchange.resource.includes(text))!;
  assert.deepEqual([find('nowhere').status, find('nowhere').errorText], ['1146', "Table 'shop.nowhere' doesn't exist"]);
  assert.deepEqual([rows(find('insert into')), rows(find('id, name from items')), rows(find('call twice')), rows(find('load data'))], [2, 600, 3, 2]);
  assert.deepEqual([find('with few').operation, find('show').operation, find('where false').status], ['select', 'show', '0']);
  assert.equal(rows(find('where false')), 0);
  assert.equal(find('select database()').attributes?.['db.name'], 'mysql');
  assert.ok(exchanges.every((exchange) => exchange.incomplete === '' && exchange.error !== 'no_response'));
});

test('a row larger than a packet is one row', () => {
  const large = fixture('large-row')[1];
  assert.deepEqual([rows(large), large.responseBytes, large.responsePayload?.length], [1, 17_000_000 + 89, 512]);
});

test('the content of a local file belongs to the request, its answer begins after it', () => {
  const load = fixture('client').find((exchange) => exchange.operation === 'load')!;
  assert.equal(load.requestBytes - load.requestPayload!.length, 4 + 12 + 4);
  assert.ok(load.responseStartNs > load.requestEndNs);
});

test('progress reports of MariaDB are no errors', () => {
  const alter = fixture('client').at(-1)!;
  assert.deepEqual([alter.operation, alter.status, alter.error], ['alter', '0', 'none']);
});

test('logins: accepted, refused, by another plugin, and a server that is full', () => {
  assert.equal(summary(fixture('client-login')[0]), 'login 0');
  assert.deepEqual(fixture('login-refused').map(summary), ['login 1045 protocol_error']);
  assert.deepEqual(fixture('login-ed25519').map(summary), ['login 0', 'select select current_user() 0']);
  assert.deepEqual(fixture('refused').map(summary), ['login 1040 protocol_error']);
});

test('what follows an agreement on compression is opaque', () => {
  assert.deepEqual(fixture('compressed').map(summary), ['login 0']);
});

for (const name of ['prepared', 'prepared-eof']) {
  test(`${name}: prepared statements by their text, cursors fetched, long data, errors`, () => {
    const exchanges = fixture(name).slice(1);
    assert.deepEqual(exchanges.map((exchange) => exchange.operation), [
      'prepare', 'select', 'select', 'prepare', 'insert', 'insert', 'select', 'fetch', 'fetch', 'reset', 'execute', 'prepare', 'prepare', 'select',
      'prepare', 'commit',
    ]);
    assert.deepEqual([1, 2, 4, 7, 8].map((i) => rows(exchanges[i])), [3, 2, 1, 10, 15]);
    assert.deepEqual([exchanges[1].resource, exchanges[10].status, exchanges[11].status], ['select id, name from items where id <= ?', '1243', '1064']);
    assert.ok(exchanges.every((exchange) => exchange.incomplete === ''));
  });
}

test('every command has its own end', () => {
  const exchanges = fixture('commands').slice(1);
  assert.deepEqual(exchanges.slice(0, 13).map((exchange) => exchange.operation), [
    'ping', 'init_db', 'init_db', 'init_db', 'statistics', 'field_list', 'field_list', 'process_info', 'set_option', 'reset_connection', 'debug',
    'refresh', 'change_user',
  ]);
  assert.deepEqual(exchanges.slice(13).map((exchange) => [exchange.operation, exchange.status, rows(exchange)]), [
    ['select', '0', 1], ['call', '0', 3], ['select', '1146', 1], ['select', '0', 2], ['use', '0', 0], ['select', '0', 1],
  ]);
  assert.deepEqual(exchanges.slice(-2).map((exchange) => exchange.attributes?.['db.name']), ['mysql', 'mysql']);
});

test('pipelined commands, and one that executes what was prepared before its id is known', () => {
  const exchanges = fixture('pipeline').slice(1);
  assert.deepEqual(exchanges.map(rows), [1, 3, 1, 1, 0, undefined, undefined, 2, 1, undefined, 5, 600, 1]);
  assert.equal(exchanges[7].resource, 'select id, name from items where id <= ?');
});

test('a bulk execute is one exchange', () => {
  assert.equal(summary(fixture('bulk')[2]), 'insert insert into notes (text) values (?) 0');
  assert.equal(rows(fixture('bulk')[2]), 3);
});

test('mysqlslap: one exchange for each query', () => {
  const queries = fixture('slap').filter((exchange) => exchange.operation !== 'login');
  assert.equal(queries.length, 20);
  assert.ok(queries.every((exchange) => exchange.status === '0'));
});

test('no password, proof or secret literal leaves the parser', () => {
  for (const file of readdirSync('test/fixtures/mysql').filter((name) => name !== 'large-row.conv')) {
    for (const exchange of fixture(file.replace(/\.conv$/, ''))) {
      const kept = `${exchange.resource}\n${Buffer.from(exchange.requestPayload?.bytes() ?? []).toString('latin1')}`;
      assert.doesNotMatch(kept, /geheim|falsch|verysecret/, file);
      if (exchange.operation === 'login' || exchange.operation === 'change_user') assert.deepEqual([exchange.requestPayload, exchange.responsePayload], [null, null]);
    }
  }
});

test('query attributes are stepped over', () => {
  assert.deepEqual(summaries(`> \\x0b\\0\\0\\0\\x03\\0\\x01select 1\n< ${ANSWER}\nx`, { joined: true }), ['select select 1 0 (joined_mid_stream)']);
});

test('a hole over the end of an answer: it is incomplete, the next request is not', () => {
  assert.deepEqual(summaries(`> ${ASK(1)}\n< ${ANSWER}\n> ${ASK(2)}\n<~40 \\x01\\0\n> ${ASK(3)}\n< ${ANSWER}\nx`), [
    'select select 1 0', 'select select 2 (truncated)', 'select select 3 0',
  ]);
});

test('an answer with a hole in its rows ends at its end', () => {
  const [exchange] = converse(mysql, `> ${ASK(1)}\n<~40 \\x01\\0\\0\\x01\\x01${DEFINITION}\\x02\\0\n< \\x02\\0\\0\\x05\\x012\\x07\\0\\0\\x06\\xfe\\0\\0\\x02\\0\\0\\0\nx`);
  assert.equal(summary(exchange), 'select select 1 0 (truncated)');
});

test('a request without an answer is no_response; one still answered when the agent stops is dropped', () => {
  assert.deepEqual(summaries(`> ${ASK(1)}\nx reset`), ['select select 1 no_response']);
  assert.deepEqual(summaries(`> ${ASK(1)}\nx shutdown_of_agent`), []);
});
