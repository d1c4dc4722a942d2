/** Every form of system call that moves bytes over a socket: seen once, complete, with its exact size. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { run, Workspace } from '../servers/index.js';
import { hookModes, Observation, tally } from './observe.js';
import { builtProgram } from './programs.js';

const SEND = ['write', 'send', 'partial', 'writev', 'writev32', 'pwritev2', 'sendmsg', 'sendmmsg', 'sendfile', 'splice'];
const RECEIVE = ['recv', 'readv', 'recvmsg', 'recvmmsg', 'peek', 'peekmsg'];

describe('forms of system calls', () => {
  let workspace: Workspace;
  let server: Server;
  let program: string;
  before(async () => {
    workspace = await Workspace.create('forms');
    program = builtProgram(workspace, 'forms');
    // In this process, which is never captured: only the program's end is seen.
    server = createServer((request, response) => { request.resume().on('end', () => response.end('y'.repeat(20_000))); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  });
  after(async () => { server.close(); await workspace.close(); });

  for (const hooks of hookModes()) {
    let seen: Observation | undefined;
    let lossesBefore = '[]';
    after(() => { seen?.[Symbol.dispose](); });
    /** One observation for all: loading the programs takes long on emulated machines. */
    const exchange = async (send: string, receive: string) => {
      seen ??= new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });
      seen.records.length = 0;
      const { port } = server.address() as AddressInfo;
      const { stdout } = await run([program, String(port), send, receive], { cgroup: workspace.cgroup });
      const records = [...await seen.until(1, () => true)];
      const [sent, received] = stdout.trim().split(' ').map(Number);
      const losses = JSON.stringify(seen.kernel.losses().map(({ reason, count }) => `${reason} ${count}`));
      const newLosses = losses === lossesBefore ? '[]' : losses;
      lossesBefore = losses;
      return { records, sent, received, losses: newLosses };
    };
    for (const [send, receive] of [...SEND.map((form) => [form, 'read']), ...RECEIVE.map((form) => ['write', form])]) {
      test(`${send} and ${receive} with the ${hooks} hooks`, async () => {
        const { records, sent, received, losses } = await exchange(send, receive);
        assert.deepEqual(tally(records), ['client http POST /form 200 x1']);
        assert.deepEqual([records[0].requestBytes, records[0].responseBytes], [sent, received]);
        assert.equal(losses, '[]');
      });
    }

    test(`a vector of 40 parts is exact in size, and what was not read of it is counted, with the ${hooks} hooks`, async () => {
      const { records, sent, losses } = await exchange('writev40', 'read');
      assert.deepEqual(tally(records), ['client http POST /form 200 x1']);
      assert.equal(records[0].requestBytes, sent);
      assert.equal(losses, '["long_vector 1"]');
    });

    test(`a response that goes into a pipe by splice is seen in size, with the ${hooks} hooks`, async () => {
      const { records, sent } = await exchange('write', 'splice');
      assert.equal(records.length, 1);
      assert.equal(records[0].requestBytes, sent);
    });
  }
});
