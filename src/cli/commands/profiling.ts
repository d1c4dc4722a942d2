import { Argument, Command } from 'commander';
import { KindlingError } from '../../errors/index.js';
import type { ProfilingChange, ProfilingState } from '../../server/api.js';
import { agentAddressOf } from '../agent-address.js';
import { callAgent, changeAgent } from '../api-client.js';
import { addConfigOptions, positiveInteger } from '../config-options.js';
import { withExamples } from '../examples.js';
import { profilingText } from '../profiling-text.js';
import { paintFor } from '../terminal.js';

const ACTIONS = ['status', 'on', 'off', 'ask'] as const;
type Action = (typeof ACTIONS)[number];

interface ProfilingFlags { service?: string; endpoint?: string; operation?: string; count: number; url?: string; json?: boolean }

const MOST = 100;

export function profilingCommand(): Command {
  const command = new Command('profiling')
    .summary('Turn a running agent\'s flight recorder on or off, or ask it for profiles')
    .description('The flight recorder of a running agent: what it does, on and off at run time, and profiles of the next requests like one, however fast they are. It records what the agent traces and nothing beyond.')
    .addArgument(new Argument('[action]', 'What to do: show its state, turn it on or off, ask for profiles.').choices(ACTIONS).default('status'))
    .option('--service <name>', 'ask: requests that this service answers.')
    .option('--endpoint <endpoint>', 'ask: requests of this endpoint, as the page and `watch` show it.')
    .option('--operation <name>', 'ask: only those with this operation (POST, select, GET).')
    .option('-n, --count <count>', 'ask: so many of the next ones, up to 100.', positiveInteger, 1)
    .option('--url <url>', 'The running agent (default: the address of the configuration, http://127.0.0.1:9500/).')
    .option('--json', 'The state as JSON.')
    .action((action: Action, flags: ProfilingFlags, self: Command) => profiling(action, flags, self));
  return withExamples(addConfigOptions(command, ['listen', 'token']), [
    ['kindling profiling on', 'From now on slow and failed requests get a profile.'],
    ['kindling profiling ask --service shop --endpoint /checkout -n 5', 'Profile the next five requests like this, also fast ones.'],
    ['kindling profiling', 'Is it on, what does it hold, what was asked for.'],
    ['kindling profiling off', 'Nothing of it stays in the kernel. Kept profiles stay.'],
  ]);
}

async function profiling(action: Action, flags: ProfilingFlags, self: Command): Promise<void> {
  const change = changeOf(action, flags);
  const agent = agentAddressOf(self);
  const state = change === null
    ? await (await callAgent(agent, '/api/profiling')).json() as ProfilingState
    : await changeAgent<ProfilingState>(agent, '/api/profiling', change);
  process.stdout.write(flags.json ? `${JSON.stringify(state)}\n` : profilingText(state, paintFor(process.stdout)));
}

function changeOf(action: Action, { service, endpoint, operation, count }: ProfilingFlags): ProfilingChange | null {
  if (action === 'ask') {
    if (service === undefined || endpoint === undefined) {
      throw new KindlingError('COMMAND_LINE', { detail: 'nothing says which requests: give --service NAME and --endpoint ENDPOINT', command: 'profiling ' });
    }
    if (count > MOST) {
      throw new KindlingError('OPTION_INVALID', {
        key: '--count', source: 'the command line', value: String(count), reason: `above ${MOST}`, expected: `a whole number from 1 to ${MOST}`, example: '5',
      });
    }
    return { ask: { service, endpoint, count, ...(operation === undefined ? {} : { operation }) } };
  }
  if (service !== undefined || endpoint !== undefined || operation !== undefined) throw new KindlingError('OPTIONS_CONFLICT', { first: action, second: '--service, --endpoint and --operation' });
  return action === 'status' ? null : { on: action === 'on' };
}
