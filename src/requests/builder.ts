/** From an exchange and its connection to the request record: stages, policy, endpoint, redaction. The hot path. */
import type { ConnectResult, Nanoseconds } from '../events/observation.js';
import type { Exchange } from '../protocols/protocol.js';
import type { WallClock } from './clock.js';
import { Endpoints } from './endpoints.js';
import type { Endpoint, EndpointOptions } from './endpoints.js';
import { errnoName } from './errno.js';
import { Policy } from './policy.js';
import type { PolicyOptions } from './policy.js';
import type { RequestRecord } from './record.js';
import type { RecordIds } from './record-id.js';
import { redactRequestPayload, redactResponsePayload } from './redact-payload.js';
import { mayQuoteSecret, redactErrorText } from './redact-errors.js';
import { redactAttributes } from './redact-url.js';

/** What is known about a connection; looked up once per connection, not per request. */
export interface ConnectionFacts {
  connectionId: number;
  role: 'server' | 'client';
  pid: number;
  comm: string;
  /** The end that opened the connection, and the one that accepted. */
  clientAddress: string;
  serverAddress: string;
  service: string;
  peerService: string;
  /** Short id, '' when the process runs in none. */
  container: string;
  /** How long the connect took; the builder gives it to the first request and sets it to null. */
  connectNs: number | null;
}

export interface RequestOptions extends PolicyOptions, EndpointOptions {}

export const DEFAULT_REQUEST_OPTIONS: RequestOptions = {
  slowThresholdsMs: {}, ignoreDnsNxdomain: false, urlClustering: 'alphabet', redactSqlLiterals: false,
};

const NO_ATTRIBUTES: Record<string, string | number> = Object.freeze({});

type Times = { startNs: Nanoseconds; sendNs: number } & Pick<RequestRecord, 'durationNs' | 'unreadNs' | 'waitNs' | 'receiveNs' | 'responseUnreadNs'>;

/** Stages that are never negative and add up to the duration, whatever the exchange's times say. */
function readTimes(exchange: Exchange, times: Times): void {
  const { startNs: readNs, requestUnreadNs, responseUnreadNs, responseStartNs } = exchange;
  // In a line file times may go back.
  const endNs = Math.max(readNs, exchange.endNs);
  const answered = responseStartNs === responseStartNs;
  // A server may answer before it has the whole request: stages then meet at the request's end.
  const sentNs = Math.max(readNs, Math.min(exchange.requestEndNs, endNs));
  const firstByteNs = answered ? Math.max(sentNs, Math.min(responseStartNs, endNs)) : endNs;
  const unreadNs = requestUnreadNs >= 0 ? Math.min(requestUnreadNs, readNs) : null;
  // A server's request begins when it came, not when it was read.
  times.startNs = readNs - (unreadNs ?? 0);
  times.durationNs = endNs - times.startNs;
  times.unreadNs = unreadNs;
  times.sendNs = sentNs - readNs;
  times.waitNs = answered ? firstByteNs - sentNs : null;
  times.receiveNs = answered ? endNs - firstByteNs : null;
  times.responseUnreadNs = answered && responseUnreadNs >= 0 ? Math.min(responseUnreadNs, firstByteNs - sentNs) : null;
}

export class RequestBuilder {
  readonly #policy: Policy;
  readonly #endpoints: Endpoints;
  readonly #endpoint: Endpoint = { endpoint: '', resource: '' };
  readonly #times: Times = { startNs: 0, durationNs: 0, unreadNs: null, sendNs: 0, waitNs: null, receiveNs: null, responseUnreadNs: null };

  constructor(readonly options: RequestOptions, readonly clock: WallClock, readonly ids: RecordIds) {
    this.#policy = new Policy(options);
    this.#endpoints = new Endpoints(options);
  }

  /** The record without attributes and payloads: `attach` adds them to those that are kept. */
  build(exchange: Exchange, facts: ConnectionFacts): RequestRecord {
    const named = this.#endpoint;
    this.#endpoints.resolve(exchange, facts.container || facts.service, named);
    const times = this.#times;
    readTimes(exchange, times);
    const connectNs = facts.connectNs;
    if (connectNs !== null) facts.connectNs = null;
    return {
      id: this.ids.next(),
      connectionId: facts.connectionId,
      protocol: exchange.protocol,
      role: facts.role,
      start: this.clock.unixNs(times.startNs),
      durationNs: times.durationNs,
      connectNs,
      unreadNs: times.unreadNs,
      sendNs: times.sendNs,
      waitNs: times.waitNs,
      receiveNs: times.receiveNs,
      responseUnreadNs: times.responseUnreadNs,
      requestBytes: exchange.requestBytes,
      responseBytes: exchange.responseBytes,
      pid: facts.pid,
      requestTid: exchange.requestTid,
      responseTid: exchange.responseTid,
      comm: facts.comm,
      client: facts.clientAddress, server: facts.serverAddress,
      service: facts.service, peerService: facts.peerService, container: facts.container,
      operation: exchange.operation,
      endpoint: named.endpoint,
      resource: exchange.protocol === 'redis' && mayQuoteSecret(exchange) ? '' : named.resource,
      status: exchange.status,
      error: this.#policy.error(exchange),
      errorText: exchange.errorText === '' ? '' : redactErrorText(exchange, this.options.redactSqlLiterals),
      slow: this.#policy.slow(exchange, times.durationNs),
      traceId: exchange.traceId,
      complete: exchange.incomplete === '',
      incompleteReason: exchange.incomplete,
      attributes: NO_ATTRIBUTES,
      requestPayload: null, responsePayload: null,
      weight: 1,
    };
  }

  /** Attributes and payload prefixes only ever enter a record through here, redacted. */
  attach(record: RequestRecord, exchange: Exchange): void {
    const { protocol, operation } = exchange;
    if (exchange.attributes !== null) record.attributes = redactAttributes(exchange.attributes);
    if (mayQuoteSecret(exchange)) {
      // A database's request is redacted by its statement; a misspelt command of Redis is one that nobody knows.
      if (protocol !== 'redis') record.requestPayload = redactRequestPayload(protocol, operation, exchange.requestPayload?.bytes() ?? null, this.options);
      return;
    }
    record.requestPayload = redactRequestPayload(protocol, operation, exchange.requestPayload?.bytes() ?? null, this.options);
    record.responsePayload = redactResponsePayload(protocol, operation, exchange.responsePayload?.bytes() ?? null, this.options);
  }

  /** A connect that failed is a request that never got out. Which protocol it would have spoken nobody knows. */
  failedConnect(result: ConnectResult, facts: ConnectionFacts): RequestRecord {
    const status = errnoName(result.errno);
    return {
      id: this.ids.next(), connectionId: facts.connectionId, protocol: 'tcp', role: 'client',
      start: this.clock.unixNs(result.ts - result.dur), durationNs: result.dur,
      connectNs: result.dur, unreadNs: null, sendNs: null, waitNs: null, receiveNs: null, responseUnreadNs: null, requestBytes: 0, responseBytes: 0,
      pid: result.pid, requestTid: result.tid, responseTid: 0, comm: facts.comm, client: facts.clientAddress, server: facts.serverAddress,
      service: facts.service, peerService: facts.peerService, container: facts.container,
      operation: 'connect', endpoint: 'connect', resource: facts.serverAddress, status, error: 'connect_failed',
      errorText: `connect to ${facts.serverAddress} failed: ${status}`, slow: false, traceId: '', complete: true, incompleteReason: '',
      attributes: NO_ATTRIBUTES, requestPayload: null, responsePayload: null, weight: 1,
    };
  }
}
