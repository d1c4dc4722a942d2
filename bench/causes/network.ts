/** Packets that do not arrive, in the stage's own network namespace. */
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../test/servers/index.js';

/** Does `work`; packets that match are dropped from before its start until `ms` after it. */
export async function dropping<T>(netns: string, match: readonly string[], ms: number, work: () => Promise<T>): Promise<T> {
  const rule = ['INPUT', '-i', 'lo', ...match, '-j', 'DROP'];
  await run(['iptables', '-w', '-A', ...rule], { netns });
  const lifted = delay(ms).then(() => run(['iptables', '-w', '-D', ...rule], { netns }));
  try {
    return await work();
  } finally {
    await lifted;
  }
}
