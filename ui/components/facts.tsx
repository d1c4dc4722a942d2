import { memo } from 'react';
import type { RequestDetail } from '../../src/server/api.js';
import { formatBytes, formatClock, formatCount, formatDate, formatDuration } from '../format.js';
import { requestStartMs, wireNs } from '../verdict.js';
import { WireText } from './wire-text.js';

/** What is known about the request, two columns; what is not known has no row. */
export const Facts = memo(function Facts({ detail }: { detail: RequestDetail }) {
  const { request } = detail;
  const ms = requestStartMs(request);
  const wire = wireNs(detail);
  const threads = request.requestTid === request.responseTid ? `thread ${request.requestTid}` : `threads ${request.requestTid} and ${request.responseTid}`;
  const facts: Array<[string, string]> = [
    ['Started', `${formatDate(ms)} ${formatClock(ms)}`],
    ['Protocol', request.protocol],
    ['Operation', request.operation],
    ['Endpoint', request.endpoint],
    ['Resource', request.resource === request.endpoint ? '' : request.resource],
    ['Status', request.status],
    ['Error', request.error === 'none' ? '' : `${request.error}${request.errorText ? `: ${request.errorText}` : ''}`],
    ['Seen at', `the ${request.role}: ${request.service}, ${request.comm}, pid ${request.pid}, ${threads}`],
    ['Client', request.client],
    ['Server', request.server],
    ['On the wire', wire === null ? '' : `${formatDuration(wire)} between both ends`],
    ['Request size', formatBytes(request.requestBytes)],
    ['Response size', formatBytes(request.responseBytes)],
    ['Container', request.container],
    ['Trace id', request.traceId],
    ['Connection', String(request.connectionId)],
    ['Incomplete', request.complete ? '' : `${request.incompleteReason.replaceAll('_', ' ')}: some of its bytes were not seen`],
    ['Stands for', request.weight > 1 ? `${formatCount(request.weight)} requests like it (sampled)` : ''],
    ...Object.entries(request.attributes).map(([name, value]): [string, string] => [name, String(value)]),
  ];
  return (
    <dl className="facts">
      {facts.filter(([, value]) => value !== '').map(([name, value]) => (
        <div key={name}><dt><WireText text={name} limit={80} /></dt><dd><WireText text={value} limit={1_000} /></dd></div>
      ))}
    </dl>
  );
});
