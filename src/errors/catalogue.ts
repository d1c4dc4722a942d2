/**
 * Every error a user can meet: one entry, from which the thrown text, the API's answer and docs/errors.md come.
 * Codes are stable: never renumber, never reuse; a retired code stays retired. `{name}` is filled from the parameters.
 */
import { EXIT, type ExitCode } from './exit-codes.js';

export interface ErrorEntry {
  code: `KND-${string}`;
  message: string;
  /** What to do about it. */
  hint: string;
  exit: ExitCode;
}

export const ERRORS = {
  INTERNAL: {
    code: 'KND-001', exit: EXIT.failed,
    message: 'unexpected failure: {detail}',
    hint: 'This is a defect of Kindling. Run again with --log-level debug and report the output.',
  },
  WORKER_DIED: {
    code: 'KND-002', exit: EXIT.failed,
    message: 'the capture worker ended unexpectedly: {detail}',
    hint: 'Tracing has stopped; requests seen until then are in the store. Restart the agent; if it happens again, report it with the output of `kindling doctor --json`.',
  },
  NOT_BUILT: {
    code: 'KND-003', exit: EXIT.failed,
    message: 'a built file is missing: {path}',
    hint: 'Run `npm run build` in the folder of Kindling.',
  },

  OPTION_UNKNOWN: {
    code: 'KND-010', exit: EXIT.usage,
    message: 'unknown option `{key}` in {source}{suggestion}',
    hint: 'Correct or remove it; docs/config.md lists every option.',
  },
  OPTION_INVALID: {
    code: 'KND-011', exit: EXIT.usage,
    message: '`{key}` in {source} cannot be {value}: {reason}',
    hint: 'Expected: {expected}. Example: {example}.',
  },
  CONFIG_UNREADABLE: {
    code: 'KND-012', exit: EXIT.usage,
    message: 'cannot read the configuration file {path}: {reason}',
    hint: 'Check the path and its permissions.',
  },
  CONFIG_SYNTAX: {
    code: 'KND-013', exit: EXIT.usage,
    message: '{path} is not valid YAML: {reason}',
    hint: 'Correct the file at that line; docs/config.md has a complete example.',
  },
  TOKEN_REQUIRED: {
    code: 'KND-014', exit: EXIT.usage,
    message: 'refusing to listen on {address} without a token',
    hint: 'What is traced is private. Listen on 127.0.0.1, or set `listen.token` (KINDLING_TOKEN).',
  },
  OPTIONS_CONFLICT: {
    code: 'KND-015', exit: EXIT.usage,
    message: '{first} and {second} cannot be used together',
    hint: 'Use one of them.',
  },
  COMMAND_LINE: {
    code: 'KND-016', exit: EXIT.usage,
    message: '{detail}',
    hint: 'See `kindling {command}--help`.',
  },
  FILTER_INVALID: {
    code: 'KND-017', exit: EXIT.usage,
    message: 'cannot read the filter `{filter}`: {reason}',
    hint: 'Terms look like `service:shop protocol:http status:500 duration:>100ms error:true`.',
  },

  SCOPE_MISSING: {
    code: 'KND-020', exit: EXIT.scope,
    message: 'nothing says what to trace',
    hint: 'Give --cgroup PATH, --pid N, or --all; or start a command with `kindling run -- CMD`.',
  },
  SCOPE_ALL_REFUSED: {
    code: 'KND-021', exit: EXIT.scope,
    message: 'tracing the whole machine is refused because KINDLING_REQUIRE_SCOPE=1 is set',
    hint: 'This machine is shared. Name what is yours: --cgroup PATH, --pid N, or `kindling run -- CMD`.',
  },
  CGROUP_NOT_FOUND: {
    code: 'KND-022', exit: EXIT.scope,
    message: 'there is no cgroup v2 at {path}',
    hint: 'Give a folder below a cgroup2 mount (`findmnt -t cgroup2`), or the path as /proc/PID/cgroup shows it after `0::`.',
  },
  PROCESS_NOT_FOUND: {
    code: 'KND-023', exit: EXIT.scope,
    message: 'there is no process {pid}',
    hint: 'It may have ended. Check with `ps -p {pid}`.',
  },
  CGROUP_MOUNT_MISSING: {
    code: 'KND-024', exit: EXIT.scope,
    message: 'no cgroup2 file system is mounted',
    hint: 'Mount one (`mount -t cgroup2 none /sys/fs/cgroup/unified`) or trace by process with --pid.',
  },

  PRIVILEGES_MISSING: {
    code: 'KND-030', exit: EXIT.kernel,
    message: 'the kernel refuses to trace: missing {missing}',
    hint: 'Run as root, or grant CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE; CAP_NET_ADMIN and CAP_SYS_NICE are of use beside them (docs/operating.md says for what).',
  },
  BTF_MISSING: {
    code: 'KND-031', exit: EXIT.kernel,
    message: 'this kernel has no BTF ({path} does not exist)',
    hint: 'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y; every current distribution\'s is.',
  },
  KERNEL_TOO_OLD: {
    code: 'KND-032', exit: EXIT.kernel,
    message: 'kernel {release} lacks {feature}',
    hint: 'Kindling needs Linux 5.15 or newer, or a distribution\'s kernel with the BPF of that version.',
  },
  BPF_LOAD_FAILED: {
    code: 'KND-033', exit: EXIT.kernel,
    message: 'the kernel rejected {object}: {reason}',
    hint: 'Run `kindling doctor`; if all is well there, report this with the kernel version.',
  },
  BPF_ATTACH_FAILED: {
    code: 'KND-034', exit: EXIT.kernel,
    message: 'no usable set of hooks could be attached: {reason}',
    hint: 'Run `kindling doctor`. In a container, tracing must be allowed by its seccomp profile.',
  },
  ADDON_MISSING: {
    code: 'KND-035', exit: EXIT.kernel,
    message: 'the native addon could not be loaded: {reason}',
    hint: 'Run `npm run build`; it needs libbpf-dev, libelf-dev, clang and a C++ compiler (`npm run setup` installs them).',
  },

  ADDRESS_IN_USE: {
    code: 'KND-050', exit: EXIT.network,
    message: '{address} is already in use{owner}',
    hint: 'Another agent may be running. Stop it, or choose another address with --listen 127.0.0.1:9501 (port 0 picks a free one).',
  },
  ADDRESS_UNAVAILABLE: {
    code: 'KND-051', exit: EXIT.network,
    message: 'cannot listen on {address}: {reason}',
    hint: 'Choose an address of this machine with --listen; ports below 1024 need root.',
  },
  AGENT_UNREACHABLE: {
    code: 'KND-052', exit: EXIT.network,
    message: 'no agent answers at {url}: {reason}',
    hint: 'Start one (`kindling agent` or `kindling run`), or give its address with --url.',
  },
  AGENT_REFUSED: {
    code: 'KND-053', exit: EXIT.network,
    message: 'the agent at {url} refused: {reason}',
    hint: 'Give its token with --token or KINDLING_TOKEN.',
  },
  AGENT_ANSWER: {
    code: 'KND-054', exit: EXIT.network,
    message: 'the agent at {url} answered {status}: {reason}',
    hint: 'Check that the agent is of the same version as this command.',
  },
  REQUEST_UNKNOWN: {
    code: 'KND-055', exit: EXIT.failed,
    message: 'there is no request {id}',
    hint: 'It may be older than the retention, or was sampled out by the detail budget (`--keep all` keeps every row).',
  },
  QUERY_INVALID: {
    code: 'KND-056', exit: EXIT.usage,
    message: 'the parameter `{parameter}` is not usable: {reason}',
    hint: 'See docs/api.md for the parameters of each call.',
  },
  TOO_MANY_STREAMS: {
    code: 'KND-057', exit: EXIT.network,
    message: 'too many live views are open on the agent at {url}',
    hint: 'Close some of the browser tabs or `kindling watch` that follow it.',
  },
  PAGE_NOT_BUILT: {
    code: 'KND-058', exit: EXIT.failed,
    message: 'the page is not built',
    hint: 'Run `npm run build`, then reload.',
  },
  API_CALL_UNKNOWN: {
    code: 'KND-059', exit: EXIT.network,
    message: 'the agent at {url} does not know the call {path}',
    hint: 'The API is listed in docs/api.md; with the method of each. Check that agent and command are of the same version.',
  },

  STORE_ENGINE_MISSING: {
    code: 'KND-060', exit: EXIT.store,
    message: 'the embedded store (chdb) is not installed or cannot be loaded: {reason}',
    hint: 'Run `npm install chdb` (glibc on x86-64 or arm64), or start with --store off to trace without history.',
  },
  STORE_LOCKED: {
    code: 'KND-061', exit: EXIT.store,
    message: 'the store {directory} is in use by process {pid}{command}',
    hint: 'Stop that process, or give this one a folder of its own with --store-directory.',
  },
  STORE_UNWRITABLE: {
    code: 'KND-062', exit: EXIT.store,
    message: 'cannot write to the store folder {directory}: {reason}',
    hint: 'Check owner and permissions, or choose another folder with --store-directory.',
  },
  STORE_DISK_FULL: {
    code: 'KND-063', exit: EXIT.store,
    message: 'the disk of {directory} is full ({freeBytes} bytes free)',
    hint: 'Capture goes on; the oldest data are dropped. Free space, or lower store.disk_budget.',
  },
  STORE_DOWN: {
    code: 'KND-064', exit: EXIT.store,
    message: 'the store does not answer: {reason}',
    hint: 'Batches are kept in its spool folder and sent again when it is back. It is restarted by itself.',
  },
  STORE_SCHEMA: {
    code: 'KND-065', exit: EXIT.store,
    message: 'the store {directory} was written by another version (schema {found}, this one is {expected})',
    hint: 'Use the version that wrote it, or another folder with --store-directory.',
  },
  STORE_OFF: {
    code: 'KND-066', exit: EXIT.store,
    message: 'this agent keeps no history (store off)',
    hint: 'Start it without --store off.',
  },
  QUERY_TIMEOUT: {
    code: 'KND-067', exit: EXIT.store,
    message: 'the query took longer than {timeoutMs} ms',
    hint: 'Choose a shorter time range or a narrower filter.',
  },
  QUERY_FAILED: {
    code: 'KND-068', exit: EXIT.store,
    message: 'the store could not answer a query: {reason}',
    hint: 'Run the agent with --log-level debug for the query; report it if it happens again.',
  },

  PROFILE_UNKNOWN: {
    code: 'KND-070', exit: EXIT.failed,
    message: 'there is no profile of request {id}',
    hint: 'Slow and failed requests are profiled while the recorder is on; old profiles make room for new ones.',
  },
  PROFILING_OFF: {
    code: 'KND-071', exit: EXIT.failed,
    message: 'the agent at {url} does not profile',
    hint: 'Turn its flight recorder on: `kindling profiling on`, on the page, or --profile from the start.',
  },
  PROFILING_REFUSED: {
    code: 'KND-072', exit: EXIT.kernel,
    message: 'the flight recorder could not be turned on: {reason}',
    hint: 'Run `kindling doctor`: it lists what the recorder can use here.',
  },
  TOO_MANY_ASKS: {
    code: 'KND-073', exit: EXIT.failed,
    message: 'as many requests as can be waited for are already asked for',
    hint: 'Wait until some of them have come, or turn profiling off and on, which forgets them.',
  },

  RECORDING_UNREADABLE: {
    code: 'KND-080', exit: EXIT.recording,
    message: 'cannot read the recording {path}: {reason}',
    hint: 'Check the path and its permissions.',
  },
  RECORDING_FORMAT: {
    code: 'KND-081', exit: EXIT.recording,
    message: '{path} is not a recording of Kindling: {reason}',
    hint: 'Recordings are made with `kindling record`; line files end in .jsonl.',
  },
  RECORDING_LAYOUT: {
    code: 'KND-082', exit: EXIT.recording,
    message: '{path} was recorded by another version ({detail})',
    hint: 'Replay it with the version that recorded it.',
  },
  RECORDING_BROKEN: {
    code: 'KND-083', exit: EXIT.recording,
    message: '{path} is broken at {position}: {reason}',
    hint: 'Everything before that point was read and shown; what follows is lost.',
  },
  LINES_UNUSABLE: {
    code: 'KND-085', exit: EXIT.recording,
    message: '{count} of {lines} lines of {path} could not be used',
    hint: 'The messages above name them and say what to write instead (docs/line-format.md); all other lines counted.',
  },
  OUTPUT_UNWRITABLE: {
    code: 'KND-084', exit: EXIT.failed,
    message: 'cannot write {path}: {reason}',
    hint: 'Check that the folder exists and is writable, and that the disk is not full.',
  },

  COMMAND_NOT_FOUND: {
    code: 'KND-090', exit: EXIT.notFound,
    message: 'command not found: {command}',
    hint: 'Give the command after `--`, as you would type it in a shell.',
  },
  COMMAND_NOT_EXECUTABLE: {
    code: 'KND-091', exit: EXIT.notExecutable,
    message: 'cannot execute {command}: {reason}',
    hint: 'Check its permissions and that it is a program for this machine.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorId = keyof typeof ERRORS;
