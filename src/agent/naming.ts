/** Connections to the facts their records carry: who is at both ends. */
import type { ConnectResult, ConnectionOpened, Nanoseconds, Role } from '../events/observation.js';
import { Listeners } from '../metadata/listeners.js';
import { Peers } from '../metadata/peers.js';
import { Processes } from '../metadata/processes.js';
import type { ConnectionFacts } from '../requests/builder.js';
import type { TracedConnection } from '../streams/connection.js';

export interface Names {
  /** Called for each request: must be cheap. */
  facts(connection: TracedConnection, now: Nanoseconds): ConnectionFacts;
  connectFacts(result: ConnectResult): ConnectionFacts;
  /** Of a connection whose opening was not seen. */
  roleOf(info: ConnectionOpened): Role;
  opened(info: ConnectionOpened): void;
  /** After its last request. */
  ended(info: ConnectionOpened, ts: Nanoseconds): void;
  executed(pid: number): void;
  exited(pid: number): void;
}

/** A connection's own end and the other one; `ts`: since when it is known. */
type PeerQuestion = Pick<ConnectionOpened, 'netns' | 'remote' | 'local' | 'ts'>;

interface NamedFacts extends ConnectionFacts {
  /** When the names are looked up again. */
  renewNs: Nanoseconds;
}

/** A name may not be known yet at a connection's first request, and processes change by exec. */
const FIRST_RENEWAL_NS = 1e9;
const RENEWAL_NS = 20e9;

/** Both addresses by who opened the connection. */
function ends(role: 'server' | 'client', local: string, remote: string): { clientAddress: string; serverAddress: string } {
  return role === 'server' ? { clientAddress: remote, serverAddress: local } : { clientAddress: local, serverAddress: remote };
}

/** What the peer's address means, with `service` and `container` of the process itself. */
interface Resolver {
  process(pid: number, comm: string): { service: string; comm: string; container: string };
  peer(role: 'server' | 'client', info: PeerQuestion): string;
}

function createFacts(connection: TracedConnection, resolver: Resolver, renewNs: Nanoseconds): NamedFacts {
  const { info } = connection;
  const role = connection.role === 'client' ? 'client' : 'server';
  const { service, comm, container } = resolver.process(info.pid, info.comm);
  return {
    connectionId: info.id, role, pid: info.pid, comm, ...ends(role, info.local, info.remote), service, container,
    peerService: resolver.peer(role, info), connectNs: connection.connectNs, renewNs,
  };
}

/** Names from /proc, and from what was observed of both ends. */
export class LiveNames implements Names, Resolver {
  readonly #processes: Processes;
  readonly #peers = new Peers();
  readonly #listeners = new Listeners();
  readonly #pids = new Set<number>();
  #scannedNs = -Infinity;

  constructor(private readonly now: () => Nanoseconds) {
    this.#processes = new Processes(() => now() / 1e6);
  }

  facts(connection: TracedConnection, now: Nanoseconds): ConnectionFacts {
    const known = connection.facts as NamedFacts | undefined;
    if (known !== undefined && now < known.renewNs) return known;
    const facts = createFacts(connection, this, now + (known === undefined ? FIRST_RENEWAL_NS : RENEWAL_NS));
    if (known !== undefined) facts.connectNs = known.connectNs;
    connection.facts = facts;
    const { id, netns, local } = connection.info;
    if (facts.role === 'server') this.#peers.serverSeen(netns, local, facts.service);
    else this.#peers.clientSeen(netns, local, facts.service, id);
    return facts;
  }

  connectFacts(result: ConnectResult): ConnectionFacts {
    const { service, comm, container } = this.process(result.pid, result.comm);
    return {
      connectionId: result.id, role: 'client', pid: result.pid, comm, ...ends('client', result.local, result.remote), service, container,
      peerService: this.peer('client', result), connectNs: null,
    };
  }

  /** The end whose address is listened on is the server's. */
  roleOf(info: ConnectionOpened): Role {
    if (info.transport !== 'tcp') return 'unknown';
    if (this.now() - this.#scannedNs > FIRST_RENEWAL_NS) {
      this.#scannedNs = this.now();
      this.#listeners.scan(this.#pids);
    }
    if (this.#listeners.listens(info.netns, info.local)) return 'server';
    return this.#listeners.listens(info.netns, info.remote) ? 'client' : 'unknown';
  }

  opened(info: ConnectionOpened): void {
    this.#pids.add(info.pid);
    // Both ends of a local connection are named by the time of its first request.
    if (info.role === 'server') this.#peers.serverSeen(info.netns, info.local, this.process(info.pid, info.comm).service);
    else if (info.role === 'client') this.#peers.clientSeen(info.netns, info.local, this.process(info.pid, info.comm).service, info.id);
  }

  ended(info: ConnectionOpened, ts: Nanoseconds): void {
    this.#peers.clientGone(info.netns, info.local, info.id, ts);
  }

  executed(pid: number): void {
    this.#processes.forget(pid);
  }

  exited(pid: number): void {
    this.#pids.delete(pid);
  }

  process(pid: number, comm: string): { service: string; comm: string; container: string } {
    return this.#processes.get(pid, comm);
  }

  peer(role: 'server' | 'client', { netns, remote, local, ts }: PeerQuestion): string {
    return role === 'server' ? this.#peers.client(netns, remote, ts) : this.#peers.server(netns, remote, local);
  }
}

/** Names from the recording alone: the machine it came from is not at hand. */
export class RecordedNames implements Names, Resolver {
  readonly #peers = new Peers();
  readonly #comms = new Map<number, string>();

  facts(connection: TracedConnection): ConnectionFacts {
    return (connection.facts ??= createFacts(connection, this, Infinity)) as ConnectionFacts;
  }

  connectFacts(result: ConnectResult): ConnectionFacts {
    const { service, comm } = this.process(result.pid, result.comm);
    return {
      connectionId: result.id, role: 'client', pid: result.pid, comm, ...ends('client', result.local, result.remote), service, container: '',
      peerService: this.peer('client', result), connectNs: null,
    };
  }

  roleOf(): Role {
    return 'unknown';
  }

  opened(info: ConnectionOpened): void {
    if (info.comm !== '') this.#comms.set(info.pid, info.comm);
    if (info.role === 'server') this.#peers.serverSeen(info.netns, info.local, info.comm);
    else if (info.role === 'client') this.#peers.clientSeen(info.netns, info.local, info.comm, info.id);
  }

  ended(info: ConnectionOpened, ts: Nanoseconds): void {
    this.#peers.clientGone(info.netns, info.local, info.id, ts);
  }

  executed(): void { /* names come with each connection */ }

  exited(pid: number): void {
    this.#comms.delete(pid);
  }

  process(pid: number, comm: string): { service: string; comm: string; container: string } {
    const name = comm || this.#comms.get(pid) || '';
    return { service: name || 'unknown', comm: name, container: '' };
  }

  peer(role: 'server' | 'client', { netns, remote, local, ts }: PeerQuestion): string {
    return role === 'server' ? this.#peers.client(netns, remote, ts) : this.#peers.server(netns, remote, local);
  }
}
