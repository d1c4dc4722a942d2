import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { parseDurationMs } from '../../config/units.js';
import { KindlingError } from '../../errors/index.js';
import { agentAddressOf } from '../agent-address.js';
import { callAgent } from '../api-client.js';
import { addConfigOptions, positiveInteger } from '../config-options.js';
import { withExamples } from '../examples.js';

interface ExportFlags { har?: string | true; filter?: string; last: string; limit: number; output?: string; url?: string }

const DEFAULT_LIMIT = 1000;

export function exportCommand(): Command {
  const command = new Command('export')
    .summary('Write requests as an HTTP Archive (HAR)')
    .description('Write requests of a running agent as an HTTP Archive, which the network panel of any browser opens.')
    .option('--har [id]', 'The request with this id and the calls it made; without an id those of --filter.')
    .option('--filter <filter>', 'Requests that match, newest first: service:shop status:500')
    .option('--last <duration>', 'Only requests of this time.', '15m')
    .option('--limit <count>', 'At most so many, up to 1000.', positiveInteger, DEFAULT_LIMIT)
    .option('-o, --output <file>', 'File to write (default: stdout).')
    .option('--url <url>', 'The running agent (default: the address of the configuration, http://127.0.0.1:9500/).')
    .action((flags: ExportFlags, self: Command) => exportHar(flags, self));
  return withExamples(addConfigOptions(command, ['listen', 'token']), [
    ['kindling export --har 5f2a9c0011d3e4b7 -o slow.har', 'One request, with the calls it made.'],
    ["kindling export --filter 'service:shop error:yes' --last 1h -o failed.har", 'Failed requests of the last hour.'],
  ]);
}

async function exportHar(flags: ExportFlags, self: Command): Promise<void> {
  const response = await callAgent(agentAddressOf(self), pathOf(flags));
  const har = `${JSON.stringify(await response.json(), null, 2)}\n`;
  if (flags.output === undefined) {
    process.stdout.write(har);
    return;
  }
  try {
    writeFileSync(flags.output, har);
  } catch (error) {
    throw new KindlingError('OUTPUT_UNWRITABLE', { path: flags.output, reason: (error as NodeJS.ErrnoException).code ?? String(error) }, { cause: error });
  }
}

function pathOf(flags: ExportFlags): string {
  if (typeof flags.har === 'string' && flags.filter !== undefined) throw new KindlingError('OPTIONS_CONFLICT', { first: '--har ID', second: '--filter' });
  if (typeof flags.har === 'string') return `/api/requests/${encodeURIComponent(flags.har)}/har`;
  if (flags.filter === undefined && flags.har === undefined) {
    throw new KindlingError('COMMAND_LINE', { detail: 'nothing says what to export: give --har ID or --filter FILTER', command: 'export ' });
  }
  const lastMs = parseDurationMs(flags.last);
  if (lastMs === null) {
    throw new KindlingError('OPTION_INVALID', {
      key: '--last', source: 'the command line', value: `"${flags.last}"`, reason: 'not a duration', expected: 'a duration', example: '1h',
    });
  }
  const query = new URLSearchParams({ filter: flags.filter ?? '', from: String(Date.now() - lastMs), to: String(Date.now()), limit: String(flags.limit), sort: '-start' });
  return `/api/requests.har?${query}`;
}
