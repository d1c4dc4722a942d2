import assert from 'node:assert/strict';
import test from 'node:test';
import { NameTable } from './name-table.js';
import { operationOf } from './operation.js';
import { readStatement } from './statement.js';
import { textOf } from './text.js';

const operation = (sql: string): string => operationOf(Buffer.from(sql), 0, Buffer.byteLength(sql));

test('the operation is the first keyword, whatever stands before it', () => {
  assert.equal(operation('SELECT 1'), 'select');
  assert.equal(operation('  -- why\n /* a /* nested */ one */ (Insert into t values (1))'), 'insert');
  assert.equal(operation('# mysql\nshow tables'), 'show');
  assert.equal(operation('/*!40101 SET NAMES utf8 */'), 'set');
  assert.equal(operation(';;begin;'), 'begin');
  assert.equal(operation('vacuum(analyze) t'), 'vacuum');
  assert.equal(operation('  '), 'empty');
  assert.equal(operation('frobnicate t'), 'other');
  assert.equal(operation('/* never closed'), 'empty');
});

test('WITH is named by its main statement', () => {
  assert.equal(operation('with a as (select 1), "update" as (delete from b returning *) insert into c select * from a'), 'insert');
  assert.equal(operation("with recursive a as (select ')' from b) select * from a"), 'select');
  assert.equal(operation('with a as (select 1'), 'with');
});

test('passwords are blanked out of statements that mention them', () => {
  const read = (sql: string): string => readStatement(Buffer.from(sql), 0, Buffer.byteLength(sql)).text;
  assert.equal(read("ALTER USER me PASSWORD 'it''s'"), "ALTER USER me PASSWORD '***'");
  assert.equal(read('create user a identified by "x\\"y"'), "create user a identified by '***'");
  assert.equal(read('alter role a password $q$se\'cret$q$'), "alter role a password '***'");
  assert.equal(read("alter role a password 'cut off"), "alter role a password '***'");
  assert.equal(read("select 'fine'"), "select 'fine'");
});

test('text is cut between characters', () => {
  const bytes = Buffer.from('aé€');
  assert.deepEqual([1, 2, 3, 4, 5, 6].map((max) => textOf(bytes, 0, bytes.length, max)), ['a', 'a', 'aé', 'aé', 'aé', 'aé€']);
});

test('names are found by their bytes, the oldest is dropped, reused buffers do no harm', () => {
  const names = new NameTable<number>(3);
  const buf = Buffer.from('a');
  for (let i = 0; i < 4; i++) {
    buf[0] = 0x61 + i;
    names.set(buf, 0, 1, i);
  }
  const get = (name: string): number | undefined => names.get(Buffer.from(name), 0, name.length);
  assert.deepEqual([get('a'), get('b'), get('c'), get('d'), names.size], [undefined, 1, 2, 3, 3]);
  names.delete(Buffer.from('c'), 0, 1);
  assert.equal(get('c'), undefined);
});

test('two names with one hash are not confused', () => {
  const names = new NameTable<string>(10);
  // 'Aa' and 'BB' collide in a hash with factor 31.
  names.set(Buffer.from('Aa'), 0, 2, 'first');
  assert.equal(names.get(Buffer.from('BB'), 0, 2), undefined);
});
