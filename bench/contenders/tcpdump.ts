import type { Contender } from './contender.js';
import { WatchingProcess } from './process.js';

export const tcpdump: Contender = {
  name: 'tcpdump',
  title: 'tcpdump -i lo -s 256 -w /dev/null port N',
  async start(arena, server) {
    const command = ['tcpdump', '-i', 'lo', '-s', '256', '-w', '/dev/null', 'port', String(server.port)];
    const tracer = new WatchingProcess(command, { cgroup: arena.watchers, netns: arena.netns });
    await tracer.waitUntil(() => tracer.output.includes('listening on'), 10_000);
    return {
      pids: [tracer.pid],
      async stop() {
        await tracer.stop('SIGINT');
        const dropped = Number(/(\d+) packets dropped by kernel/.exec(tracer.output)?.[1] ?? 0);
        return dropped > 0 ? `${dropped} packets dropped` : '';
      },
    };
  },
};
