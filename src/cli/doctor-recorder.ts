/** What the flight recorder and the names in its profiles can use here. None of it is needed for requests. */
import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../config/index.js';
import { built } from '../kernel/addon.js';
import { missingCapabilities } from '../kernel/hooks.js';
import { NEEDED, planRecorder } from '../kernel/recorder-hooks.js';
import { symbolsAddon } from '../symbols/addon.js';
import { KernelSymbols } from '../symbols/kernel-symbols.js';
import { ok, warn, type Finding, type Probe } from './finding.js';
import { reasonsOf } from './hook-reasons.js';

export const RECORDER_PROBES: ReadonlyArray<[name: string, probe: Probe]> = [
  ['flight recorder', recorder],
  ['CPU samples', samples],
  ['native stacks', nativeStacks],
  ['kernel symbols', kernelSymbols],
  ['runtime names', runtimeNames],
];

function recorder(config: Config): Finding {
  if (!existsSync(built('bpf/recorder.bpf.o'))) return warn('its BPF object does not exist', 'Run `npm run build`; requests are traced without it.');
  const { programs, everyCallPays } = planRecorder({ logs: config.profileLogs, samples: config.profileSampleRate > 0, tree: true });
  const skipped = programs.filter(({ use }) => !use);
  const detail = [`${programs.length - skipped.length} of ${programs.length} programs when profiling is on`, ...reasonsOf(skipped).map(({ names, reason }) => `${names}: ${reason}`)].join('; ');
  if (skipped.some(({ name }) => NEEDED.includes(name))) return warn(detail, 'Without the scheduler\'s tracepoints there are no profiles; requests are traced all the same.');
  return ok(everyCallPays ? `${detail}; every system call of this machine pays 10 to 40 ns then` : detail);
}

/** The CPU clock is a software event: it needs no hardware, but the right to it. */
function samples(): Finding {
  const path = '/proc/sys/kernel/perf_event_paranoid';
  if (!existsSync(path)) return warn('this kernel has no perf events', 'Profiles come without flame graphs of CPU time; everything else is in them.');
  const level = Number(readFileSync(path, 'utf8'));
  const lacks = missingCapabilities().includes('CAP_PERFMON');
  if (lacks && level > 0) return warn(`kernel.perf_event_paranoid is ${level}, and CAP_PERFMON is missing`, 'Run as root or grant CAP_PERFMON.');
  return ok(`by the CPU clock (kernel.perf_event_paranoid ${level})`);
}

function nativeStacks(): Finding {
  try {
    symbolsAddon();
    return ok('unwound with libdw, with and without frame pointers; source lines where debug information is installed');
  } catch (error) {
    return warn((error as Error).message.split('\n')[0], 'Run `npm run setup && npm run build` (libdw-dev, libiberty-dev); stacks without frame pointers are cut until then.');
  }
}

function kernelSymbols(): Finding {
  if (!KernelSymbols.read().hidden) return ok('/proc/kallsyms names the kernel\'s functions');
  return warn('/proc/kallsyms hides addresses: kernel frames have no names', 'Run as root or grant CAP_SYSLOG, and set `sysctl -w kernel.kptr_restrict=1`.');
}

/** Node's functions are read from the process's memory, a JVM is asked over its attach socket. */
function runtimeNames(): Finding {
  const lacks = missingCapabilities().includes('CAP_SYS_PTRACE');
  const node = lacks ? 'Node: only processes of this user' : 'Node: read from the process, without restart';
  if (process.getuid?.() === 0) return ok(`${node}; Java: a running JVM of any user is asked over its attach socket`);
  return warn(`${node}; Java: a JVM answers only root and its own user`, 'Run as root to have the names of Java methods, or start Java with -XX:+PreserveFramePointer and a perf map.');
}
