import './request.css';
import { useEffect, useState } from 'react';
import type { RequestDetail } from '../../src/server/api.js';
import { ConnectionList } from '../components/connection-list.js';
import { Empty, Problem, Skeleton } from '../components/empty.js';
import { ExportLinks } from '../components/export-links.js';
import { Facts } from '../components/facts.js';
import { PayloadView } from '../components/payload-view.js';
import { ProfileNext } from '../components/profile-next.js';
import { requestTitle } from '../request-title.js';
import { Waterfall } from '../components/waterfall.js';
import { formatCount, formatDuration, formatTime } from '../format.js';
import { isFailed, statusText } from '../stages.js';
import { ProfileHead, ProfileSection } from '../profile/profile-section.js';
import { useProfile } from '../profile/use-profile.js';
import { useApi } from '../state/api.js';
import { setWord } from '../state/filter-words.js';
import { useKeys } from '../state/keys.js';
import { hrefTo, leave } from '../state/location.js';
import { around } from '../state/range.js';
import { requestStartMs, verdict } from '../verdict.js';
import { visible } from '../wire-text.js';

/** A request of the live list may be on its way into the store. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 700;

export function RequestPage({ id }: { id: string }) {
  const [attempt, setAttempt] = useState(0);
  const { data, error } = useApi<RequestDetail>(`/api/requests/${encodeURIComponent(id)}${attempt > 0 ? `?attempt=${attempt}` : ''}`, id);
  const isYoung = error?.code === 'request_not_found' && attempt < ATTEMPTS;
  useEffect(() => {
    if (!isYoung) return;
    const timer = setTimeout(() => setAttempt(attempt + 1), ATTEMPT_MS);
    return () => clearTimeout(timer);
  }, [isYoung, attempt]);
  useEffect(() => { if (data) document.title = `${visible(requestTitle(data.request), 60)} · Kindling`; }, [data]);
  const profile = useProfile(id, data?.request);
  useKeys({ Escape: () => leave(hrefTo('/requests')) });
  if (error && !isYoung) return <main className="page"><Problem error={error} />{error.code === 'request_not_found' && <Gone />}</main>;
  if (!data) return <main className="page"><Skeleton rows={12} height={22} /></main>;
  const { request } = data;
  return (
    <main className="page">
      <Headline detail={data} hasProfile={profile.data !== null} />
      <p className="sentence"><bdi>{visible(profile.data?.verdict || verdict(data), 600)}</bdi></p>
      {!request.complete && <p className="muted">Incomplete ({request.incompleteReason.replaceAll('_', ' ')}): sizes and times may be lower bounds.</p>}
      <ProfileHead profile={profile.data} />
      <Waterfall detail={data} brief={profile.data !== null} />
      <ProfileSection key={request.id} answer={profile} />
      <p className="after-profile">{profile.data && <ExportLinks id={request.id} />}{request.role === 'server' && <ProfileNext like={{ service: request.service, endpoint: request.endpoint, operation: request.operation }} />}</p>
      <div className="columns-2 section">
        <section><h2>Facts</h2><Facts detail={data} /></section>
        <section><h2>On the same connection</h2><ConnectionList detail={data} /></section>
      </div>
      <div className="payloads section">
        <PayloadView title="Request" payload={data.requestPayload} totalBytes={request.requestBytes} />
        <PayloadView title="Response" payload={data.responsePayload} totalBytes={request.responseBytes} />
      </div>
    </main>
  );
}

function Gone() {
  return <Empty title="Its row is gone.">Rows are kept by age, disk budget and detail budget. <a className="link" href={hrefTo('/requests')}>See the requests that are kept.</a></Empty>;
}

const HOUR_MS = 3_600_000;

function Headline({ detail: { request, usual }, hasProfile }: { detail: RequestDetail; hasProfile: boolean }) {
  const ms = requestStartMs(request);
  const hour = around(ms, HOUR_MS);
  const alike = hrefTo('/requests', {
    range: null, from: String(hour.from), to: String(hour.to), filter: setWord(setWord('', 'service', request.service), 'endpoint', request.endpoint),
  });
  const [from, to] = request.role === 'server' ? [request.peerService || request.client, request.service] : [request.service, request.peerService || request.server];
  return (
    <div className="headline">
      <h1 title={visible(requestTitle(request), 1_000)}><bdi>{visible(requestTitle(request), 200)}</bdi></h1>
      <span className="muted"><bdi>{visible(from, 40)}</bdi> → <a href={hrefTo(`/services/${encodeURIComponent(to)}`)}><bdi>{visible(to, 40)}</bdi></a></span>
      <span className="spacer" />
      <span className="took">{formatDuration(request.durationNs)}</span>
      {usual && <a href={alike} className="muted" title={`p95 ${formatDuration(usual.p95Ns)} of ${formatCount(usual.count)} requests of this endpoint in the hour around it`}>usually {formatDuration(usual.p50Ns)}</a>}
      <span className={isFailed(request) ? 'error' : ''}>{isFailed(request) && '✕ '}{visible(statusText(request), 40)}</span>
      <span>{formatTime(ms, Date.now())}</span>
      <a className="link" href={`/api/requests/${request.id}/har`} download>HAR</a>
      {hasProfile && <a className="link" href={`/api/requests/${request.id}/profile.html`} title="The whole profile as one file that opens in any browser" download>HTML</a>}
    </div>
  );
}
