/**
 * The last requests of each process, from both ends: what was going on while one of them was slow, and which of them was
 * the other end's view of a call. Filled for every request, so that costs little; all looking up is done when asked.
 */
import type { RequestRecord } from '../requests/record.js';
import type { CallRef, ProcessWork, RequestEnds } from './profile.js';
import { serversOf, type Exchange, type ExchangeRecord } from './both-ends.js';

const PER_PROCESS = 4_096;
const PROCESSES = 256;
/** Of all processes, some 500 bytes each: beyond it a process's ring grows no longer, but for the least that each may have. */
const IN_ALL = 32_768;
const LEAST = 64;
/** Exchanges are added when they ended, in order of that but for those that were given up late. */
const DISORDER_NS = 50e6;
/** How many steps from service to service are looked up: A asks B, B asks C. */
const HOPS = 3;
/** Told of one process: what overlaps with the window, and of those that others may have waited for a few before it. */
const MAX_TOLD = 1_000;
const TOLD_BEFORE = 40;
/** Of a server that was asked within the window: it may have held then what it took by its last statements before. */
const ASKED_TOLD_BEFORE = 3;
const MAX_SIBLINGS = 64;

/** `next` is where the oldest is overwritten; at the end of `entries` while it grows. */
interface Ring { entries: Exchange[]; next: number }

export class RecentExchanges {
  readonly #byProcess = new Map<number, Ring>();
  #count = 0;

  /** Of all processes. */
  get count(): number {
    return this.#count;
  }

  add(record: RequestRecord, startNs: number, endNs: number): void {
    const ring = this.#byProcess.get(record.pid) ?? this.#newRing(record.pid, endNs);
    const { entries } = ring;
    if (ring.next === entries.length) {
      if (entries.length < LEAST || (entries.length < PER_PROCESS && this.#count < IN_ALL)) this.#count++;
      else ring.next = 0;
    }
    entries[ring.next++] = { record: kept(record), startNs, endNs };
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
        const work = this.#workOf(pid, (one) => overlaps(one, fromNs, toNs) && one.record.id !== own.id, originNs, servers);
        if (work !== null && pid !== own.pid) this.#addEarlier(work, fromNs, originNs);
        if (work === null) continue;
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
    for (const [pid, { entries }] of this.#byProcess) {
      const first = entries[0]?.record;
      if (first === undefined || found.has(pid) || !services.has(`${first.service}\n${first.comm}`)) continue;
      if (room-- === 0) return;
      const work = this.#workOf(pid, (one) => one.record.role === 'server' && one.startNs <= toNs, originNs, null, TOLD_BEFORE);
      if (work !== null) found.set(pid, work);
    }
  }

  #workOf(pid: number, wanted: (one: Exchange) => boolean, originNs: number, servers: ReturnType<typeof serversOf> | null, limit = MAX_TOLD): ProcessWork | null {
    const ring = this.#byProcess.get(pid);
    if (ring === undefined) return null;
    const work: ProcessWork = { pid, name: ring.entries[0].record.comm, service: ring.entries[0].record.service, calls: [], requests: [] };
    let told = 0;
    for (const one of newestFirst(ring)) {
      if (!wanted(one)) continue;
      if (told++ >= limit) break;
      const ref = refOf(one, originNs);
      const server = one.record.role === 'client' ? servers?.get(one) : undefined;
      if (server) ref.server = serverRef(server, originNs);
      (one.record.role === 'client' ? work.calls : work.requests).push(ref);
    }
    for (const list of [work.calls, work.requests]) list.reverse().sort((a, b) => a.startNs - b.startNs);
    return work;
  }

  #addEarlier({ pid, requests }: ProcessWork, fromNs: number, originNs: number): void {
    const earlier = this.#workOf(pid, (one) => one.record.role === 'server' && one.endNs < fromNs, originNs, null, ASKED_TOLD_BEFORE);
    if (earlier !== null) requests.unshift(...earlier.requests);
  }

  *#overlapping(fromNs: number, toNs: number): Generator<Exchange> {
    for (const ring of this.#byProcess.values()) {
      for (const one of newestFirst(ring)) {
        if (one.endNs < fromNs - DISORDER_NS) break;
        if (overlaps(one, fromNs, toNs)) yield one;
      }
    }
  }

  #newRing(pid: number, endNs: number): Ring {
    if (this.#byProcess.size >= PROCESSES) this.#forgetQuietest(endNs);
    const ring: Ring = { entries: [], next: 0 };
    this.#byProcess.set(pid, ring);
    return ring;
  }

  #forgetQuietest(nowNs: number): void {
    let quietest = 0;
    let lastNs = nowNs + 1;
    for (const [pid, ring] of this.#byProcess) {
      const { endNs } = ring.entries[(ring.next + ring.entries.length - 1) % ring.entries.length];
      if (endNs < lastNs) [quietest, lastNs] = [pid, endNs];
    }
    this.#count -= this.#byProcess.get(quietest)?.entries.length ?? 0;
    this.#byProcess.delete(quietest);
  }
}

/** The record itself holds payloads and texts, kilobytes of them. */
function kept(record: RequestRecord): ExchangeRecord {
  const { id, role, pid, comm, service, peerService, protocol, operation, endpoint, client, server } = record;
  const { requestTid, responseTid, connectNs, unreadNs, sendNs, waitNs, responseUnreadNs, error } = record;
  return {
    id, role, pid, comm, service, peerService, protocol, operation, endpoint, client, server,
    requestTid, responseTid, connectNs, unreadNs, sendNs, waitNs, responseUnreadNs, error,
  };
}

function* newestFirst({ entries, next }: Ring): Generator<Exchange> {
  for (let i = 0; i < entries.length; i++) yield entries[(next - 1 - i + 2 * entries.length) % entries.length];
}

function overlaps(one: Exchange, fromNs: number, toNs: number): boolean {
  return one.endNs >= fromNs && one.startNs <= toNs;
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
