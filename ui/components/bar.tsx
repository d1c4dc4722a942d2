import './bar.css';
import type { FieldInfo } from '../../src/server/api.js';
import { formatCount, formatRate } from '../format.js';
import { hrefTo, usePlace } from '../state/location.js';
import { FilterBox } from './filter-box.js';
import { useLiveRows } from './live-context.js';
import { RangePicker } from './range-picker.js';
import { ThemeSwitch } from './theme-switch.js';

const PAGES: ReadonlyArray<[string, string]> = [['/', 'Overview'], ['/requests', 'Requests'], ['/profiles', 'Profiles'], ['/agent', 'Agent']];

export function Bar({ fields, onHelp }: { fields: FieldInfo[]; onHelp: () => void }) {
  const { path } = usePlace();
  return (
    <div><header className="bar">
      <a href={hrefTo('/')} className="brand">Kindling</a>
      <nav aria-label="Pages">
        {PAGES.map(([target, label]) => (
          <a key={target} href={hrefTo(target)} aria-current={isCurrent(path, target) ? 'page' : undefined}>{label}</a>
        ))}
      </nav>
      <RangePicker />
      <FilterBox fields={fields} />
      <span className="spacer" />
      <LiveState />
      <ThemeSwitch />
      <button type="button" onClick={onHelp} aria-label="Keys and filter words" title="Keys and filter words (?)">?</button>
    </header><LossLine /></div>
  );
}

function isCurrent(path: string, target: string): boolean {
  if (target === '/') return path === '/' || path.startsWith('/services/');
  if (target === '/profiles' && path.startsWith('/compare/')) return true;
  return path === target || path.startsWith(target + '/');
}

/** Losses and what else bears on every number of the page. */
function LossLine() {
  const { tick } = useLiveRows();
  if (tick === null || (tick.lost === 0 && tick.notes.length === 0)) return null;
  return (
    <p className="loss-line" role="status">
      {tick.lost > 0 && <a href={hrefTo('/agent')}>{formatCount(tick.lost)} {tick.lost === 1 ? 'event' : 'events'} lost since the start: some requests may be missing or incomplete.</a>} {tick.notes.join(' ')}
    </p>
  );
}

/** What happens now, and whether anything was lost. */
function LiveState() {
  const { tick, lost } = useLiveRows();
  if (lost) return <span className="live error" role="status" title="What is on screen stays; the page goes on by itself once the agent is back">connection lost, retrying</span>;
  if (tick === null) return <span className="live" title="Waiting for the live stream">connecting</span>;
  return (
    <span className="live" title="Requests that the agent sees now">
      <span className="live-state number">{formatRate(tick.requestsPerSecond)}</span>
      {tick.errorsPerSecond > 0 && <span className="error"> {formatRate(tick.errorsPerSecond)} errors</span>}
    </span>
  );
}
