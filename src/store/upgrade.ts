/** A store that an earlier version wrote becomes one of this version: columns are only ever added, at the end. */
import type { ChdbDriver } from './chdb/driver.js';
import { REQUEST_COLUMNS } from './columns.js';
import { columnDdl } from './schema.js';
import { Spool } from './spool.js';

const ROW_TABLES = ['requests', 'requests_abnormal'];

/** Batches that still wait have the old columns: they go into the old tables. */
export async function upgradeStore(driver: ChdbDriver, spoolDirectory: string): Promise<void> {
  const spool = new Spool({ directory: spoolDirectory, maxBytes: Infinity, fsync: 'never' });
  for (let batch = spool.head(); batch !== undefined; batch = spool.head()) {
    await driver.insertFile(batch.table, batch.id, batch.path);
    spool.acknowledge(batch);
  }
  for (const table of ROW_TABLES) {
    const added = REQUEST_COLUMNS.map((column) => `ADD COLUMN IF NOT EXISTS ${columnDdl(column)}`).join(', ');
    await driver.exec(`ALTER TABLE ${driver.database}.${table} ${added}`);
  }
  // A view keeps the columns it was made with; schemaStatements makes it anew.
  await driver.exec(`DROP VIEW IF EXISTS ${driver.database}.to_requests_abnormal`);
}
