/** Where each kind of SQL statement names its table. */

export interface TableRule {
  /** The name may follow the verb directly (behind NOISE): `update t`, `truncate table t`. */
  direct: boolean;
  /** Else behind one of these words. */
  after: readonly string[];
}

const DIRECT: TableRule = { direct: true, after: [] };
const behind = (...after: string[]): TableRule => ({ direct: false, after });

export const TABLE_RULES: Readonly<Record<string, TableRule>> = {
  __proto__: null as never,
  select: behind('from'), delete: behind('from'), declare: behind('from'), copy: { direct: true, after: ['from'] },
  insert: DIRECT, replace: DIRECT, update: DIRECT, merge: DIRECT, upsert: DIRECT, table: DIRECT, truncate: DIRECT,
  lock: DIRECT, optimize: DIRECT, check: DIRECT, repair: DIRECT, describe: DIRECT, desc: DIRECT, call: DIRECT, exec: DIRECT,
  handler: DIRECT, refresh: DIRECT, analyze: DIRECT, vacuum: DIRECT, cluster: DIRECT,
  explain: behind('from', 'into', 'update', 'table'), prepare: behind('from', 'into', 'update'), with: behind('from'),
  create: behind('table', 'view', 'sequence', 'on'), alter: behind('table', 'view', 'sequence', 'on'),
  drop: behind('table', 'view', 'sequence', 'on'), reindex: behind('table', 'index'), load: behind('table'),
  grant: behind('on'), revoke: behind('on'), show: behind('table'),
};

/** First words of statements of MySQL, MariaDB and PostgreSQL. */
export const VERBS: ReadonlySet<string> = new Set([
  ...Object.keys(TABLE_RULES), 'abort', 'begin', 'binlog', 'cache', 'change', 'checkpoint', 'close', 'comment', 'commit', 'deallocate',
  'discard', 'do', 'end', 'execute', 'fetch', 'flush', 'get', 'help', 'import', 'install', 'kill', 'listen', 'move', 'notify', 'purge',
  'reassign', 'release', 'rename', 'reset', 'resignal', 'restart', 'rollback', 'savepoint', 'security', 'set', 'shutdown', 'signal',
  'start', 'stop', 'uninstall', 'unlisten', 'unlock', 'use', 'values', 'xa',
]);

/** Words that may stand between a statement's verb (or `from`, `into`...) and the name. */
export const NOISE: ReadonlySet<string> = new Set([
  'low_priority', 'high_priority', 'delayed', 'quick', 'ignore', 'into', 'only', 'lateral', 'table', 'tables', 'if', 'not', 'exists',
  'local', 'no_write_to_binlog', 'verbose', 'full', 'freeze', 'analyze', 'materialized', 'view', 'concurrently', 'extended', 'partitions',
]);
