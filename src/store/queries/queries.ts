/** All questions the API asks, over one driver. Filters are given as text; `FilterError` says what is wrong with one. */
import type { FieldInfo, Heatmap, Overview, RequestDetail, RequestList, ServiceDetail, TimeRange } from '../../server/api.js';
import { fieldInfos } from '../columns.js';
import type { StoreReader } from '../driver.js';
import { parseFilter } from '../filter/parse.js';
import { heatmap } from './heatmap.js';
import { oldest } from './oldest.js';
import { overview } from './overview.js';
import { requestDetail } from './request-detail.js';
import { requestList, type ListOptions } from './request-list.js';
import { withTracedServers } from './traced-servers.js';
import { serviceDetail } from './service-detail.js';

export interface StoreQueries {
  overview(range: TimeRange, filter?: string): Promise<Overview>;
  requestList(range: TimeRange, filter?: string, options?: ListOptions): Promise<RequestList>;
  heatmap(range: TimeRange, filter?: string, columns?: number): Promise<Heatmap>;
  /** null: there is no such request (any more). */
  requestDetail(id: string): Promise<RequestDetail | null>;
  serviceDetail(range: TimeRange, service: string): Promise<ServiceDetail>;
  /** Unix ms of the oldest data in the range, to the roll-ups' step; null: none. */
  oldest(range: TimeRange): Promise<number | null>;
  fields(): FieldInfo[];
}

export function createQueries(driver: StoreReader, database: string): StoreQueries {
  const context = { driver, database };
  const parsed = (range: TimeRange, filter: string) => withTracedServers(context, range, parseFilter(filter));
  // Async, so that a bad filter rejects rather than throws.
  return {
    overview: async (range, filter = '') => overview(context, range, await parsed(range, filter)),
    requestList: async (range, filter = '', options = {}) => requestList(context, range, await parsed(range, filter), options),
    heatmap: async (range, filter = '', columns) => heatmap(context, range, await parsed(range, filter), columns),
    requestDetail: async (id) => requestDetail(context, id),
    serviceDetail: async (range, service) => serviceDetail(context, range, service),
    oldest: (range) => oldest(context, range),
    fields: fieldInfos,
  };
}
