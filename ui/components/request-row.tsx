import type { RequestSummary } from '../../src/server/api.js';
import { formatBytes, formatClock, formatDuration, startMs } from '../format.js';
import { isFailed, statusText } from '../stages.js';
import { hrefTo } from '../state/location.js';
import { visible } from '../wire-text.js';
import { requestTitle } from '../request-title.js';
import { StageBar } from './stage-bar.js';

/** The end that measured it stands out, the other is muted; and has a dot, since shades of grey are easily missed. */
export function Ends({ request, from, to }: { request: RequestSummary; from: string; to: string }) {
  const server = request.role === 'server';
  return (
    <>
      <bdi className={server ? 'muted' : 'measured'}>{from}</bdi> <span className="muted">→</span> <bdi className={server ? 'measured' : 'muted'}>{to}</bdi>
      <span className="visually-hidden">, measured at the {request.role}</span>
    </>
  );
}

export function RequestRow({ request, maxNs, selected, top, id }: { request: RequestSummary; maxNs: number; selected: boolean; top: number; id: string }) {
  const failed = isFailed(request);
  const title = visible(requestTitle(request), 400);
  const [from, to] = request.role === 'server' ? [request.peerService, request.service] : [request.service, request.peerService];
  return (
    <a id={id} className="rt-row" role="row" aria-selected={selected} tabIndex={-1} href={hrefTo(`/requests/${request.id}`)} style={{ top }}>
      <span role="cell">{formatClock(startMs(request.start))}</span>
      <span role="cell" title={visible(`${from} asked ${to}; measured at the ${request.role}: ${request.service}`)}><Ends request={request} from={visible(from, 60)} to={visible(to, 60)} /></span>
      <span role="cell" className="muted">{request.protocol}</span>
      <span role="cell" title={title}><bdi>{title}</bdi></span>
      <span role="cell" className={failed ? 'error' : 'muted'} title={visible(request.errorText)}>{failed && '✕ '}{visible(statusText(request), 40)}{!request.complete && ' (part)'}</span>
      <span role="cell" className={`number ${request.slow ? 'slow-mark' : ''}`} title={request.slow ? 'slow' : undefined}>{formatDuration(request.durationNs)}</span>
      <span role="cell" className="stage-cell"><StageBar request={request} maxNs={maxNs} /></span>
      <span role="cell" className="number muted">{formatBytes(request.responseBytes)}</span>
    </a>
  );
}
