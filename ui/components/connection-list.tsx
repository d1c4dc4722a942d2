import { memo } from 'react';
import type { RequestDetail, RequestSummary } from '../../src/server/api.js';
import { formatClock, formatDuration } from '../format.js';
import { isFailed, statusText } from '../stages.js';
import { hrefTo } from '../state/location.js';
import { requestStartMs } from '../verdict.js';
import { visible } from '../wire-text.js';
import { requestTitle } from '../request-title.js';

/** The connection's requests before and after this one, on one list. */
export const ConnectionList = memo(function ConnectionList({ detail: { request, earlier, later } }: { detail: RequestDetail }) {
  const rows = [...earlier, request, ...later];
  return (
    <table aria-label="Requests of this connection">
      <tbody>{rows.map((row) => <ConnectionRow key={row.id} row={row} own={row.id === request.id} />)}</tbody>
    </table>
  );
});

export function ConnectionRow({ row, own, withPeer = false }: { row: RequestSummary; own: boolean; withPeer?: boolean }) {
  return (
    <tr aria-selected={own}>
      <td className="muted" style={{ width: 96 }}>{formatClock(requestStartMs(row))}</td>
      {withPeer && <td className="cut" style={{ maxWidth: '18ch' }}><bdi>{visible(row.role === 'client' ? `${row.service} → ${row.peerService}` : row.service, 60)}</bdi></td>}
      <td className="cut" style={{ maxWidth: 0, width: '100%' }}>
        {own ? <strong style={{ fontWeight: 600 }}><bdi>{visible(requestTitle(row))}</bdi></strong> : <a href={hrefTo(`/requests/${row.id}`)}><bdi>{visible(requestTitle(row))}</bdi></a>}
      </td>
      <td className={isFailed(row) ? 'error' : ''} style={{ whiteSpace: 'nowrap' }}>{isFailed(row) && '✕ '}{visible(statusText(row), 40)}</td>
      <td className="number">{formatDuration(row.durationNs)}</td>
    </tr>
  );
}
