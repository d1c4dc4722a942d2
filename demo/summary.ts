/** What the demo shows in the terminal, as text: services, why requests were slow, and the latest slow and failed ones. */
import type { Overview, ProfileSummary, RequestSummary } from '../src/server/api.js';
import type { LoadTotals } from './load-client.js';

export interface Picture {
  pageUrl: string | null;
  load: LoadTotals;
  overview: Overview | null;
  trouble: RequestSummary[];
  /** Profiles, in the order of what they should be read. */
  why: ProfileSummary[];
}

const VERDICTS = 6;
const VERDICT_WIDTH = 110;

export function drawPicture({ pageUrl, load, overview, trouble, why }: Picture): string[] {
  const lines = [pageUrl ? `Kindling   ${pageUrl}   (Ctrl-C ends and removes everything)` : 'The shop alone, not traced (Ctrl-C ends and removes everything)', loadLine(load), ''];
  if (overview) lines.push(...serviceTable(overview), '');
  if (why.length > 0) lines.push('why', ...why.slice(0, VERDICTS).flatMap(verdictLines), '');
  if (trouble.length > 0) lines.push('latest slow and failed requests', ...troubleTable(trouble));
  for (const note of overview?.notes ?? []) lines.push(`note: ${note}`);
  return lines;
}

function loadLine(load: LoadTotals): string {
  const statuses = Object.entries(load.byStatus).map(([status, count]) => `${status}: ${count}`).join('  ');
  return `load       ${load.sent} requests sent to the shop   ${statuses}${load.failed > 0 ? `   without answer: ${load.failed}` : ''}`;
}

function serviceTable(overview: Overview): string[] {
  const rows = overview.services.map((service) => [
    service.service, service.protocols.join(' '), service.rate.toFixed(1), String(service.errors), String(service.slow),
    milliseconds(service.p50Ns), milliseconds(service.p95Ns),
  ]);
  return align([['service', 'protocol', 'req/s', 'errors', 'slow', 'p50', 'p95'], ...rows], 2);
}

/** One verdict for each endpoint and cause, of the request that lost most time. */
export function distinct(profiles: readonly ProfileSummary[]): ProfileSummary[] {
  const seen = new Set<string>();
  return profiles.filter((profile) => {
    const key = `${profile.service} ${profile.endpoint} ${profile.topKind}`;
    return !seen.has(key) && seen.add(key);
  });
}

function verdictLines({ service, verdict }: ProfileSummary): string[] {
  const lines: string[] = [];
  let line = '  ';
  for (const word of printable(`${service}: ${verdict}`, 2_000).split(' ')) {
    if (line.length + word.length > VERDICT_WIDTH) {
      lines.push(line.trimEnd());
      line = '    ';
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

function troubleTable(trouble: RequestSummary[]): string[] {
  const rows = trouble.map((request) => [
    clock(request.start), milliseconds(request.durationNs), request.error === 'none' ? 'slow' : request.error.replaceAll('_', ' '),
    printable(request.status, 14), request.role === 'server' ? request.service : `${request.service} -> ${request.peerService}`, printable(`${request.protocol} ${request.endpoint}`, 50),
  ]);
  return align(rows, 0);
}

/** Columns from `rightFrom` on hold figures and are aligned to the right; 0: all to the left. */
function align(rows: string[][], rightFrom: number): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row
    .map((cell, column) => (rightFrom > 0 && column >= rightFrom ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
    .join('  ')
    .trimEnd());
}

function milliseconds(ns: number): string {
  const ms = ns / 1e6;
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

function clock(startNs: string): string {
  return new Date(Number(BigInt(startNs) / 1_000_000n)).toISOString().slice(11, 19);
}

/** What was on the wire may hold control characters; a terminal would obey them. */
function printable(text: string, width: number): string {
  const safe = text.replace(/[^ -~\u00a1-\uffff]+/g, ' ');
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe;
}
