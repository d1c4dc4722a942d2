import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { parseDurationMs } from '../../config/units.js';
import { KindlingError } from '../../errors/index.js';
import { PROFILE_FORMATS, PROFILE_FORMAT_NAMES, type ProfileFormatName } from '../../export/profile-formats.js';
import { agentAddressOf } from '../agent-address.js';
import { callAgent } from '../api-client.js';
import { addConfigOptions, positiveInteger } from '../config-options.js';
import { withExamples } from '../examples.js';

interface ExportFlags { har?: string | true; format?: ProfileFormatName; filter?: string; last: string; limit: number; output?: string; url?: string }

const DEFAULT_LIMIT = 1000;

export function exportCommand(): Command {
  const formats = PROFILE_FORMAT_NAMES.map((name) => `${name}: ${PROFILE_FORMATS[name].help}`).join('; ');
  const command = new Command('export')
    .summary('Write a request\'s profile as a file, or requests as HAR')
    .description('Write the profile of one request to share it or to open it in other tools; or requests of a running agent as an HTTP Archive, which the network panel of any browser opens.')
    .argument('[request-id]', 'The request whose profile is wanted: the last part of its page\'s address.')
    .addOption(new Option('--format <format>', `What the profile is written as. ${formats}. (default: html)`).choices(PROFILE_FORMAT_NAMES))
    .option('--har [id]', 'Not a profile but the request with this id and the calls it made, as HAR; without an id those of --filter.')
    .option('--filter <filter>', 'Requests that match, newest first: service:shop status:500')
    .option('--last <duration>', 'Only requests of this time.', '15m')
    .option('--limit <count>', 'At most so many, up to 1000.', positiveInteger, DEFAULT_LIMIT)
    .option('-o, --output <file>', 'File to write (default: stdout; a profile in a terminal: kindling-ID and the format\'s ending).')
    .option('--url <url>', 'The running agent (default: the address of the configuration, http://127.0.0.1:9500/).')
    .action((id: string | undefined, flags: ExportFlags, self: Command) => (id === undefined && flags.format === undefined ? exportHar(flags, self) : exportProfile(id, flags, self)));
  return withExamples(addConfigOptions(command, ['listen', 'token']), [
    ['kindling export 5f2a9c0011d3e4b7 -o slow.html', 'One file to send: what every thread did during the request.'],
    ['kindling export 5f2a9c0011d3e4b7 --format perfetto -o slow.json', 'The same, for ui.perfetto.dev.'],
    ['kindling export 5f2a9c0011d3e4b7 --format pprof -o slow.pb.gz && go tool pprof -top slow.pb.gz', 'Functions, most time first.'],
    ['kindling export --har 5f2a9c0011d3e4b7 -o slow.har', 'One request, with the calls it made.'],
    ["kindling export --filter 'service:shop error:yes' --last 1h -o failed.har", 'Failed requests of the last hour.'],
  ]);
}

async function exportProfile(id: string | undefined, flags: ExportFlags, self: Command): Promise<void> {
  if (flags.har !== undefined) throw new KindlingError('OPTIONS_CONFLICT', { first: '--har', second: id === undefined ? '--format' : 'a request id' });
  if (flags.filter !== undefined) throw new KindlingError('OPTIONS_CONFLICT', { first: '--filter', second: id === undefined ? '--format' : 'a request id' });
  if (id === undefined) throw new KindlingError('COMMAND_LINE', { detail: 'a profile is of one request: give its id', command: 'export ' });
  const { suffix } = PROFILE_FORMATS[flags.format ?? 'html'];
  const response = await callAgent(agentAddressOf(self), `/api/requests/${encodeURIComponent(id)}/${suffix}`);
  const content = Buffer.from(await response.arrayBuffer());
  // Nobody wants to read a megabyte of it in a terminal.
  const path = flags.output ?? (process.stdout.isTTY ? `kindling-${id}.${suffix}` : undefined);
  write(path, content);
  if (flags.output === undefined && path !== undefined) process.stderr.write(`written: ${path}\n`);
}

async function exportHar(flags: ExportFlags, self: Command): Promise<void> {
  const response = await callAgent(agentAddressOf(self), pathOf(flags));
  write(flags.output, `${JSON.stringify(await response.json(), null, 2)}\n`);
}

function write(path: string | undefined, content: string | Buffer): void {
  if (path === undefined) {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new KindlingError('OUTPUT_UNWRITABLE', { path, reason: (error as NodeJS.ErrnoException).code ?? String(error) }, { cause: error });
  }
}

function pathOf(flags: ExportFlags): string {
  if (typeof flags.har === 'string' && flags.filter !== undefined) throw new KindlingError('OPTIONS_CONFLICT', { first: '--har ID', second: '--filter' });
  if (typeof flags.har === 'string') return `/api/requests/${encodeURIComponent(flags.har)}/har`;
  if (flags.filter === undefined && flags.har === undefined) {
    throw new KindlingError('COMMAND_LINE', { detail: 'nothing says what to export: give a request\'s id, --har ID or --filter FILTER', command: 'export ' });
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
