import '../flame/flame.css';
import { useMemo } from 'react';
import type { Profile } from '../../../src/server/api.js';
import { Empty } from '../../components/empty.js';
import { formatDuration } from '../../format.js';
import { usePlace } from '../../state/location.js';
import { visible } from '../../wire-text.js';
import { changeGraph, readIds } from '../flame/choice.js';
import { FlameGraph } from '../flame/flame-graph.js';
import { FunctionTable } from '../flame/functions.js';
import { layoutTree } from '../flame/layout.js';
import { chainsOf, pathPieces, pathThreads, weightsOf, type FlameMode } from '../flame/scope.js';
import { buildTree, functionSums, idsTo, nodeAt, type FunctionSum, type Weighted } from '../flame/tree.js';
import { signed } from './ledger-table.js';

const SHOWN = 17;

/** One flame graph of both: as wide as one of them spent, coloured by how much more or less it was than in the other. */
export function FlameDifference({ profile, other }: { profile: Profile; other: Profile }) {
  const { params } = usePlace();
  const mode: FlameMode = params.get('flame') === 'off' ? 'off' : 'cpu';
  const byOther = params.get('by') === 'other';
  const { table, stacks } = useMemo(() => merged(profile, other, mode), [profile, other, mode]);
  const root = useMemo(() => buildTree(stacks), [stacks]);
  const layout = useMemo(() => layoutTree(root, byOther ? (node) => node.otherNs : undefined), [root, byOther]);
  const sums = useMemo(() => functionSums(stacks).sort((a, b) => Math.abs(b.selfNs - b.otherSelfNs) - Math.abs(a.selfNs - a.otherSelfNs)), [stacks]);
  const zoomed = nodeAt(root, readIds(params.get('at')));
  return (
    <section className="section" aria-label="Difference of the flame graphs">
      <div className="tl-tools">
        <h2>Flame graphs, compared</h2>
        <span className="switch" role="group" aria-label="Which stacks">
          <button type="button" aria-pressed={mode === 'cpu'} onClick={() => changeGraph({ flame: null })}>on CPU</button>
          <button type="button" aria-pressed={mode === 'off'} onClick={() => changeGraph({ flame: 'off' })}>blocked</button>
        </span>
        <span className="switch" role="group" aria-label="As wide as">
          <button type="button" aria-pressed={!byOther} onClick={() => changeGraph({ by: null })}>this one</button>
          <button type="button" aria-pressed={byOther} onClick={() => changeGraph({ by: 'other' })}>the other</button>
        </span>
        <span className="spacer" />
        <span className="muted">{formatDuration(root.ns)} here, {formatDuration(root.otherNs)} in the other</span>
      </div>
      {layout.total === 0 ? <Empty title={`No ${mode === 'cpu' ? 'CPU sample' : 'stack of a block'} on the path of ${byOther ? 'the other' : 'this one'}.`}>Look at the other width, or at the other stacks.</Empty> : (
        <div className="fl-columns">
          <div>
            <FlameGraph layout={layout} functions={table.functions} matches={null} zoomed={zoomed} otherTotal={byOther ? root.ns : root.otherNs} label="Difference of the flame graphs"
              onZoom={(node) => changeGraph({ at: node ? idsTo(node).join('.') : null })} onAround={() => {}} />
            <div className="tl-legend">
              <span><i className="swatch" style={{ background: 'var(--more)' }} />+ more here than in the other</span>
              <span><i className="swatch" style={{ background: 'var(--less)' }} />− less here</span>
              <span><i className="swatch" style={{ background: 'var(--frame-native)' }} />the same</span>
            </div>
          </div>
          <div className="fl-list"><Sums sums={sums.slice(0, SHOWN)} table={table} /></div>
        </div>
      )}
    </section>
  );
}

function Sums({ sums, table }: { sums: readonly FunctionSum[]; table: FunctionTable }) {
  return (
    <table>
      <thead><tr><th className="number">itself</th><th className="number">with callees</th><th>function</th></tr></thead>
      <tbody>{sums.map(({ id, selfNs, otherSelfNs, totalNs, otherTotalNs }) => (
        <tr key={id} title={`itself ${formatDuration(selfNs)}, in the other ${formatDuration(otherSelfNs)}`}>
          <td className="number">{signed(selfNs - otherSelfNs)}</td><td className="number">{signed(totalNs - otherTotalNs)}</td><td className="cut"><bdi>{visible(table.functions[id].name, 120)}</bdi></td>
        </tr>
      ))}</tbody>
    </table>
  );
}

function merged(profile: Profile, other: Profile, mode: FlameMode): { table: FunctionTable; stacks: Weighted[] } {
  const table = new FunctionTable();
  const byChain = new Map<string, Weighted>();
  const several = [profile, other].some((of) => of.stacks.samples.some(({ pid }) => pid !== of.pid));
  const add = (of: Profile, key: 'ns' | 'otherNs'): void => {
    for (const { chain, ns } of chainsOf(of, table, weightsOf(of, mode === 'cpu' ? pathPieces(of) : pathThreads(of), mode), several)) {
      const name = chain.join('.');
      const one = byChain.get(name) ?? { chain, ns: 0, otherNs: 0 };
      one[key] += ns;
      byChain.set(name, one);
    }
  };
  add(profile, 'ns');
  add(other, 'otherNs');
  return { table, stacks: [...byChain.values()] };
}
