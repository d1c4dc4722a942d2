/** What tracing needs of this machine: one probe a row, none of them changes anything. */
import { existsSync, readFileSync, statfsSync, accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { release } from 'node:os';
import type { Config } from '../config/index.js';
import { ERRORS, toKindlingError } from '../errors/index.js';
import { addon, built } from '../kernel/addon.js';
import { cgroup2Mounts } from '../kernel/cgroup.js';
import { isOldKernel, missingCapabilities, NO_SENDERS, OLDEST_KERNEL, planHooks } from '../kernel/hooks.js';
import { RECORDER_PROBES } from './doctor-recorder.js';
import { fail, ok, warn, type Finding, type Probe, type ProbeResult } from './finding.js';

const PROBES: ReadonlyArray<[name: string, probe: Probe]> = [
  ['kernel', kernelVersion],
  ['privileges', privileges],
  ['BTF', btf],
  ['cgroup2', cgroup2],
  ['native addon', nativeAddon],
  ['BPF object', bpfObject],
  ['hooks', hooks],
  ['BPF JIT', jit],
  ['BPF statistics', statistics],
  ...RECORDER_PROBES,
  ['locked memory', lockedMemory],
  ['tracefs', tracefs],
  ['scope rule', scopeRule],
  ['store engine', storeEngine],
  ['store folder', storeFolder],
  ['address', address],
];

export async function runProbes(config: Config): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const [name, probe] of PROBES) results.push({ name, ...await guarded(probe, config) });
  return results;
}

/** A probe that throws has found something as well. */
async function guarded(probe: Probe, config: Config): Promise<Finding> {
  try {
    return await probe(config);
  } catch (error) {
    const { message, hint, code } = toKindlingError(error);
    return code === ERRORS.INTERNAL.code ? fail((error as Error).message.split('\n')[0], 'Run `npm run setup && npm run build`.') : fail(message, hint);
  }
}

function kernelVersion(): Finding {
  if (isOldKernel()) return fail(`Linux ${release()} is older than ${OLDEST_KERNEL}`, ERRORS.KERNEL_TOO_OLD.hint);
  return ok(`Linux ${release()}`);
}

function privileges(): Finding {
  const missing = missingCapabilities();
  if (missing.length > 0) return fail(`missing ${missing.join(', ')}`, ERRORS.PRIVILEGES_MISSING.hint);
  return ok(process.getuid?.() === 0 ? 'root, with the capabilities that tracing needs' : 'the capabilities that tracing needs');
}

function btf(): Finding {
  const path = '/sys/kernel/btf/vmlinux';
  return existsSync(path) ? ok(path) : fail(`${path} does not exist`, ERRORS.BTF_MISSING.hint);
}

function cgroup2(): Finding {
  const mounts = cgroup2Mounts();
  return mounts.length > 0 ? ok(`mounted at ${mounts.join(', ')}`) : warn('not mounted', ERRORS.CGROUP_MOUNT_MISSING.hint);
}

function nativeAddon(): Finding {
  return ok(`loaded, ${addon().possibleCpus()} CPUs`);
}

function bpfObject(): Finding {
  const path = built('bpf/kindling.bpf.o');
  return existsSync(path) ? ok(path) : fail(`${path} does not exist`, ERRORS.NOT_BUILT.hint);
}

function hooks(config: Config): Finding {
  const plan = planHooks(config.hooks);
  const used = plan.programs.filter((program) => program.use).length;
  const detail = `${plan.mode} hooks, ${used} of ${plan.programs.length} programs`;
  if (plan.programs.some(({ reason }) => reason === NO_SENDERS)) return warn(`${detail}; ${NO_SENDERS}`, 'Grant CAP_NET_ADMIN as well, or choose --hooks syscall.');
  if (plan.mode === 'socket') return ok(`${detail}: other processes pay nothing`);
  return warn(`${detail}: every system call of this machine pays about 40 ns`, 'Linux 6.3 and newer have the socket tracepoints, which cost other processes nothing.');
}

function readNumber(path: string): number | null {
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : null;
}

function jit(): Finding {
  const value = readNumber('/proc/sys/net/core/bpf_jit_enable');
  if (value === 0) return warn('off: programs are interpreted', 'Turn it on: `sysctl -w net.core.bpf_jit_enable=1`.');
  return ok(value === null ? 'always on in this kernel' : 'on');
}

function statistics(): Finding {
  if (readNumber('/proc/sys/kernel/bpf_stats_enabled') === 1) return ok('on: the cost of the BPF programs is shown');
  return ok('off: the cost of the BPF programs is not shown (`sysctl -w kernel.bpf_stats_enabled=1` shows it)');
}

/** Since Linux 5.11 BPF memory is charged to the cgroup, and the limit does not matter. */
function lockedMemory(): Finding {
  const [major, minor] = release().split('.').map(Number);
  const limit = /^Max locked memory\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 'unknown';
  if (major > 5 || (major === 5 && minor >= 11) || limit === 'unlimited') return ok(`limit ${limit}; not needed by this kernel`);
  return warn(`limit ${limit} bytes`, 'Raise it before the start: `ulimit -l unlimited`.');
}

/** Not needed for requests: the hooks are BTF tracepoints. */
function tracefs(): Finding {
  const mounted = /\stracefs\s/.test(readFileSync('/proc/mounts', 'utf8'));
  return ok(mounted ? 'mounted' : 'not mounted; not needed');
}

function scopeRule(): Finding {
  return ok(process.env.KINDLING_REQUIRE_SCOPE === '1' ? 'KINDLING_REQUIRE_SCOPE=1: --all is refused' : '--all is allowed');
}

function storeEngine(config: Config): Finding {
  if (config.store === 'off') return ok('not wanted (store off)');
  try {
    createRequire(import.meta.url).resolve('chdb');
    return ok('chdb is installed');
  } catch {
    return warn('chdb is not installed', ERRORS.STORE_ENGINE_MISSING.hint);
  }
}

const LOW_DISK_BYTES = 1e9;

function storeFolder(config: Config): Finding {
  if (config.store === 'off') return ok('not wanted (store off)');
  let folder = config.storeDirectory;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = `${folder}: ${(error as NodeJS.ErrnoException).code}`;
    return fail(`cannot write to ${reason}`, ERRORS.STORE_UNWRITABLE.hint);
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = `${(bavail * bsize / 1e9).toFixed(1)} GB free`;
  if (bavail * bsize < LOW_DISK_BYTES) return warn(`${config.storeDirectory}: ${free}`, 'Free space, or choose another folder with --store-directory.');
  return ok(`${config.storeDirectory}: ${free}`);
}

function address(config: Config): Promise<Finding> {
  const { host, port } = config.listen;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE'
        ? warn(`${host}:${port} is in use`, ERRORS.ADDRESS_IN_USE.hint)
        : fail(`${host}:${port}: ${error.code}`, ERRORS.ADDRESS_UNAVAILABLE.hint));
    });
    server.listen(port, host, () => server.close(() => resolve(ok(`${host}:${port} is free`))));
  });
}
