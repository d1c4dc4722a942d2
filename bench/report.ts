/** docs/benchmarks.md: targets beside what was measured, then the tables behind them. */
import { CONTENDER_BY_NAME } from './contenders/list.js';
import type { MachineFacts } from './machine.js';
import type { CompletenessRow, Results } from './results.js';
import { figure, ratio, table } from './table.js';
import { judge, TARGETS } from './targets.js';
import { WORKLOAD_BY_NAME } from './workloads/list.js';

export function writeReport(results: Results): string {
  const sections = [
    introduction(results), targets(results), completeness(results), throughput(results), cost(results), parse(results),
    syscalls(results), recorder(results), memory(results), page(results), symbols(results), failures(results),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function introduction({ machine, date, rounds, seconds }: Results): string {
  return `# Benchmarks

Written by \`npm run bench\` on ${date}; run it to get the figures of your machine. Runs are interleaved (${rounds} rounds of ${seconds} s a run), figures are medians, ratios are medians of the ratios within a round. Servers
and clients share the machine with what watches them, in a network namespace and cgroups of their own.

${describe(machine)}`;
}

function describe(machine: MachineFacts): string {
  return `Machine: ${machine.cpuCount} CPUs (${machine.cpu}), ${machine.memoryGiB} GiB, ${machine.system}, Linux ${machine.kernel}, Node ${machine.node}; load average before the start ${machine.loadBefore.toFixed(2)}.
Programs: ${machine.programs.join('; ')}.`;
}

function targets(results: Results): string {
  const judged = TARGETS.map((target) => ({ target, ...judge(target, results) }));
  const rows = judged.map(({ target, measured, verdict }) =>
    [target.what, `${target.atLeast ? '>=' : '<='} ${target.limit} ${target.unit}`, figure(measured, target.digits), verdict]);
  const missed = judged.filter(({ verdict }) => verdict === 'MISSED').map(({ target, measured }) => `- ${target.what}: ${figure(measured, target.digits)} ${target.unit} instead of ${target.limit}`);
  const unmeasured = judged.filter(({ verdict }) => verdict === 'not measured').length;
  const summary = missed.length === 0 ? 'No target that was measured is missed.' : `Missed:\n\n${missed.join('\n')}`;
  return `## Targets\n\n${table(['figure', 'target', 'measured', ''], rows)}\n\n${summary}${unmeasured > 0 ? `\n\nNot measured in this run: ${unmeasured} of ${judged.length}.` : ''}`;
}

function completeness({ completeness: rows }: Results): string {
  if (rows.length === 0) return '';
  return `## Completeness

What the client counted against what the agent counted (roll-ups: metrics and charts) and stored with \`--keep all\`, read from the store's files after the agent had stopped and what waited in its spool was sent, as at its next start.

${table(['load', 'requests/s', 'client', 'counted', 'stored', 'losses reported'], rows.map((row) => [
    loadTitle(row), figure(row.requestsPerSecond), figure(row.client), figure(row.counted), figure(row.stored), row.losses || 'none']))}`;
}

function loadTitle({ workload, load }: CompletenessRow): string {
  return load === 'counted' ? WORKLOAD_BY_NAME[workload].countedTitle : `${workload}, as fast as the client goes`;
}

function throughput({ throughput: rows }: Results): string {
  if (rows.length === 0) return '';
  const workloads = [...new Set(rows.map((row) => row.workload))];
  const tables = workloads.map((name) => `${WORKLOAD_BY_NAME[name].title}:\n\n${table(
    ['watched by', 'requests/s', '+-', 'ratio', 'p99 ms', 'ratio', 'server us/request', 'ratio', 'watcher us/request', 'lost'],
    rows.filter((row) => row.workload === name).map((row) => [
      CONTENDER_BY_NAME[row.contender].title, figure(row.requestsPerSecond), `${figure(row.rateSpread * 100)} %`, ratio(row.rateRatio),
      figure(row.p99Ms, 2), ratio(row.p99Ratio), figure(row.serverUs, 1), ratio(row.serverRatio), figure(row.watcherUs, 1), row.lost.join('; ') || 'none said',
    ]),
  )}`);
  return `## Flat out\n\nThe CPUs are full, so what the watcher uses is missing to server and client. CPU time of the server includes what hooks cost inside its system calls.\n\n${tables.join('\n\n')}`;
}

function cost({ cost: rows }: Results): string {
  if (rows.length === 0) return '';
  const loads = [...new Set(rows.map((row) => row.workload))].map((name) => `- ${name}: ${WORKLOAD_BY_NAME[name].steadyTitle}`).join('\n');
  return `## Cost per request at a steady load

\`capture only\` is capture, parse and metrics (\`--store off\`); \`with store\` has the default detail budget. The BPF programs' time is the kernel's own account (kernel.bpf_stats_enabled, switched on for a run of its own: it adds some 20 ns a
program's run) and is spent within the server's time. \`cores\` is both together. Each run follows some seconds at full load: an agent runs for days, and its code is compiled by then.

${table(['workload', 'agent', 'requests/s', 'agent us/request', 'BPF us/request', 'agent s/1,000 requests', 'cores', 'server us/request', 'ratio', 'RSS MiB'], rows.map((row) => [
    row.workload, row.variant, figure(row.requestsPerSecond), figure(row.agentUs, 2), figure(row.bpfUs, 2), figure((row.agentUs + (row.bpfUs ?? 0)) / 1e3, 5),
    figure(row.agentCores, 3), figure(row.serverUs, 2), ratio(row.serverRatio), figure(row.rssBytes / 2 ** 20)]))}

${loads}`;
}

function parse({ parse: rows }: Results): string {
  if (rows.length === 0) return '';
  return `## Decoding and parsing a recording\n\n${table(['workload', 'requests', 'us/request'], rows.map((row) => [row.workload, figure(row.requests), figure(row.usPerRequest, 2)]))}`;
}

function syscalls({ syscall: rows }: Results): string {
  if (rows.length === 0) return '';
  return `## A process out of scope\n\nA loop of getppid(2) beside an agent that watches another cgroup: CPU time a call.\n\n${table(['agent', 'ns/call', 'added ns'], rows.map((row) => [row.variant, figure(row.nsPerCall, 1), figure(row.addedNs, 1)]))}`;
}

function recorder({ recorder: rows, switches }: Results): string {
  if (rows.length === 0 && switches.length === 0) return '';
  const loads = table(['workload', 'watched by', 'requests/s', 'ratio', 'server us/request', 'ratio', 'BPF us/request'], rows.map((row) => [
    row.workload, row.variant, figure(row.requestsPerSecond), thousandths(row.rateRatio), figure(row.serverUs, 2), thousandths(row.serverRatio), figure(row.bpfUs, 3)]));
  return `## The flight recorder

It records and nothing asks: servers flat out. \`recorder alone\` is its kernel side without the agent, against bare; \`agent with recorder\` (\`--profile\`) is against the agent without it. The CPU time of the server includes what hooks cost at its switches;
the last column is the kernel's own account of the recorder's programs (in a run of its own: it adds some 20 ns a program's run), with what they took from client and all other processes of the machine. Ratios above 1 say that the machine was too busy to tell.

${loads}

Two threads on one CPU that wake each other in turn: CPU time a switch, the least of many short runs. \`perf record\` is there for scale.

${table(['watched by', 'ns/switch', 'added ns'], switches.map((row) => [row.variant, figure(row.nsPerSwitch), figure(row.addedNs)]))}`;
}

const thousandths = (value: number): string => Number.isNaN(value) ? '-' : `x${value.toFixed(3)}`;

function memory({ memory: rows }: Results): string {
  if (rows.length === 0) return '';
  return `## Memory\n\nRSS of all the agent's processes at 10,000 HTTP requests/s; first and last are medians of the first and last fifth.\n\n${table(
    ['agent', 'seconds', 'first MiB', 'last MiB', 'most MiB'], rows.map((row) => [row.variant, figure(row.seconds), ...[row.firstBytes, row.lastBytes, row.maxBytes].map((bytes) => figure(bytes / 2 ** 20))]))}`;
}

function page({ page: rows }: Results): string {
  if (rows.length === 0) return '';
  return `## The page's queries\n\n${table(['query', 'rows stored', 'median ms', 'slowest ms'], rows.map((row) => [row.query, figure(row.rows), figure(row.p50Ms, 1), figure(row.maxMs, 1)]))}`;
}

function symbols({ symbols: rows }: Results): string {
  if (rows.length === 0) return '';
  return `## Stacks and their names\n\nOf CPU samples taken under load: CPU time to unwind one, and a window of 1,000 of them to names in the symbolizer's own process.\n\n${table(
    ['workload', 'samples', 'us/stack', 'frames', 'whole', 'window, first ms', 'again ms', 'RSS MiB'],
    rows.map((row) => [row.workload, figure(row.samples), figure(row.unwindUs, 1), figure(row.framesPerStack, 1), `${figure(row.wholeShare * 100, 1)} %`, figure(row.firstMs), figure(row.againMs), figure(row.rssBytes / 2 ** 20)]))}`;
}

function failures({ failures: list }: Results): string {
  return list.length === 0 ? '' : `## Could not be measured\n\n${list.map(({ part, reason }) => `- ${part}: ${reason}`).join('\n')}`;
}
