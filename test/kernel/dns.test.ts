/** DNS over both transports, with the addresses of both ends, also where several clients share a server's one socket. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dig, run, startDnsmasq, Workspace, type Server } from '../servers/index.js';
import { hookModes, Observation, tally } from './observe.js';
import { builtProgram } from './programs.js';

for (const hooks of hookModes()) {
  describe(`DNS with the ${hooks} hooks`, () => {
    let workspace: Workspace;
    let dnsmasq: Server;
    let lookup: string;
    before(async () => {
      workspace = await Workspace.create('dns');
      lookup = builtProgram(workspace, 'lookup');
      dnsmasq = await startDnsmasq(workspace, { hosts: { 'web.test': '10.0.0.7,fd00::7' } });
    });
    let shared: Observation | undefined;
    after(async () => { shared?.[Symbol.dispose](); await workspace.close(); });
    /** The same for all tests: loading the programs takes long on emulated machines. */
    const observe = () => {
      shared ??= new Observation({ scope: { kind: 'cgroup', paths: [workspace.cgroup.path] }, hooks });
      shared.records.length = 0;
      return shared;
    };

    for (const transport of ['+notcp', '+tcp']) {
      test(`dig ${transport}: answers, and both ends' addresses`, async () => {
        const seen = observe();
        await dig(dnsmasq.port, [transport, 'web.test', 'A'], { cgroup: workspace.cgroup });
        await dig(dnsmasq.port, [transport, 'web.test', 'AAAA'], { cgroup: workspace.cgroup });
        await dig(dnsmasq.port, [transport, 'none.test', 'A'], { cgroup: workspace.cgroup });
        const records = await seen.until(6, (record) => record.protocol === 'dns');
        for (const role of ['client', 'server']) {
          const answers = records.filter((record) => record.role === role).map((record) => `${record.operation} ${record.resource} ${record.status}`);
          assert.deepEqual(answers, ['A web.test 0', 'AAAA web.test 0', 'A none.test 3'], role);
        }
        for (const record of records) {
          assert.equal(record.server.split(':').at(-1), String(dnsmasq.port));
          assert.match(record.client, /^127\.0\.0\.1:\d+$/, `${record.role}: ${record.client}`);
        }
        assert.equal(new Set(records.map((record) => record.client)).size, 3, 'a port for each dig, the same at both ends');
      });
    }

    for (const kind of ['connected', 'unconnected']) {
      test(`A and AAAA in parallel on one ${kind} socket, from two clients at once`, async () => {
        const seen = observe();
        const rounds = 10;
        const ask = () => run([lookup, String(dnsmasq.port), 'web.test', kind, String(rounds)], { cgroup: workspace.cgroup });
        const outputs = await Promise.all([ask(), ask()]);
        assert.deepEqual(outputs.map(({ stdout }) => Number(stdout)), [2 * rounds, 2 * rounds]);
        const records = await seen.until(8 * rounds, (record) => record.protocol === 'dns');
        assert.deepEqual(tally(records), ['client', 'server'].flatMap((role) => ['A', 'AAAA'].map((type) => `${role} dns ${type} web.test 0 x${2 * rounds}`)));
        assert.deepEqual(seen.kernel.losses(), []);
        for (const record of records) assert.match(record.server, new RegExp(`:${dnsmasq.port}$`));
      });
    }
  });
}
