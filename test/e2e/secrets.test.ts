/** Secrets planted in every place they can stand, then looked for in all that Kindling writes and answers. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Workspace, curl, mariadbCli, psql, redisCli, run, startMariadb, startNginx, startPostgres, startRedis, type Server } from '../servers/index.js';
import { postgresProgram } from '../servers/postgres.js';
import type { RequestDetail } from '../../src/server/api.js';
import { Agent, Kindling } from './kindling.js';

let place: Workspace;
let nginx: Server;
let redis: Server;
let mariadb: Server;
let postgres: Server;

before(async () => {
  place = await Workspace.create('e2esecrets');
  nginx = await startNginx(place, {
    serverBlock: `location = /login { add_header Set-Cookie "sid=S3cr3t-set-cookie; HttpOnly"; default_type application/json;
      return 200 '{"user":"kim","access_token":"S3cr3t-in-json-answer","n":1}'; }
      location = /moved { return 302 "http://127.0.0.1/next?access_token=S3cr3t-location&x=1"; }
      location / { return 200 "ok"; }`,
  });
  redis = await startRedis(place);
  mariadb = await startMariadb(place);
  postgres = await startPostgres(place);
  const hba = join(postgres.directory, 'data/pg_hba.conf');
  writeFileSync(hba, `host all kim 127.0.0.1/32 password\n${readFileSync(hba, 'utf8')}`);
  await psql(postgres.port, 'SELECT pg_reload_conf()');
});
after(() => place.close());

const url = (path: string): string => `http://127.0.0.1:${nginx.port}${path}`;
const ignore = { accept: [0, 1, 2, 3] };

async function plantInHttp(): Promise<void> {
  const header = (text: string): string[] => ['-H', text];
  await curl([url('/headers'), ...header('Authorization: Bearer S3cr3t-bearer'), ...header('Cookie: a=b; session=S3cr3t-cookie'), ...header('X-Api-Key: S3cr3t-api-key'),
    ...header('Proxy-Authorization: Basic S3cr3t-proxy'), ...header('X-Forwarded-Uri: /a?token=S3cr3t-forwarded'),
    ...header('Referer: https://user:S3cr3t-referer-login@shop.test/a?session_token=S3cr3t-referer'), ...header('User-Agent: probe/1 (password=S3cr3t-agent)'),
    ...header('Host: kim:S3cr3t-host@shop.test')]);
  await curl(['--user', 'kim:S3cr3t-basic', url('/basic')]);
  await curl([url('/query?access_token=S3cr3t-query&x=1&password=S3cr3t%2Dpassword&api_key=S3cr3t-query-key')]);
  await curl(['--request-target', 'http://kim:S3cr3t-absolute@shop.test/x', url('/')]);
  await curl([url('/login'), '-H', 'Content-Type: application/json', '-d', '{"user":"kim","password":"S3cr3t-json","nested":{"client_secret" : "S3cr3t-nested"}}']);
  await curl([url('/login'), '-d', 'user=kim&password=S3cr3t-form&next=/']);
  await curl([url('/login'), '-F', 'user=kim', '-F', 'password=S3cr3t-multipart']);
  await curl([url('/moved')]);
}

async function plantInRedis(): Promise<void> {
  const { port } = redis;
  await redisCli(port, ['AUTH', 'S3cr3t-auth'], ignore);
  await redisCli(port, ['HELLO', '3', 'AUTH', 'default', 'S3cr3t-hello'], ignore);
  await redisCli(port, ['CONFIG', 'SET', 'masterauth', 'S3cr3t-masterauth']);
  await redisCli(port, ['CONFIG', 'GET', 'masterauth']);
  await redisCli(port, ['ACL', 'SETUSER', 'kim', 'on', '>S3cr3t-acl', 'allkeys']);
  await redisCli(port, ['MIGRATE', '127.0.0.1', '1', 'k', '0', '10', 'AUTH', 'S3cr3t-migrate'], ignore);
  await redisCli(port, ['AUHT', 'S3cr3t-misspelt'], ignore);
}

async function plantInMariadb(): Promise<void> {
  const { port } = mariadb;
  await mariadbCli(port, "CREATE USER 'kim'@'%' IDENTIFIED BY 'S3cr3t-mysql-identified'");
  await mariadbCli(port, "SET PASSWORD FOR 'kim'@'%' = PASSWORD('S3cr3t-mysql-password')");
  await mariadbCli(port, "ALTER USER 'kim'@'%' IDENTIFED BY 'S3cr3t-mysql-misspelt'", ignore);
  await mariadbCli(port, "UPDATE mysql.users SET password = 'S3cr3t-mysql-update' WHERE x", ignore);
  await run(['mariadb', '--no-defaults', '--protocol=tcp', '-h127.0.0.1', `-P${port}`, '-ukim', '-pS3cr3t-mysql-password', '-e', 'SELECT 1'], ignore);
  await run(['mariadb', '--no-defaults', '--protocol=tcp', '-h127.0.0.1', `-P${port}`, '-ukim', '-pS3cr3t-mysql-wrong', '-e', 'SELECT 1'], ignore);
}

async function plantInPostgres(): Promise<void> {
  const { port } = postgres;
  await psql(port, "CREATE ROLE kim LOGIN PASSWORD 'S3cr3t-pg-create'");
  await psql(port, "ALTER ROLE kim ENCRYPTED PASSWORDD 'S3cr3t-pg-misspelt'", ignore);
  await psql(port, "CREATE ROLE kum LOGIN PASSWORD S3cr3t_pg_unquoted", ignore);
  const asKim = (password: string, sql: string) => run([postgresProgram('psql'), '-X', '-q', '-h', '127.0.0.1', '-p', String(port), '-U', 'kim', '-d', 'postgres', '-c', sql], { ...ignore, env: { PGPASSWORD: password } });
  await asKim('S3cr3t-pg-create', "SELECT dblink('host=h password=S3cr3t-pg-dblink')");
  await asKim('S3cr3t-pg-create', "SELECT dblink('postgres://kim:S3cr3t-pg-url@h/db')");
  await asKim('S3cr3t-pg-wrong', 'SELECT 1');
}

/** All files below a folder, one after the other. */
function filesBelow(folder: string): Array<{ path: string; bytes: Buffer }> {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [{ path, bytes: readFileSync(path) }] : [];
  });
}

