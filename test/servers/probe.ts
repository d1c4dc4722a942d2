/** Ready means: it answers its own protocol. An open port is not enough; databases listen before they serve. */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './run.js';

export type ProbeKind = 'http' | 'redis' | 'postgres' | 'mysql' | 'dns';

const host = '127.0.0.1';
const tryTimeoutMs = 2000;

/** What we say first (MySQL: the server does), and how a serving answer begins. */
const tcpProbes: Record<Exclude<ProbeKind, 'dns'>, { hello: Buffer | null; ready(answer: Buffer): boolean }> = {
  http: {
    hello: Buffer.from('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    ready: (answer) => answer.toString('latin1', 0, 7) === 'HTTP/1.',
  },
  redis: { hello: Buffer.from('*1\r\n$4\r\nPING\r\n'), ready: (answer) => answer.toString('latin1', 0, 5) === '+PONG' },
  // AuthenticationRequest; while it starts up it answers ErrorResponse 57P03.
  postgres: { hello: postgresStartup(), ready: (answer) => answer[0] === 0x52 },
  // HandshakeV10: 3 bytes length, sequence number, protocol version 10; an error packet has 0xff there.
  mysql: { hello: null, ready: (answer) => answer.length > 4 && answer[4] === 10 },
};

export interface WaitOptions { netns?: string | null; timeoutMs: number; signal?: AbortSignal }

export async function waitUntilAnswers(kind: ProbeKind, port: number, options: WaitOptions): Promise<void> {
  if (options.netns) {
    const self = fileURLToPath(new URL('./probe-main.js', import.meta.url));
    await run([process.execPath, self, kind, String(port), String(options.timeoutMs)], { netns: options.netns, timeoutMs: options.timeoutMs + 2000 });
    return;
  }
  const deadline = Date.now() + options.timeoutMs;
  let reason = '';
  while (Date.now() < deadline && !options.signal?.aborted) {
    try {
      await (kind === 'dns' ? askDns(port) : askTcp(kind, port));
      return;
    } catch (error) {
      reason = (error as Error).message;
      await delay(20);
    }
  }
  throw new Error(`no ${kind} answer on port ${port} within ${options.timeoutMs} ms (${reason})`);
}

function askTcp(kind: Exclude<ProbeKind, 'dns'>, port: number): Promise<void> {
  const probe = tcpProbes[kind];
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.setTimeout(tryTimeoutMs, () => socket.destroy(new Error('no answer')));
    socket.once('connect', () => { if (probe.hello) socket.write(probe.hello); });
    socket.once('data', (answer) => {
      socket.destroy();
      if (probe.ready(answer)) resolve();
      else reject(new Error(`not serving yet: ${answer.toString('latin1', 0, 80).replace(/[^ -~]+/g, ' ')}`));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
  });
}

/** Asks for `ready.invalid`; any answer with our id will do. */
function askDns(port: number): Promise<void> {
  const query = Buffer.from('4b4c010000010000000000000572656164790769 6e76616c69640000010001'.replaceAll(' ', ''), 'hex');
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => finish(new Error('no answer')), 1000);
    const finish = (error?: Error) => {
      clearTimeout(timer);
      socket.close();
      if (error) reject(error);
      else resolve();
    };
    socket.once('message', (answer) => finish(answer.readUInt16BE(0) === 0x4b4c ? undefined : new Error('a stranger answered')));
    socket.once('error', finish);
    // Connected, so that a closed port is an error at once.
    socket.connect(port, host, () => socket.send(query));
  });
}

/** StartupMessage, protocol 3.0, for user and database postgres. */
function postgresStartup(): Buffer {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parameters.length, 0);
  head.writeUInt32BE(0x00030000, 4);
  return Buffer.concat([head, parameters]);
}
