import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ContainerNames } from './container-names.js';
import { Listeners, parseTcpTable } from './listeners.js';
import { Peers } from './peers.js';
import { Proc } from './proc.js';
import { Processes } from './processes.js';

const ID = 'b9c2a1f0e4d35768'.repeat(4);

test('a real process is known, also after it ended', async () => {
  let now = 0;
  const processes = new Processes(() => now);
  const child = spawn('sleep', ['30']);
  await once(child, 'spawn');
  const { pid } = child;
  assert.ok(pid);
  while (new Proc().comm(pid) !== 'sleep') await new Promise((done) => { setTimeout(done, 5); });
  assert.equal(processes.get(pid, 'x').program, 'sleep');
  child.kill();
  await once(child, 'exit');
  now += 3_600_000;
  assert.equal(processes.get(pid, 'x').program, 'sleep');
  processes.forget(pid);
  assert.equal(processes.get(pid, 'gone').service, 'gone');
});

test('a pipe in the place of a file does not hold anybody up', () => {
  const root = mkdtempSync(join(tmpdir(), 'kindling-proc-'));
  try {
    mkdirSync(`${root}/1/root`, { recursive: true });
    execFileSync('mkfifo', [`${root}/1/root/package.json`]);
    assert.equal(new Proc(root).fileOf(1, '/package.json'), null);
    assert.equal(new Proc(root).fileOf(1, '/'), null);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('container, unit and program name a service, in this order', () => {
  const root = mkdtempSync(join(tmpdir(), 'kindling-proc-'));
  try {
    const process = (pid: number, cgroup: string): void => {
      mkdirSync(`${root}/${pid}`);
      writeFileSync(`${root}/${pid}/comm`, 'nginx\n');
      writeFileSync(`${root}/${pid}/cmdline`, 'nginx: worker process\0');
      writeFileSync(`${root}/${pid}/cgroup`, cgroup);
    };
    process(1, '0::/\n');
    process(2, '0::/system.slice/web.service\n');
    process(3, `0::/system.slice/docker-${ID}.scope\n`);
    mkdirSync(`${root}/docker/containers/${ID}`, { recursive: true });
    const names = (): ContainerNames => new ContainerNames(`${root}/docker`, `${root}/podman`);
    const service = (pid: number): string => new Processes(() => 0, new Proc(root), names()).get(pid, '').service;
    assert.deepEqual([service(1), service(2), service(3)], ['nginx', 'web', ID.slice(0, 12)]);
    writeFileSync(`${root}/docker/containers/${ID}/config.v2.json`, '{"Name":"/shop-web"}');
    assert.equal(service(3), 'shop-web');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a process is read again soon after its first sight, as it may have called exec since', () => {
  let now = 0;
  let comm = 'sh';
  const proc = new Proc('/nowhere');
  proc.comm = () => comm;
  proc.cmdline = () => [comm];
  proc.exe = () => `/bin/${comm}`;
  const processes = new Processes(() => now, proc);
  assert.equal(processes.get(1, '').service, 'sh');
  comm = 'nginx';
  assert.equal(processes.get(1, '').service, 'sh');
  now = 1_001;
  assert.equal(processes.get(1, '').service, 'nginx');
});

test('a listening socket tells the role of its port and its owner', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const listeners = new Listeners();
  listeners.scan([process.pid]);
  const netns = listeners.proc.netns(process.pid);
  assert.ok(netns > 0);
  assert.equal(listeners.listens(netns, `127.0.0.1:${port}`), true);
  assert.equal(listeners.listens(netns, `127.0.0.2:${port}`), false);
  assert.equal(listeners.listens(1, `127.0.0.1:${port}`), false);
  assert.equal(listeners.owners([process.pid]).get(`127.0.0.1:${port}`), process.pid);
  server.close();
});

test("the kernel's tables of listening sockets are read in both families", () => {
  const line = (local: string, state: string): string => `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0`;
  const addresses = (...lines: string[]): string[] => parseTcpTable(['  sl  local_address rem_address', ...lines].join('\n')).map((socket) => socket.address);
  assert.deepEqual(addresses(line('0100007F:1F90', '0A'), line('0100007F:1F91', '01'), line('00000000:0050', '0A')), ['127.0.0.1:8080', '0.0.0.0:80']);
  assert.deepEqual(addresses(
    line('00000000000000000000000001000000:0050', '0A'), line('00000000000000000000000000000000:0051', '0A'), line('0000000000000000FFFF00000100007F:0052', '0A'), line('B80D0120000000000000000001000000:0053', '0A'),
  ), ['[::1]:80', '[::]:81', '127.0.0.1:82', '[2001:db8::1]:83']);
});

test('the other end is named by what was observed of it', () => {
  const peers = new Peers();
  peers.serverSeen(1, '127.0.0.1:5432', 'postgres');
  peers.serverSeen(1, '0.0.0.0:80', 'nginx');
  peers.serverSeen(2, '10.0.0.5:6379', 'redis');
  peers.clientSeen(1, '127.0.0.1:40000', 'shop', 7);
  assert.equal(peers.server(1, '127.0.0.1:5432', '127.0.0.1:40000'), 'postgres');
  assert.equal(peers.server(2, '127.0.0.1:5432', ''), '127.0.0.1:5432');
  assert.equal(peers.server(1, '127.0.0.1:80', ''), 'nginx');
  assert.equal(peers.server(1, '10.0.0.5:6379', '10.0.0.1:5'), 'redis');
  assert.equal(peers.server(1, '10.0.0.1:80', '10.0.0.1:40002'), 'nginx');
  assert.equal(peers.server(1, '192.0.2.1:80', '10.0.0.1:40002'), '192.0.2.1:80');
  assert.equal(peers.client(1, '127.0.0.1:40000', 50), 'shop');
  assert.equal(peers.client(1, '127.0.0.1:40001', 50), '127.0.0.1');
  assert.equal(peers.client(1, '[::1]:40001', 50), '[::1]');
  peers.clientSeen(1, '0.0.0.0:40003', 'resolver', 8);
  peers.clientSeen(1, 'unix:', 'someone', 9);
  assert.equal(peers.client(1, '127.0.0.1:40003', 50), 'resolver');
  assert.equal(peers.client(1, 'unix:', 50), 'unix:');
});

test('a port that is used anew is not taken for the client that had it before', () => {
  const peers = new Peers();
  peers.clientSeen(1, '127.0.0.1:40000', 'shop', 7);
  peers.clientGone(1, '127.0.0.1:40000', 7, 5e9);
  assert.equal(peers.client(1, '127.0.0.1:40000', 4e9), 'shop', 'the server may name the last request after the client has gone');
  assert.equal(peers.client(1, '127.0.0.1:40000', 6e9), '127.0.0.1', 'whoever came later is not known');
  peers.clientSeen(1, '127.0.0.1:40000', 'cron', 8);
  peers.clientGone(1, '127.0.0.1:40000', 7, 7e9);
  assert.equal(peers.client(1, '127.0.0.1:40000', 8e9), 'cron', 'a late end of the former connection ends nothing');
});
