import type { ServiceDetail } from '../../src/server/api.js';
import { formatCount, formatDuration, formatShare } from '../format.js';
import { filterWord } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { visible } from '../wire-text.js';

type Endpoint = ServiceDetail['endpoints'][number];

function requestsOf(service: string, one: Endpoint, more = ''): string {
  const words = [filterWord('service', service), `role:${one.role}`, filterWord('protocol', one.protocol), filterWord('endpoint', one.endpoint)];
  if (one.operation !== '') words.push(filterWord('operation', one.operation));
  return hrefTo('/requests', { filter: [...words, more].join(' ').trim() });
}

/** What it answers, then what it asks; most time first: that is where looking pays. */
export function EndpointTable({ detail: { endpoints, service } }: { detail: ServiceDetail }) {
  const sorted = [...endpoints].sort((a, b) => Number(b.role === 'server') - Number(a.role === 'server') || b.totalNs - a.totalNs);
  const totalOf = (role: string): number => sorted.reduce((sum, one) => sum + (one.role === role ? one.totalNs : 0), 0) || 1;
  return (
    <table aria-label="Endpoints">
      <thead>
        <tr>
          <th>Endpoint</th><th>Protocol</th><th>Side</th><th className="number">Requests</th><th className="number">Failed</th><th className="number">Slow</th>
          <th className="number">p50</th><th className="number">p95</th><th className="number">p99</th><th className="number">Share of time</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((one) => (
          <tr key={one.role + one.protocol + one.operation + one.endpoint}>
            <td className="cut" style={{ maxWidth: '56ch' }}><a href={requestsOf(service, one)}><bdi>{visible(title(one), 200)}</bdi></a></td>
            <td className="muted">{one.protocol}</td>
            <td className="muted">{one.role === 'server' ? 'answers' : 'asks'}</td>
            <td className="number"><a href={requestsOf(service, one)}>{formatCount(one.count)}</a></td>
            <td className="number">{one.errors > 0 ? <a className="error" href={requestsOf(service, one, 'error:yes')}>{formatCount(one.errors)}</a> : <span className="muted">none</span>}</td>
            <td className="number">{one.slow > 0 ? <a href={requestsOf(service, one, 'slow:yes')}>{formatCount(one.slow)}</a> : <span className="muted">none</span>}</td>
            <td className="number"><a href={requestsOf(service, one, `>=${Math.floor(one.p50Ns / 1e3)}us`)}>{formatDuration(one.p50Ns)}</a></td>
            <td className="number"><a href={requestsOf(service, one, `>=${Math.floor(one.p95Ns / 1e3)}us`)}>{formatDuration(one.p95Ns)}</a></td>
            <td className="number"><a href={requestsOf(service, one, `>=${Math.floor(one.p99Ns / 1e3)}us`)}>{formatDuration(one.p99Ns)}</a></td>
            <td className="number">{formatShare(one.totalNs / totalOf(one.role))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function title(one: Endpoint): string {
  return one.endpoint.toLowerCase().startsWith(one.operation.toLowerCase()) ? one.endpoint : `${one.operation} ${one.endpoint}`;
}
