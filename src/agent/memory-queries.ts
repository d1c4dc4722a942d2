/** The API's answers without a store: counts from the roll-ups of the last minutes, rows from the newest requests. */
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';
import type { TimeRange } from '../server/api.js';
import type { Queries } from '../server/queries.js';
import { fieldInfos } from '../store/columns.js';
import type { Filter } from '../store/filter/filter.js';
import { parseFilter } from '../store/filter/parse.js';
import { filterToPredicate } from '../store/filter/to-predicate.js';
import { nameOf } from '../store/filter/to-sql.js';
import { heatmapOf, splitDuration, type Cell } from '../store/queries/heatmap.js';
import { overviewOf } from '../store/queries/overview.js';
import { buckets, type Buckets } from '../store/queries/range.js';
import { recentDetail } from './recent-queries.js';
import { listRecent } from './recent-list.js';
import type { RecentRequests } from './recent-requests.js';
import { sumRollups, type RecentRollups } from './recent-rollups.js';
import { memoryServiceDetail } from './recent-service.js';

const SPARK_COLUMNS = 60;
const HISTORY_NOTE = 'No history is kept (store off): charts show the last 15 minutes at most, lists the newest requests.';

export function memoryQueries(recent: RecentRequests, rollups: RecentRollups): Queries {
  const rowsOf = (b: Buckets, filter: Filter): RollupRow[] => {
    const matches = filterToPredicate(filter);
    return rollups.between(b.countedFrom, b.to).filter((row) => matches(asRequest(row)));
  };
  // Async, so that a bad filter rejects rather than throws.
  return {
    overview: async (range, filter) => {
      const b = buckets(range, SPARK_COLUMNS);
      const { known, ignored } = forRollups(parseFilter(filter, rollups.tracedServers));
      return memoryOverview(range, b, rowsOf(b, known), ignored);
    },
    requests: async (query) => listRecent(recent, query, HISTORY_NOTE, rollups.tracedServers),
    heatmap: async (range, filter, columns) => {
      const b = buckets(range, columns);
      const { onDuration, others } = splitDuration(parseFilter(filter, rollups.tracedServers));
      const { known, ignored } = forRollups(others);
      return heatmapOf(range, b, cellsOf(rowsOf(b, known), b), onDuration, [HISTORY_NOTE, ...ignored]);
    },
    request: async (id) => recentDetail(recent, id),
    service: async (name, range) => {
      const b = buckets(range, SPARK_COLUMNS);
      return memoryServiceDetail(range, b, name, rollups.between(b.countedFrom, b.to));
    },
    oldest: async () => rollups.oldestMs,
    fields: fieldInfos,
  };
}

/** A filter on labels reads nothing else. */
function asRequest(row: RollupRow): RequestRecord {
  return { ...row, server: row.serverAddress } as unknown as RequestRecord;
}

function forRollups(filter: Filter): { known: Filter; ignored: string[] } {
  const known = filter.conditions.filter((condition) => condition.type === 'once' || (condition.type !== 'free' && condition.column.rollup !== ''));
  const missing = filter.conditions.filter((condition) => !known.includes(condition))
    .map(nameOf);
  const ignored = missing.length === 0 ? [] : [`These counts leave out the filter on ${missing.join(', ')}: only single requests know it, see the list.`];
  return { known: { conditions: known }, ignored };
}

function memoryOverview(range: TimeRange, b: Buckets, rows: RollupRow[], ignored: string[]) {
  const stepOf = (row: RollupRow): number => Math.floor(row.time / b.step) * b.step;
  const byTime = [...sumRollups(rows, (row) => `${row.service}\0${row.role}\0${row.protocol}\0${stepOf(row)}`).values()];
  const counts = byTime.map(({ of, count, errors, slow }) => (
    { service: of.service, role: of.role, t: stepOf(of), protocols: [of.protocol], c: String(count), errors: String(errors), slow: String(slow) }));
  const histograms = rows.map((row) => {
    const filled = [...row.histogram.keys()].filter((bucket) => row.histogram[bucket] > 0);
    return { service: row.service, role: row.role, t: stepOf(row), buckets: filled, counts: filled.map((bucket) => String(row.histogram[bucket])) };
  });
  const asked = rows.filter((row) => row.role === 'client');
  const edges = [...sumRollups(asked, (row) => `${row.service}\0${row.peerService}\0${row.protocol}`).values()].sort((a, z) => z.totalNs - a.totalNs)
    .map(({ of, count, errors, totalNs }) => ({ service: of.service, peer: of.peerService, protocol: of.protocol, c: String(count), errors: String(errors), total: String(totalNs) }));
  return overviewOf(range, b, counts, histograms, edges, [HISTORY_NOTE, ...ignored]);
}

function cellsOf(rows: RollupRow[], b: Buckets): Cell[] {
  return rows.flatMap((row) => {
    const t = Math.floor(row.time / b.step) * b.step;
    return [...row.histogram].flatMap((count, bucket) => (count > 0 ? [{ t, bucket, failed: row.error !== 'none', c: String(count) }] : []));
  });
}
