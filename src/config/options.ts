/**
 * The one option table: YAML file, environment, command line and docs/config.md come from it.
 * A name's parts are the path in the file (`store.disk_budget`), from which the variable's name (KINDLING_STORE_DISK_BUDGET)
 * and the flag (--store-disk-budget) follow unless given.
 */
import type { z } from 'zod';
import { SLOW_THRESHOLDS_MS } from '../requests/policy.js';
import * as kind from './kinds.js';

export interface OptionSpec<T extends z.ZodType = z.ZodType> {
  /** Path in the YAML file. */
  path: string;
  schema: T;
  /** As one would write it; read by the schema like any other value. */
  default: unknown;
  expected: string;
  /** Flag of the command line; the part after a blank is the value's name, none for a switch. */
  flag: string;
  env?: string;
  help: string;
  example: string;
  /** Where 0.9 had it. */
  formerly?: string;
  /** Never shown (a token). */
  secret?: boolean;
}

const option = <T extends z.ZodType>(spec: OptionSpec<T>): OptionSpec<T> => spec;

const SLOW_NAMES = Object.keys(SLOW_THRESHOLDS_MS);

export const OPTIONS = {
  cgroups: option({
    path: 'scope.cgroups', flag: '--cgroup <path>', env: 'KINDLING_CGROUPS', schema: kind.list(kind.string), default: [],
    expected: 'cgroup v2 paths', example: '/system.slice/nginx.service',
    help: 'Trace the processes of this cgroup v2 and of those below it; may be repeated.',
  }),
  pids: option({
    path: 'scope.pids', flag: '--pid <pid>', env: 'KINDLING_PIDS', schema: kind.list(kind.integer(1, 4194304)), default: [],
    expected: 'process ids', example: '1234',
    help: 'Trace this process and all it starts; may be repeated.',
  }),
  all: option({
    path: 'scope.all', flag: '--all', env: 'KINDLING_ALL', schema: kind.flag, default: false, expected: 'true or false', example: 'true',
    help: 'Trace every process of this machine. Refused while KINDLING_REQUIRE_SCOPE=1 is set.',
  }),
  listen: option({
    path: 'listen.address', flag: '--listen <address>', env: 'KINDLING_LISTEN', schema: kind.listenAddress, default: '127.0.0.1:9500',
    expected: 'ADDRESS:PORT or PORT', example: '127.0.0.1:9501', formerly: 'exporters.otelexporter.prometheus.port',
    help: 'Where the page, /api and /metrics are served. Port 0 picks a free one. Any address but loopback needs a token.',
  }),
  token: option({
    path: 'listen.token', flag: '--token <token>', env: 'KINDLING_TOKEN', schema: kind.string, default: '', secret: true,
    expected: 'at least 16 characters, or empty', example: '"$(openssl rand -hex 16)"',
    help: 'Required from every client when set (`Authorization: Bearer`, or `?token=` for the page).',
  }),
  slowThresholdsMs: option({
    path: 'requests.slow_thresholds', flag: '--slow <protocol=duration>', env: 'KINDLING_SLOW',
    schema: kind.durationsByName(SLOW_NAMES, SLOW_THRESHOLDS_MS), default: {},
    expected: `a duration for any of ${SLOW_NAMES.join(', ')}`, example: 'http=200ms,redis=20ms',
    formerly: 'analyzers.networkanalyzer.response_slow_threshold and protocol_config[].slow_threshold',
    help: 'A response that took this long or longer is slow. Protocols not given keep their default.',
  }),
  urlClustering: option({
    path: 'requests.url_clustering_method', flag: '--url-clustering <method>', env: 'KINDLING_URL_CLUSTERING_METHOD',
    schema: kind.choice('alphabet', 'noparam', 'blank'), default: 'alphabet', expected: 'alphabet, noparam or blank', example: 'noparam',
    formerly: 'analyzers.networkanalyzer.url_clustering_method',
    help: 'How HTTP paths become endpoints. alphabet: segments with anything but letters, _ and - become *; noparam: only the query is cut; blank: everything is *.',
  }),
  noResponseTimeoutMs: option({
    path: 'requests.no_response_timeout', flag: '--no-response-timeout <duration>', schema: kind.durationMs('1s', '1h'), default: '120s',
    expected: 'a duration from 1s to 1h', example: '60s', formerly: 'analyzers.networkanalyzer.no_response_threshold',
    help: 'A request that got no response for this long is a failed one.',
  }),
  ignoreDnsNxdomain: option({
    path: 'requests.ignore_dns_nxdomain', flag: '--ignore-dns-nxdomain', schema: kind.flag, default: false,
    expected: 'true or false', example: 'true', formerly: 'analyzers.networkanalyzer.ignore_dns_rcode3_error',
    help: 'Do not count a DNS answer "no such name" (rcode 3) as an error; search domains cause many.',
  }),
  redactSqlLiterals: option({
    path: 'requests.redact_sql_literals', flag: '--redact-sql-literals', schema: kind.flag, default: false,
    expected: 'true or false', example: 'true',
    help: 'Replace literals in SQL statements by ?. Credentials, cookies and authorization are always redacted.',
  }),
  detailBudget: option({
    path: 'requests.keep', flag: '--keep <rows>', env: 'KINDLING_KEEP', schema: kind.budget, default: 2000,
    expected: 'rows a second, or all', example: 'all', formerly: 'processors.aggregateprocessor.sampling_rate',
    help: 'Single requests kept a second. Beyond it slow and failed ones are still kept, normal ones sampled fairly by endpoint. Metrics and charts count everything either way.',
  }),
  hooks: option({
    path: 'capture.hooks', flag: '--hooks <mode>', schema: kind.choice('auto', 'socket', 'syscall'), default: 'auto',
    expected: 'auto, socket or syscall', example: 'syscall',
    help: 'Which kernel hooks carry the data: the socket tracepoints (Linux 6.3 and newer), the exit of the data system calls, or the first that works.',
  }),
  ringBytes: option({
    path: 'capture.ring_size', flag: '--ring-size <size>', schema: kind.bytes('256KiB', '256MiB'), default: '8MiB',
    expected: 'a size from 256KiB to 256MiB', example: '16MiB',
    help: 'Memory of the event ring of each CPU. Larger rings carry longer bursts.',
  }),
  profile: option({
    path: 'profile.recorder', flag: '--profile', env: 'KINDLING_PROFILE', schema: kind.flag, default: false, expected: 'true or false', example: 'true',
    help: 'Keep a flight recorder of what every thread does, and cut a profile from it for slow and failed requests. Off: no scheduler hook is attached.',
  }),
  profileMemoryBytes: option({
    path: 'profile.memory', flag: '--profile-memory <size>', schema: kind.bytes('2MiB', '512MiB'), default: '32MiB',
    expected: 'a size from 2MiB to 512MiB', example: '64MiB',
    help: 'Memory of the flight recorder for each CPU: half of it for switches (128 bytes each), the rest for CPU samples, stacks, calls and log lines.',
  }),
  profileLogs: option({
    path: 'profile.logs', flag: '--no-profile-logs', env: 'KINDLING_PROFILE_LOGS', schema: kind.flag, default: true, expected: 'true or false', example: 'false',
    help: 'Record what threads write to standard output and error and to log files, with secrets masked. Without it (the flag --no-profile-logs) nothing is added to system calls; with it to writes, or to all calls where the kernel lets no function be hooked.',
  }),
  profileSampleRate: option({
    path: 'profile.sample_rate', flag: '--profile-sample-rate <count>', schema: kind.integer(0, 1000), default: 99,
    expected: 'a whole number from 0 to 1000', example: '499',
    help: 'CPU samples a second, on each CPU on which a traced thread runs; 0: none, and no flame graphs of CPU time.',
  }),
  profileOffCpuMs: option({
    path: 'profile.off_cpu_threshold', flag: '--profile-off-cpu <duration>', schema: kind.durationMs('0.1ms', '1h'), default: '1ms',
    expected: 'a duration from 0.1ms to 1h', example: '5ms',
    help: 'A thread that was blocked for so long leaves its stack.',
  }),
  profileEdgeMs: option({
    path: 'profile.edge', flag: '--profile-edge <duration>', schema: kind.durationMs('0ms', '5s'), default: '20ms',
    expected: 'a duration from 0ms to 5s', example: '200ms',
    help: 'What a profile shows before and after its request.',
  }),
  profilesPerHour: option({
    path: 'profile.per_hour', flag: '--profiles-per-hour <count>', schema: kind.integer(1, 100000), default: 2000,
    expected: 'a whole number from 1 to 100000', example: '500',
    help: 'Profiles made in any hour, of all endpoints together.',
  }),
  profilesPerEndpoint: option({
    path: 'profile.per_endpoint', flag: '--profiles-per-endpoint <count>', schema: kind.integer(2, 10000), default: 50,
    expected: 'a whole number from 2 to 10000', example: '200',
    help: 'Profiles kept of one endpoint of a service: half of them the slowest, the others the newest.',
  }),
  profileFiles: option({
    path: 'profile.max_files', flag: '--profile-files <count>', schema: kind.integer(10, 1000000), default: 5000,
    expected: 'a whole number from 10 to 1000000', example: '20000',
    help: 'Profiles kept in all. Beyond it the endpoint that has most loses one of its own.',
  }),
  profileDiskBytes: option({
    path: 'profile.disk_budget', flag: '--profile-disk <size>', schema: kind.bytes('10MiB', '1TiB'), default: '500MiB',
    expected: 'a size from 10MiB to 1TiB', example: '2GiB',
    help: 'Disk space of the kept profiles, beside the store\'s own budget. Without a store they are kept in memory, at most 64 MB of them.',
  }),
  store: option({
    path: 'store.engine', flag: '--store <engine>', env: 'KINDLING_STORE', schema: kind.choice('chdb', 'off'), default: 'chdb',
    expected: 'chdb or off', example: 'off',
    help: 'Where requests are kept. off: none; the live tail and the metrics still work.',
  }),
  storeDirectory: option({
    path: 'store.directory', flag: '--store-directory <path>', schema: kind.string, default: '/var/lib/kindling',
    expected: 'a folder', example: '/data/kindling',
    help: 'Folder of the store and its spool. One agent at a time.',
  }),
  retentionMs: option({
    path: 'store.retention', flag: '--retention <duration>', env: 'KINDLING_STORE_RETENTION', schema: kind.durationMs('1h', '3650d'), default: '7d',
    expected: 'a duration from 1h to 3650d', example: '30d',
    help: 'Older data are dropped.',
  }),
  diskBudgetBytes: option({
    path: 'store.disk_budget', flag: '--disk-budget <size>', env: 'KINDLING_STORE_DISK_BUDGET', schema: kind.bytes('64MiB', '1024TiB'), default: '10GiB',
    expected: 'a size from 64MiB', example: '50GiB',
    help: 'Disk space the store may take; beyond it the oldest data are dropped.',
  }),
  podDetail: option({
    path: 'metrics.pod_detail', flag: '--no-pod-detail', schema: kind.flag, default: true, expected: 'true or false', example: 'false',
    formerly: 'exporters.otelexporter.adapter_config.need_pod_detail',
    help: 'Label metrics with container, address and port as well; without it (the flag --no-pod-detail) with the workload only.',
  }),
  maxSeries: option({
    path: 'metrics.max_series', flag: '--max-series <count>', schema: kind.integer(10, 1000000), default: 10000,
    expected: 'a whole number from 10 to 1000000', example: '50000',
    help: 'Label sets a metric may have; what comes later is counted in one series labelled ~other.',
  }),
  traceMetrics: option({
    path: 'metrics.trace_requests', flag: '--trace-requests <count>', schema: kind.integer(0, 10000), default: 500,
    expected: 'a whole number from 0 to 10000', example: '0', formerly: 'exporters.otelexporter.adapter_config.need_trace_as_metric',
    help: 'Slow and failed requests shown as kindling_trace_request_duration_nanoseconds at a time; 0: none.',
  }),
  logLevel: option({
    path: 'log.level', flag: '--log-level <level>', schema: kind.choice('error', 'warn', 'info', 'debug'), default: 'info',
    expected: 'error, warn, info or debug', example: 'debug', formerly: 'observability.logger.console_level',
    help: 'What the agent says about itself, on stderr.',
  }),
} as const;

export type OptionName = keyof typeof OPTIONS;
export type Config = { [N in OptionName]: z.output<(typeof OPTIONS)[N]['schema']> };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

export function envName(spec: OptionSpec): string {
  return spec.env ?? `KINDLING_${spec.path.replace(/[.]/g, '_').toUpperCase()}`;
}

/** The flag without its value's name: `--listen`. */
export function flagName(spec: OptionSpec): string {
  return spec.flag.split(' ')[0];
}
