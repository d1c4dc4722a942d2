import type { Contender } from './contender.js';
import { WatchingProcess } from './process.js';

export const strace: Contender = {
  name: 'strace',
  title: 'strace -f -e trace=network -p PIDS',
  async start(arena) {
    // Only processes of this run are in the group.
    const pids = arena.servers.pids();
    const command = ['strace', '-f', '-e', 'trace=network', '-o', '/dev/null', ...pids.flatMap((pid) => ['-p', String(pid)])];
    const tracer = new WatchingProcess(command, { cgroup: arena.watchers });
    await tracer.waitUntil(() => pids.every((pid) => tracer.output.includes(`Process ${pid} attached`)), 10_000);
    return {
      pids: [tracer.pid],
      async stop() {
        await tracer.stop('SIGINT');
        return '';
      },
    };
  },
};
