import type { LedgerEntry, Profile } from '../../../src/server/api.js';
import { formatDuration } from '../../format.js';
import { visible } from '../../wire-text.js';
import { cssBackground, ledgerLook } from '../kinds.js';
import { ledgerDifference } from './difference.js';

const OBJECTS = 3;

/** Where both spent their time, aligned, with the difference. */
export function LedgerTable({ profile, other }: { profile: Profile; other: Profile }) {
  const rows = ledgerDifference(profile.ledger, other.ledger);
  const most = Math.max(1, ...rows.map(({ ns, otherNs }) => Math.max(ns, otherNs)));
  return (
    <table className="compare-ledger">
      <thead><tr><th>time went to</th><th className="number">this one</th><th /><th className="number">the other</th><th className="number">difference</th><th>on, in this one</th><th>in the other</th></tr></thead>
      <tbody>{rows.map(({ kind, ns, otherNs, objects, otherObjects }) => {
        const look = ledgerLook(kind);
        return (
          <tr key={kind}>
            <td className="cut"><i className="swatch" style={cssBackground(look)} />{look.word}</td>
            <td className="number">{formatDuration(ns)}</td>
            <td><span className="pair"><i style={{ width: `${(ns / most) * 100}%`, ...cssBackground(look) }} /><i style={{ width: `${(otherNs / most) * 100}%`, ...cssBackground(look) }} /></span></td>
            <td className="number">{formatDuration(otherNs)}</td>
            <td className="number">{signed(ns - otherNs)}</td>
            <td className="cut muted"><Objects entries={objects} /></td>
            <td className="cut muted"><Objects entries={otherObjects} /></td>
          </tr>
        );
      })}</tbody>
    </table>
  );
}

function Objects({ entries }: { entries: readonly LedgerEntry[] }) {
  return <span title={entries.map(({ object, ns }) => `${visible(object, 300)} ${formatDuration(ns)}`).join('\n')}><bdi>{entries.slice(0, OBJECTS).map(({ object }) => visible(object, 80)).join(', ')}</bdi>{entries.length > OBJECTS && ` and ${entries.length - OBJECTS} more`}</span>;
}

export const signed = (ns: number): string => (Math.abs(ns) < 0.5 ? '0' : `${ns > 0 ? '+' : '−'}${formatDuration(Math.abs(ns))}`);
