import { useMemo } from 'react';
import type { Profile, Usual } from '../../src/server/api.js';
import { formatCount, formatDuration, formatShare } from '../format.js';
import { hasOtherPages, hrefTo, setParams, usePlace } from '../state/location.js';
import { visible } from '../wire-text.js';
import { cssBackground, ledgerLook } from './kinds.js';
import { groupedLedger, namedEntries, usualNs, type LedgerGroup } from './ledger.js';

/** Words fit into pieces from here on. */
const WORDS_FROM = 0.14;

/** Where the request's time went, to 100 %; of a peer that is traced, what it did with its part. */
export function LedgerBar({ profile }: { profile: Profile }) {
  const { params } = usePlace();
  const { usual } = profile;
  const ledger = useMemo(() => groupedLedger(profile.ledger), [profile.ledger]);
  if (ledger.length === 0) return null;
  const open = ledger.find((entry) => entry.inside && keyOf(entry) === params.get('inside'));
  const toggle = (entry: LedgerGroup): void => setParams({ inside: entry === open ? null : keyOf(entry) }, true);
  return (
    <div className="ledger">
      <Bar ledger={ledger} open={open} onOpen={toggle} label="Where the time went" />
      <Legend ledger={ledger} usual={usual} open={open} onOpen={toggle} />
      {usual && <UsualLine profile={profile} usual={usual} />}
      {open && (
        <div className="ledger-inside">
          <h2>Meanwhile in <bdi>{visible(open.object, 60)}</bdi> <span className="muted">{formatDuration(open.ns)}</span></h2>
          <Bar ledger={groupedLedger(open.inside!)} label={`What ${visible(open.object, 60)} spent its part on`} />
          <Legend ledger={groupedLedger(open.inside!)} usual={null} />
        </div>
      )}
    </div>
  );
}

interface Parts { ledger: readonly LedgerGroup[]; open?: LedgerGroup; onOpen?: (entry: LedgerGroup) => void }

function Bar({ ledger, label, open, onOpen }: Parts & { label: string }) {
  const whole = Math.max(1, ledger.reduce((sum, entry) => sum + entry.ns, 0));
  const { named } = namedEntries(ledger);
  return (
    <div className="ledger-bar" role="img" aria-label={`${label}: ${named.map((entry) => `${labelOf(entry)} ${formatShare(entry.share)}`).join(', ')}`}>
      {ledger.map((entry) => (
        <div key={keyOf(entry)} className={`${entry.inside && onOpen ? 'opens' : ''} ${entry === open ? 'open' : ''}`} title={titleOf(entry)} onClick={entry.inside && onOpen && (() => onOpen(entry))}
          style={{ width: `${(Math.max(0, entry.ns) / whole) * 100}%`, color: `var(${ledgerLook(entry.kind).textToken})`, ...cssBackground(ledgerLook(entry.kind)) }}>
          {entry.ns / whole >= WORDS_FROM && <span className={ledgerLook(entry.kind).pattern === 'solid' ? '' : 'on-pattern'}><bdi>{labelOf(entry)}</bdi> {formatShare(entry.share)}</span>}
        </div>
      ))}
    </div>
  );
}

function Legend({ ledger, usual, open, onOpen }: Parts & { usual: Usual | null }) {
  const { named, rest } = namedEntries(ledger);
  return (
    <div className="ledger-legend">
      {named.map((entry) => (
        <span key={keyOf(entry)} title={titleOf(entry)}>
          <i className="swatch" style={cssBackground(ledgerLook(entry.kind))} /><span className="name cut"><bdi>{labelOf(entry)}</bdi></span> {formatDuration(entry.ns)} <span className="muted">{formatShare(entry.share)}{usual && usualNs(usual, entry) > 0 && `, usually ${formatDuration(usualNs(usual, entry))}`}</span>
          {entry.inside && onOpen && <> <button type="button" className="as-link link" aria-expanded={entry === open} onClick={() => onOpen(entry)}>{entry === open ? 'close' : 'look inside'}</button></>}
        </span>
      ))}
      {rest && <span className="muted">{rest.count} smaller {formatDuration(rest.ns)} {formatShare(rest.share)}</span>}
    </div>
  );
}

function UsualLine({ profile, usual }: { profile: Profile; usual: Usual }) {
  return (
    <p className="ledger-usual muted">
      Took {formatDuration(profile.requestEndNs - profile.requestStartNs)}, usually {formatDuration(usual.durationNs)} (median of {formatCount(usual.count)} before it).
      {usual.requestId !== '' && hasOtherPages() && <> <a className="link" href={hrefTo(`/compare/${profile.requestId}/${usual.requestId}`)}>Compare with a usual one</a></>}
      {usual.requestId === '' && hasOtherPages() && ' None of them has a profile to compare with: below, ask for the next ones.'}
    </p>
  );
}

const keyOf = ({ kind, object }: LedgerGroup): string => `${kind} ${object}`;

function labelOf({ kind, object, parts }: LedgerGroup): string {
  const more = parts && parts.length > 1 ? ` and ${parts.length - 1} ${parts.length === 2 ? 'other' : 'others'}` : '';
  return object === '' ? `${ledgerLook(kind).word}${more}` : `${ledgerLook(kind).word}: ${visible(object, 60)}${more}`;
}

function titleOf(entry: LedgerGroup): string {
  const details = (entry.parts ?? []).slice(0, 12).map((one) => `\n  ${visible(one.object, 120) || 'unknown'} ${formatDuration(one.ns)}`);
  const inside = (entry.inside ?? []).slice(0, 6).map((one) => `\n  inside: ${labelOf(one)} ${formatDuration(one.ns)}`);
  const object = entry.object === '' || entry.parts ? '' : `\n${visible(entry.object, 1_000)}`;
  return `${ledgerLook(entry.kind).word}: ${formatDuration(entry.ns)}, ${formatShare(entry.share)} of the request${object}${[...details, ...inside].join('')}`;
}
