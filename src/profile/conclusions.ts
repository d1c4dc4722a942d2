/**
 * What follows from a profile's facts: critical path, ledger, verdict. Pure, and all of it comes from what stands in the
 * profile, so that it can be drawn again when names of functions have arrived, and checked by whoever reads one.
 */
import { criticalPath } from './critical-path.js';
import { ledgerOf } from './ledger.js';
import { withPath } from './moments.js';
import type { PathInput } from './path-input.js';
import { withCollections, withThrottling } from './path-refinements.js';
import type { Profile } from './profile.js';
import { stackFacts } from './stack-facts.js';
import { verdictOf } from './verdict.js';

export type ProfileFacts = Omit<Profile, 'path' | 'ledger' | 'verdict' | 'cause' | 'lookAt'>;

export function conclude(facts: ProfileFacts): Profile {
  const input = pathInput(facts);
  const path = withThrottling(withCollections(criticalPath(input), facts.stacks), facts.pressure);
  const ledger = ledgerOf(path, facts.requestEndNs - facts.requestStartNs);
  const onPath = new Set(path.map((segment) => segment.tid));
  const { stacks, pressure, usual } = facts;
  return {
    ...facts, threads: facts.threads.map((thread) => ({ ...thread, onPath: onPath.has(thread.tid) })), moments: withPath(facts.moments, path, facts.threads), path, ledger,
    ...verdictOf({ label: labelOf(facts), input, path, ledger, usual, stacks, pressure }),
  };
}

function pathInput({ stacks, threads, requestStartNs, requestEndNs, requestReadNs, recordedFromNs, request, processes, calls, pid, requestId }: ProfileFacts): PathInput {
  const own = processes?.find((one) => one.pid === pid);
  const executed = threads.filter((thread) => thread.pid === pid && thread.executed).map((thread) => thread.tid);
  const input: PathInput = {
    threads, requestStartNs, requestEndNs, requestReadNs, recordedFromNs, processes, request, calls, ...stackFacts(threads, stacks), otherRequests: own?.requests.filter((one) => one.id !== requestId) ?? [],
    requestTid: request?.tid ?? executed[0] ?? 0, responseTid: request?.responseTid || request?.tid || (executed[0] ?? 0),
  };
  // A program that asks only: the request itself is the call that it waited for.
  return request?.role === 'client' ? { ...input, calls: [...calls, request] } : input;
}

/** SQL and Redis endpoints begin with the operation: `select orders *`, `GET`. */
function labelOf({ endpoint, operation }: ProfileFacts): string {
  return endpoint.toLowerCase().startsWith(operation.toLowerCase()) ? endpoint : `${operation} ${endpoint}`;
}
