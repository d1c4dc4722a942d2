/** Requests that go wrong are requests, too: refused, reset, unanswered, given up. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, launch, run, Workspace } from '../servers/index.js';
import { hookModes, Observation, SLOW, tally } from './observe.js';
import { builtProgram, kill, listen } from './programs.js';

const REQUEST = 'send=GET /slow HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n';
const RESPONSE = 'send=HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok';

for (const hooks of hookModes()) {
  describe(`failures with the ${hooks} hooks`, () => {
    let workspace: Workspace;
    let peer: string;
    before(async () => { workspace = await Workspace.create('failures'); peer = builtProgram(workspace, 'peer'); });
    let shared: Observation | undefined;
    after(async () => { shared?.[Symbol.dispose](); await workspace.close(); });
    /** The same for all tests: loading the programs takes long on emulated machines. */
    const observe = () => {
      shared ??= new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });
      shared.records.length = 0;
      return shared;
    };

    /** A request over a new connection, both ends in scope; returns what each end's request came to. */
    const between = async (server: string[], client: string[]): Promise<string[]> => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, server, workspace);
      const seen = observe();
      await run([peer, 'connect', '127.0.0.1', String(port), ...client], { cgroup: workspace.cgroup });
      const records = await seen.until(2, () => true, 1500);
      await kill(listener);
      for (const record of records) assert.equal(record.server, `127.0.0.1:${port}`);
      assert.equal(new Set(records.map((record) => record.client)).size, 1, 'both ends carry the same addresses');
      return records.map((record) => `${record.role} ${record.endpoint} ${record.status} ${record.error}: ${record.errorText}`).sort();
    };

    test('a refused connect says by whom and how', async () => {
      const port = await freePort();
      const seen = observe();
      const { stdout } = await run([peer, 'connect', '127.0.0.1', String(port)], { cgroup: workspace.cgroup });
      assert.equal(stdout.trim(), 'errno 111');
      const [record, ...more] = await seen.until(1, () => true);
      assert.deepEqual(more, []);
      assert.equal(record.error, 'connect_failed');
      assert.match(record.errorText, /ECONNREFUSED|refused/i);
      assert.equal(record.server, `127.0.0.1:${port}`);
      assert.match(record.comm, /peer/);
    });

    test('a connect that nobody answers is seen when it is given up', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, [], workspace, 'hold');
      const seen = observe();
      const clients = Array.from({ length: 3 }, () => launch([peer, 'connect', '127.0.0.1', String(port), 'wait=5000'], { cgroup: workspace.cgroup, stdio: 'ignore' }));
      await delay(400 * SLOW);
      for (const client of [...clients, listener]) await kill(client);
      const [record] = await seen.until(1, (found) => found.durationNs > 200e6);
      assert.equal(record?.error, 'connect_failed');
      assert.equal(record.server, `127.0.0.1:${port}`);
    });

    test('the server closes without an answer', async () => {
      const ends = await between(['recv'], [REQUEST, 'end']);
      assert.equal(ends.length, 2);
      for (const [i, role] of ['client', 'server'].entries()) assert.match(ends[i], new RegExp(`^${role} /slow  no_response`));
    });

    test('the server resets the connection', async () => {
      const ends = await between(['recv', 'reset'], [REQUEST, 'end']);
      assert.equal(ends.length, 2);
      for (const [i, role] of ['client', 'server'].entries()) assert.match(ends[i], new RegExp(`^${role} /slow  no_response: .*`));
      assert.match(ends[0], /reset/);
    });

    test('the client gives up before the answer', async () => {
      const ends = await between(['recv', 'end', 'wait=20'], [REQUEST, 'wait=50']);
      assert.equal(ends.length, 2);
      for (const [i, role] of ['client', 'server'].entries()) assert.match(ends[i], new RegExp(`^${role} /slow  no_response`));
    });

    test('the server is killed in the middle of a request', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['recv', 'wait=10000'], workspace);
      const seen = observe();
      const client = launch([peer, 'connect', '127.0.0.1', String(port), REQUEST, 'end'], { cgroup: workspace.cgroup, stdio: 'ignore' });
      await delay(200 * SLOW);
      await kill(listener);
      const records = await seen.until(2, () => true);
      await kill(client);
      assert.deepEqual(tally(records), ['client http GET /slow no_response x1', 'server http GET /slow no_response x1']);
    });

    test('an answer that comes with the end of the connection is an answer', async () => {
      const port = await freePort();
      const listener = await listen(peer, '127.0.0.1', port, ['recv', RESPONSE, 'half', 'end'], workspace);
      const seen = observe();
      // The client looks when both are long there.
      for (let i = 0; i < 5; i++) await run([peer, 'connect', '127.0.0.1', String(port), REQUEST, 'wait=20', 'end'], { cgroup: workspace.cgroup });
      const records = await seen.until(10, () => true);
      await kill(listener);
      assert.deepEqual(tally(records), ['client http GET /slow 200 x5', 'server http GET /slow 200 x5']);
    });

    test('pipelined requests are answered in their order', async () => {
      const port = await freePort();
      const answers = RESPONSE + RESPONSE.slice('send='.length).replace('200 OK', '404 Not Found');
      const listener = await listen(peer, '127.0.0.1', port, ['recv', answers, RESPONSE, 'end'], workspace);
      const seen = observe();
      const requests = ['a', 'b', 'c'].map((name) => REQUEST.slice('send='.length).replace('slow', name)).join('');
      await run([peer, 'connect', '127.0.0.1', String(port), `send=${requests}`, 'recv=127'], { cgroup: workspace.cgroup });
      const records = await seen.until(6, () => true);
      await kill(listener);
      for (const role of ['client', 'server']) {
        assert.deepEqual(records.filter((record) => record.role === role).map((record) => `${record.resource} ${record.status}`), ['/a 200', '/b 404', '/c 200']);
      }
    });
  });
}
