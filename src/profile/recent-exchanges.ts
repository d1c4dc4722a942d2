/**
 * The last requests of each process, from both ends: what was going on while one of them was slow, and which of them was
 * the other end's view of a call. Filled for every request, so that costs little; all looking up is done when asked.
 */
import type { RequestRecord } from '../requests/record.js';
import type { CallRef, ProcessWork, RequestEnds } from './profile.js';
import { serversOf, type Exchange, type Servers } from './both-ends.js';
import { ExchangeRing } from './exchange-ring.js';

const PER_PROCESS = 4_096;
const PROCESSES = 256;
/** Of all processes, some 200 bytes each: beyond it a process's ring grows no longer, but for the least that each may have. */
const IN_ALL = 32_768;
const LEAST = 64;
/** How many steps from service to service are looked up: A asks B, B asks C. */
const HOPS = 3;
/** Told of one process: what overlaps with the window, and of those that others may have waited for a few before it. */
const MAX_TOLD = 1_000;
const TOLD_BEFORE = 40;
/** Of a server that was asked within the window: it may have held then what it took by its last statements before. */
const ASKED_TOLD_BEFORE = 3;
const MAX_SIBLINGS = 64;

export class RecentExchanges {
  readonly #byProcess = new Map<number, ExchangeRing>();
  #count = 0;

  /** Of all processes. */
  get count(): number {
    return this.#count;
  }

  add(record: RequestRecord, startNs: number, endNs: number): void {
    const ring = this.#byProcess.get(record.pid) ?? this.#newRing(record.pid, endNs);
    const grow = ring.isFull && (ring.length < LEAST || (ring.length < PER_PROCESS && this.#count < IN_ALL));
    if (grow) this.#count++;
    ring.add(record, startNs, endNs, grow);
  }

  /**
   * What the process of the request did meanwhile (first), and the traced servers that it asked, and those that they asked; the
   * other processes of these services too (a database has one for each connection). Times are relative to `originNs`.
   */
  around(own: RequestRecord, fromNs: number, toNs: number, originNs: number): ProcessWork[] {
    const servers = serversOf(this.#overlapping(fromNs, toNs));
    const found = new Map<number, ProcessWork>();
    const serverServices = new Set<string>();
    let asked = [own.pid];
    for (let hop = 0; hop <= HOPS && asked.length > 0; hop++) {
      const next: number[] = [];
      for (const pid of asked) {
        const ring = this.#byProcess.get(pid);
        if (ring === undefined) continue;
        const work = workOf(pid, ring, ring.find({ startedBy: toNs, endedFrom: fromNs }), { originNs, servers, without: own.id, limit: MAX_TOLD });
        if (pid !== own.pid) work.requests.unshift(...workOf(pid, ring, ring.find({ endedBefore: fromNs, role: 'server' }), { originNs, limit: ASKED_TOLD_BEFORE }).requests);
        found.set(pid, work);
        if (pid !== own.pid) serverServices.add(`${work.service}\n${work.name}`);
        for (const { server } of work.calls) if (server && !found.has(server.pid)) next.push(server.pid);
      }
      asked = [...new Set(next)];
    }
    // Of a process of many connections that is nobody's server here only its own kind matters: who may hold its locks.
    serverServices.add(`${own.service}\n${own.comm}`);
    this.#addSiblings(found, serverServices, toNs, originNs);
    return [...found.values()];
  }

  /** The request itself in the same form. */
  ends(record: RequestRecord, startNs: number, endNs: number, originNs: number): RequestEnds {
    const call = refOf({ record, startNs, endNs }, originNs);
    if (record.role === 'client') {
      const server = serversOf(this.#overlapping(startNs, endNs)).get({ record, startNs, endNs });
      if (server) call.server = serverRef(server, originNs);
    }
    return { ...call, role: record.role };
  }

  #addSiblings(found: Map<number, ProcessWork>, services: ReadonlySet<string>, toNs: number, originNs: number): void {
    let room = MAX_SIBLINGS;
    for (const [pid, ring] of this.#byProcess) {
      if (found.has(pid) || !services.has(`${ring.service}\n${ring.comm}`)) continue;
      if (room-- === 0) return;
      found.set(pid, workOf(pid, ring, ring.find({ startedBy: toNs, role: 'server' }), { originNs, limit: TOLD_BEFORE }));
    }
  }

  *#overlapping(fromNs: number, toNs: number): Generator<Exchange> {
    for (const ring of this.#byProcess.values()) yield* ring.find({ startedBy: toNs, endedFrom: fromNs });
  }

  #newRing(pid: number, endNs: number): ExchangeRing {
    if (this.#byProcess.size >= PROCESSES) this.#forgetQuietest(endNs);
    const ring = new ExchangeRing();
    this.#byProcess.set(pid, ring);
    return ring;
  }

  #forgetQuietest(nowNs: number): void {
    let quietest = 0;
    let lastNs = nowNs + 1;
    for (const [pid, { endNs }] of this.#byProcess) {
      if (endNs < lastNs) [quietest, lastNs] = [pid, endNs];
    }
    this.#count -= this.#byProcess.get(quietest)?.length ?? 0;
    this.#byProcess.delete(quietest);
  }
}

interface Telling {
  originNs: number;
  /** Where the other ends of its calls are looked up; none: nowhere. */
  servers?: Servers;
  /** A request's id. */
  without?: string;
  limit: number;
}

/** Of what a process did: the newest of `exchanges`, in order of their beginning. */
function workOf(pid: number, { comm, service }: ExchangeRing, exchanges: Iterable<Exchange>, { originNs, servers, without, limit }: Telling): ProcessWork {
  const work: ProcessWork = { pid, name: comm, service, calls: [], requests: [] };
  let told = 0;
  for (const one of exchanges) {
    if (one.record.id === without) continue;
    if (told++ >= limit) break;
    const ref = refOf(one, originNs);
    const server = one.record.role === 'client' ? servers?.get(one) : undefined;
    if (server) ref.server = serverRef(server, originNs);
    (one.record.role === 'client' ? work.calls : work.requests).push(ref);
  }
  for (const list of [work.calls, work.requests]) list.reverse().sort((a, b) => a.startNs - b.startNs);
  return work;
}

function refOf({ record, startNs, endNs }: Exchange, originNs: number): CallRef {
  const start = startNs - originNs;
  const ref: CallRef = {
    id: record.id, service: record.role === 'client' ? record.peerService : record.service, protocol: record.protocol, endpoint: record.endpoint,
    startNs: start, endNs: endNs - originNs, tid: record.requestTid, responseTid: record.responseTid,
    peer: record.server, client: record.client, connectNs: record.connectNs,
  };
  const { unreadNs, responseUnreadNs } = record;
  if (unreadNs) ref.readNs = start + unreadNs;
  if (record.sendNs !== null) {
    ref.sentNs = start + (unreadNs ?? 0) + record.sendNs;
    if (record.waitNs !== null) ref.firstByteNs = ref.sentNs + record.waitNs - (responseUnreadNs ?? 0);
  }
  if (record.error !== 'none') ref.error = record.error;
  return ref;
}

function serverRef({ record, startNs, endNs }: Exchange, originNs: number): NonNullable<CallRef['server']> {
  return {
    id: record.id, pid: record.pid, requestTid: record.requestTid, responseTid: record.responseTid,
    startNs: startNs - originNs, endNs: endNs - originNs,
  };
}
