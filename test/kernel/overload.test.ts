/** Beyond what the reader carries: losses are counted exactly, totals stay exact, and no wrong pair is ever made. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionClosed } from '../../src/events/observation.js';
import { run, startNginx, Workspace, type Server } from '../servers/index.js';
import { hookModes, Observation, SLOW, tally } from './observe.js';
import { builtProgram } from './programs.js';

const serverBlock = `
  location = /hello { return 200 "${'h'.repeat(3_500)}"; }
  location = /gone { return 201 "${'g'.repeat(3_000)}"; }`;

/** Connections at once. */
const WAVE = 1_000;

for (const hooks of hookModes()) {
  describe(`overload with the ${hooks} hooks`, () => {
    let workspace: Workspace;
    let nginx: Server;
    let peer: string;
    before(async () => {
      workspace = await Workspace.create('overload');
      nginx = await startNginx(workspace, { serverBlock });
      peer = builtProgram(workspace, 'peer');
    });
    after(async () => { await workspace.close(); });
    const scope = () => ({ kind: 'cgroup' as const, paths: [workspace.cgroup.path] });
    const url = (path: string) => `http://127.0.0.1:${nginx.port}${path}`;

    test('a reader that stands still loses a counted number of events, and is right again afterwards', async () => {
      // Two segments for each CPU: 2 MB.
      using seen = new Observation({ scope: scope(), hooks, ringBytes: 2 << 20 });
      const { observer } = seen.pipeline;
      let dataSeen = 0;
      const ends: ConnectionClosed[] = [];
      const { data, closed } = observer;
      observer.data = (...args) => { dataSeen++; data(...args); };
      observer.closed = (event) => { ends.push(event); closed(event); };
      const requests = Math.floor(40_000 / SLOW);
      let over = false;
      const load = run(['h2load', '--h1', '-n', String(requests), '-c', '8', '-t', '1', url('/hello'), url('/gone')]).finally(() => { over = true; });
      while (!over) {
        seen.pause();
        await delay(150 * SLOW);
        seen.resume();
        await delay(30);
      }
      await load;
      await run(['curl', '-s', '-o', '/dev/null', url('/hello')]);
      await seen.until(1, () => ends.length >= 9);
      const losses = Object.fromEntries(seen.kernel.losses().map(({ reason, count }) => [reason, count]));
      assert.deepEqual(Object.keys(losses), ['ring_overwritten'], 'only payload is lost, no open or close');
      const calls = ends.reduce((sum, { counters }) => sum + counters!.callsIn + counters!.callsOut, 0);
      assert.equal(dataSeen + losses.ring_overwritten, calls, 'seen and lost are all that was written');
      for (const { counters } of ends) assert.ok(counters!.bytesOut > counters!.bytesIn && counters!.bytesIn > 0);
      const complete = seen.records.filter((record) => record.complete);
      for (const record of complete) assert.equal(record.status, record.resource === '/hello' ? '200' : '201', JSON.stringify(record));
      assert.equal(complete.at(-1)?.status, '200');
      assert.ok(complete.length > 8, tally(seen.records).join('\n'));
    });

    test('a flood of short connections: each is accounted for, and none is kept', async () => {
      using seen = new Observation({ scope: scope(), hooks });
      const connections = Math.floor(5_000 / SLOW);
      const before = seen.pipeline.stats();
      const steps = ['send=GET /gone HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n', 'end'];
      // In waves: this reader has no priority over the load, as the agent's has.
      for (let made = 0; made < connections; made += WAVE) {
        const wave = Math.min(WAVE, connections - made);
        await run([peer, `connect*${wave}`, '127.0.0.1', String(nginx.port), ...steps], { cgroup: workspace.cgroup });
        await seen.until(2 * (made + wave), () => true);
      }
      await seen.settle();
      assert.deepEqual(tally(seen.records), [`client http GET /gone 201 x${connections}`, `server http GET /gone 201 x${connections}`]);
      assert.deepEqual(seen.kernel.losses(), []);
      const stats = seen.pipeline.stats();
      assert.equal(stats.connectionsTotal - before.connectionsTotal, 2 * connections);
      assert.equal(stats.connectionsOpen, before.connectionsOpen);
    });
  });
}
