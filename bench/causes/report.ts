/** What came out, cause by cause: a line of JSON, a row of the table. */
import { table } from '../table.js';
import type { Cause } from './cause.js';
import type { Judgement } from './judge.js';

export interface CauseResult {
  cause: string;
  title: string;
  runs: number;
  /** Verdicts that name the cause. */
  right: number;
  /** Of the ledgers: share of `unexplained`. A run without profile counts as 1. */
  medianRemainder: number;
  worstRemainder: number;
  /** Runs whose marked thread is the one that executed the request. */
  threadRight: number;
  /** Runs that had no profile at all. */
  missing: number;
}

export const TARGETS = { right: 0.9, medianRemainder: 0.02, worstRemainder: 0.1 } as const;
export const SECTION = 'Causes';

export function resultOf(cause: Cause, judgements: readonly Judgement[]): CauseResult {
  const remainders = judgements.map((judgement) => judgement.remainder).sort((a, b) => a - b);
  const count = (is: (judgement: Judgement) => boolean) => judgements.filter(is).length;
  return {
    cause: cause.name, title: cause.title, runs: judgements.length, right: count((one) => one.right),
    medianRemainder: rounded(medianOf(remainders)), worstRemainder: rounded(remainders.at(-1) ?? 1),
    threadRight: count((one) => one.threadRight), missing: count((one) => one.verdict === ''),
  };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length === 0 ? 1 : sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const rounded = (share: number): number => Math.round(share * 1e4) / 1e4;

/** What misses the figures to reach; empty: all met. */
export function missed(result: CauseResult): string[] {
  const missing: string[] = [];
  if (result.right < result.runs * TARGETS.right) missing.push('verdict');
  if (result.medianRemainder > TARGETS.medianRemainder || result.worstRemainder > TARGETS.worstRemainder) missing.push('remainder');
  if (result.threadRight < result.runs) missing.push('thread');
  return missing;
}

export function lineOf(result: CauseResult): string {
  const of = (count: number) => `${count}/${result.runs}`.padStart(7);
  return `${result.cause.padEnd(22)} right ${of(result.right)}  thread ${of(result.threadRight)}  unexplained ${percent(result.medianRemainder).padStart(6)} median ${percent(result.worstRemainder).padStart(6)} worst`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function tableOf(results: readonly CauseResult[]): string {
  return table(['cause', '', 'right', 'thread right', 'unexplained, median', 'worst', ''], results.map((result) => [
    result.cause, result.title, `${result.right}/${result.runs}`, `${result.threadRight}/${result.runs}`,
    percent(result.medianRemainder), percent(result.worstRemainder), missed(result).length === 0 ? 'met' : `MISSED: ${missed(result).join(', ')}`,
  ]));
}

export function sectionOf(results: readonly CauseResult[], runs: number): string {
  const met = results.filter((result) => missed(result).length === 0).length;
  const notRight = results.reduce((sum, result) => sum + result.runs - result.right, 0);
  return `Written by \`npm run bench:causes -- --runs ${runs} --write\` on ${new Date().toISOString().slice(0, 10)}. Each cause is made on purpose by real programs, ${runs} times, with harmless load beside; a verdict is right when its
sentence and its structured cause name what is true by the programs' own account ([how](profile.md#how-it-is-checked)).
To reach, for each: verdict right in at least ${TARGETS.right * 100} %, unexplained at most ${TARGETS.medianRemainder * 100} % (median) and ${TARGETS.worstRemainder * 100} % (worst), the marked thread right always.

${tableOf(results)}

${met} of ${results.length} causes meet all of it; ${notRight} of ${results.reduce((sum, result) => sum + result.runs, 0)} verdicts were not right.`;
}
