import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleRecord } from '../testing/sample-record.js';
import { REQUEST_COLUMNS } from '../columns.js';
import { FilterError } from './filter.js';
import { parseFilter } from './parse.js';
import { filterToPredicate } from './to-predicate.js';
import { filterToSql } from './to-sql.js';

const matches = (filter: string, change: Parameters<typeof sampleRecord>[0] = {}): boolean => filterToPredicate(parseFilter(filter))(sampleRecord(change));
const refused = (filter: string): FilterError => {
  try {
    parseFilter(filter);
  } catch (error) {
    assert.ok(error instanceof FilterError && error.hint !== '');
    return error;
  }
  return assert.fail(`${filter} was accepted`);
};

test('words, numbers, flags, wildcards and free text are joined by and', () => {
  assert.ok(matches('service:cart protocol:HTTP >1ms error:no status:200 endpoint:"/orders/*" -comm:curl orders'));
  assert.ok(!matches('service:cart -comm:node'));
  assert.ok(matches('service:web,cart'));
  assert.ok(matches('status:2*') && !matches('status:5*') && matches('status:>=200') && !matches('status:>=500'));
  assert.ok(matches('resource:/orders/*x=1') && !matches('resource:/orders/'));
  assert.ok(matches('"ORDERS/17"'), 'free text has no case');
  assert.ok(!matches('service:"CART"'), 'quoted values have');
});
test('durations and sizes take units, comparisons and ranges', () => {
  assert.ok(matches('duration:1ms..2ms') && matches('>1234us') && matches('<=1.3ms') && !matches('>2ms') && matches('duration:>1'));
  assert.ok(matches('responseBytes:4kib') && matches('requestBytes:..1kb'));
  assert.ok(!matches('connect:>=0') && matches('-connect:>=0') && matches('connect:5us', { connectNs: 5000 }));
});
test('error takes yes, no and kinds', () => {
  assert.ok(matches('error:yes', { error: 'no_response' }) && matches('error:no_response', { error: 'no_response' }) && !matches('error:yes'));
});
test('what cannot be understood says what, where and what to do', () => {
  assert.deepEqual([refused('a nonsense:1').position, refused('service:').position, refused('>100x').position, refused('  "open').position], [2, 0, 0, 2]);
  assert.match(refused('nonsense:1').hint, /service/);
  assert.match(refused('slow:maybe').hint, /slow:yes/);
  assert.match(refused('duration:fast').hint, /100ms/);
  refused('error:perhaps');
  refused('role:both');
  refused('id:xyz');
  refused('""');
  refused('a '.repeat(60));
  refused('x'.repeat(3000));
});
test('values are parameters, whatever they hold', () => {
  const { sql, params } = filterToSql(parseFilter(`service:"x' OR 1=1 --" "'; DROP TABLE requests"`), 'requests');
  assert.ok(!sql.includes('OR 1=1') && !sql.includes('DROP'));
  assert.deepEqual(params, { f0: ["x' OR 1=1 --"], f1: "'; DROP TABLE requests" });
});
test('roll-ups say what they cannot answer', () => {
  assert.deepEqual(filterToSql(parseFilter('service:cart comm:node >1ms word'), 'rollup').ignored, ['comm', 'duration', '"word"']);
});
test('a list may end with a comma, as it does while it is typed', () => {
  assert.deepEqual(parseFilter('status:500, error:yes'), parseFilter('status:500 error:yes'));
  assert.deepEqual(parseFilter('status:500,,502,'), parseFilter('status:500,502'));
  assert.deepEqual(parseFilter('service:"",'), parseFilter('service:""'));
  assert.equal(refused('a service:,').position, 2);
});
test('words and units that objects have of their own are refused like any other', () => {
  for (const text of ['constructor:x', '>1constructor', 'requestBytes:1__proto__', `>${'9'.repeat(400)}`, `duration:..${'9'.repeat(400)}`]) refused(text);
});

/** What the language is made of, and anything else. */
const PIECES = fc.oneof(
  fc.constantFrom(...REQUEST_COLUMNS.filter((c) => c.word !== '').map((c) => `${c.word}:`), 'seen:', 'nonsense:', 'constructor:', '__proto__:'),
  fc.constantFrom('"', '\\', ',', '-', '>', '<', '>=', '..', '*', '%', ' ', 'yes', '0', '1', '100ms', '2kib', '9'.repeat(400), '1constructor'),
  fc.string({ maxLength: 5 }), fc.string({ unit: 'binary', maxLength: 5 }),
);
const ANY_TEXT = fc.oneof(fc.array(PIECES, { maxLength: 12 }).map((pieces) => pieces.join('')), fc.string({ maxLength: 80 }));

test('any text parses or is refused, and what parses has a predicate and SQL without its values', () => {
  fc.assert(fc.property(ANY_TEXT, (text) => {
    try {
      const filter = parseFilter(text);
      filterToPredicate(filter)(sampleRecord());
      for (const table of ['requests', 'rollup'] as const) {
        const { sql, params } = filterToSql(filter, table);
        assert.doesNotMatch(sql, /\(\)|\(,|AND AND/);
        for (const value of Object.values(params)) assert.ok(typeof value !== 'number' || Number.isFinite(value), text);
      }
    } catch (error) {
      assert.ok(error instanceof FilterError, String(error));
      assert.ok(error.position >= 0 && error.position <= text.length);
    }
  }), { numRuns: 2000 });
});

test('seen:once leaves out the client\'s row where the server is traced, unless only the client saw what went wrong', () => {
  const filter = parseFilter('seen:once', new Set(['10.0.0.1:80']));
  const matchesOnce = filterToPredicate(filter);
  const row = (change: Parameters<typeof sampleRecord>[0]) => sampleRecord({ server: '10.0.0.1:80', error: 'none', ...change });
  assert.equal(matchesOnce(row({ role: 'server' })), true);
  assert.equal(matchesOnce(row({ role: 'client' })), false);
  assert.equal(matchesOnce(row({ role: 'client', server: '10.0.0.2:80' })), true, 'nobody traces that server');
  assert.equal(matchesOnce(row({ role: 'client', error: 'connect_failed' })), true);
  assert.deepEqual(filterToSql(filter, 'rollup').ignored, [], 'roll-ups can tell');
  assert.deepEqual(parseFilter('seen:both').conditions, []);
  assert.throws(() => parseFilter('seen:twice'), /once or both/);
});
