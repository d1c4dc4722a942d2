/** Stacks as the recorder takes them, of Debian's own servers (no frame pointers, stripped), under load: unwound and named. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import type { Evidence } from '../../src/profile/evidence.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import type { NamedStacks } from '../../src/symbols/stack-request.js';
import { Symbolizer } from '../../src/symbols/symbolizer.js';
import { assertWhole } from '../../src/symbols/testing/whole-stacks.js';
import { SLOW } from './observe.js';
import { pgbench, pgbenchInit, redisBenchmark, redisCli, startNginx, startPostgres, startRedis, Workspace, wrk, type Server } from '../servers/index.js';

const ENOUGH_SAMPLES = 40;
const WHOLE_ANSWER = { withinMs: 60_000 };
/** Copies of stacks from other kernels are tested in evidence.test.ts. */
const skip = SLOW > 1 ? 'unwinding and naming happen in user space: an emulated machine takes minutes for what any other kernel shows as well' : false;

const symbolizer = new Symbolizer();
let workspace: Workspace;

before(async () => { if (!skip) workspace = await Workspace.create('kstacks'); });

after(async () => {
  await symbolizer.close();
  await workspace?.close();
});

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

interface Recorded { samples: NamedStacks; blocks: NamedStacks }

/** Records while a server is under load, and names what was recorded while its processes still live. */
async function record(start: () => Promise<Server>, load: (server: Server) => Promise<unknown>, enough: (recorded: Recorded) => boolean = () => true): Promise<Recorded> {
  await using server = await start();
  const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 16 << 20 });
  try {
    const fromNs = monotonicNs();
    for (let round = 0; round < 10; round++) {
      let loaded = false;
      const loading = load(server).finally(() => { loaded = true; });
      while (!loaded) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        const pids = workspace.cgroup.pids();
        // As the agent does when a process opens a connection: one that ends before its stacks are read is known by then.
        symbolizer.notice(pids);
        const evidence = readEvidence(recorder, { pids: new Set(pids), fromNs, toNs: monotonicNs(), marginNs: 1e9 });
        if (evidence.samples.length < ENOUGH_SAMPLES) continue;
        const named = await name(evidence);
        if (!enough(named)) continue;
        await loading;
        return named;
      }
      await loading;
    }
  } finally {
    recorder.close();
  }
  return assert.fail(`fewer than ${ENOUGH_SAMPLES} samples, or not those that were waited for`);
}

async function name({ samples, blocks }: Evidence): Promise<Recorded> {
  const items = [...samples, ...blocks].map(({ pid, stack }) => ({ pid, copy: stack }));
  const { of, ...named } = await symbolizer.symbolize(items, WHOLE_ANSWER);
  return { samples: { ...named, of: of.slice(0, samples.length) }, blocks: { ...named, of: of.slice(samples.length) } };
}

function textsOf({ frames, stacks, of }: NamedStacks): string[] {
  return of.map((index) => stacks[index].frames.map((frame) => frames[frame].name).join(' < '));
}

test('redis-server: kernel and user frames down to _start, and where it was blocked', { skip }, async () => {
  const sleeping = /nanosleep.* < debugCommand < call < processCommand < .*aeMain < main < /;
  const load = async ({ port }: Server): Promise<void> => {
    await redisCli(port, ['DEBUG', 'SLEEP', '0.2']);
    await redisBenchmark({ port, requests: 200_000 });
  };
  const { samples } = await record(() => startRedis(workspace), load, ({ blocks }) => textsOf(blocks).some((text) => sleeping.test(text)));
  assertWhole(samples, /aeMain/);
  const calling = samples.of.map((index) => samples.stacks[index].frames.map((frame) => samples.frames[frame])).find((frames) => frames[0].kind === 'kernel' && frames.some(({ name }) => name === 'aeMain'));
  assert.ok(calling, 'a sample within a system call');
  assert.match(calling.filter(({ kind }) => kind === 'kernel').map(({ name }) => name).join(' < '), /do_syscall_64|entry_SYSCALL/);
  assert.equal(calling.findLastIndex(({ kind }) => kind === 'kernel') + 1, calling.findIndex(({ kind }) => kind === 'native'), 'kernel frames come first, all of them');
});

test('nginx: its worker', { skip }, async () => {
  const { samples } = await record(() => startNginx(workspace), ({ port }) => wrk({ url: `http://127.0.0.1:${port}/hello`, seconds: 3, connections: 2 }));
  assertWhole(samples, /ngx_http_/);
});

test('postgres: every backend', { skip }, async () => {
  const { samples } = await record(async () => {
    const server = await startPostgres(workspace);
    await pgbenchInit(server.port);
    return server;
  }, ({ port }) => pgbench({ port, seconds: 4, clients: 2 }));
  assertWhole(samples, /PostgresMain/);
});
