import type { LedgerEntry, Profile } from '../../src/server/api.js';
import { formatDuration, formatShare } from '../format.js';
import { visible } from '../wire-text.js';
import { cssBackground, ledgerLook } from './kinds.js';
import { namedEntries } from './ledger.js';

/** Words fit into pieces from here on. */
const WORDS_FROM = 0.14;

/** Where the request's time went, to 100 %. */
export function LedgerBar({ profile }: { profile: Profile }) {
  if (profile.ledger.length === 0) return null;
  const { named, rest } = namedEntries(profile.ledger);
  return (
    <div className="ledger">
      <div className="ledger-bar" role="img" aria-label={`Where the time went: ${named.map((entry) => `${labelOf(entry)} ${formatShare(entry.share)}`).join(', ')}`}>
        {profile.ledger.map((entry) => (
          <div key={`${entry.kind} ${entry.object}`} style={{ width: `${Math.max(0, Math.min(1, entry.share)) * 100}%`, color: `var(${ledgerLook(entry.kind).textToken})`, ...cssBackground(ledgerLook(entry.kind)) }} title={titleOf(entry)}>
            {entry.share >= WORDS_FROM && <span className={ledgerLook(entry.kind).pattern === 'solid' ? '' : 'on-pattern'}><bdi>{labelOf(entry)}</bdi> {formatShare(entry.share)}</span>}
          </div>
        ))}
      </div>
      <div className="ledger-legend" aria-hidden="true">
        {named.map((entry) => (
          <span key={`${entry.kind} ${entry.object}`} title={titleOf(entry)}><i className="swatch" style={cssBackground(ledgerLook(entry.kind))} /><bdi>{labelOf(entry)}</bdi> {formatDuration(entry.ns)} <span className="muted">{formatShare(entry.share)}</span></span>
        ))}
        {rest && <span className="muted">{rest.count} smaller {formatDuration(rest.ns)} {formatShare(rest.share)}</span>}
      </div>
    </div>
  );
}

function labelOf({ kind, object }: LedgerEntry): string {
  return object === '' ? ledgerLook(kind).word : `${ledgerLook(kind).word}: ${visible(object, 60)}`;
}

function titleOf(entry: LedgerEntry): string {
  return `${ledgerLook(entry.kind).word}: ${formatDuration(entry.ns)}, ${formatShare(entry.share)} of the request${entry.object === '' ? '' : `\n${visible(entry.object, 1_000)}`}`;
}
