/** A process with 10,000 threads: all of them recorded, and what a profile keeps of them is bounded. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, before, test } from 'node:test';
import { FlightRecorder } from '../../src/kernel/recorder.js';
import { boundThreads } from '../../src/profile/bound-threads.js';
import { ProcessObjects } from '../../src/profile/process-objects.js';
import { readEvidence } from '../../src/profile/read-evidence.js';
import { ThreadNotes } from '../../src/profile/thread-notes.js';
import { timelines } from '../../src/profile/thread-slices.js';
import { launch, Workspace } from '../servers/index.js';
import { SLOW } from './observe.js';
import { builtProgram, kill } from './programs.js';

const THREADS = Math.floor(10_000 / SLOW);

let workspace: Workspace;
before(async () => { workspace = await Workspace.create('crowd'); });
after(async () => { await workspace.close(); });

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (piece: Buffer) => { if ((text += piece.toString()).includes(word)) resolve(); });
    child.once('exit', (code) => reject(new Error(`crowd ended with ${code}`)));
  });
}

function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

test('ten thousand threads that wake at once are all there, and a profile keeps a bounded number of them', async () => {
  const binary = builtProgram(workspace, 'crowd');
  const recorder = new FlightRecorder({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, excludePids: [], bytesPerCpu: 32 << 20 });
  const crowd = launch([binary, String(THREADS)], { cwd: workspace.directory, cgroup: workspace.cgroup, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await said(crowd, 'ready');
    const fromNs = monotonicNs();
    crowd.stdin!.write('\n');
    await said(crowd, 'done');
    const toNs = monotonicNs();
    const evidence = readEvidence(recorder, { pids: new Set([crowd.pid!]), fromNs, toNs, marginNs: 1e9 });
    const threads = timelines({
      switches: evidence.switches, running: evidence.running, lives: evidence.lives, fromNs, toNs,
      surroundings: new ProcessObjects([], evidence.lives), notes: new ThreadNotes(evidence.blocks, evidence.operations),
    });
    assert.ok(threads.length >= THREADS, `${threads.length} threads`);
    const waits = threads.filter(({ slices }) => slices.some(({ kind }) => kind === 'lock')).length;
    assert.ok(waits >= THREADS, `${waits} threads waited for the lock`);
    for (const { tid, slices } of threads) for (let i = 1; i < slices.length; i++) assert.equal(slices[i].startNs, slices[i - 1].endNs, String(tid));
    threads[THREADS >> 1].executed = true;
    const bounded = boundThreads(threads);
    assert.ok(bounded.threads.length <= 1_000 && bounded.threads.some(({ executed }) => executed));
    if (THREADS > 1_000) assert.match(bounded.leftOut, /of \d+ threads/);
  } finally {
    recorder.close();
    await kill(crowd);
  }
});
