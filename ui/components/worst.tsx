import type { RequestList, RequestSummary, TimeRange } from '../../src/server/api.js';
import { chainsOf, servicesOf, type Chain } from '../chains.js';
import { formatClock, formatDuration } from '../format.js';
import { isFailed, statusText } from '../stages.js';
import { apiUrl, useApi } from '../state/api.js';
import { joinFilters } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { useHeld } from '../state/use-held.js';
import { requestStartMs } from '../verdict.js';
import { visible } from '../wire-text.js';
import { requestTitle } from '../request-title.js';

/** Rows asked for, and incidents shown: one incident is a row at each end of each exchange that it went through. */
const ROWS = 60;
const INCIDENTS = 8;

/** Where looking starts: what failed last, what took longest. */
export function Worst({ range, filter }: { range: TimeRange; filter: string }) {
  return (
    <div className="worst">
      <WorstList title="Failed, newest first" filter={joinFilters(filter, 'error:yes')} sort="-start" range={range} empty="Nothing failed." />
      <WorstList title="Longest" filter={filter} sort="-duration" range={range} empty="No request is stored." />
    </div>
  );
}

function WorstList({ title, filter, sort, range, empty }: { title: string; filter: string; sort: string; range: TimeRange; empty: string }) {
  const { data: newest } = useApi<RequestList>(apiUrl('/api/requests', { ...range, filter, sort, limit: ROWS }), `${title} ${filter}`);
  const [data, hold] = useHeld(newest);
  const chains = data ? chainsOf(data.rows).slice(0, INCIDENTS) : [];
  return (
    <section aria-label={title} {...hold}>
      <h2><a href={hrefTo('/requests', { filter, sort })}>{title}</a></h2>
      {data && chains.length === 0 && <p className="muted">{empty}</p>}
      <div className="incidents" role="list">{chains.map((chain) => <Incident key={chain[0].id} chain={chain} />)}</div>
    </section>
  );
}

/** One incident: what was asked for at the outside, and below it how far in it went. */
function Incident({ chain }: { chain: Chain }) {
  const outer = chain[0];
  const inner = chain[chain.length - 1];
  return (
    <div className="incident" role="listitem">
      <span className="muted">{formatClock(requestStartMs(outer))}</span>
      <a className="cut" href={hrefTo(`/requests/${outer.id}`)} title={visible(requestTitle(outer), 500)}><bdi>{visible(requestTitle(outer), 200)}</bdi></a>
      <Status row={outer} />
      <span className="number">{formatDuration(outer.durationNs)}</span>
      <span className="cut muted inner">
        {servicesOf(chain).map((name) => visible(name, 40)).join(' → ')}
        {inner !== outer && requestTitle(inner) !== requestTitle(outer) && <>: <a href={hrefTo(`/requests/${inner.id}`)} title={visible(requestTitle(inner), 500)}><bdi>{visible(requestTitle(inner), 200)}</bdi></a></>}
      </span>
      {inner !== outer && <><Status row={inner} muted /><span className="number muted">{formatDuration(inner.durationNs)}</span></>}
    </div>
  );
}

function Status({ row, muted = false }: { row: RequestSummary; muted?: boolean }) {
  const failed = isFailed(row);
  return <span className={`cut status ${failed ? 'error' : muted ? 'muted' : ''}`} title={visible(row.errorText)}>{failed && '✕ '}{visible(statusText(row), 40)}</span>;
}
