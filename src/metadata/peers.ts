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
    const any = address.replace(ANY, '*');
    this.#servers.set(any === address ? key(netns, address) : `${netns} ${any}`, service);
  }

  /** @param address local end of a connection that the process opened */
  clientSeen(netns: number, address: string, service: string): void {
    this.#clients.set(key(netns, address), service);
  }

  /**
   * Service of a server's address as seen from a client in `netns`; the address itself when it is not known.
   * @param from the client's own end: with the same host the server is in the same namespace, whatever the host
   */
  server(netns: number, address: string, from = ''): string {
    const known = this.#servers.get(key(netns, address));
    if (known !== undefined) return known;
    const isLocal = LOOPBACK.test(address) || (address !== '' && hostOf(address) === hostOf(from));
    return (isLocal ? this.#servers.get(`${netns} *${address.slice(address.lastIndexOf(':'))}`) : undefined) ?? address;
  }

  /** Service of a client's address as seen from a server in `netns`; without a name its host, as the port is ephemeral. */
  client(netns: number, address: string): string {
    return this.#clients.get(key(netns, address)) ?? hostOf(address);
  }

  clientGone(netns: number, address: string): void {
    this.#clients.delete(key(netns, address));
  }
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
