import './overview.css';
import { useEffect, useState } from 'react';
import type { AgentHealth, Causes, Overview, ServiceRow, TimeRange } from '../../src/server/api.js';
import { Empty, Notes, Problem, Skeleton } from '../components/empty.js';
import { Worst } from '../components/worst.js';
import { Sparkline } from '../components/sparkline.js';
import { formatCount, formatDuration, formatRate, formatShare } from '../format.js';
import { apiUrl, useApi } from '../state/api.js';
import { setWord } from '../state/filter-words.js';
import { useKeys } from '../state/keys.js';
import { hrefTo, navigate, usePlace } from '../state/location.js';
import { useNoteObserved } from '../state/observed.js';
import { noteOverview } from '../state/seen-values.js';
import { useHeld } from '../state/use-held.js';
import { useRange } from '../state/use-range.js';
import { visible } from '../wire-text.js';

export function OverviewPage() {
  const { params } = usePlace();
  const { range } = useRange();
  const filter = params.get('filter') ?? '';
  const { data, error } = useApi<Overview>(apiUrl('/api/overview', { ...range, filter }), `overview ${filter}`);
  useNoteObserved(range, data?.range);
  useEffect(() => { document.title = 'Overview · Kindling'; if (data) noteOverview(data); }, [data]);
  return (
    <main className="page">
      <Problem error={error} />
      {data === null && error === null && <Skeleton rows={10} height={24} />}
      {data && <p className="sentence"><bdi>{visible(data.sentence, 600)}</bdi> <Why range={range} /></p>}
      {data && <Notes notes={data.notes} />}
      {data && data.services.length > 0 && <Services rows={data.services} filter={filter} />}
      {data && data.services.length === 0 && <NoTraffic filter={filter} />}
      {data && data.services.length > 0 && <Worst range={range} filter={filter} />}
    </main>
  );
}

/** Where some of the slow ones were profiled: the sentence says what their time went to. */
function Why({ range }: { range: TimeRange }) {
  const { data } = useApi<Causes>(apiUrl('/api/causes', { ...range }), 'causes');
  if (!data || data.profiles === 0) return null;
  return <a className="link" href={hrefTo('/profiles', { group: 'cause' })}>Why, request by request</a>;
}

export function NoTraffic({ filter, oneEnd = false }: { filter: string; oneEnd?: boolean }) {
  const { data: agent } = useApi<AgentHealth>('/api/agent', 'agent state');
  if (agent?.state === 'starting') return <Empty title="Kindling is starting.">Its hooks are being attached; requests show as soon as they are. The <a className="link" href={hrefTo('/agent')}>agent page</a> says how far it is.</Empty>;
  if (filter !== '' && oneEnd) return <Empty title="Nothing matches the filter in this time.">Each exchange is shown as its server saw it: <a className="link" href={hrefTo(location.pathname, { ends: 'both' })}>show both ends</a>, try a longer range, or <a className="link" href={hrefTo(location.pathname, { filter: null })}>remove the filter</a>.</Empty>;
  return filter === ''
    ? <Empty title="No traffic seen in this time.">Is the program in scope, and does it get requests? <code>kindling doctor</code> checks the machine; the <a className="link" href={hrefTo('/agent')}>agent page</a> says what is traced.</Empty>
    : <Empty title="Nothing matches the filter in this time.">Try a longer range, or <a className="link" href={hrefTo(location.pathname, { filter: null })}>remove the filter</a>.</Empty>;
}

const requestsOf = (filter: string, service: string, more: string): string =>
  hrefTo('/requests', { filter: `${setWord(filter, 'service', service)}${more === '' ? '' : ` ${more}`}` });

/** The requests that a row's figures are of. */
const measured = (filter: string, row: ServiceRow, more: string): string => requestsOf(filter, row.service, `role:${row.role}${more === '' ? '' : ` ${more}`}`);
const atLeast = (ns: number): string => `>=${Math.floor(ns / 1e3)}us`;

/** New numbers in the order that is on screen; services that are new come last. */
function inOrder(rows: readonly ServiceRow[], names: readonly string[]): ServiceRow[] {
  const place = new Map(names.map((name, index) => [name, index]));
  return [...rows].sort((a, b) => (place.get(a.service) ?? names.length) - (place.get(b.service) ?? names.length));
}

