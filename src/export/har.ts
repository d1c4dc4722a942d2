/**
 * HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/): opens in the network panel of any browser. Requests of other
 * protocols are entries as well, with an address such as `redis://127.0.0.1:6379/GET%20key`. Facts without a place in HAR start with `_`, as it asks.
 */
import { isUtf8 } from 'node:buffer';
import type { RequestRecord } from '../requests/record.js';
import { readHttpMessage, type HttpHeader } from './http-message.js';

export type HarRequest = Omit<RequestRecord, 'requestPayload' | 'responsePayload'> & Partial<Pick<RequestRecord, 'requestPayload' | 'responsePayload'>>;

const NS_PER_MS = 1e6;

export function toHar(requests: readonly HarRequest[], version: string): object {
  const entries = [...requests].sort((a, b) => Number(BigInt(a.start) - BigInt(b.start))).map(toEntry);
  return { log: { version: '1.2', creator: { name: 'Kindling', version }, pages: [], entries } };
}

function toEntry(request: HarRequest): object {
  const timings = toTimings(request);
  return {
    startedDateTime: startedDateTime(request),
    time: Object.values(timings).reduce((sum, ms) => sum + Math.max(0, ms), 0),
    request: toRequest(request),
    response: toResponse(request),
    cache: {},
    timings,
    serverIPAddress: hostOf(request.server),
    connection: String(request.connectionId),
    _id: request.id, _protocol: request.protocol, _role: request.role, _service: request.service, _peerService: request.peerService, _process: request.comm,
    _pid: request.pid, _client: request.client, _operation: request.operation, _endpoint: request.endpoint, _resource: request.resource, _status: request.status,
    _slow: request.slow, _complete: request.complete, ...(request.traceId === '' ? {} : { _traceId: request.traceId }),
    ...(request.error === 'none' ? {} : { _error: request.error, _errorText: request.errorText }),
  };
}

/** HAR starts with the connect, the record with the first byte of the request. A failed connect is nothing but its connect. */
function startedDateTime(request: HarRequest): string {
  const connectNs = request.error === 'connect_failed' ? 0 : request.connectNs ?? 0;
  return new Date(Number((BigInt(request.start) - BigInt(Math.round(connectNs))) / 1_000_000n)).toISOString();
}

/** Milliseconds; -1 is HAR's "does not apply", which send, wait and receive may not be. */
function toTimings(request: HarRequest): Record<string, number> {
  const ms = (ns: number | null, absent: number): number => (ns === null ? absent : ns / NS_PER_MS);
  if (request.error === 'connect_failed') {
    return { blocked: -1, dns: -1, connect: ms(request.connectNs ?? request.durationNs, -1), ssl: -1, send: 0, wait: 0, receive: 0 };
  }
  return { blocked: ms(request.unreadNs, -1), dns: -1, connect: ms(request.connectNs, -1), ssl: -1, send: ms(request.sendNs, 0), wait: ms(request.waitNs, 0), receive: ms(request.receiveNs, 0) };
}

function toRequest(request: HarRequest): object {
  const message = request.protocol === 'http' ? readHttpMessage(request.requestPayload ?? null) : null;
  const url = toUrl(request, message?.headers ?? []);
  const mimeType = header(message?.headers ?? [], 'content-type');
  return {
    method: request.operation === '' ? 'UNKNOWN' : request.operation, url, httpVersion: httpVersion(request, message?.firstLine.split(' ')[2]),
    cookies: [], headers: message?.headers ?? [], queryString: queryOf(url), headersSize: message?.headBytes ?? -1,
    bodySize: message?.headBytes ? Math.max(0, request.requestBytes - message.headBytes) : -1,
    ...(message?.body ? { postData: { mimeType, params: [], text: message.body.toString('utf8'), ...truncation(request.requestBytes, request.requestPayload) } } : {}),
  };
}

function toResponse(request: HarRequest): object {
  const message = request.protocol === 'http' ? readHttpMessage(request.responsePayload ?? null) : null;
  const headers = message?.headers ?? [];
  const bodyBytes = message?.headBytes ? Math.max(0, request.responseBytes - message.headBytes) : -1;
  return {
    status: /^\d+$/.test(request.status) ? Number(request.status) : 0,
    statusText: message?.firstLine.split(' ').slice(2).join(' ') ?? request.errorText,
    httpVersion: httpVersion(request, message?.firstLine.split(' ')[0]), cookies: [], headers, redirectURL: header(headers, 'location'),
    headersSize: message?.headBytes ?? -1, bodySize: bodyBytes,
    content: {
      size: Math.max(0, bodyBytes), mimeType: header(headers, 'content-type') || 'application/octet-stream',
      ...(message?.body ? { ...bodyText(message.body, headers), ...truncation(request.responseBytes, request.responsePayload) } : {}),
    },
  };
}

/** As text where it is text to its last byte; anything else would lose bytes. */
function bodyText(body: Buffer, headers: readonly HttpHeader[]): { text: string; encoding?: 'base64' } {
  const framed = header(headers, 'content-encoding') !== '' || /chunked/i.test(header(headers, 'transfer-encoding'));
  if (!framed && isUtf8(body) && !body.includes(0)) return { text: body.toString('utf8') };
  return { text: body.toString('base64'), encoding: 'base64' };
}

function truncation(wireBytes: number, payload: Uint8Array | null | undefined): { comment?: string } {
  return payload && wireBytes > payload.length ? { comment: `first ${payload.length} of ${wireBytes} bytes of the message were kept` } : {};
}

const httpVersion = (request: HarRequest, seen: string | undefined): string =>
  seen?.startsWith('HTTP/') ? seen : request.protocol === 'http' ? 'HTTP/1.1' : request.protocol;

function toUrl(request: HarRequest, headers: readonly HttpHeader[]): string {
  const authority = request.server.startsWith('unix:') ? 'localhost' : request.server;
  if (request.protocol !== 'http') return `${request.protocol}://${authority}/${encodeURIComponent([request.operation, request.resource].join(' ').trim())}`;
  if (/^https?:\/\//.test(request.resource)) return request.resource;
  const attribute = request.attributes['http.request.header.host'];
  const host = header(headers, 'host') || (typeof attribute === 'string' ? attribute : '') || authority;
  return `http://${host}${request.resource.startsWith('/') ? request.resource : `/${request.resource}`}`;
}

function queryOf(url: string): Array<{ name: string; value: string }> {
  return URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : [];
}

function header(headers: readonly HttpHeader[], name: string): string {
  return headers.find((entry) => entry.name.toLowerCase() === name)?.value ?? '';
}

function hostOf(address: string): string {
  return /^\[(.*)\]:\d+$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? '';
}
