/** What a run saw, for people and for programs. */
import type { EndpointTotals, Totals } from '../agent/totals.js';
import type { AgentHealth, Cause, Profile } from '../server/api.js';
import { formatCount, formatNs } from './format.js';
import { fit, printable, wrap, type Paint } from './terminal.js';

const SHOWN_ENDPOINTS = 12;

export interface RunSummary {
  command: string[];
  exitCode: number;
  durationMs: number;
  requests: number;
  errors: number;
  slow: number;
  lost: AgentHealth['losses'];
  agentCpuSeconds: number;
  endpoints: EndpointTotals[];
  /** With --profile: those that lost most time. */
  slowest: SlowRequest[];
}

export interface SlowRequest {
  id: string;
  service: string;
  endpoint: string;
  durationNs: number;
  usualNs: number | null;
  verdict: string;
  cause: Cause;
  lookAt: string[];
}

export interface RunFacts { command: string[]; exitCode: number; durationMs: number; totals: Totals; health: AgentHealth; slowest: readonly Profile[] }

export function runSummary({ command, exitCode, durationMs, totals, health, slowest }: RunFacts): RunSummary {
  const cpu = process.cpuUsage();
  return {
    command, exitCode, durationMs, requests: totals.requests, errors: totals.errors, slow: totals.slow, lost: health.losses,
    agentCpuSeconds: (cpu.user + cpu.system) / 1e6, endpoints: totals.endpoints(), slowest: slowest.map(slowRequest),
  };
}

function slowRequest({ requestId, service, endpoint, requestStartNs, requestEndNs, usual, verdict, cause, lookAt }: Profile): SlowRequest {
  return { id: requestId, service, endpoint, durationNs: requestEndNs - requestStartNs, usualNs: usual?.durationNs ?? null, verdict, cause, lookAt: lookAt.map(({ label }) => label) };
}

export function summaryText(summary: RunSummary, width: number, paint: Paint): string {
  const { requests, errors, slow, lost, endpoints } = summary;
  const part = (count: number, word: string, color: (text: string) => string): string => {
    const text = `${formatCount(count)} ${word}`;
    return count > 0 ? color(text) : text;
  };
  const lines = [
    `${paint.bold(`${formatCount(requests)} requests`)} in ${(summary.durationMs / 1000).toFixed(1)}s, ` +
    `${part(errors, 'failed', paint.red)}, ${part(slow, 'slow', paint.yellow)}; ${lossText(lost, paint)}`,
  ];
  if (endpoints.length > 0) lines.push(...endpointLines(endpoints, width, paint));
  lines.push(...slowLines(summary.slowest, width, paint));
  return lines.map((line) => `${line}\n`).join('');
}

/** A verdict is a sentence to be read: it is wrapped, not cut. */
function slowLines(slowest: readonly SlowRequest[], width: number, paint: Paint): string[] {
  if (slowest.length === 0) return [];
  const indent = ' '.repeat(10);
  const wrapped = (text: string): string[] => wrap(printable(text), Math.max(30, width - indent.length)).map((line) => indent + line);
  return [paint.dim('     TOOK SLOWEST REQUESTS, and why'), ...slowest.flatMap(({ durationNs, service, verdict, lookAt }) => {
    const [first, ...rest] = wrapped(`${service}: ${verdict}`);
    return [fit(formatNs(durationNs), 9, 'right') + first.slice(9), ...rest, ...(lookAt.length > 0 ? wrapped(`look at: ${lookAt.join('; ')}`).map((line) => paint.dim(line)) : [])];
  })];
}

function lossText(lost: AgentHealth['losses'], paint: Paint): string {
  if (lost.length === 0) return 'nothing lost';
  return paint.red(`lost: ${lost.map(({ count, unit, reason }) => `${formatCount(count)} ${count === 1 ? unit.slice(0, -1) : unit} (${reason})`).join(', ')}`);
}

const HEADS: Array<[string, number]> = [['COUNT', 9], ['FAILED', 7], ['SLOW', 6], ['P50', 8], ['P99', 8]];

function endpointLines(endpoints: EndpointTotals[], width: number, paint: Paint): string[] {
  const fixed = HEADS.reduce((sum, [, size]) => sum + size + 1, 0);
  const numbers = (cells: string[]): string => cells.map((cell, i) => fit(cell, HEADS[i][1], 'right')).join(' ');
  const head = paint.dim(`${numbers(HEADS.map(([title]) => title))} REQUESTS, most time first`);
  const lines = endpoints.slice(0, SHOWN_ENDPOINTS).map((row) => {
    const cells = [formatCount(row.count), formatCount(row.errors), formatCount(row.slow), formatNs(row.p50Ns), formatNs(row.p99Ns)];
    const name = printable(`${row.service} ${row.role === 'server' ? '←' : '→'} ${row.protocol} ${row.endpoint}`);
    return `${numbers(cells)} ${fit(name, Math.max(10, width - fixed)).trimEnd()}`;
  });
  const more = endpoints.length - lines.length;
  return [head, ...lines, ...(more > 0 ? [paint.dim(`... and ${formatCount(more)} more`)] : [])];
}
