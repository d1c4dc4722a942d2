import type { Profile } from '../../src/server/api.js';

const NOTHING = {
  threads: [], stacks: { frames: [], stacks: [], samples: [], pending: false }, logs: [], operations: [], moments: [], calls: [], path: [], ledger: [], lookAt: [], missing: [], usual: null,
  pressure: { throttled: null, throttledNs: null, majorFaults: null }, verdict: '', operation: '', endpoint: '', service: '', status: '', error: 'none', reason: 'slow',
};

/** A profile that an older agent wrote lacks what was not known then. */
export function completed(profile: Profile | null): Profile | null {
  return profile && { ...NOTHING, ...profile };
}
