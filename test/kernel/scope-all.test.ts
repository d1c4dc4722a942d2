/** Scope "all": only in a virtual machine of our own, where nothing runs but the test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisCli, startRedis, Workspace } from '../servers/index.js';
import { hookModes, Observation, tally } from './observe.js';

if (process.env.KINDLING_VM === '1') {
  for (const hooks of hookModes()) {
    test(`every process of the machine is seen, the observer is not, with the ${hooks} hooks`, async () => {
      await using one = await Workspace.create('alla');
      await using other = await Workspace.create('allb');
      const servers = [await startRedis(one), await startRedis(other)];
      using seen = new Observation({ scope: { kind: 'all' }, hooks });
      for (const { port } of servers) await redisCli(port, ['SET', 'a', 'b']);
      const records = await seen.until(4, (record) => record.operation === 'SET');
      // Both ends of both: the clients run in no cgroup of ours.
      assert.deepEqual(tally(records), ['client redis SET SET 0 x2', 'server redis SET SET 0 x2']);
      assert.ok(records.every((record) => record.pid !== process.pid));
    });
  }
}
