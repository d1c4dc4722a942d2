/** npm run bench: measures the chosen parts one after the other and writes the report. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Arena } from './arena.js';
import { describeMachine } from './machine.js';
import { readOptions, UsageError, type BenchOptions, type PartName } from './options.js';
import { measureCompleteness } from './parts/completeness.js';
import { measureCost } from './parts/cost.js';
import { watchMemory } from './parts/memory.js';
import { timePageQueries } from './parts/page.js';
import { measureParsing } from './parts/parse.js';
import { measureRecorder } from './parts/recorder.js';
import { measureSymbols } from './parts/symbols.js';
import { measureSyscalls } from './parts/syscall.js';
import { measureThroughput } from './parts/throughput.js';
import { progress } from './progress.js';
import { writeReport } from './report.js';
import type { Results } from './results.js';
import { readSection, replaceSection } from './section.js';
import { SECTION as CAUSES } from './causes/report.js';

type Part = (arena: Arena, options: BenchOptions) => Promise<Partial<Results>>;

const PART_BY_NAME: Record<PartName, Part> = {
  completeness: async (arena, options) => ({ completeness: await measureCompleteness(arena, options) }),
  throughput: async (arena, options) => ({ throughput: await measureThroughput(arena, options) }),
  cost: async (arena, options) => ({ cost: await measureCost(arena, options) }),
  parse: async (arena, options) => ({ parse: await measureParsing(arena, options) }),
  syscall: async (arena, options) => ({ syscall: await measureSyscalls(arena, options) }),
  recorder: measureRecorder,
  memory: async (arena, options) => ({ memory: await watchMemory(arena, options) }),
  symbols: async (arena, options) => ({ symbols: await measureSymbols(arena, options) }),
  page: async (arena, options) => ({ page: await timePageQueries(arena, options) }),
};

async function runParts(options: BenchOptions): Promise<Results> {
  const results: Results = {
    machine: describeMachine(), date: new Date().toISOString().slice(0, 10), rounds: options.rounds, seconds: options.seconds,
    throughput: [], completeness: [], cost: [], parse: [], syscall: [], recorder: [], switches: [], memory: [], page: [], symbols: [], failures: [],
  };
  await using arena = await Arena.create();
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
  });
  for (const part of options.parts) {
    progress(`part ${part}`);
    try {
      Object.assign(results, await Promise.race([PART_BY_NAME[part](arena, options), interrupted]));
    } catch (error) {
      // One part that cannot be measured must not cost the others.
      const reason = (error as Error).message;
      if (reason.startsWith('stopped by ')) throw error;
      progress(`part ${part} failed: ${reason}`);
      results.failures.push({ part, reason: reason.split('\n')[0] });
    }
  }
  return results;
}

/** That section is written by bench:causes; it stays. */
function withCauses(report: string, before: string): string {
  const causes = readSection(before, CAUSES);
  return causes === '' ? report : replaceSection(report, CAUSES, causes);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (process.getuid?.() !== 0) throw new Error('the benchmark needs root: it makes a network namespace and cgroups, and loads BPF programs');
  const results = await runParts(options);
  const report = writeReport(results);
  if (options.output === null) process.stdout.write(report);
  else writeFileSync(options.output, withCauses(report, existsSync(options.output) ? readFileSync(options.output, 'utf8') : ''));
  if (results.failures.length > 0) process.exitCode = 1;
}

main().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
