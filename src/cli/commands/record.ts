import { statSync } from 'node:fs';
import { Command } from 'commander';
import { startAgent } from '../../agent/agent.js';
import { describeScope, scopeOf } from '../../agent/scope.js';
import { addConfigOptions, CAPTURE_OPTIONS, configOf, positiveInteger, SCOPE_OPTIONS } from '../config-options.js';
import { withExamples } from '../examples.js';
import { formatCount, formatSize } from '../format.js';
import { createLog } from '../log.js';
import { untilStopped } from '../until-stopped.js';

interface RecordFlags { output: string; seconds?: number; json?: boolean }

export function recordCommand(): Command {
  const command = new Command('record')
    .summary('Write what the kernel delivers to a file')
    .description('Write what the kernel delivers about a scope to a file, for `replay`, until Ctrl-C. Payloads are in it: treat the file as confidential.')
    .requiredOption('-o, --output <file>', 'The recording.')
    .option('--seconds <count>', 'End after so many seconds.', positiveInteger)
    .option('--json', 'Print what was recorded as one line of JSON.')
    .action((flags: RecordFlags, self: Command) => record(flags, self));
  return withExamples(addConfigOptions(command, [...SCOPE_OPTIONS, ...CAPTURE_OPTIONS]), [
    ['sudo kindling record --pid 1234 -o slow.kndl', 'Until Ctrl-C.'],
    ['sudo kindling record --cgroup /system.slice/redis.service --seconds 30 -o redis.kndl', 'For 30 seconds.'],
  ]);
}

async function record(flags: RecordFlags, self: Command): Promise<void> {
  const config = { ...configOf(self), store: 'off' as const };
  const scope = scopeOf(config, process.env);
  const log = createLog('warn', process.stderr);
  const agent = await startAgent({ config, scope, log, serve: false, recordTo: flags.output });
  try {
    process.stderr.write(`${flags.output} will hold all that goes over the wire, passwords and cookies too: treat it as confidential\n`);
    process.stderr.write(`recording ${describeScope(scope)} to ${flags.output}${flags.seconds ? '' : '; Ctrl-C ends it'}\n`);
    await untilStopped(agent, flags.seconds ? new Promise((resolve) => setTimeout(resolve, flags.seconds! * 1000)) : undefined);
  } finally {
    await agent.stop();
  }
  const { events, requests } = agent.health();
  const bytes = statSync(flags.output).size;
  const result = { file: flags.output, bytes, events: events.total, requests: requests.total, lost: agent.health().losses };
  if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stderr.write(`${formatCount(result.events)} events, ${formatCount(result.requests)} requests, ${formatSize(bytes)}\n`);
}