function Services({ rows: newest, filter }: { rows: readonly ServiceRow[]; filter: string }) {
  const [names, hold] = useHeld(newest.map((row) => row.service));
  const rows = inOrder(newest, names);
  const [cursor, setCursor] = useState(-1);
  const move = (by: number): void => setCursor((at) => Math.max(0, Math.min(rows.length - 1, at + by)));
  useKeys({
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Escape: () => setCursor(-1),
    ...(rows[cursor] ? { Enter: () => navigate(hrefTo(`/services/${encodeURIComponent(rows[cursor].service)}`)) } : {}),
  });
  return (
    <table className="services" {...hold}>
      <thead>
        <tr>
          <th>Service</th><th>Protocols</th><th className="number">Rate</th><th>Rate over time</th><th className="number">Errors</th>
          <th className="number">p50</th><th className="number">p95</th><th className="number">p99</th><th>p95 over time</th><th className="waits">Waits for</th>
        </tr>
      </thead>
      <tbody>{rows.map((row, i) => <Service key={row.service} row={row} filter={filter} selected={i === cursor} />)}</tbody>
    </table>
  );
}

function Service({ row, filter, selected }: { row: ServiceRow; filter: string; selected: boolean }) {
  return (
    <tr aria-selected={selected}>
      <td className="cut service-name"><a href={hrefTo(`/services/${encodeURIComponent(row.service)}`)}><bdi>{visible(row.service, 60)}</bdi></a></td>
      <td className="muted">{row.protocols.join(', ')}</td>
      <td className="number"><a href={measured(filter, row, '')} title={`${formatCount(row.count)} requests, ${row.role === 'server' ? 'answered' : 'sent'}`}>{formatRate(row.rate)}</a></td>
      <td><Sparkline times={row.spark.map((p) => p.t)} values={row.spark.map((p) => p.rate)} marks={row.spark.map((p) => p.errors)} format={formatRate} label={`Requests a second over time, ${formatRate(row.rate)} on average; red marks below: errors`} /></td>
      <td className="number">
        {row.errors > 0
          ? <a className="error" href={measured(filter, row, 'error:yes')} title={`${formatCount(row.errors)} of ${formatCount(row.count)}`}>{formatShare(row.errors / row.count)}</a>
          : <span className="muted">none</span>}
      </td>
      <td className="number"><a href={measured(filter, row, atLeast(row.p50Ns))} title="The slower half">{formatDuration(row.p50Ns)}</a></td>
      <td className="number"><a href={measured(filter, row, atLeast(row.p95Ns))} title="The slowest twentieth">{formatDuration(row.p95Ns)}</a></td>
      <td className="number"><a href={measured(filter, row, atLeast(row.p99Ns))} title="The slowest hundredth">{formatDuration(row.p99Ns)}</a></td>
      <td><Sparkline times={row.spark.map((p) => p.t)} values={row.spark.map((p) => (p.rate > 0 ? p.p95Ns : null))} format={formatDuration} label={`p95 over time, ${formatDuration(row.p95Ns)} over the whole range`} /></td>
      <td className="waits"><Dependencies row={row} filter={filter} /></td>
    </tr>
  );
}

const SHOWN = 4;

/** Which peers this service's time went to: their shares as a bar, and by name. */
function Dependencies({ row, filter }: { row: ServiceRow; filter: string }) {
  if (row.dependencies.length === 0) return <span className="muted">calls nobody</span>;
  const total = row.dependencies.reduce((sum, one) => sum + one.totalNs, 0) || 1;
  return (
    <div className="dep-names cut">
      <span className="dep-bar" aria-hidden="true">{row.dependencies.map((one) => <i key={one.service + one.protocol} style={{ width: `${(one.totalNs / total) * 100}%` }} />)}</span>
      {row.dependencies.slice(0, SHOWN).map((one) => (
        <a key={one.service + one.protocol} href={requestsOf(filter, row.service, `peer:"${one.service.replace(/["\\]/g, '\\$&')}" role:client`)} title={`${one.protocol}: ${formatCount(one.count)} calls, ${formatCount(one.errors)} failed, ${formatDuration(one.totalNs)} in all`}>
          <bdi>{visible(one.service, 40)}</bdi> <span className="muted">{formatShare(one.totalNs / total)}</span>{one.errors > 0 && <span className="error"> ✕</span>}
        </a>
      ))}
      {row.dependencies.length > SHOWN && <span className="muted">and {row.dependencies.length - SHOWN} more</span>}
    </div>
  );
}
