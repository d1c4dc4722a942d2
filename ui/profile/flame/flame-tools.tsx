import { useEffect, useState } from 'react';
import type { Profile } from '../../../src/server/api.js';
import { formatDuration, formatShare } from '../../format.js';
import { visible } from '../../wire-text.js';
import { changeGraph, type FlameChoice, type Of } from './choice.js';
import type { FunctionInfo } from './functions.js';
import type { Found } from './search.js';

const OF_WORDS: Readonly<Record<Of, string>> = { path: 'Path', slice: 'Slice', thread: 'Its thread', range: 'Selection', all: 'All threads' };
const OF_HELP: Readonly<Record<Of, string>> = {
  path: 'Only the time that explains this request: each thread while it is on the critical path', slice: 'The pinned slice', thread: 'The pinned slice\'s thread, the whole window', range: 'What is selected in the timeline', all: 'Every thread, the whole window',
};

interface Props { profile: Profile; choice: FlameChoice; offers: readonly Of[]; total: number; found: Found | null; around: FunctionInfo | null }

export function FlameTools({ profile, choice, offers, total, found, around }: Props) {
  const count = profile.stacks.samples.length;
  return (
    <div className="tl-tools fl-tools">
      <span className="switch" role="group" aria-label="Of which part">
        {offers.map((of) => <button key={of} type="button" aria-pressed={choice.of === of} title={OF_HELP[of]} onClick={() => changeGraph({ of, fn: null })}>{OF_WORDS[of]}</button>)}
      </span>
      <span className="switch" role="group" aria-label="Which stacks">
        <button type="button" aria-pressed={choice.mode === 'cpu'} title={`${count} samples in this profile`} onClick={() => changeGraph({ flame: 'cpu', fn: null })}>on CPU</button>
        <button type="button" aria-pressed={choice.mode === 'off'} title="Where threads were blocked, by how long" onClick={() => changeGraph({ flame: 'off', fn: null })}>blocked</button>
      </span>
      <button type="button" aria-pressed={choice.invert} disabled={around !== null} title="From where the time was spent to its callers" onClick={() => changeGraph({ invert: choice.invert ? null : '1' })}>Invert</button>
      {around && <span className="fl-around">callers and callees of <bdi className="mono">{visible(around.name, 48)}</bdi> <button type="button" className="plain" onClick={() => changeGraph({ fn: null })}>Back to all</button></span>}
      {choice.zoom.length > 0 && <button type="button" onClick={() => changeGraph({})} title="Esc">Unzoom</button>}
      <span className="spacer" />
      <SearchBox text={choice.find} />
      {found && <span className={found.ids.size === 0 ? 'error' : ''}>{found.ids.size === 0 ? 'not found' : formatShare(found.ns / Math.max(1, total))}</span>}
      <span className="muted number fl-total">{formatDuration(total)} {choice.mode === 'cpu' ? 'on CPU' : 'blocked'}</span>
    </div>
  );
}

const APPLY_MS = 150;

function SearchBox({ text: applied }: { text: string }) {
  const [text, setText] = useState(applied);
  useEffect(() => setText(applied), [applied]);
  useEffect(() => {
    if (text === applied) return;
    const timer = setTimeout(() => changeGraph({ find: text }), APPLY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return <input className="small-input" type="search" value={text} placeholder="find a function" aria-label="Find a function" spellCheck={false} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') { setText(''); event.currentTarget.blur(); } }} />;
}
