import type { Scope } from './messages.js';
import { KindlingError } from '../errors/index.js';
import type { Config } from '../config/index.js';

/** Set on shared machines: whoever starts an agent there must say what is his. */
export const REQUIRE_SCOPE = 'KINDLING_REQUIRE_SCOPE';

/** What to trace, from the three scope options; exactly one of them must be given. */
export function scopeOf(config: Pick<Config, 'cgroups' | 'pids' | 'all'>, env: Record<string, string | undefined>): Scope {
  const given = [
    config.cgroups.length > 0 ? '--cgroup' : '', config.pids.length > 0 ? '--pid' : '', config.all ? '--all' : '',
  ].filter((flag) => flag !== '');
  if (given.length > 1) throw new KindlingError('OPTIONS_CONFLICT', { first: given[0], second: given[1] });
  if (config.cgroups.length > 0) return { kind: 'cgroup', paths: config.cgroups };
  if (config.pids.length > 0) return { kind: 'tree', pids: config.pids };
  if (!config.all) throw new KindlingError('SCOPE_MISSING');
  if (env[REQUIRE_SCOPE] === '1') throw new KindlingError('SCOPE_ALL_REFUSED');
  return { kind: 'all' };
}

export function describeScope(scope: Scope): string {
  if (scope.kind === 'all') return 'every process of this machine';
  if (scope.kind === 'cgroup') return `cgroup ${scope.paths.join(', ')}`;
  return `process ${scope.pids.join(', ')} and what it starts`;
}
