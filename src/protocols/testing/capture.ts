/** Records real conversations for fixtures: a loopback proxy between a client and a server that notes every chunk. */
import dgram from 'node:dgram';
import net from 'node:net';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Side } from '../protocol.js';
import { REQUEST, RESPONSE } from '../protocol.js';
import type { Step } from './conversation.js';
import { formatConversation, parseConversation } from './conversation.js';

/** Where fixtures live, relative to the repository's root (tests run there). */
const FIXTURES = 'test/fixtures';

export function fixturePath(protocol: string, name: string): string {
  return join(FIXTURES, protocol, `${name}.conv`);
}

export function readFixture(protocol: string, name: string): Step[] {
  return parseConversation(readFileSync(fixturePath(protocol, name), 'utf8'));
}

export function writeFixture(protocol: string, name: string, steps: Step[], title: string): void {
  const path = fixturePath(protocol, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatConversation(steps, title));
}

export interface Recorder {
  port: number;
  /** One list per connection (TCP) or per client address (UDP), in order of arrival. */
  conversations: Step[][];
  close(): Promise<void>;
}

/** A clock that starts at 1,000,000 ns and never gives the same time twice. */
function newClock(): () => number {
  const origin = process.hrtime.bigint();
  let last = 0;
  return () => (last = Math.max(last + 1, 1_000_000 + Number(process.hrtime.bigint() - origin)));
}

/** Listens on a free loopback port and forwards to `target` (a port, or a unix socket's path). */
export async function recordTcp(target: number | string): Promise<Recorder> {
  const conversations: Step[][] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const steps: Step[] = [];
    conversations.push(steps);
    const now = newClock();
    const address = typeof target === 'number' ? { port: target, host: '127.0.0.1' } : { path: target };
    const upstream = net.connect({ ...address, allowHalfOpen: true, noDelay: true });
    sockets.add(client).add(upstream);
    forward(client, upstream, REQUEST, steps, now);
    forward(upstream, client, RESPONSE, steps, now);
    let open = 2;
    const ended = (): void => {
      if (--open === 0) steps.push({ kind: 'finish', reason: 'closed', ns: now() });
    };
    client.on('close', ended);
    upstream.on('close', ended);
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return {
    port: (server.address() as net.AddressInfo).port,
    conversations,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => { server.close(done); });
    },
  };
}

function forward(from: net.Socket, to: net.Socket, side: Side, steps: Step[], now: () => number): void {
  from.on('data', (bytes) => {
    steps.push({ kind: 'chunk', side, ns: now(), tid: side + 1, bytes: new Uint8Array(bytes), missing: 0 });
    to.write(bytes);
  });
  from.on('end', () => {
    steps.push({ kind: 'halfClose', side, ns: now() });
    to.end();
  });
  from.on('error', () => { to.destroy(); });
}

/** The same for datagrams: a conversation for each client address. */
export async function recordUdp(targetPort: number): Promise<Recorder> {
  const conversations: Step[][] = [];
  const upstreams = new Map<string, { socket: dgram.Socket; steps: Step[]; now: () => number }>();
  const front = dgram.createSocket('udp4');
  const note = (steps: Step[], side: Side, ns: number, bytes: Uint8Array): void => {
    steps.push({ kind: 'chunk', side, ns, tid: side + 1, bytes: new Uint8Array(bytes), missing: 0 });
  };
  front.on('message', (bytes, from) => {
    const key = `${from.address}:${from.port}`;
    let upstream = upstreams.get(key);
    if (!upstream) {
      const added = { socket: dgram.createSocket('udp4'), steps: [] as Step[], now: newClock() };
      added.socket.on('message', (answer) => {
        note(added.steps, RESPONSE, added.now(), answer);
        front.send(answer, from.port, from.address);
      });
      upstreams.set(key, added);
      conversations.push(added.steps);
      upstream = added;
    }
    note(upstream.steps, REQUEST, upstream.now(), bytes);
    upstream.socket.send(bytes, targetPort, '127.0.0.1');
  });
  await new Promise<void>((done) => { front.bind(0, '127.0.0.1', done); });
  return {
    port: front.address().port,
    conversations,
    close: async () => {
      for (const { socket } of upstreams.values()) socket.close();
      await new Promise<void>((done) => { front.close(done); });
    },
  };
}
