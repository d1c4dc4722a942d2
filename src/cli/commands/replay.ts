import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { compileFilter } from '../../agent/live-filter.js';
import { recordingToLines, replayFile, type ReplayResult } from '../../agent/replay.js';
import { toSummary } from '../../agent/summary.js';
import { KindlingError } from '../../errors/index.js';
import { formatRequestLine } from '../../requests/lines-out.js';
import { addConfigOptions, configOf, REQUEST_OPTIONS } from '../config-options.js';
import { withExamples } from '../examples.js';
import { formatCount } from '../format.js';
import { Progress } from '../progress.js';
import { RequestPrinter } from '../request-printer.js';
import { BufferedOutput } from '../buffered-output.js';
import { COLUMNS } from '../request-table.js';
import type { ColorMode } from '../terminal.js';

interface ReplayFlags { output: 'table' | 'json' | 'lines'; json?: boolean; columns?: string; color: ColorMode }

/** Of a broken line file: the rest is only counted. */
const MAX_PROBLEMS = 20;

export function replayCommand(): Command {
  const command = new Command('replay')
    .summary('Requests of a recording or line file')
    .description('The requests in a recording or in a line file (.jsonl), by the same pipeline as live ones, without a kernel and without privileges.')
    .argument('<file>', 'A recording of `record`, or a file in the line format (docs/line-format.md).')
    .argument('[filter...]', 'Filter, as on the page.')
    .addOption(new Option('--output <form>', 'json: one request a line, with payloads; lines: what was observed, in the line format.').choices(['table', 'json', 'lines']).default('table'))
    .option('--json', 'The same as --output json.')
    .option('--columns <names>', `Columns, with commas: ${Object.keys(COLUMNS).join(', ')}.`)
    .addOption(new Option('--color <when>', 'Colours.').choices(['auto', 'always', 'never']).default('auto'))
    .action((file: string, words: string[], flags: ReplayFlags, self: Command) => replay(file, words.join(' '), flags, self));
  return withExamples(addConfigOptions(command, REQUEST_OPTIONS), [
    ['kindling replay slow.kndl', 'What was recorded, as a table.'],
    ['kindling replay capture.jsonl --output json', 'A line file, for a program.'],
    ["kindling replay slow.kndl error:yes '>100ms'", 'Only some of it.'],
    ['kindling replay slow.kndl --output lines > slow.jsonl', 'To read, or to keep beyond an upgrade.'],
  ]);
}

async function replay(file: string, filter: string, flags: ReplayFlags, self: Command): Promise<void> {
  const config = configOf(self);
  const json = flags.json === true || flags.output === 'json';
  const matches = compileFilter(filter);
  const progress = new Progress(process.stderr, `replaying ${basename(file)}`, statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const output = new BufferedOutput(process.stdout, () => progress.clear());
  if (flags.output === 'lines') return printLines(file, filter, output, progress);
  const printer = new RequestPrinter(output, { color: flags.color, columns: flags.columns });
  const problems = new Problems();
  let matched = 0;
  const result = await replayFile({
    path: file, requests: config, noResponseTimeoutMs: config.noResponseTimeoutMs,
    onRecord: (record) => {
      if (!matches(record)) return;
      matched++;
      if (json) output.write(`${formatRequestLine(record)}\n`);
      else printer.print([toSummary(record)]);
    },
    onProblem: (problem) => {
      progress.clear();
      problems.add(problem);
    },
    onProgress: (bytes) => progress.update(bytes),
  });
  progress.clear();
  output.flush();
  problems.end();
  if (!json) process.stderr.write(`${resultText(result, filter === '' ? null : matched)}\n`);
  if (result.failure !== null) throw result.failure;
}

async function printLines(file: string, filter: string, output: BufferedOutput, progress: Progress): Promise<void> {
  if (filter !== '') throw new KindlingError('OPTIONS_CONFLICT', { first: '--output lines', second: 'a filter' });
  const failure = await recordingToLines(file, (line) => output.write(`${line}\n`), (bytes) => progress.update(bytes));
  progress.clear();
  output.flush();
  if (failure !== null) throw failure;
}

function resultText({ requests, incomplete }: ReplayResult, matched: number | null): string {
  return `${matched === null ? '' : `${formatCount(matched)} of `}${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}${incomplete > 0 ? `, ${formatCount(incomplete)} of them incomplete` : ''}`;
}

class Problems {
  private count = 0;

  add(problem: string): void {
    if (this.count++ < MAX_PROBLEMS) process.stderr.write(`${problem}\n`);
  }

  end(): void {
    if (this.count > MAX_PROBLEMS) process.stderr.write(`... and ${formatCount(this.count - MAX_PROBLEMS)} more lines\n`);
  }
}
