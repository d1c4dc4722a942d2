/** What an attacker would send in the hope that the page renders it. */
import type { RequestRecord } from '../../src/requests/record.js';

/** Sets a mark in the page if it ever runs. */
export const SCRIPT = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">';
/** Right-to-left override: shows as `exe.jpg` what is `gpj.exe`. */
export const BIDI = 'invoice\u202egpj.exe';
export const CONTROL = 'bell\u0007 null\u0000 escape\u001b[31m';

const utf8 = new TextEncoder();

export function hostileRequests(base: RequestRecord): RequestRecord[] {
  const make = (i: number, patch: Partial<RequestRecord>): RequestRecord => ({
    ...base, id: `bad${i}`.padEnd(16, '0').replace(/[^0-9a-f]/g, 'a'), connectionId: 666, durationNs: 1_500_000, sendNs: 10_000, waitNs: 1_400_000, receiveNs: 90_000,
    service: 'hostile', peerService: '127.0.0.1', status: '400', error: 'protocol_error', ...patch,
  });
  return [
    make(1, {
      operation: 'GET', endpoint: '/*', resource: `/${SCRIPT}`, errorText: SCRIPT, attributes: { 'http.request.header.host': SCRIPT }, requestBytes: 99_000, responseBytes: 70,
      requestPayload: utf8.encode(`GET /${SCRIPT} HTTP/1.1\r\nHost: ${SCRIPT}\r\n\r\n${CONTROL}`), responsePayload: utf8.encode(`HTTP/1.1 400 Bad Request\r\n\r\n${SCRIPT}`),
    }),
    make(2, { operation: 'GET', endpoint: '/*', resource: `/${BIDI}`, errorText: BIDI, requestPayload: utf8.encode(`GET /${BIDI}`), responsePayload: Uint8Array.from({ length: 256 }, (_, i) => i), requestBytes: 40, responseBytes: 256 }),
    make(3, { operation: 'GET', endpoint: '/*', resource: `/${CONTROL}`, errorText: CONTROL, complete: false, incompleteReason: 'garbage', requestBytes: 12, responseBytes: 0 }),
    make(4, { operation: 'GET', endpoint: `/${'x'.repeat(3000)}`, resource: `/${'x'.repeat(3000)}`, service: `hostile-${'long'.repeat(60)}` }),
  ];
}
