/** A profile against the truth. Strict where an engineer would be misled, indifferent to wording. */
import type { LedgerEntry, Profile } from '../../src/profile/profile.js';
import type { Facts, Truth } from './cause.js';

export interface Judgement {
  right: boolean;
  threadRight: boolean;
  /** 0..1 of the request's time that the ledger cannot explain. */
  remainder: number;
  /** What is wrong, for who repairs it. */
  problems: string[];
  verdict: string;
  profile: Profile | null;
}

/** @param peer the profile of what its traced peer was asked, where the truth has something to say of it */
export function judge(profile: Profile | null, truth: Truth, facts: Facts, peer: Profile | null = null): Judgement {
  if (profile === null) return notJudged(`there is no profile of it, and it took ${facts.tookMs} ms`);
  const problems = [...verdictProblems(profile, truth, facts), ...(truth.peer ? peerProblems(peer, truth.peer, facts) : [])];
  const threads = threadProblems(profile, facts);
  return {
    right: problems.length === 0, threadRight: threads.length === 0, problems: [...problems, ...threads], verdict: profile.verdict, profile,
    remainder: profile.ledger.reduce((sum, entry) => sum + (entry.kind === 'unexplained' ? entry.share : 0), 0),
  };
}

/** A run that gave nothing to judge is a wrong one. */
export function notJudged(why: string): Judgement {
  return { right: false, threadRight: false, remainder: 1, problems: [why], verdict: '', profile: null };
}

/** The peer's own request that the profile's waited for longest; '' when no traced peer was asked. */
export function longestAtPeer({ calls }: Profile): string {
  const traced = calls.filter((call) => call.server !== undefined);
  return traced.sort((a, b) => (b.endNs - b.startNs) - (a.endNs - a.startNs))[0]?.server?.id ?? '';
}

function peerProblems(peer: Profile | null, truth: Pick<Truth, 'kinds' | 'says'>, facts: Facts): string[] {
  if (peer === null) return ['there is no profile of the peer\'s own request'];
  const problems = verdictProblems(peer, truth, facts);
  return problems.length === 0 ? [] : [...problems.map((problem) => `at the peer itself, ${problem}`), `the peer's verdict: ${peer.verdict}`];
}

function verdictProblems(profile: Profile, truth: Truth, facts: Facts): string[] {
  return [...kindProblems(profile, truth), ...sentenceProblems(profile.verdict, truth, facts)];
}

function kindProblems({ cause, ledger }: Profile, { kinds, inside }: Truth): string[] {
  const problems: string[] = [];
  if (!kinds.some((kind) => kind === cause.kind)) problems.push(`kind is ${cause.kind || 'none'} (${cause.name}), not ${kinds.join(' or ')}`);
  if (inside !== undefined) {
    const main = largest(ledger.flatMap((entry) => entry.inside ?? []));
    if (main === null || !inside.includes(main.kind)) problems.push(`the peer's own time is ${main?.kind ?? 'not known'}, not ${inside.join(' or ')}`);
  }
  return problems;
}

function largest(entries: readonly LedgerEntry[]): LedgerEntry | null {
  return entries.reduce<LedgerEntry | null>((most, entry) => (most === null || entry.ns > most.ns ? entry : most), null);
}

function sentenceProblems(verdict: string, { says }: Pick<Truth, 'says'>, facts: Facts): string[] {
  return says
    .map((pattern) => pattern.replace(/\{(\w+)\}/g, (_whole, name: string) => `\\b${facts[name] ?? `(no fact ${name})`}\\b`))
    .filter((pattern) => !new RegExp(pattern, 'i').test(verdict))
    .map((pattern) => `the sentence does not say /${pattern}/`);
}

/** Whoever read it or answered it by the program's own account is marked, and nobody else of that process. */
function threadProblems({ threads, pid }: Profile, { reader, executor }: Facts): string[] {
  const marked = threads.filter((thread) => thread.executed && thread.pid === pid).map((thread) => thread.tid);
  const wrong = marked.filter((tid) => tid !== reader && tid !== executor);
  const problems = wrong.map((tid) => `thread ${tid} is marked as executing it and was not`);
  if (!marked.includes(executor)) problems.push(`thread ${executor} executed it and is not marked`);
  return problems;
}
