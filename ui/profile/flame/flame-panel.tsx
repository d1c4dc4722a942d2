import './flame.css';
import { useMemo } from 'react';
import type { Profile } from '../../../src/server/api.js';
import { Empty } from '../../components/empty.js';
import { formatDuration, formatShare } from '../../format.js';
import { usePlace } from '../../state/location.js';
import { visible } from '../../wire-text.js';
import type { SliceRef } from '../lanes.js';
import type { RangeSelection } from '../selection.js';
import { changeGraph, offered, piecesOf, readChoice, type FlameChoice } from './choice.js';
import { FlameGraph } from './flame-graph.js';
import { FlameTools } from './flame-tools.js';
import { FrameLegend } from './frame-legend.js';
import { FunctionList } from './function-list.js';
import { FunctionTable, type FunctionInfo } from './functions.js';
import { layoutSandwich, layoutTree, type FlameLayout } from './layout.js';
import { chainsOf, weightsOf } from './scope.js';
import { findFunctions } from './search.js';
import { buildTree, functionSums, idsTo, nodeAt, sandwich, type FlameNode, type Weighted } from './tree.js';

/** Where the time of a part of the profile was spent, by function: on CPU, or blocked. */
export function FlamePanel({ profile, pinned, range }: { profile: Profile; pinned: SliceRef | null; range: RangeSelection | null }) {
  const { params } = usePlace();
  const choice = readChoice(params, profile, pinned, range);
  const table = useMemo(() => tableOf(profile), [profile]);
  const stacks = useMemo((): Weighted[] => {
    const weights = weightsOf(profile, piecesOf(profile, choice, pinned, range), choice.mode);
    return chainsOf(profile, table, weights).map((one) => ({ ...one, otherNs: 0 }));
  }, [profile, table, choice.of, choice.mode, pinned, range]);
  const around = choice.around === '' ? -1 : table.functions.findIndex((one) => keyOf(one) === choice.around);
  const graph = useMemo(() => graphOf(stacks, around, choice.invert), [stacks, around, choice.invert]);
  const sums = useMemo(() => functionSums(stacks), [stacks]);
  const found = useMemo(() => findFunctions(table.functions, stacks, choice.find), [table, stacks, choice.find]);
  const total = stacks.reduce((sum, { ns }) => sum + ns, 0);
  const zoomed = nodeAt(graph.root, choice.zoom);
  const onAround = (id: number): void => changeGraph({ fn: table.functions[id] ? keyOf(table.functions[id]) : null });
  return (
    <div className="flame">
      <FlameTools profile={profile} choice={choice} offers={offered(pinned, range)} total={total} found={found} around={around < 0 ? null : table.functions[around]} />
      {profile.stacks.pending && <p className="muted" role="status">Names are being looked up: addresses get theirs as they are found.</p>}
      {total === 0 ? <Nothing profile={profile} choice={choice} /> : (
        <div className="fl-columns">
          <div>
            <FlameGraph layout={graph.layout} functions={table.functions} matches={found?.ids ?? null} zoomed={zoomed} label={`Flame graph of ${formatDuration(total)} ${choice.mode === 'cpu' ? 'on CPU' : 'blocked'}`}
              onZoom={(node) => changeGraph({ at: node ? idsTo(node).join('.') : null })} onAround={onAround} />
            <FrameLegend functions={table.functions} sums={sums} />
          </div>
          <FunctionList functions={table.functions} sums={sums} total={total} around={around} matches={found?.ids ?? null} onAround={onAround} />
        </div>
      )}
      {found && total > 0 && <p className="visually-hidden" role="status">{`${visible(choice.find, 60)} found in ${formatShare(found.ns / total)}`}</p>}
    </div>
  );
}

/** All stacks at once, in their order: ids stand in addresses. */
function tableOf({ stacks }: Profile): FunctionTable {
  const table = new FunctionTable();
  stacks.stacks.forEach((_, index) => table.chain(stacks, index));
  return table;
}

export const keyOf = ({ module, name }: FunctionInfo): string => `${module}!${name}`;

function graphOf(stacks: readonly Weighted[], around: number, invert: boolean): { layout: FlameLayout; root: FlameNode } {
  if (around < 0) {
    const root = buildTree(stacks, invert);
    return { root, layout: layoutTree(root) };
  }
  const { callers, callees } = sandwich(stacks, around);
  return { root: callees, layout: layoutSandwich(callers, callees) };
}

function Nothing({ profile, choice }: { profile: Profile; choice: FlameChoice }) {
  const { samples } = profile.stacks;
  if (choice.mode === 'off') return <Empty title="No stack of a block in this part.">Stacks are taken of blocks that last a while. Choose all threads above, or click a blocked slice that has one.</Empty>;
  if (samples.length === 0) return <Empty title="This profile has no CPU samples.">None were taken while it ran: the request was on CPU for less than a sample&apos;s interval, or sampling is off (<code>kindling doctor</code> says whether it can be had here).</Empty>;
  return <Empty title="No CPU sample in this part.">It was not on CPU, or for less than a sample&apos;s interval. Choose all threads above, or look at where it was blocked.</Empty>;
}
