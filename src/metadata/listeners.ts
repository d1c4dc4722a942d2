/**
 * Who listens where: tells the role of connections that are older than the agent (the end whose port is listened on is
 * the server's) and the service behind a local address.
 */
import { Proc } from './proc.js';

export interface ListeningSocket {
  /** `ip:port` or `[v6]:port`, as it was bound. */
  address: string;
  port: number;
  inode: number;
}

const LISTEN = '0A';
const ANY = new Set(['0.0.0.0', '[::]']);

export class Listeners {
  /** Network namespace → port → sockets. */
  readonly #byNetns = new Map<number, Map<number, ListeningSocket[]>>();

  constructor(readonly proc = new Proc()) {}

  /** Reads the listening sockets of the network namespaces of these processes again, each namespace once. */
  scan(pids: Iterable<number>): void {
    const seen = new Set<number>();
    for (const pid of pids) {
      const netns = this.proc.netns(pid);
      if (seen.has(netns)) continue;
      const tables = ['net/tcp', 'net/tcp6'].map((name) => this.proc.table(pid, name));
      if (tables[0] === null && tables[1] === null) continue;
      seen.add(netns);
      this.#byNetns.set(netns, byPort(tables.flatMap((table) => parseTcpTable(table ?? ''))));
    }
    for (const netns of this.#byNetns.keys()) if (!seen.has(netns)) this.#byNetns.delete(netns);
  }

  /** True when a socket listens on that address (or on its port of all addresses) in the namespace. */
  listens(netns: number, address: string): boolean {
    return this.find(netns, address) !== undefined;
  }

  find(netns: number, address: string): ListeningSocket | undefined {
    const { host, port } = splitAddress(address);
    return this.#byNetns.get(netns)?.get(port)?.find((socket) => {
      const bound = splitAddress(socket.address).host;
      return bound === host || ANY.has(bound);
    });
  }

  /** Listening address → the process of `pids` that owns it. Sockets of other processes are not looked for. */
  owners(pids: Iterable<number>): Map<string, number> {
    const owners = new Map<string, number>();
    for (const pid of pids) {
      const sockets = this.#byNetns.get(this.proc.netns(pid));
      if (sockets === undefined) continue;
      const inodes = new Set(this.proc.socketInodes(pid));
      for (const socket of [...sockets.values()].flat()) if (inodes.has(socket.inode) && !owners.has(socket.address)) owners.set(socket.address, pid);
    }
    return owners;
  }
}

function byPort(sockets: ListeningSocket[]): Map<number, ListeningSocket[]> {
  const ports = new Map<number, ListeningSocket[]>();
  for (const socket of sockets) {
    const known = ports.get(socket.port);
    if (known === undefined) ports.set(socket.port, [socket]);
    else known.push(socket);
  }
  return ports;
}

/** The listening sockets in a /proc/net/tcp or tcp6 table. */
export function parseTcpTable(table: string): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] !== LISTEN) continue;
    const [hex, portHex] = fields[1].split(':');
    const port = parseInt(portHex, 16);
    sockets.push({ address: `${parseHost(hex)}:${port}`, port, inode: Number(fields[9]) });
  }
  return sockets;
}

/** The kernel prints 32-bit words of the address in the machine's (little-endian) order. */
function parseHost(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let i = 0; i + 4 <= bytes.length; i += 4) bytes.subarray(i, i + 4).reverse();
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.subarray(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 0xff));
  if (mapped) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
  return `[${new URL(`http://[${groups}]/`).hostname.slice(1, -1)}]`;
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
