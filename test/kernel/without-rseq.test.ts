/** Threads that registered no restartable sequences, as static Go programs and musl have none: their blocked calls are known too. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { EXITS, planRecorder } from '../../src/kernel/recorder-hooks.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import { launch, Workspace } from '../servers/index.js';
import { SLOW } from './observe.js';
import { builtProgram, kill } from './programs.js';

const CLOCK_NANOSLEEP = 230;
const WITHOUT_RSEQ = { GLIBC_TUNABLES: 'glibc.pthread.rseq=0' };

let workspace: Workspace;
let busy: string;

before(async () => {
  workspace = await Workspace.create('without-rseq');
  busy = builtProgram(workspace, 'busy');
});

after(() => workspace.close());

/** Sleeps that were noted of a program that computes and sleeps in turns, and what became of the hook on exits of system calls. */
async function sleepsNoted(env: Record<string, string>): Promise<{ sleeps: number; exits: string | undefined }> {
  const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 4 << 20 });
  const program = launch([busy], { cwd: workspace.directory, cgroup: workspace.cgroup, stdio: ['ignore', 'ignore', 'inherit'], env });
  try {
    await sleep(500 * SLOW);
    recorder.adapt();
    await sleep(500 * SLOW);
    const { operations } = readEvidence(recorder, { pids: new Set([program.pid!]), fromNs: 0, toNs: Number(process.hrtime.bigint()), marginNs: 0 });
    return { sleeps: operations.filter(({ call }) => call === CLOCK_NANOSLEEP).length, exits: recorder.hooks().find(({ name }) => name === EXITS)?.state };
  } finally {
    recorder.close();
    await kill(program);
  }
}

test('blocked calls of threads without restartable sequences are noted: the exit of system calls is hooked once there are any', async () => {
  const { sleeps, exits } = await sleepsNoted(WITHOUT_RSEQ);
  assert.equal(exits, 'attached');
  assert.ok(sleeps >= 10, `${sleeps} sleeps were noted`);
});

test('threads that have them are noted without that hook, where the kernel tells of their returns', async () => {
  const { sleeps, exits } = await sleepsNoted({});
  assert.ok(sleeps >= 10, `${sleeps} sleeps were noted`);
  assert.equal(exits, planRecorder({ logs: true, samples: true, tree: false }).notesAtExit ? 'attached' : 'skipped');
});
