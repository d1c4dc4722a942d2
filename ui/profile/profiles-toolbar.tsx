import { useMemo } from 'react';
import type { LedgerKind, ProfileSummary } from '../../src/server/api.js';
import { formatCount } from '../format.js';
import { setParams } from '../state/location.js';
import { visible } from '../wire-text.js';
import { cssBackground, ledgerLook } from './kinds.js';
import { mainPart, REASON_WORDS, type ProfileFilter } from './profile-list.js';

interface Props { all: readonly ProfileSummary[]; shown: number; filter: ProfileFilter; grouped: boolean }

export function ProfilesToolbar({ all, shown, filter, grouped }: Props) {
  const services = useMemo(() => [...new Set(all.map((row) => row.service))].sort(), [all]);
  const reasons = useMemo(() => [...new Set(all.map((row) => row.reason))], [all]);
  const causes = useMemo(() => counted(all), [all]);
  return (
    <div className="toolbar profiles-toolbar">
      <input className="small-input" type="search" value={filter.words} placeholder="endpoint, object, word" aria-label="Find in endpoint, object or verdict" onChange={(event) => setParams({ find: event.target.value }, true)} />
      <select value={filter.service} aria-label="Service" onChange={(event) => setParams({ service: event.target.value })}>
        <option value="">all services</option>{services.map((name) => <option key={name} value={name}>{visible(name, 60)}</option>)}
      </select>
      <select value={filter.reason} aria-label="Why profiled" onChange={(event) => setParams({ reason: event.target.value })}>
        <option value="">for any reason</option>{reasons.map((one) => <option key={one} value={one}>{REASON_WORDS[one] ?? one}</option>)}
      </select>
      <span className="switch" role="group" aria-label="Show">
        <button type="button" aria-pressed={!grouped} onClick={() => setParams({ group: null })}>requests</button>
        <button type="button" aria-pressed={grouped} onClick={() => setParams({ group: 'cause' })}>by cause</button>
      </span>
      {causes.map(([kind, count]) => (
        <button key={kind} type="button" className="chip" aria-pressed={filter.cause === kind} onClick={() => setParams({ cause: filter.cause === kind ? null : kind })}><i className="swatch" style={cssBackground(ledgerLook(kind))} />{ledgerLook(kind).word} <span className="muted">{formatCount(count)}</span></button>
      ))}
      <span className="spacer" />
      {shown < all.length && <span className="muted">{formatCount(shown)} of {formatCount(all.length)}</span>}
    </div>
  );
}

function counted(all: readonly ProfileSummary[]): Array<[LedgerKind, number]> {
  const counts = new Map<LedgerKind, number>();
  for (const row of all) counts.set(mainPart(row).kind, (counts.get(mainPart(row).kind) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
