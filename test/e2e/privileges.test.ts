/** Without root: with the capabilities that docs/operating.md lists, with some of them, with none. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { dig, run, startDnsmasq, Workspace, type Server } from '../servers/index.js';
import { Agent, Kindling, MAIN } from './kindling.js';

let place: Workspace;
let dnsmasq: Server;

before(async () => {
  place = await Workspace.create('e2eprivileges');
  dnsmasq = await startDnsmasq(place, { hosts: { 'web.test': '10.0.0.7' } });
});
after(() => place.close());

/** As `nobody`, with these capabilities. */
function command(...capabilities: string[]): string[] {
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  return ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', `--bounding-set=${set}`, `--inh-caps=${set}`, `--ambient-caps=${set}`, process.execPath, MAIN];
}

/** A checkout below a folder of root's cannot be read by others. */
async function unreadable(): Promise<string | false> {
  const { code } = await run(['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'test', '-r', MAIN]).catch(() => ({ code: 1 }));
  return code === 0 ? false : `nobody cannot read ${dirname(MAIN)}`;
}

const TRACING = ['bpf', 'perfmon', 'sys_ptrace'];

test('without CAP_NET_ADMIN it traces, says what it does not see, and still pairs what a server\'s one socket carries', async (t) => {
  const reason = await unreadable();
  if (reason) return t.skip(reason);
  await using agent = await Agent.start(['--cgroup', place.cgroup.path, '--store', 'off'], { command: command(...TRACING) });
  const { hooks } = await agent.health();
  const skipped = hooks.filter(({ name, state }) => state === 'skipped' && name.startsWith('datagram_came_'));
  const fallback = hooks.some(({ name, state }) => name === 'syscall_exited' && state === 'attached');
  assert.deepEqual(skipped.map(({ reason }) => reason.includes(fallback ? 'not needed' : 'needs CAP_NET_ADMIN')), [true, true]);
  for (let i = 0; i < 3; i++) await dig(dnsmasq.port, ['web.test', 'A'], { cgroup: place.cgroup });
  const rows = await agent.rows('protocol:dns', 6);
  assert.deepEqual(rows.map(({ role, resource, error }) => `${role} ${resource} ${error}`).sort(),
    [...Array<string>(3).fill('client web.test none'), ...Array<string>(3).fill('server web.test none')]);
});

test('doctor warns of it, and tells an unwritable store folder from a missing capability', async (t) => {
  const reason = await unreadable();
  if (reason) return t.skip(reason);
  await using doctor = Kindling.start(['doctor', '--json', '--store-directory', '/root/kindling'], { command: command(...TRACING) });
  const { probes } = JSON.parse((await doctor.ended).stdout) as { probes: Array<{ name: string; state: string; detail: string; hint: string }> };
  const probe = (name: string) => probes.find((one) => one.name === name)!;
  assert.equal(probe('privileges').state, 'ok');
  assert.match(`${probe('hooks').state} ${probe('hooks').detail}`, /^warn .*(CAP_NET_ADMIN|every system call)/);
  assert.match(`${probe('store folder').state} ${probe('store folder').hint}`, /^fail Check owner and permissions/);
});

test('without any, every command that traces names what is missing, and the command of `run` is not started', async (t) => {
  const reason = await unreadable();
  if (reason) return t.skip(reason);
  for (const args of [['run', '--', 'echo', 'started'], ['agent', '--pid', '1'], ['watch', '--pid', '1'], ['record', '--pid', '1', '-o', '/tmp/none.kndl']]) {
    await using kindling = Kindling.start(args, { command: command() });
    const { code, stdout, stderr } = await kindling.ended;
    assert.deepEqual([code, stdout], [3, ''], `${args[0]}: ${stderr}`);
    assert.match(stderr, /KND-030: .*missing CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE/, args[0]);
  }
});
