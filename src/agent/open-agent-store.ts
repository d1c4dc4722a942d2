import type { Config } from '../config/index.js';
import type { Queries } from '../server/queries.js';
import type { StoreHandle } from './store-handle.js';

const HOUR_MS = 3600e3;

/** The store as configured. Its engine is loaded only here: an agent without a store must not need it. */
export async function openAgentStore(config: Config): Promise<StoreHandle> {
  const { openStore } = await import('../store/store.js');
  const store = await openStore({
    directory: config.storeDirectory, diskBudgetBytes: config.diskBudgetBytes, rowsPerSecond: config.detailBudget,
    keepHours: { detail: config.retentionMs / HOUR_MS },
  });
  const { queries } = store;
  const served: Queries = {
    overview: (range, filter) => queries.overview(range, filter),
    requests: ({ range, filter, sort, limit, cursor }) => queries.requestList(range, filter, { sort, limit, cursor }),
    heatmap: (range, filter, columns) => queries.heatmap(range, filter, columns),
    request: (id) => queries.requestDetail(id),
    service: (name, range) => queries.serviceDetail(range, name),
    oldest: (range) => queries.oldest(range),
    fields: () => queries.fields(),
  };
  return {
    queries: served,
    append: (table, rowBinary, rowCount) => store.append(table, rowBinary, rowCount),
    health: () => store.health(),
    countedUntilMs: () => store.countedUntilMs(),
    enginePid: () => store.enginePid(),
    close: () => store.close(),
  };
}
