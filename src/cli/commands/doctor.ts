import { Command } from 'commander';
import { EXIT } from '../../errors/index.js';
import { addConfigOptions, configOf } from '../config-options.js';
import { runProbes } from '../doctor-probes.js';
import type { ProbeResult, ProbeState } from '../finding.js';
import { withExamples } from '../examples.js';
import { paintFor, widthOf, wrap, type Output, type Paint } from '../terminal.js';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .summary('What this machine allows')
    .description('What this kernel and these privileges allow, and what to do about the rest. Changes nothing. Exit code 1 when something prevents tracing.')
    .option('--json', 'The findings as JSON.')
    .action((flags: { json?: boolean }, self: Command) => doctor(flags, self));
  return withExamples(addConfigOptions(command, ['listen', 'hooks', 'profileLogs', 'store', 'storeDirectory']), [
    ['sudo kindling doctor', 'Before the first start, and when something does not work.'],
    ['kindling doctor --json | jq \'.probes[] | select(.state != "ok")\'', 'For a script.'],
  ]);
}

async function doctor(flags: { json?: boolean }, self: Command): Promise<void> {
  const probes = await runProbes(configOf(self));
  const failed = probes.some((probe) => probe.state === 'fail');
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: !failed, probes }, null, 2)}\n`);
  else process.stdout.write(reportText(probes, process.stdout));
  if (failed) process.exitCode = EXIT.failed;
}

const NAME_WIDTH = 15;
const INDENT = 2 + 5 + NAME_WIDTH + 1;

function reportText(probes: ProbeResult[], output: Output): string {
  const paint = paintFor(output);
  const text = probes.map((probe) => probeText(probe, paint, widthOf(output))).join('');
  const failed = probes.filter((probe) => probe.state === 'fail').length;
  const verdict = failed === 0 ? paint.green('This machine can be traced.') : paint.red(`Tracing is not possible: ${failed} of ${probes.length} checks failed.`);
  return `${text}\n${verdict}\n`;
}

function probeText(probe: ProbeResult, paint: Paint, width: number): string {
  const color: Record<ProbeState, (text: string) => string> = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const indent = ' '.repeat(INDENT);
  const detail = wrap(probe.detail, width - INDENT).join(`\n${indent}`);
  const hint = probe.hint === '' ? '' : `${wrap(probe.hint, width - INDENT - 2).map((line, i) => `${indent}${i === 0 ? '→ ' : '  '}${line}`).join('\n')}\n`;
  return `  ${color[probe.state](probe.state.padEnd(4))} ${probe.name.padEnd(NAME_WIDTH)} ${detail}\n${hint}`;
}
