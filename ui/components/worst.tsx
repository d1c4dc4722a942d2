import type { RequestList, TimeRange } from '../../src/server/api.js';
import { apiUrl, useApi } from '../state/api.js';
import { joinFilters } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { useHeld } from '../state/use-held.js';
import { ConnectionRow } from './connection-list.js';

const ROWS = 10;

/** Where looking starts: what failed last, what took longest. */
export function Worst({ range, filter }: { range: TimeRange; filter: string }) {
  const failed = joinFilters(filter, 'error:yes');
  return (
    <div className="worst">
      <WorstList title="Failed, newest first" filter={failed} sort="-start" range={range} empty="Nothing failed." />
      <WorstList title="Longest" filter={filter} sort="-duration" range={range} empty="No request is stored." />
    </div>
  );
}

function WorstList({ title, filter, sort, range, empty }: { title: string; filter: string; sort: string; range: TimeRange; empty: string }) {
  const { data: newest } = useApi<RequestList>(apiUrl('/api/requests', { ...range, filter, sort, limit: ROWS }), `${title} ${filter}`);
  const [data, hold] = useHeld(newest);
  return (
    <section aria-label={title} {...hold}>
      <h2><a href={hrefTo('/requests', { filter, sort })}>{title}</a></h2>
      {data && data.rows.length === 0 && <p className="muted">{empty}</p>}
      <table aria-label={title}><tbody>{data?.rows.map((row) => <ConnectionRow key={row.id} row={row} own={false} withPeer />)}</tbody></table>
    </section>
  );
}
