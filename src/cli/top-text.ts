/** What time is lost to, for a terminal: services with where the time of their profiled requests went, then what they waited for. */
import { pathName } from '../export/profile-text.js';
import type { CauseObject, CauseRow, Causes, KindTime, Overview } from '../server/api.js';
import { formatCount, formatNs } from './format.js';
import { fit, printable, type Paint } from './terminal.js';

export interface Top { causes: Causes; overview: Overview | null; lastMs: number; url: string }

const SHOWN_KINDS = 8;
const SHOWN_ROWS = 10;
const SHOWN_OBJECTS = 5;
const BAR_WIDTH = 24;

export function topText({ causes, overview, lastMs, url }: Top, width: number, paint: Paint): string {
  const line = (text: string): string => fit(text, width).trimEnd();
  const lines = [
    paint.dim(line(`${url}  last ${formatNs(lastMs * 1e6)}  ${formatCount(causes.profiles)} profiled requests, ${formatNs(causes.totalNs)} of their time`)),
    ...(causes.sentence === '' ? [] : [paint.bold(line(printable(causes.sentence)))]),
    ...kindLines(causes, paint, line), ...serviceLines(causes, overview, paint, line), ...endpointLines(causes.endpoints, paint, line),
    ...objectLines('LOCKS', causes.locks, paint, line), ...objectLines('PEERS', causes.peers, paint, line),
    ...objectLines('FILES', causes.files, paint, line), ...objectLines('FUNCTIONS ON CPU', causes.functions, paint, line),
    ...(causes.profiles === 0 ? ['', 'No request of this time has a profile. Slow and failed ones get one while the recorder is on: `kindling profiling on`.'] : []),
  ];
  return lines.map((one) => `${one}\n`).join('');
}

type Line = (text: string) => string;

function kindLines({ kinds, totalNs }: Causes, paint: Paint, line: Line): string[] {
  if (kinds.length === 0) return [];
  return ['', paint.dim('    TIME SHARE'), ...kinds.slice(0, SHOWN_KINDS).map(({ kind, ns }) => {
    const share = totalNs > 0 ? ns / totalNs : 0;
    return line(`${fit(formatNs(ns), 8, 'right')} ${fit(percent(share), 5, 'right')} ${fit('#'.repeat(Math.round(share * BAR_WIDTH)), BAR_WIDTH)} ${pathName(kind, '')}`);
  })];
}

function serviceLines({ endpoints, slower }: Causes, overview: Overview | null, paint: Paint, line: Line): string[] {
  if (overview === null || overview.services.length === 0) return [];
  const rows = overview.services.slice(0, SHOWN_ROWS).map((row) => {
    const kinds = sumKinds(endpoints.filter(({ service }) => service === row.service));
    const numbers = `${fit(row.rate.toFixed(1), 8, 'right')} ${fit(formatCount(row.errors), 6, 'right')} ${fit(formatCount(row.slow), 6, 'right')} ${fit(formatNs(row.p50Ns), 8, 'right')} ${fit(formatNs(row.p95Ns), 8, 'right')}`;
    const text = line(`${numbers} ${fit(printable(row.service), 20)} ${mostOf(kinds)}`);
    return slower?.services.includes(row.service) ? paint.yellow(text) : text;
  });
  return ['', paint.dim(line('   REQ/S FAILED   SLOW      P50      P95 SERVICE              ITS PROFILED REQUESTS SPENT')), ...rows];
}

function endpointLines(endpoints: readonly CauseRow[], paint: Paint, line: Line): string[] {
  if (endpoints.length === 0) return [];
  const rows = endpoints.slice(0, SHOWN_ROWS).flatMap((row) => [
    line(`${fit(formatNs(row.lostNs), 8, 'right')} ${fit(formatNs(row.usualNs), 8, 'right')} ${fit(formatCount(row.profiles), 8, 'right')} ${printable(`${row.service} ${row.protocol} ${row.endpoint}`)}`),
    paint.dim(line(`${' '.repeat(27)}${row.worst.id}: ${printable(row.worst.verdict)}`)),
  ]);
  return ['', paint.dim(line('    LOST    USUAL PROFILES ENDPOINT, and its worst request')), ...rows];
}

function objectLines(title: string, objects: readonly CauseObject[], paint: Paint, line: Line): string[] {
  if (objects.length === 0) return [];
  return ['', paint.dim(`    TIME PROFILES ${title}`), ...objects.slice(0, SHOWN_OBJECTS).map(({ name, service, ns, profiles }) =>
    line(`${fit(formatNs(ns), 8, 'right')} ${fit(formatCount(profiles), 8, 'right')} ${printable(`${name}  (${service})`)}`))];
}

function sumKinds(rows: readonly CauseRow[]): KindTime[] {
  const sums = new Map<KindTime['kind'], number>();
  for (const { kinds } of rows) for (const { kind, ns } of kinds) sums.set(kind, (sums.get(kind) ?? 0) + ns);
  return [...sums].map(([kind, ns]) => ({ kind, ns })).sort((a, b) => b.ns - a.ns);
}

function mostOf(kinds: readonly KindTime[]): string {
  const total = kinds.reduce((sum, { ns }) => sum + ns, 0);
  return kinds.slice(0, 3).map(({ kind, ns }) => `${percent(ns / total)} ${pathName(kind, '')}`).join(', ');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
