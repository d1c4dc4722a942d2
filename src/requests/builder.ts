/** From an exchange and its connection to the request record: stages, policy, endpoint, redaction. The hot path. */
import type { ConnectResult } from '../events/observation.js';
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

export class RequestBuilder {
  readonly #policy: Policy;
  readonly #endpoints: Endpoints;
  readonly #endpoint: Endpoint = { endpoint: '', resource: '' };

  constructor(readonly options: RequestOptions, readonly clock: WallClock, readonly ids: RecordIds) {
    this.#policy = new Policy(options);
    this.#endpoints = new Endpoints(options);
  }

  /** The record without payloads: `attachPayloads` adds them to those that are kept. */
  build(exchange: Exchange, facts: ConnectionFacts): RequestRecord {
    const named = this.#endpoint;
    this.#endpoints.resolve(exchange, facts.container || facts.service, named);
    const { startNs } = exchange;
    // In a line file times may go back.
    const endNs = Math.max(startNs, exchange.endNs);
    const answered = exchange.responseStartNs === exchange.responseStartNs;
    // A server may answer before it has the whole request: stages then meet at the request's end, and always add up.
    const sentNs = Math.max(startNs, Math.min(exchange.requestEndNs, endNs));
    const firstByteNs = answered ? Math.max(sentNs, Math.min(exchange.responseStartNs, endNs)) : endNs;
    const durationNs = endNs - startNs;
    const connectNs = facts.connectNs;
    if (connectNs !== null) facts.connectNs = null;
    return {
      id: this.ids.next(),
      connectionId: facts.connectionId,
      protocol: exchange.protocol,
      role: facts.role,
      start: this.clock.unixNs(startNs),
      durationNs,
      connectNs,
      sendNs: sentNs - startNs,
      waitNs: answered ? firstByteNs - sentNs : null,
      receiveNs: answered ? endNs - firstByteNs : null,
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
      slow: this.#policy.slow(exchange, durationNs),
      traceId: exchange.traceId,
      complete: exchange.incomplete === '',
      incompleteReason: exchange.incomplete,
      attributes: exchange.attributes === null ? NO_ATTRIBUTES : redactAttributes(exchange.attributes),
      requestPayload: null, responsePayload: null,
      weight: 1,
    };
  }

  /** Payload prefixes only ever enter a record through here, redacted. */
  attachPayloads(record: RequestRecord, exchange: Exchange): void {
    const { protocol, operation } = exchange;
    if (mayQuoteSecret(exchange)) {
      // A database's request is redacted by its statement; a misspelt command of Redis is one that nobody knows.
      if (protocol !== 'redis') record.requestPayload = redactRequestPayload(protocol, operation, exchange.requestPayload, this.options);
      return;
    }
    record.requestPayload = redactRequestPayload(protocol, operation, exchange.requestPayload, this.options);
    record.responsePayload = redactResponsePayload(protocol, operation, exchange.responsePayload, this.options);
  }

  /** A connect that failed is a request that never got out. Which protocol it would have spoken nobody knows. */
  failedConnect(result: ConnectResult, facts: ConnectionFacts): RequestRecord {
    const status = errnoName(result.errno);
    return {
      id: this.ids.next(), connectionId: facts.connectionId, protocol: 'tcp', role: 'client',
      start: this.clock.unixNs(result.ts - result.dur), durationNs: result.dur,
      connectNs: result.dur, sendNs: null, waitNs: null, receiveNs: null, requestBytes: 0, responseBytes: 0,
      pid: result.pid, requestTid: result.tid, responseTid: 0, comm: facts.comm, client: facts.clientAddress, server: facts.serverAddress,
      service: facts.service, peerService: facts.peerService, container: facts.container,
      operation: 'connect', endpoint: 'connect', resource: facts.serverAddress, status, error: 'connect_failed',
      errorText: `connect to ${facts.serverAddress} failed: ${status}`, slow: false, traceId: '', complete: true, incompleteReason: '',
      attributes: NO_ATTRIBUTES, requestPayload: null, responsePayload: null, weight: 1,
    };
  }
}
