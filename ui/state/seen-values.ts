/** Values of filter words that were on screen, offered as completions. */
import type { Overview, RequestSummary } from '../../src/server/api.js';

const MOST = 300;
const seen = new Map<string, Set<string>>();

function note(field: string, value: string): void {
  if (value === '') return;
  let values = seen.get(field);
  if (!values) seen.set(field, (values = new Set()));
  if (values.size < MOST) values.add(value);
}

export function noteRequests(rows: readonly RequestSummary[]): void {
  for (const row of rows) {
    note('service', row.service);
    note('peer', row.peerService);
    note('protocol', row.protocol);
    note('operation', row.operation);
    note('endpoint', row.endpoint);
    note('status', row.status);
    note('comm', row.comm);
    note('container', row.container);
    note('server', row.server);
  }
}

export function noteOverview(overview: Overview): void {
  for (const row of overview.services) {
    note('service', row.service);
    for (const protocol of row.protocols) note('protocol', protocol);
    for (const dependency of row.dependencies) note('peer', dependency.service);
  }
}

export function seenValues(field: string): string[] {
  return [...(seen.get(field) ?? [])].sort();
}
