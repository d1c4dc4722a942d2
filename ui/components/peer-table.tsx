import type { ServiceDetail } from '../../src/server/api.js';
import { formatCount, formatDuration } from '../format.js';
import { filterWord } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { visible } from '../wire-text.js';

export function PeerTable({ peers, service, role }: { peers: ServiceDetail['callers']; service: string; role: 'server' | 'client' }) {
  if (peers.length === 0) return <p className="muted">Nobody that Kindling saw.</p>;
  const requestsOf = (peer: string, more: string): string =>
    hrefTo('/requests', { filter: `${filterWord('service', service)} ${filterWord('peer', peer)} role:${role}${more}` });
  return (
    <table>
      <thead><tr><th>Service</th><th>Protocol</th><th className="number">Requests</th><th className="number">Failed</th><th className="number">p95</th></tr></thead>
      <tbody>
        {peers.map((peer) => (
          <tr key={peer.service + peer.protocol}>
            <td className="cut"><a href={hrefTo(`/services/${encodeURIComponent(peer.service)}`)}><bdi>{visible(peer.service, 80)}</bdi></a></td>
            <td className="muted">{peer.protocol}</td>
            <td className="number"><a href={requestsOf(peer.service, '')}>{formatCount(peer.count)}</a></td>
            <td className="number">{peer.errors > 0 ? <a className="error" href={requestsOf(peer.service, ' error:yes')}>{formatCount(peer.errors)}</a> : <span className="muted">none</span>}</td>
            <td className="number"><a href={requestsOf(peer.service, ` >=${Math.floor(peer.p95Ns / 1e3)}us`)}>{formatDuration(peer.p95Ns)}</a></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
