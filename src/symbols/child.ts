/**
 * The symbolizer's own process: `fork`ed by symbolizer.ts, ends with its parent. The only place where the agent runs libdw over
 * other people's files. A crash, a hang or an out-of-memory here costs names, and the next child leaves out what caused it.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { symbolsAddon } from './addon.js';
import { ABOUT_FD, type FromChild, type ToChild } from './messages.js';
import { RUNTIMES } from './runtimes.js';
import { StackWork, type Result } from './stack-work.js';

const NICE = 5;
const HEARTBEAT_MS = 500;
/** Of the kernel's out-of-memory killer: names go before anything else does. */
const OOM_SCORE = '900';

const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message);
};

let lastAbout = '';
function about(key: string): void {
  if (key === lastAbout) return;
  lastAbout = key;
  try {
    writeSync(ABOUT_FD, `${key}\n`);
  } catch {
    // The parent is gone, or far behind: it will know less, not we.
  }
}

function giveWay(): void {
  try {
    setPriority(NICE);
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
  } catch {
    // Allowed to everyone, but not everywhere.
  }
}

let work: StackWork | null = null;
/** One after another: they share caches. */
let queue = Promise.resolve();

async function handle(stacks: StackWork, message: Exclude<ToChild, { type: 'start' }>): Promise<void> {
  if (message.type === 'notice') return stacks.notice(message.pids);
  const answer = (result: Result, whole: boolean): void => send({ type: 'named', id: message.id, result, whole, residentBytes: process.memoryUsage.rss() });
  answer(await stacks.run(message.items, message.withinMs, (result) => answer(result, false)), true);
}

function receive(message: ToChild): void {
  if (message.type === 'start') {
    try {
      symbolsAddon();
    } catch (error) {
      return send({ type: 'unable', reason: (error as Error).message });
    }
    work = new StackWork({ distrust: new Map(message.distrust), about, runtimes: RUNTIMES });
    return;
  }
  const stacks = work;
  if (stacks !== null) queue = queue.then(() => handle(stacks, message)).then(() => about(''));
}

giveWay();
process.on('message', receive);
process.on('disconnect', () => process.exit(0));
send({ type: 'alive' });
setInterval(() => send({ type: 'alive' }), HEARTBEAT_MS);
