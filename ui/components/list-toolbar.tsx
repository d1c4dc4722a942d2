import { formatClock, formatCount, formatDuration, formatShare } from '../format.js';
import { GROUPINGS, type Grouping } from '../group-rows.js';
import type { HeatSelection } from '../heat-scale.js';
import { ENDS, type Ends } from '../state/ends.js';
import { setParams } from '../state/location.js';
import type { RequestRows } from '../state/use-request-list.js';

export interface ListToolbarProps {
  requests: RequestRows;
  selection: HeatSelection | null;
  group: Grouping | null;
  /** null: the filter says it. */
  ends: Ends | null;
  waiting: number;
  canFollow: boolean;
  follow: boolean;
  /** Following waits: the list is pointed at, or not at its top. */
  held: boolean;
  harHref: string;
  onShowNew(): void;
  onClear(): void;
}

export function ListToolbar({ requests, selection, group, ends, waiting, canFollow, follow, held, harHref, onShowNew, onClear }: ListToolbarProps) {
  const { list, rows } = requests;
  return (
    <div className="toolbar" role="toolbar" aria-label="List">
      <span className="count">{countText(list?.matched ?? null, rows.length, list?.nextCursor ?? null)}</span>
      {list?.sampled && list.sampled.kept < list.sampled.of && (
        <span className="muted" title="Normal requests beyond the detail budget are counted but not kept as rows; slow and failed ones always are.">
          rows for {formatShare(list.sampled.kept / list.sampled.of)} of them
        </span>
      )}
      {selection && (
        <span>
          <span className="muted">selected</span> {formatClock(selection.from, false)} to {formatClock(selection.to, false)}, {selectedDurations(selection)}{' '}
          <button type="button" onClick={onClear} title="Esc">Clear</button>
        </span>
      )}
      <span className="spacer" />
      {held && <span className="muted" title="While you point at the rows, or have scrolled down, they stay where they are">held</span>}
      {waiting > 0 && (!follow || held) && <button type="button" className="new-rows" onClick={onShowNew} title="n">{formatCount(waiting)} new</button>}
      {canFollow && (
        <label title="Let new rows in by themselves while the list is at its top">
          <input type="checkbox" checked={follow} onChange={(event) => setParams({ follow: event.target.checked ? '1' : null }, true)} />follow
        </label>
      )}
      {ends !== null && <EndsSwitch ends={ends} />}
      <label>
        group by
        <select value={group ?? ''} onChange={(event) => setParams({ group: event.target.value })}>
          <option value="">nothing</option>
          {GROUPINGS.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
      </label>
      {group && <span className="muted">of the {formatCount(rows.length)} rows loaded</span>}
      <a className="link" href={harHref} download title="HTTP Archive of up to 1,000 of these requests, for any browser's network panel">HAR</a>
    </div>
  );
}

const ENDS_HELP: Record<Ends, string> = {
  once: 'One row an exchange: as the server saw it, where the server is traced, else as the client did',
  both: 'Every row: an exchange whose both ends are traced stands twice',
  client: 'What the programs that asked saw: with the network and its waits',
  server: 'What the programs that answered saw: the time inside them',
};

/** Which end's measurements are listed and counted. */
function EndsSwitch({ ends }: { ends: Ends }) {
  return (
    <span className="switch" role="group" aria-label="Seen at">
      <span className="muted" title="● in the list marks the end that measured the row">● seen at</span>
      {ENDS.map((one) => (
        <button key={one} type="button" aria-pressed={one === ends} title={ENDS_HELP[one]} onClick={() => setParams({ ends: one === 'once' ? null : one, sel: null })}>
          {one === 'once' ? 'one end' : one}
        </button>
      ))}
    </span>
  );
}

function countText(matched: number | null, loaded: number, next: string | null): string {
  if (matched !== null) return `${formatCount(matched)} ${matched === 1 ? 'request' : 'requests'}`;
  return `${formatCount(loaded)}${next === null ? '' : '+'} ${loaded === 1 ? 'request' : 'requests'}`;
}

function selectedDurations({ lowNs, highNs }: HeatSelection): string {
  if (highNs === null) return lowNs === 0 ? 'any duration' : `longer than ${formatDuration(lowNs)}`;
  return lowNs === 0 ? `up to ${formatDuration(highNs)}` : `${formatDuration(lowNs)} to ${formatDuration(highNs)}`;
}
