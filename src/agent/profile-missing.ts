/** What a profile lacks and why: said in it, so that nobody takes a gap for a fact. */
import type { Evidence } from '../profile/evidence.js';
import type { ThreadTimeline } from '../profile/profile.js';
import { durationText } from '../profile/quantities.js';
import type { RequestRecord } from '../requests/record.js';

export interface MissingInput { threads: readonly ThreadTimeline[]; record: RequestRecord; evidence: Omit<Evidence, 'switches'>; named: boolean }

export function whatIsMissing({ threads, record, evidence, named }: MissingInput): string[] {
  const { fromNs, toNs, startedNs, rememberedNs, cut } = evidence;
  const missing: string[] = [];
  const older = (what: string, ns: number) => {
    const where = ns >= toNs ? 'the whole window' : `the first ${durationText(ns - fromNs)} of the window`;
    if (ns > fromNs) missing.push(`${what} in ${where}: older than what the recorder still remembered. Give it more memory (--profile-memory), or a smaller scope.`);
  };
  if (startedNs > fromNs) missing.push(`All of the first ${durationText(startedNs - fromNs)} of the window: the recorder was switched on only then.`);
  older('What threads did', rememberedNs.switches);
  older('CPU samples', rememberedNs.samples);
  older('Calls, log lines and stacks of blocks', rememberedNs.notes);
  if (!threads.some((thread) => thread.tid === record.responseTid)) missing.push('The thread that answered made no switch near the request: it ran through, or ended.');
  for (const what of cut) missing.push(`Left out: ${what}.`);
  if (!named) missing.push('Stacks are recorded, but nobody names them.');
  return missing;
}
