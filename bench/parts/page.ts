/** (e) Times of the page's queries on a store filled with generated requests. */
import { run } from '../../test/servers/run.js';
import type { Arena } from '../arena.js';
import type { BenchOptions } from '../options.js';
import { progress } from '../progress.js';
import type { PageRow } from '../results.js';

const timeoutMs = 900_000;

export async function timePageQueries(arena: Arena, options: BenchOptions): Promise<PageRow[]> {
  const directory = arena.makeFolder('filled-store');
  const place = { cgroup: arena.watchers, timeoutMs };
  progress(`page: storing ${options.pageMillions} million requests`);
  await run([process.execPath, 'dist/bench/store-fill.js', directory, String(options.pageMillions)], place);
  progress('page: asking');
  const { stdout } = await run([process.execPath, 'dist/bench/store.js', directory], place);
  return readTable(stdout);
}

/** `| query | median ms | worst ms | ...` below a first line with the number of rows. */
export function readTable(text: string): PageRow[] {
  const stored = Number(/^([\d,]+) rows/m.exec(text)?.[1].replaceAll(',', ''));
  const rows = text.split('\n').flatMap((line) => {
    const [, query, medianMs, worstMs] = line.split('|').map((cell) => cell.trim());
    const row = { query, rows: stored, p50Ms: Number(medianMs), maxMs: Number(worstMs) };
    return query && Number.isFinite(row.p50Ms) && Number.isFinite(row.maxMs) ? [row] : [];
  });
  if (rows.length === 0 || Number.isNaN(stored)) throw new Error(`cannot read the query times:\n${text.slice(0, 1000)}`);
  return rows;
}