const MARK = /[Ss]3cr3t[-_%][A-Za-z0-9_%-]*/g;
/** `kim:S3cr3t-basic`, as Basic puts it on the wire. */
const BASIC = Buffer.from('kim:S3cr3t-basic').toString('base64');

function secretsIn(where: string, bytes: Buffer | string): string[] {
  const text = bytes.toString('latin1');
  return [...(text.match(MARK) ?? []), ...(text.includes(BASIC) ? ['basic'] : [])].map((secret) => `${where}: ${secret}`);
}

/** What the API says: lists, details with their payloads decoded, archives, metrics. */
async function secretsInAnswers(agent: Agent, atLeast = 25): Promise<string[]> {
  const found: string[] = [];
  const { rows } = await agent.list('', 1000);
  assert.ok(rows.length >= atLeast, `${rows.length} requests`);
  for (const row of rows) {
    found.push(...secretsIn('list', JSON.stringify(row)));
    const detail = await agent.get<RequestDetail>(`/api/requests/${row.id}`);
    const name = `${row.protocol} ${row.operation} ${row.endpoint}`;
    for (const side of ['requestPayload', 'responsePayload'] as const) found.push(...secretsIn(`${side} of ${name}`, Buffer.from(detail[side]?.base64 ?? '', 'base64')));
    found.push(...secretsIn(`archive of ${name}`, JSON.stringify(await agent.get(`/api/requests/${row.id}/har`))));
  }
  for (const path of ['/metrics', '/api/overview', '/api/agent', '/api/requests.har?limit=1000']) {
    found.push(...secretsIn(path, await (await fetch(new URL(path, agent.url))).text()));
  }
  return found;
}

async function plantEverywhere(agent: Agent): Promise<void> {
  await plantInHttp();
  await plantInRedis();
  await plantInMariadb();
  await plantInPostgres();
  await psql(postgres.port, "SELECT 'the last one'");
  await agent.rows('protocol:postgres resource:*last*', 1, 20_000);
}

/** Files and folders that others may look into. */
function openToOthers(folder: string): string[] {
  return [folder, ...readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))]
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
}

test('no secret reaches the store, the API, archives, metrics or the log', async () => {
  const directory = join(place.directory, 'store');
  const agent = await Agent.start(['--cgroup', place.cgroup.path, '--store-directory', directory, '--keep', 'all']);
  const found: string[] = [];
  try {
    await plantEverywhere(agent);
    found.push(...await secretsInAnswers(agent));
    assert.equal(statSync(directory).mode & 0o077, 0, `nobody else may look into ${directory}; within it: ${openToOthers(directory).join(', ')}`);
  } finally {
    const { stdout, stderr } = await agent.process.stop();
    found.push(...secretsIn('log', stdout + stderr));
  }
  for (const { path, bytes } of filesBelow(directory)) found.push(...secretsIn(path.slice(directory.length), bytes));
  assert.deepEqual([...new Set(found)], []);
});

test('with --redact-sql-literals no literal, row or parameter of a statement is kept either', async () => {
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off', '--redact-sql-literals']);
  for (const ask of [(sql: string) => psql(postgres.port, sql, ignore), (sql: string) => mariadbCli(mariadb.port, sql, ignore)]) {
    await ask("SELECT 'S3cr3t-row', 17 FROM (SELECT 1) t WHERE 'S3cr3t-value' <> 'a'");
    await ask("SELECT * FROM nowhere WHERE name = 'S3cr3t-failed'");
    await ask("SELECT 'S3cr3t-unclosed");
  }
  await psql(postgres.port, "SELECT CAST('S3cr3t-cast' AS integer)", ignore);
  await psql(postgres.port, "PREPARE p AS SELECT $1::text; EXECUTE p('S3cr3t-parameter')", ignore);
  await psql(postgres.port, "SELECT 1 AS last_one");
  await agent.rows('protocol:postgres resource:*last_one*', 1, 20_000);
  assert.deepEqual([...new Set(await secretsInAnswers(agent, 8))], []);
});

test('a recording holds what went over the wire: it says so, and only its owner may read it', async () => {
  const file = join(place.directory, 'all.kndl');
  writeFileSync(file, 'readable by all before');
  chmodSync(file, 0o644);
  await using record = Kindling.start(['record', '--cgroup', place.cgroup.path, '-o', file]);
  await record.printed('stderr', /passwords.*confidential/s);
  await curl([url('/?password=S3cr3t-recorded')]);
  await record.stop();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(readFileSync(file).includes('S3cr3t-recorded'));
});

test('a recording is not written through a link that somebody else may have laid', async () => {
  const target = join(place.directory, 'precious');
  writeFileSync(target, 'precious');
  symlinkSync(target, join(place.directory, 'link.kndl'));
  await using record = Kindling.start(['record', '--cgroup', place.cgroup.path, '--seconds', '1', '-o', join(place.directory, 'link.kndl')]);
  const { code, stderr } = await record.ended;
  assert.notEqual(code, 0);
  assert.match(stderr, /link/);
  assert.equal(readFileSync(target, 'utf8'), 'precious');
});
