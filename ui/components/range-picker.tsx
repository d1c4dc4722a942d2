import { useObservedSince } from '../state/observed.js';
import { formatClock, formatDate, formatTime } from '../format.js';
import { setParams, usePlace } from '../state/location.js';
import { chooseRange, PRESETS } from '../state/range.js';

/** Moving ranges by name; a fixed one (from a brush or a pause) is shown by its ends. */
export function RangePicker() {
  const { params } = usePlace();
  const { preset, range } = chooseRange(params, Date.now());
  const since = useObservedSince();
  const choose = (key: string): void => setParams({ range: key, from: null, to: null, sel: null });
  const pause = (): void => setParams({ range: null, from: String(range.from), to: String(range.to) });
  return (
    <>
      <label>
        <span className="visually-hidden">Time range</span>
        <select value={preset ?? 'fixed'} onChange={(event) => choose(event.target.value)}>
          {preset === null && <option value="fixed">{fixedLabel(range.from, range.to)}</option>}
          {PRESETS.map(({ key, label }) => <option key={key} value={key}>{label}</option>)}
        </select>
      </label>
      {preset === null
        ? <button type="button" onClick={() => choose('15m')} title="Follow the present again">Go live</button>
        : <button type="button" onClick={pause} title="Keep this range as it is">Pause</button>}
      {since !== null && since > range.from && since < range.to && <span className="since" title="Kindling has seen nothing before that: rates and charts are of the time since">data since {formatTime(since, Date.now()).replace(/\.\d+$/, '')}</span>}
    </>
  );
}

function fixedLabel(from: number, to: number): string {
  const end = formatDate(from) === formatDate(to) ? formatClock(to) : formatTime(to, from);
  return `${formatTime(from, Date.now())} to ${end}`;
}
