import '../profile/profile.css';
import { useEffect, useState } from 'react';
import type { ProfileSummary } from '../../src/server/api.js';
import { Empty, Problem, Skeleton } from '../components/empty.js';
import { formatDuration, formatTime, startMs } from '../format.js';
import { cssBackground, ledgerLook } from '../profile/kinds.js';
import { useApi } from '../state/api.js';
import { useKeys } from '../state/keys.js';
import { hrefTo, navigate } from '../state/location.js';
import { visible } from '../wire-text.js';

/** Requests of which is known what every thread did: the ones worth reading first. */
export function ProfilesPage() {
  const { data, error } = useApi<ProfileSummary[]>('/api/profiles');
  const [cursor, setCursor] = useState(-1);
  useEffect(() => { document.title = 'Profiles · Kindling'; }, []);
  const move = (by: number): void => setCursor((at) => Math.max(0, Math.min((data?.length ?? 1) - 1, at + by)));
  useKeys({
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    ...(data?.[cursor] ? { Enter: () => navigate(hrefTo(`/requests/${data[cursor].id}`)) } : {}),
  });
  if (error?.code === 'profiling_off') return <main className="page"><Empty title={error.message}>{error.hint}</Empty></main>;
  if (error && !data) return <main className="page"><Problem error={error} /></main>;
  if (!data) return <main className="page"><Skeleton rows={10} /></main>;
  if (data.length === 0) return <main className="page"><Empty title="No request has a profile yet.">Slow and failed requests get one while the recorder is on. Under Requests, <a className="link" href={hrefTo('/requests', { filter: 'slow:yes' })}>see whether any was slow.</a></Empty></main>;
  return (
    <main className="page">
      <h1 className="sentence">{data.length} requests with a profile, most time lost first</h1>
      <table className="profiles">
        <thead><tr><th className="number">lost</th><th className="number">took</th><th>request</th><th>mostly</th><th>verdict</th><th>time</th></tr></thead>
        <tbody>{data.map((row, i) => <Row key={row.id} row={row} selected={i === cursor} />)}</tbody>
      </table>
    </main>
  );
}

function Row({ row, selected }: { row: ProfileSummary; selected: boolean }) {
  const look = ledgerLook(row.topKind);
  return (
    <tr aria-selected={selected}>
      <td className="number">{formatDuration(row.lostNs)}</td>
      <td className="number">{formatDuration(row.durationNs)}</td>
      <td className="what"><a className="link" href={hrefTo(`/requests/${row.id}`)}><bdi>{visible(row.service, 40)}</bdi> <bdi>{visible(row.endpoint, 60)}</bdi></a></td>
      <td><i className="swatch" style={cssBackground(look)} />{look.word}</td>
      <td className="verdict"><bdi>{visible(row.verdict, 300)}</bdi></td>
      <td className="number">{formatTime(startMs(row.start), Date.now())}</td>
    </tr>
  );
}
