/** Address of the other end → its service, learnt from the ends that are observed on this machine. */
import type { Nanoseconds } from '../events/observation.js';
import { BoundedCache } from '../requests/bounded-cache.js';

const CACHED = 16_384;
const LOOPBACK = /^(?:127\.|\[::1\]:|localhost:)/;
const ANY = /^(?:0\.0\.0\.0|\[::\])(?=:\d+$)/;

/** A server may accept a connection that its client has closed already. */
const ACCEPTED_LATE_NS = 100e6;

interface Client { service: string; connection: number; goneNs: Nanoseconds }

export class Peers {
  /** Servers by `ip:port` as their connections show it, or `*:port` where they listen on all addresses. */
  readonly #servers = new BoundedCache<string, string>(CACHED);
  /** Clients by their ephemeral `ip:port`; with the namespace, as loopback addresses are not unique. */
  readonly #clients = new BoundedCache<string, Client>(CACHED);

  /** @param address local end of an accepted connection, or what a process listens on */
  serverSeen(netns: number, address: string, service: string): void {
    if (isNamed(address)) this.#servers.set(boundKey(netns, address), service);
  }

  /** @param address local end of the socket with which the process asks, in its connection */
  clientSeen(netns: number, address: string, service: string, connection: number): void {
    if (isNamed(address)) this.#clients.set(boundKey(netns, address), { service, connection, goneNs: Infinity });
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

  /**
   * Service of a client's address as seen from a server in `netns`; without a name its host, as the port is ephemeral.
   * @param sinceNs when the server's connection began: an earlier owner of the port is not meant
   */
  client(netns: number, address: string, sinceNs: Nanoseconds): string {
    // A datagram socket without an address of its own asks from any.
    const keys = LOOPBACK.test(address) ? [key(netns, address), anyKey(netns, address)] : [key(netns, address)];
    for (const name of keys) {
      const known = this.#clients.get(name);
      if (known !== undefined && sinceNs < known.goneNs + ACCEPTED_LATE_NS) return known.service;
    }
    return hostOf(address);
  }

  /** Its connection ended: whoever has the port next is another. What the server still has of that connection keeps the name. */
  clientGone(netns: number, address: string, connection: number, ts: Nanoseconds): void {
    const known = this.#clients.get(boundKey(netns, address));
    if (known?.connection === connection) known.goneNs = ts;
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
