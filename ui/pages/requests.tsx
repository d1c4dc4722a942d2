import './requests.css';
import { useEffect, useState } from 'react';
import type { Heatmap as HeatmapData } from '../../src/server/api.js';
import { Notes, Problem, Skeleton } from '../components/empty.js';
import { GroupTable } from '../components/group-table.js';
import { Heatmap } from '../components/heatmap.js';
import { useLiveRows } from '../components/live-context.js';
import { ListToolbar } from '../components/list-toolbar.js';
import { RequestTable } from '../components/request-table.js';
import { GROUPINGS, type Grouping } from '../group-rows.js';
import { readSelection, selectionFilter } from '../heat-scale.js';
import { apiUrl, useApi } from '../state/api.js';
import { endsOf, filterWithEnds } from '../state/ends.js';
import { joinFilters } from '../state/filter-words.js';
import { useNoteObserved } from '../state/observed.js';
import { useKeys } from '../state/keys.js';
import { WAITING_ROWS } from '../state/live.js';
import { setParams, usePlace } from '../state/location.js';
import { useRange } from '../state/use-range.js';
import { PAGE_ROWS, useRequestList } from '../state/use-request-list.js';
import { NoTraffic } from './overview.js';

/** What one answer of the API may hold. */
const GROUPED_ROWS = 1_000;
const NEWEST_FIRST = '-start';

export function RequestsPage() {
  const { params } = usePlace();
  const { range, preset } = useRange();
  const live = useLiveRows();
  const [atTop, setAtTop] = useState(true);
  const [pointed, setPointed] = useState(false);
  const filter = params.get('filter') ?? '';
  const wholeFilter = filterWithEnds(params);
  const sort = params.get('sort') ?? NEWEST_FIRST;
  const follow = params.get('follow') === '1';
  const group = GROUPINGS.find((one) => one === params.get('group')) ?? null;
  const selection = readSelection(params.get('sel'));
  const heat = useApi<HeatmapData>(apiUrl('/api/heatmap', { ...range, filter: wholeFilter, columns: 150 }), `heat ${wholeFilter}`);
  useNoteObserved(range, heat.data?.range);

  const listFilter = joinFilters(wholeFilter, selectionFilter(selection));
  const listRange = selection ? { from: selection.from, to: selection.to } : range;
  const fixedRange = selection || preset === null ? `${listRange.from}-${listRange.to}` : preset;
  const pageRows = group ? GROUPED_ROWS : PAGE_ROWS;
  const listKey = `${listFilter} ${sort} ${fixedRange} ${pageRows}`;
  const requests = useRequestList(listKey, listRange, listFilter, sort, pageRows);
  const takesLive = preset !== null && selection === null && sort === NEWEST_FIRST && group === null;

  // What is pointed at stays where it is.
  const follows = takesLive && follow && atTop && !pointed;

  useEffect(() => { document.title = 'Requests · Kindling'; }, []);
  // More than the tab kept: a list with a hole in it would lie.
  const showNew = (): void => {
    const isGap = live.waiting > WAITING_ROWS;
    const rows = live.take();
    if (isGap) requests.reload();
    else requests.prepend(rows);
  };
  useEffect(() => { if (follows && live.waiting > 0 && !requests.loading) showNew(); }, [live.waiting, follows, requests.loading]);
  const clearSelection = (): void => setParams({ sel: null });
  useKeys({ n: () => { if (takesLive) showNew(); }, ...(selection ? { Escape: clearSelection } : {}) });

  const notes = [...new Set([...(heat.data?.notes ?? []), ...(requests.list?.notes ?? [])])];
  // A search in a long range may stop with what it has, even nothing, and a place to go on from.
  const nothing = !requests.loading && requests.error === null && requests.rows.length === 0 && !requests.list?.nextCursor;
  useEffect(() => { if (requests.rows.length < (group ? GROUPED_ROWS : 1)) requests.more(); }, [requests.list, group]);
  return (
    <main className="page page-fixed">
      <Problem error={requests.error ?? heat.error} />
      {heat.data ? <Heatmap map={heat.data} selection={selection} /> : <div className="skeleton heat-skeleton" />}
      <ListToolbar
        requests={requests} selection={selection} group={group} ends={endsOf(params)} waiting={takesLive ? live.waiting : 0} canFollow={takesLive} follow={follow} held={follow && !follows}
        onShowNew={showNew} onClear={clearSelection} harHref={apiUrl('/api/requests.har', { ...listRange, filter: listFilter, sort, limit: 1000 })}
      />
      <Notes notes={notes} />
      <List listKey={listKey} requests={requests} group={group} filter={filter} oneEnd={endsOf(params) === 'once'} sort={sort} nothing={nothing} onAtTop={setAtTop} onPointed={setPointed} onEscape={selection ? clearSelection : undefined} />
    </main>
  );
}

function List({ listKey, requests, group, filter, oneEnd, sort, nothing, onAtTop, onPointed, onEscape }: {
  listKey: string; requests: ReturnType<typeof useRequestList>; group: Grouping | null; filter: string; oneEnd: boolean; sort: string; nothing: boolean;
  onAtTop: (atTop: boolean) => void; onPointed: (pointed: boolean) => void; onEscape?: () => void;
}) {
  if ((requests.loading || requests.list?.nextCursor) && requests.rows.length === 0) return <Skeleton rows={16} />;
  if (nothing) return <NoTraffic filter={filter} oneEnd={oneEnd} />;
  if (group) return <GroupTable rows={requests.rows} by={group} filter={filter} />;
  return <RequestTable key={listKey} viewKey={listKey} rows={requests.rows} sort={sort} onSort={(next) => setParams({ sort: next })} onEnd={requests.more} onAtTop={onAtTop} onPointed={onPointed} onEscape={onEscape} />;
}
