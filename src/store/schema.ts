/**
 * DDL from the column tables, for the embedded engine and for a cluster. The same SQL runs on both: what differs (engine
 * names, ON CLUSTER, Distributed tables in front of local ones) stands in `Layout` and nowhere else.
 */
import { REQUEST_COLUMNS, sqlType } from './columns.js';
import { HISTOGRAM_TYPE, ROLLUP_LABELS, ROLLUP_SUMS, rollupLabelDdl, rollupSumDdl } from './rollup-columns.js';

/** 2: how long requests and responses lay unread. */
export const SCHEMA_VERSION = 2;
/** From which on a store can be upgraded: see upgrade.ts. */
export const OLDEST_SCHEMA_VERSION = 1;

export interface Layout {
  database: string;
  /** '' embedded; else the name of the cluster. */
  cluster: string;
  /** `MergeTree` -> `ReplicatedMergeTree` on a replicated cluster. */
  engine: (name: 'MergeTree' | 'AggregatingMergeTree') => string;
  /** Suffix of the tables that hold data; with one, the plain names are Distributed tables over them. */
  localSuffix: '' | '_local';
  /** Blocks remembered for idempotent inserts; replicated engines remember by themselves. */
  deduplicationWindow: number;
}

export const embeddedLayout = (database = 'kindling'): Layout => ({
  database, cluster: '', engine: (name) => name, localSuffix: '', deduplicationWindow: 10_000,
});

export const clusterLayout = (cluster: string, database = 'kindling'): Layout => ({
  database, cluster, localSuffix: '_local', deduplicationWindow: 0,
  engine: (name) => `Replicated${name}('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')`,
});

/** Tables with data, as partitions of which retention drops. `timeColumn` bounds a partition's time. */
export interface TableInfo {
  name: string;
  /** Of the raw rows only these are inserted from outside; the others are filled by materialised views. */
  inserted: boolean;
  timeColumn: string;
  /** Share of retention: how long it is kept relative to the requests' retention is decided in retention.ts. */
  keep: 'detail' | 'abnormal' | 'rollup_10s' | 'rollup_1m' | 'rollup_1h';
}
export const TABLES: readonly TableInfo[] = [
  { name: 'requests', inserted: true, timeColumn: 'start', keep: 'detail' },
  { name: 'requests_abnormal', inserted: false, timeColumn: 'start', keep: 'abnormal' },
  { name: 'rollup_10s', inserted: true, timeColumn: 'time', keep: 'rollup_10s' },
  { name: 'rollup_1m', inserted: false, timeColumn: 'time', keep: 'rollup_1m' },
  { name: 'rollup_1h', inserted: false, timeColumn: 'time', keep: 'rollup_1h' },
];

export const columnDdl = (c: (typeof REQUEST_COLUMNS)[number]): string => `${c.sql} ${sqlType(c.type)}${c.codec === '' ? '' : ` CODEC(${c.codec})`}`;

const REQUEST_DDL = REQUEST_COLUMNS.map(columnDdl);
/** Rows of a page lie scattered when it is sorted by duration: each costs a granule, and a compressed block, of every column. */
const SCATTERED_READS = 'index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 131072';
/**
 * Skip indices: one request, a connection's or a trace's found among millions. A side table filled by a view would answer
 * as quickly, but every view costs about as much CPU per batch as the insert itself (docs/design-notes/0006-store-writes.md).
 */
const REQUEST_INDICES = [
  'INDEX by_id id TYPE bloom_filter(0.005) GRANULARITY 1',
  'INDEX by_connection connection_id TYPE bloom_filter(0.01) GRANULARITY 1',
  'INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1',
];
const ROLLUP_DDL = [
  `time DateTime('UTC')`, ...ROLLUP_LABELS.map(rollupLabelDdl), ...ROLLUP_SUMS.map(rollupSumDdl),
  `histogram SimpleAggregateFunction(sumMap, ${HISTOGRAM_TYPE})`,
];
const ROLLUP_KEY = ['time', ...ROLLUP_LABELS.map((c) => c.sql)];

