/** Address of the other end → its service, learnt from the ends that are observed on this machine. */
import { BoundedCache } from '../requests/bounded-cache.js';

const CACHED = 16_384;
const LOOPBACK = /^(?:127\.|\[::1\]:|localhost:)/;
const ANY = /^(?:0\.0\.0\.0|\[::\])(?=:\d+$)/;

export class Peers {
  /** Servers by `ip:port` as their connections show it, or `*:port` where they listen on all addresses. */
  readonly #servers = new BoundedCache<string, string>(CACHED);
  /** Clients by their ephemeral `ip:port`; with the namespace, as loopback addresses are not unique. */
  readonly #clients = new BoundedCache<string, string>(CACHED);

  /** @param address local end of an accepted connection, or what a process listens on */
  serverSeen(netns: number, address: string, service: string): void {
    if (isNamed(address)) this.#servers.set(boundKey(netns, address), service);
  }

  /** @param address local end of the socket with which the process asks */
  clientSeen(netns: number, address: string, service: string): void {
    if (isNamed(address)) this.#clients.set(boundKey(netns, address), service);
  }

  /**
   * Service of a server's address as seen from a client in `netns`; the address itself when it is not known.
   * @param from the client's own end: with the same host the server is in the same namespace, whatever the host
   */
  server(netns: number, address: string, from = ''): string {
    const known = this.#servers.get(key(netns, address));
    if (known !== undefined) return known;
    const isLocal = LOOPBACK.test(address) || (isNamed(address) && hostOf(address) === hostOf(from));
    return (isLocal ? this.#servers.get(anyKey(netns, address)) : undefined) ?? address;
  }

  /** Service of a client's address as seen from a server in `netns`; without a name its host, as the port is ephemeral. */
  client(netns: number, address: string): string {
    const known = this.#clients.get(key(netns, address));
    if (known !== undefined) return known;
    // A datagram socket without an address of its own asks from any.
    return (LOOPBACK.test(address) ? this.#clients.get(anyKey(netns, address)) : undefined) ?? hostOf(address);
  }

  clientGone(netns: number, address: string): void {
    this.#clients.delete(boundKey(netns, address));
  }
}

/** Unix sockets of clients have no name, and all look the same. */
function isNamed(address: string): boolean {
  return address !== '' && address !== 'unix:';
}

function boundKey(netns: number, address: string): string {
  return ANY.test(address) ? anyKey(netns, address) : key(netns, address);
}

/** The port alone: of a socket bound to all addresses. */
function anyKey(netns: number, address: string): string {
  return `${netns} *${address.slice(address.lastIndexOf(':'))}`;
}

/** Addresses that other machines and namespaces can reach mean the same everywhere. */
function key(netns: number, address: string): string {
  return LOOPBACK.test(address) || address.startsWith('unix:') ? `${netns} ${address}` : address;
}

function hostOf(address: string): string {
  if (address.startsWith('unix:')) return address;
  const colon = address.lastIndexOf(':');
  return colon < 0 ? address : address.slice(0, colon);
}
