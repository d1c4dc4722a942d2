/** What PostgreSQL's backends wait for: one system call for everything, so the stacks at its return tell. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import { waitReason } from '../../src/profile/runtime-names.js';
import { Symbolizer } from '../../src/symbols/symbolizer.js';
import { pgbenchInit, psql, startPostgres, Workspace, type Server } from '../servers/index.js';
import { SLOW } from './observe.js';

const HELD_S = 0.3;

/** Backends end before an emulated machine has looked at them. */
const skip = SLOW > 1 ? 'an emulated machine looks at processes more slowly than backends come and go' : false;

const symbolizer = new Symbolizer();
let workspace: Workspace;
let postgres: Server;
let recorder: FlightRecorder;

before(async () => {
  if (skip) return;
  workspace = await Workspace.create('waits');
  postgres = await startPostgres(workspace);
  // Its process takes a while to start; a session may be shorter.
  symbolizer.notice(workspace.cgroup.pids());
  await pgbenchInit(postgres.port);
  recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 16 << 20 });
});

after(async () => {
  recorder?.close();
  await symbolizer.close();
  await postgres?.stop();
  await workspace?.close();
});

/** A session that does this; its backend's process id. It has ended when its stacks are named: the program is its parent's. */
async function session(sql: string): Promise<number> {
  return Number((await psql(postgres.port, `select pg_backend_pid(); ${sql}`)).split('\n')[0]);
}

/** What the backend's stacks say it waited for, beside its client, which a busy machine makes it wait for, too. */
async function reasonsOf(pid: number): Promise<string[]> {
  const { blocks } = readEvidence(recorder, { pids: new Set([pid]), fromNs: 0, toNs: Infinity, marginNs: 0 });
  const { frames, stacks, of } = await symbolizer.symbolize(blocks.map(({ stack }) => ({ pid, parentPid: postgres.pid, copy: stack })), { withinMs: 60_000 });
  const reasons = of.flatMap((index) => waitReason(stacks[index].frames.map((frame) => frames[frame].name)) ?? []);
  return [...new Set(reasons.filter((reason) => reason.for !== 'client').map((reason) => `${reason.for}: ${reason.object}`))];
}

async function whileHeld(holding: string, waiting: string): Promise<string[]> {
  const holder = session(`begin; ${holding}; select pg_sleep(${HELD_S}); commit`);
  await sleep(HELD_S * 300);
  const waiter = await session(waiting);
  await holder;
  return await reasonsOf(waiter);
}

test('a lock is told by the function that took it: row, table, advisory', { skip }, async () => {
  const update = 'update pgbench_branches set bbalance = bbalance + 1 where bid = 1';
  assert.deepEqual(await whileHeld(update, update), ['lock: a row lock']);
  assert.deepEqual(await whileHeld('lock table pgbench_tellers in access exclusive mode', 'select count(*) from pgbench_tellers'), ['lock: a table lock']);
  assert.deepEqual(await whileHeld('select pg_advisory_xact_lock(7)', 'select pg_advisory_xact_lock(7)'), ['lock: an advisory lock']);
});

test('sleeping is no lock', { skip }, async () => {
  assert.deepEqual(await reasonsOf(await session('select pg_sleep(0.1)')), ['sleep: pg_sleep']);
});

test('waiting for parallel workers is no lock either', { skip }, async () => {
  const parallel = 'set parallel_leader_participation = off; set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0';
  const reasons = await reasonsOf(await session(`${parallel}; select count(*) from pgbench_accounts where aid % 50000 = 0 and pg_sleep(0.1)::text = ''`));
  assert.deepEqual(reasons, ['sibling: another process of the database']);
});
