// The Node programs with a known cause of slowness. Listens on $PORT; what $POSTGRES, $REDIS, $DNS and $UPSTREAM (ports) name is used.
import { pbkdf2 } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { createServer, get } from 'node:http';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import pg from 'pg';

process.title = process.env.NAME ?? 'service';
const digest = promisify(pbkdf2);
const LIBUV_THREADS = 4;
/** Passes over the table, rounds: what takes about a millisecond of CPU; measured when asked to, before the first slow request. */
const perMs = { digest: 0, sql: 0, lua: 0 };

const number = (url, name, otherwise) => Number(url.searchParams.get(name) ?? otherwise);
const derive = (rounds) => digest('secret', 'salt', Math.round(rounds), 32, 'sha256');

/** The fastest of three: what else runs on the machine only adds. */
async function timed(work) {
  let ms = Infinity;
  for (let i = 0; i < 3; i++) {
    const startMs = performance.now();
    await work();
    ms = Math.min(ms, performance.now() - startMs);
  }
  return ms;
}

function renderReport(ms) {
  const { user } = process.cpuUsage();
  let sum = 0;
  while (process.cpuUsage().user - user < ms * 1e3) for (let i = 0; i < 200_000; i++) sum += Math.sqrt(i);
  return sum;
}

// ---- PostgreSQL
let database;
const orderSum = (times) => `select sum(sqrt(total::numeric)) from orders, generate_series(1, ${Math.ceil(times)})`;

async function openDatabase(port) {
  database = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', max: 4, idleTimeoutMillis: 0 });
  await database.query('set max_parallel_workers_per_gather = 0');
  await database.query('create table orders as select id, id as total from generate_series(1, 20000) id');
  await database.query('create table accounts as select 1 as id, 0 as balance');
  await database.query('vacuum analyze orders');
}

/** Begins a transaction in a session of its own that changes the row; ends it after that time. */
async function holdRow(ms) {
  const session = await database.connect();
  const { rows: [{ pid }] } = await session.query('select pg_backend_pid() as pid');
  await session.query('begin');
  await session.query('update accounts set balance = balance + 1 where id = 1');
  await new Promise((resolve) => setTimeout(resolve, ms));
  await session.query('commit');
  session.release();
  return { holder: pid };
}

// ---- Redis
let quick;
let slow;
const spin = (rounds) => slow.eval(`local n = 0 for i = 1, ${Math.round(rounds)} do n = n + i % 7 end return n`);

async function openRedis(port) {
  [quick, slow] = await Promise.all([0, 1].map(() => createClient({ socket: { host: '127.0.0.1', port } }).connect()));
  await quick.set('stock', '7');
}

// ---- others over HTTP, by name
const resolver = new Resolver({ timeout: 3_000, tries: 1 });

async function callByName(name, port) {
  const [address] = await resolver.resolve4(name);
  await new Promise((resolve, reject) => {
    get({ host: address, port, path: '/fast/item' }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

// ---- memory
let kept = null;
const leaves = (count) => Array.from({ length: count }, (_, i) => ({ id: i, next: { value: i } }));

async function calibrate() {
  const { user } = process.cpuUsage();
  await derive(50_000);
  perMs.digest = 50_000 / ((process.cpuUsage().user - user) / 1e3);
  if (database) perMs.sql = 4 / await timed(() => database.query(orderSum(4)));
  if (slow) perMs.lua = 2e6 / await timed(() => spin(2e6));
}

const HANDLERS = {
  calibrate,
  fast: () => {},
  block: (url) => { renderReport(number(url, 'ms', 400)); },
  fill: (url) => Promise.all(Array.from({ length: LIBUV_THREADS }, () => derive(perMs.digest * number(url, 'ms', 200)))).then(() => {}),
  digest: () => derive(100).then(() => {}),
  sql: (url) => database.query(orderSum(perMs.sql * number(url, 'ms', 400))).then(() => {}),
  hold: (url) => holdRow(number(url, 'ms', 500)),
  update: () => database.query('update accounts set balance = balance + 1 where id = 1').then(() => {}),
  lua: (url) => spin(perMs.lua * number(url, 'ms', 400)).then(() => {}),
  stock: () => quick.get('stock').then(() => {}),
  byname: (url) => callByName('prices.test', number(url, 'port', 0)),
  gc: () => { kept ??= leaves(5_000_000); globalThis.gc(); },
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const handler = HANDLERS[url.pathname.split('/')[1]];
  try {
    const facts = { reader: process.pid, executor: process.pid, ...await handler?.(url) };
    response.writeHead(handler ? 200 : 404, { 'x-facts': JSON.stringify(facts) }).end('ok\n');
  } catch (error) {
    response.writeHead(500).end(`${error.message}\n`);
  }
});
server.keepAliveTimeout = 60_000;

if (process.env.POSTGRES) await openDatabase(Number(process.env.POSTGRES));
if (process.env.REDIS) await openRedis(Number(process.env.REDIS));
if (process.env.DNS) resolver.setServers([`127.0.0.1:${process.env.DNS}`]);
server.listen(Number(process.env.PORT), '127.0.0.1');
