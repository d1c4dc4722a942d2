/** npm run bench:causes: plays each cause, compares verdicts with the truth, prints what came out. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { Workspace } from '../../test/servers/index.js';
import type { Cause } from './cause.js';
import { notJudged, type Judgement } from './judge.js';
import { CAUSES } from './list.js';
import { readOptions, UsageError, type CausesOptions } from './options.js';
import { play } from './play.js';
import { Programs } from './programs.js';
import { lineOf, resultOf, SECTION, sectionOf, tableOf, type CauseResult } from './report.js';
import { replaceSection } from '../section.js';

/** Everything that is started inherits it: what else runs on the machine shall not become the cause. */
const PRIORITY = -10;

async function playAll(causes: readonly Cause[], options: CausesOptions): Promise<CauseResult[]> {
  await using workspace = await Workspace.create('causes');
  const programs = await Programs.build(workspace);
  const results: CauseResult[] = [];
  for (const cause of causes) {
    const startMs = Date.now();
    const judgements = await play(cause, options.runs, programs, (judgement, run) => tell(cause, judgement, run, options)).catch((error: Error) => {
      process.stderr.write(`${cause.name} could not be played: ${error.message}\n`);
      process.exitCode = 1;
      return Array.from({ length: options.runs }, () => notJudged(error.message));
    });
    const result = resultOf(cause, judgements);
    results.push(result);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    process.stderr.write(`${lineOf(result)}   ${((Date.now() - startMs) / 1e3).toFixed(1)} s\n`);
  }
  return results;
}

function tell(cause: Cause, judgement: Judgement, run: number, { verbose, dump }: CausesOptions): void {
  if (dump !== null) writeFileSync(join(dump, `${cause.name}-${run + 1}.json`), JSON.stringify({ problems: judgement.problems, profile: judgement.profile }));
  const wrong = judgement.problems.length > 0;
  if (!verbose || !wrong) return;
  process.stderr.write(`  ${cause.name}, request ${run + 1}: ${judgement.problems.join('; ')}\n    ${judgement.verdict || '(no verdict)'}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), CAUSES.map((cause) => cause.name));
  const causes = CAUSES.filter((cause) => options.names.includes(cause.name));
  if (options.list) {
    for (const { name, title } of causes) process.stdout.write(`${name.padEnd(22)} ${title}\n`);
    return;
  }
  if (process.getuid?.() !== 0) throw new Error('the causes need root: cgroups, network namespaces, BPF programs');
  process.env.KINDLING_REQUIRE_SCOPE = '1';
  setPriority(PRIORITY);
  if (options.dump !== null) mkdirSync(options.dump, { recursive: true });
  const results = await playAll(causes, options);
  if (!options.json) process.stdout.write(`\n${tableOf(results)}\n`);
  if (options.output !== null) writeFileSync(options.output, replaceSection(readFileSync(options.output, 'utf8'), SECTION, sectionOf(results, options.runs)));
}

main().catch((error: Error) => {
  process.stderr.write(`bench:causes: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
