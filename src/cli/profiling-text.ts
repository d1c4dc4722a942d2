/** The flight recorder's state for people. */
import type { ProfilingState } from '../server/api.js';
import { formatCount, formatSize } from './format.js';
import { reasonsOf } from './hook-reasons.js';
import { fit, printable, type Paint } from './terminal.js';

export function profilingText(state: ProfilingState, paint: Paint): string {
  const { profiles, counts, limits, hooks, asks } = state;
  const made = Object.entries(counts.byReason).map(([reason, count]) => `${formatCount(count)} ${reason.replaceAll('_', ' ')}`);
  const attached = hooks.filter((hook) => hook.state === 'attached').length;
  const rows: Array<[string, string]> = [
    ['recorder', state.on ? paint.green('on') : state.starting ? 'starting' : 'off'],
    ...(state.unavailable === '' ? [] : [['', paint.yellow(printable(state.unavailable))] as [string, string]]),
    ...(state.ended === '' ? [] : [['', paint.red(printable(state.ended))] as [string, string]]),
    ...(state.on ? [['hooks', `${attached} attached${missing(state)}`], ['memory', formatSize(state.memoryBytes)]] as Array<[string, string]> : []),
    ['made', made.length === 0 ? 'no profile since the agent started' : `${made.join(', ')}; ${formatCount(counts.passedOver)} passed over`],
    ['kept', `${formatCount(profiles.count)} of at most ${formatCount(limits.files)}, ${formatSize(profiles.bytes)} of at most ${formatSize(limits.diskBytes)}`],
    ...(counts.unwritten > 0 ? [['', paint.red(unwritten(state))] as [string, string]] : []),
    ['limits', `${formatCount(limits.perHour)} an hour, ${formatCount(limits.perEndpoint)} of an endpoint`],
    ...asks.map((ask, i): [string, string] => [i === 0 ? 'asked for' : '', printable(`${ask.remaining} of ${ask.count} to come: ${ask.service} ${ask.operation} ${ask.endpoint}`.replace(/ {2,}/, ' '))]),
  ];
  return rows.map(([name, text]) => `${paint.dim(fit(name, NAME_WIDTH))} ${text}\n`).join('');
}

const NAME_WIDTH = 10;

function unwritten({ counts: { unwritten: count, unwrittenReason } }: ProfilingState): string {
  return `${formatCount(count)} could not be written${unwrittenReason === '' ? '' : `, the last one: ${printable(unwrittenReason)}`}`;
}

function missing({ hooks }: ProfilingState): string {
  const others = hooks.filter((hook) => hook.state !== 'attached');
  return others.length === 0 ? '' : `; without ${reasonsOf(others).map(({ names, reason }) => `${names} (${reason})`).join(', ')}`;
}
