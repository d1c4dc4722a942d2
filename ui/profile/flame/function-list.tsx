import { useState } from 'react';
import { formatDuration, formatShare } from '../../format.js';
import { visible } from '../../wire-text.js';
import type { FunctionInfo } from './functions.js';
import type { FunctionSum } from './tree.js';

const SHOWN = 17;
const MOST = 500;

interface Props { functions: readonly FunctionInfo[]; sums: readonly FunctionSum[]; total: number; around: number; matches: ReadonlySet<number> | null; onAround(id: number): void }

/** The functions by the time spent in themselves; what the search found when something is searched. */
export function FunctionList({ functions, sums, total, around, matches, onAround }: Props) {
  const [all, setAll] = useState(false);
  const rows = matches ? sums.filter(({ id }) => matches.has(id)) : sums;
  const shown = rows.slice(0, all ? MOST : SHOWN);
  return (
    <div className="fl-list">
      <table>
        <thead><tr><th className="number">itself</th><th className="number">with callees</th><th>function</th></tr></thead>
        <tbody>{shown.map(({ id, selfNs, totalNs }) => (
          <tr key={id} aria-selected={id === around}>
            <td className="number" title={formatDuration(selfNs)}>{selfNs > 0 ? formatShare(selfNs / total) : ''}</td>
            <td className="number" title={formatDuration(totalNs)}>{formatShare(totalNs / total)}</td>
            <td className="cut"><button type="button" className="as-link cut" title={`${visible(functions[id].name, 600)}\nCallers and callees`} onClick={() => onAround(id)}><bdi>{visible(functions[id].name, 120)}</bdi></button></td>
          </tr>
        ))}</tbody>
      </table>
      {rows.length > shown.length && !all && <button type="button" className="plain link" onClick={() => setAll(true)}>{`Show ${Math.min(rows.length, MOST)} functions`}</button>}
    </div>
  );
}