export function schemaStatements(layout: Layout): string[] {
  const on = layout.cluster === '' ? '' : ` ON CLUSTER ${layout.cluster}`;
  const statements = [`CREATE DATABASE IF NOT EXISTS ${layout.database}${on} ENGINE = Atomic`];
  statements.push(...requestTables(layout), ...rollupTables(layout), ...views(layout));
  return statements;
}

function table(
  layout: Layout, name: string, columns: readonly string[], engine: 'MergeTree' | 'AggregatingMergeTree', partition: string, key: string, settings = '',
): string[] {
  const on = layout.cluster === '' ? '' : ` ON CLUSTER ${layout.cluster}`;
  const local = `${layout.database}.${name}${layout.localSuffix}`;
  const window = layout.deduplicationWindow > 0 ? `, non_replicated_deduplication_window = ${layout.deduplicationWindow}` : '';
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${local}${on} (${columns.join(', ')}) ENGINE = ${layout.engine(engine)} `
    + `PARTITION BY ${partition} ${key} SETTINGS ${settings === '' ? 'index_granularity = 8192' : settings}${window}`,
  ];
  if (layout.localSuffix !== '') {
    statements.push(`CREATE TABLE IF NOT EXISTS ${layout.database}.${name}${on} AS ${local} `
      + `ENGINE = Distributed('${layout.cluster}', '${layout.database}', '${name}${layout.localSuffix}', rand())`);
  }
  return statements;
}

/** Newest first is what lists ask for: sorted by time alone, they read backwards and stop when they have enough. */
function requestTables(layout: Layout): string[] {
  const columns = [...REQUEST_DDL, ...REQUEST_INDICES];
  return [
    ...table(layout, 'requests', columns, 'MergeTree', 'toStartOfHour(start)', 'ORDER BY start', SCATTERED_READS),
    ...table(layout, 'requests_abnormal', columns, 'MergeTree', 'toYYYYMMDD(start)', 'ORDER BY start', SCATTERED_READS),
  ];
}

function rollupTables(layout: Layout): string[] {
  const key = `PRIMARY KEY (time, service, role, protocol) ORDER BY (${ROLLUP_KEY.join(', ')})`;
  return [
    ...table(layout, 'rollup_10s', ROLLUP_DDL, 'AggregatingMergeTree', 'toYYYYMMDD(time)', key),
    ...table(layout, 'rollup_1m', ROLLUP_DDL, 'AggregatingMergeTree', 'toYYYYMMDD(time)', key),
    ...table(layout, 'rollup_1h', ROLLUP_DDL, 'AggregatingMergeTree', 'toYYYYMM(time)', key),
  ];
}

function views(layout: Layout): string[] {
  const on = layout.cluster === '' ? '' : ` ON CLUSTER ${layout.cluster}`;
  const name = (table: string) => `${layout.database}.${table}${layout.localSuffix}`;
  const view = (target: string, select: string) =>
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${layout.database}.to_${target}${on} TO ${name(target)} AS ${select}`;
  const labels = ROLLUP_LABELS.map((c) => c.sql).join(', ');
  const sums = ROLLUP_SUMS.map((c) => `${c.merge}(r.${c.sql}) AS ${c.sql}`).join(', ');
  const coarser = (target: string, start: string) => view(target,
    `SELECT ${start}(r.time) AS time, ${labels}, ${sums}, sumMap(r.histogram) AS histogram FROM ${name('rollup_10s')} AS r GROUP BY time, ${labels}`);
  return [
    view('requests_abnormal', `SELECT * FROM ${name('requests')} WHERE slow OR error != 'none'`),
    coarser('rollup_1m', 'toStartOfMinute'),
    coarser('rollup_1h', 'toStartOfHour'),
  ];
}
