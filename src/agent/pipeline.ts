/**
 * Observations in, request records out. The same for the live kernel, recordings and line files:
 *   connections   order, positions, protocol of each connection        streams/
 *   exchange      a request and its response                           protocols/
 *   names         who is at both ends                                  naming.ts
 *   record        stages, policy, endpoint                             requests/
 */
import type { ProcessObserver } from '../events/decode.js';
import type { LossReason } from '../errors/losses.js';
import type { ConnectResult, ConnectionOpened, Nanoseconds, Observer } from '../events/observation.js';
import { protocols } from '../protocols/list.js';
import type { Exchange } from '../protocols/protocol.js';
import { RequestBuilder, type RequestOptions } from '../requests/builder.js';
import type { WallClock } from '../requests/clock.js';
import { RecordIds } from '../requests/record-id.js';
import type { RequestRecord } from '../requests/record.js';
import { Connections } from '../streams/connections.js';
import type { Names } from './naming.js';

export interface PipelineOptions {
  requests: RequestOptions;
  noResponseTimeoutMs: number;
  clock: WallClock;
  /** Unix seconds; the first half of the records' ids. */
  startSeconds: number;
  names: Names;
  /** Every request, without payloads; `attach` adds them, redacted, for those that are kept. Valid during the call. */
  onRecord(record: RequestRecord, endNs: Nanoseconds, attach: () => void): void;
  onOpened?(info: ConnectionOpened): void;
  /** false: see ConnectionsOptions. */
  datagramSenders?: boolean;
  /** Payload bytes per call that the kernel shall copy of a connection. */
  setCapture?(connectionId: number, bytes: number): void;
}

export interface Pipeline {
  observer: Observer & ProcessObserver;
  /** Give up what has waited too long; to be called every few seconds of the observed time. */
  sweep(now: Nanoseconds): void;
  /** The end: what is pending is dropped. */
  finish(now: Nanoseconds): void;
  stats(): PipelineStats;
}

export interface PipelineStats {
  requests: number;
  incomplete: number;
  connectionsOpen: number;
  connectionsTotal: number;
  connectionsUnclassified: number;
  unclassifiedTotal: number;
  losses: Partial<Record<LossReason, number>>;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { names } = options;
  const builder = new RequestBuilder(options.requests, options.clock, new RecordIds(options.startSeconds));
  let requests = 0;
  let incomplete = 0;
  let record: RequestRecord;
  let exchange: Exchange;
  // One closure for all requests: it only lives during the call.
  const attach = () => builder.attach(record, exchange);
  const nothing = () => {};
  const connections = new Connections({
    protocols,
    noResponseNs: options.noResponseTimeoutMs * 1e6,
    roleOf: (info) => names.roleOf(info),
    exchange: (connection, finished) => {
      exchange = finished;
      record = builder.build(finished, names.facts(connection, finished.endNs));
      requests++;
      if (!record.complete) incomplete++;
      options.onRecord(record, finished.endNs, attach);
    },
    failedConnect: (result: ConnectResult) => {
      requests++;
      options.onRecord(builder.failedConnect(result, names.connectFacts(result)), result.ts, nothing);
    },
    setCapture: options.setCapture ?? (() => {}),
    ended: (info, ts) => names.ended(info, ts),
    datagramSenders: options.datagramSenders,
    processes: { executed: (pid) => names.executed(pid), exited: (pid) => names.exited(pid) },
  });
  const observer: Observer & ProcessObserver = {
    opened: (info) => { names.opened(info); options.onOpened?.(info); connections.opened(info); },
    connected: (result) => connections.connected(result),
    // The hot call goes straight through.
    data: connections.data.bind(connections),
    shutdown: (id, by, ts) => connections.shutdown(id, by, ts),
    closed: (event) => connections.closed(event),
    executed: (pid, comm, ts) => connections.executed(pid, comm, ts),
    exited: (pid, ts) => connections.exited(pid, ts),
  };
  return {
    observer,
    sweep: (now) => connections.sweep(now),
    finish: (now) => connections.finish(now),
    stats: () => {
      const { open, unclassified } = connections.stats();
      return {
        requests, incomplete, connectionsOpen: open, connectionsTotal: connections.total, connectionsUnclassified: unclassified,
        unclassifiedTotal: connections.unclassified,
        losses: {
          bytes_unseen: connections.unseenBytes, opening_unknown: connections.withoutOpening, closing_unknown: connections.unclosed,
          connections_evicted: connections.evicted, requests_shed: connections.shed, requests_dropped: connections.dropped,
        },
      };
    },
  };
}
