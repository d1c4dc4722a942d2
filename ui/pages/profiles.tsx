import '../profile/profile.css';
import './requests.css';
import { useEffect, useMemo, useState } from 'react';
import type { ProfileSummary } from '../../src/server/api.js';
import { Empty, Problem, Skeleton } from '../components/empty.js';
import { ProfilingLine } from '../components/profiling-switch.js';
import { formatCount, formatDuration, formatShare, formatTime, startMs } from '../format.js';
import { causeGroups, fittingProfiles, mainPart, REASON_WORDS, type CauseGroup, type ProfileFilter } from '../profile/profile-list.js';
import { cssBackground, ledgerLook } from '../profile/kinds.js';
import { ProfilesToolbar } from '../profile/profiles-toolbar.js';
import { useApi } from '../state/api.js';
import { useKeys } from '../state/keys.js';
import { hrefHere, hrefTo, navigate, usePlace } from '../state/location.js';
import { requestTitle } from '../request-title.js';
import { visible } from '../wire-text.js';

/** What one answer holds. */
const MOST = 1_000;
const REFRESH_MS = 5_000;

/** Requests of which is known what every thread did: the ones worth reading first. */
export function ProfilesPage() {
  const { params } = usePlace();
  const [beat, setBeat] = useState(0);
  const { data, error } = useApi<ProfileSummary[]>(`/api/profiles?limit=${MOST}&beat=${beat}`, 'profiles');
  const [cursor, setCursor] = useState(-1);
  useEffect(() => {
    document.title = 'Profiles · Kindling';
    const timer = setInterval(() => { if (!document.hidden) setBeat((value) => (value + 1) % 2); }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const filter: ProfileFilter = { words: params.get('find') ?? '', service: params.get('service') ?? '', reason: params.get('reason') ?? '', cause: params.get('cause') ?? '' };
  const rows = useMemo(() => fittingProfiles(data ?? [], filter), [data, filter.words, filter.service, filter.reason, filter.cause]);
  const grouped = params.get('group') === 'cause';
  const groups = useMemo(() => causeGroups(rows), [rows]);
  const hrefs = grouped ? groups.map(groupHref) : rows.map((row) => hrefTo(`/requests/${row.id}`));
  const move = (by: number): void => setCursor((at) => Math.max(0, Math.min(hrefs.length - 1, at + by)));
  useKeys({ j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), ...(hrefs[cursor] ? { Enter: () => navigate(hrefs[cursor]) } : {}) });
  return (
    <main className="page">
      <ProfilingLine />
      {error && error.code !== 'profiling_off' && <Problem error={error} />}
      {error?.code === 'profiling_off' && <Empty title={error.message}>{error.hint}</Empty>}
      {!data && !error && <Skeleton rows={10} />}
      {data?.length === 0 && <Empty title="No request has a profile yet.">Slow and failed requests get one while profiling is on. Under Requests, <a className="link" href={hrefTo('/requests', { filter: 'slow:yes' })}>see whether any was slow</a>; or ask for the next ones of an endpoint on its service&apos;s page.</Empty>}
      {data && data.length > 0 && (
        <>
          <h1 className="sentence">{headline(data)}</h1>
          <ProfilesToolbar all={data} shown={rows.length} filter={filter} grouped={grouped} />
          {rows.length === 0 && <Empty title="None of them fits the filter."><a className="link" href={hrefHere({ find: null, service: null, reason: null, cause: null })}>Show all {formatCount(data.length)}</a></Empty>}
          {rows.length > 0 && (grouped ? <GroupTable groups={groups} cursor={cursor} /> : <ProfileTable rows={rows} cursor={cursor} />)}
        </>
      )}
    </main>
  );
}

function headline(all: readonly ProfileSummary[]): string {
  const lost = all.reduce((sum, row) => sum + row.lostNs, 0);
  const [first] = causeGroups(all);
  const most = first && lost > 0 ? ` Most went to: ${first.label}, ${formatDuration(first.lostNs)} in ${formatCount(first.rows.length)} of them.` : '';
  return `${formatCount(all.length)} requests with a profile lost ${formatDuration(lost)} beyond what is usual for them.${most}`;
}

function ProfileTable({ rows, cursor }: { rows: readonly ProfileSummary[]; cursor: number }) {
  return (
    <table className="profiles">
      <thead><tr><th className="number">lost</th><th className="number">took</th><th className="number">usually</th><th>request</th><th>mostly</th><th>verdict</th><th className="number">when, why</th></tr></thead>
      <tbody>{rows.map((row, i) => <Row key={row.id} row={row} selected={i === cursor} />)}</tbody>
    </table>
  );
}

function Row({ row, selected }: { row: ProfileSummary; selected: boolean }) {
  const { kind, share } = mainPart(row);
  const look = ledgerLook(kind);
  return (
    <tr aria-selected={selected}>
      <td className="number">{formatDuration(row.lostNs)}</td>
      <td className="number">{formatDuration(row.durationNs)}</td>
      <td className="number muted">{row.usualNs === null ? '–' : formatDuration(row.usualNs)}</td>
      <td className="what"><a className="link" href={hrefTo(`/requests/${row.id}`)}><bdi>{visible(row.service, 40)}</bdi> <bdi>{visible(requestTitle(row), 80)}</bdi></a>{row.error !== 'none' && <span className="error"> ✕ {visible(row.status || row.error, 20)}</span>}</td>
      <td className="nowrap"><i className="swatch" style={cssBackground(look)} />{look.word} <span className="muted">{formatShare(share)}</span><Shares shares={row.shares} /></td>
      <td className="verdict"><span title={visible(row.verdict, 600)}><bdi>{visible(row.verdict, 400)}</bdi></span></td>
      <td className="number">{formatTime(startMs(row.start), Date.now())}<br /><span className="muted">{REASON_WORDS[row.reason] ?? row.reason}</span></td>
    </tr>
  );
}

function Shares({ shares }: { shares: ProfileSummary['shares'] }) {
  return <span className="share-bar" title={shares.map(({ kind, share }) => `${ledgerLook(kind).word} ${formatShare(share)}`).join('\n')}>{shares.map(({ kind, share }) => <i key={kind} style={{ width: `${share * 100}%`, ...cssBackground(ledgerLook(kind)) }} />)}</span>;
}

const groupHref = ({ kind }: CauseGroup): string => hrefHere({ group: null, cause: kind });

function GroupTable({ groups, cursor }: { groups: readonly CauseGroup[]; cursor: number }) {
  return (
    <table className="profiles">
      <thead><tr><th className="number">lost</th><th className="number">requests</th><th>cause</th><th>of</th><th>worst</th><th>its verdict</th></tr></thead>
      <tbody>{groups.map((group, i) => (
        <tr key={group.label} aria-selected={i === cursor}>
          <td className="number">{formatDuration(group.lostNs)}</td>
          <td className="number"><a className="link" href={groupHref(group)}>{formatCount(group.rows.length)}</a></td>
          <td className="what"><i className="swatch" style={cssBackground(ledgerLook(group.kind))} /><bdi>{visible(group.label, 100)}</bdi></td>
          <td className="what muted"><bdi>{visible(group.endpoints.join(', '), 120)}</bdi></td>
          <td className="number"><a className="link" href={hrefTo(`/requests/${group.rows[0].id}`)}>{formatDuration(group.rows[0].durationNs)}</a></td>
          <td className="verdict"><span title={visible(group.rows[0].verdict, 600)}><bdi>{visible(group.rows[0].verdict, 400)}</bdi></span></td>
        </tr>
      ))}</tbody>
    </table>
  );
}
