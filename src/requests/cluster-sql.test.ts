import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterSql } from './cluster-sql.js';

const BOTH: Array<[string, string]> = [
  ['select * from orders where id = 1', 'select orders *'],
  ['SELECT a, b FROM orders2 o JOIN items i ON o.id = i.order_id', 'select orders2 *'],
  ['select 1', 'select *'],
  ['select count(*) from (select id from items where x = 1) t', 'select items *'],
  ['select (select max(id) from items), extract(year from ts) from orders', 'select orders *'],
  ['/* app:shop */ select * -- trailing\n from /* why */ orders', 'select orders *'],
  ['(select a from x) union (select b from y)', 'select x *'],
  ['insert into orders (a, b) values (1, 2)', 'insert orders *'],
  ['INSERT INTO shop.orders VALUES (1)', 'insert shop.orders *'],
  ['update orders set a = 1 where b in (select c from d)', 'update orders *'],
  ['delete from orders where id = 3', 'delete orders *'],
  ['with recent as (select * from orders), r2 as (select 1) select * from recent join items using (id)', 'select orders *'],
  ['with recent as (select * from orders) select * from items, recent', 'select items *'],
  ['with gone as (delete from orders returning *) insert into archive select * from gone', 'insert archive *'],
  ['create table if not exists orders (id int)', 'create orders *'],
  ['create unique index i on orders (a)', 'create orders *'],
  ['drop table orders', 'drop orders *'],
  ['alter table orders add column x int', 'alter orders *'],
  ['truncate table orders', 'truncate orders *'],
  ['BEGIN', 'begin *'], ['commit;', 'commit *'], ['ROLLBACK', 'rollback *'], ['SET names utf8', 'set *'], ['SHOW TABLES', 'show *'],
  ['call refresh_totals(1, 2)', 'call refresh_totals *'],
  ['explain select * from orders', 'explain orders *'],
  ['lock tables orders write', 'lock orders *'],
  ['', '*'], ['garbage here', '*'], [';', '*'], ['select', 'select *'], ['select * from', 'select *'], ['sel', '*'],
  ['insert into', 'insert *'], ['/* never closed select', '*'], ["select 'from x' from orders", 'select orders *'],
  ['select a is distinct from b from orders', 'select orders *'],
];

test('a statement becomes its verb and its first table', () => {
  for (const [statement, expected] of BOTH) {
    assert.equal(clusterSql(statement, 'postgres'), expected, statement);
    assert.equal(clusterSql(statement, 'mysql'), expected, statement);
  }
});

test("PostgreSQL's quotes, schemas, comments and statements are understood", () => {
  const cases: Array<[string, string]> = [
    ['select * from "public"."orders_2024"', 'select public.orders_2024 *'],
    ['select * from "My Orders"', 'select My_Orders *'],
    ['select * from only orders', 'select orders *'],
    ['copy orders (a, b) from stdin', 'copy orders *'],
    ['copy (select * from orders) to stdout', 'copy orders *'],
    ['/* a /* nested */ b */ select * from orders', 'select orders *'],
    ["select $q$ from x $q$, E'it\\'s from y' from orders", 'select orders *'],
    ['vacuum analyze orders', 'vacuum orders *'],
    ['declare c cursor for select * from orders', 'declare orders *'],
    ['listen jobs', 'listen *'], ['merge into orders using x on true', 'merge orders *'],
    ['refresh materialized view totals', 'refresh totals *'],
    ['insert into orders select $1, $2', 'insert orders *'],
    ['update pgbench_accounts set abalance = abalance + -4 where aid = 5', 'update pgbench_accounts *'],
  ];
  for (const [statement, expected] of cases) assert.equal(clusterSql(statement, 'postgres'), expected, statement);
});

test("MySQL's quotes, modifiers and comments are understood", () => {
  const cases: Array<[string, string]> = [
    ['select * from `shop`.`orders`', 'select shop.orders *'],
    ['select "from x" from orders # from y', 'select orders *'],
    ['insert ignore into orders values (1)', 'insert orders *'],
    ['replace into orders values (1)', 'replace orders *'],
    ['delete low_priority from orders', 'delete orders *'],
    ['load data local infile "x" into table orders', 'load orders *'],
    ["select 'it\\'s from x' from orders", 'select orders *'],
    ['show create table orders', 'show orders *'],
  ];
  for (const [statement, expected] of cases) assert.equal(clusterSql(statement, 'mysql'), expected, statement);
});

test('any text gives a short answer, in bounded time', () => {
  const word = fc.constantFrom('select ', 'from ', 'with ', '(', ')', '"', "'", '`', '$$', '--', '/*', ' as ', ',', '.', 'orders', '1', '\\', ';', 'update ', 'into ', ' ');
  const text = fc.oneof(fc.string({ maxLength: 1024 }), fc.array(word, { maxLength: 200 }).map((words) => words.join('')));
  fc.assert(fc.property(text, (statement) => {
    for (const dialect of ['mysql', 'postgres'] as const) assert.ok(clusterSql(statement, dialect).length < 100);
  }), { numRuns: 500 });
});
