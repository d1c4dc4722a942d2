import './tabs.css';
import type { ReactNode } from 'react';
import type { Profile } from '../../src/server/api.js';
import { formatCount } from '../format.js';
import { setParams, usePlace } from '../state/location.js';
import { FlamePanel } from './flame/flame-panel.js';
import type { SliceRef } from './lanes.js';
import { LogTab } from './log-tab.js';
import { ObjectTab } from './object-tab.js';
import { PathTable } from './path-table.js';
import type { RangeSelection } from './selection.js';

interface Parts { profile: Profile; pinned: SliceRef | null; range: RangeSelection | null }
interface Tab { key: string; label: string; count: number; show(parts: Parts): ReactNode }

function tabsOf({ path, stacks, logs, operations, calls }: Profile): Tab[] {
  const files = operations.filter((one) => one.kind === 'file').length;
  const peers = operations.length - files + calls.length;
  return [
    { key: 'path', label: 'Critical path', count: path.length, show: ({ profile }) => <PathTable profile={profile} /> },
    { key: 'flame', label: 'Flame graph', count: stacks.samples.length, show: (parts) => <FlamePanel {...parts} /> },
    { key: 'logs', label: 'Logs', count: logs.length, show: ({ profile }) => <LogTab profile={profile} /> },
    { key: 'files', label: 'Files', count: files, show: ({ profile }) => <ObjectTab key="file" profile={profile} kind="file" /> },
    { key: 'peers', label: 'Peers', count: peers, show: ({ profile }) => <ObjectTab key="network" profile={profile} kind="network" /> },
  ];
}

/** A request that computed is best read as a flame graph, any other as its path. */
const ofCode = new Set(['cpu', 'other_request', 'gc', 'pool']);
const firstTab = ({ ledger, stacks }: Profile): string => (stacks.samples.length > 0 && ofCode.has(ledger[0]?.kind ?? '') ? 'flame' : 'path');

/** The evidence, one kind of it at a time. */
export function ProfileTabs(parts: Parts) {
  const { params } = usePlace();
  const tabs = tabsOf(parts.profile);
  const current = tabs.find((tab) => tab.key === params.get('tab')) ?? tabs.find((tab) => tab.key === firstTab(parts.profile))!;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    const next = tabs[(tabs.indexOf(current) + by + tabs.length) % tabs.length];
    setParams({ tab: next.key }, true);
    document.getElementById(`tab-${next.key}`)?.focus();
    event.preventDefault();
  };
  return (
    <section className="section">
      <div className="tabs" role="tablist" aria-label="Evidence" onKeyDown={onKeyDown}>
        {tabs.map(({ key, label, count }) => (
          <button key={key} id={`tab-${key}`} type="button" role="tab" aria-selected={key === current.key} aria-controls="tab-panel" tabIndex={key === current.key ? 0 : -1} onClick={() => setParams({ tab: key }, true)}>
            {label} <span className="muted">{formatCount(count)}</span>
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current.key}`}>{current.show(parts)}</div>
    </section>
  );
}
