import { useEffect, useState } from 'react';
import type { Profile } from '../../src/server/api.js';
import { formatCount } from '../format.js';
import { setParams } from '../state/location.js';
import { visible } from '../wire-text.js';

interface Props { profile: Profile; all: boolean; shown: number; words: string; hidden: number }

export function TimelineTools({ profile, all, shown, words, hidden }: Props) {
  const rest = profile.threads.length - shown - hidden;
  return (
    <div className="tl-tools">
      <h2>Threads of <bdi>{visible(profile.service, 40)}</bdi> <span className="muted number">pid {profile.pid}</span></h2>
      <span className="switch" role="group" aria-label="Which threads">
        <button type="button" aria-pressed={!all} onClick={() => setParams({ threads: null }, true)}>On the path</button>
        <button type="button" aria-pressed={all} onClick={() => setParams({ threads: 'all' }, true)}>All {formatCount(profile.threads.length)} threads</button>
      </span>
      {!all && rest > 0 && hidden === 0 && <span className="muted">{formatCount(rest)} others had no part in it</span>}
      {hidden > 0 && <span className="muted">{formatCount(hidden)} do not fit the filter</span>}
      <ShowBox words={words} />
      <span className="spacer" />
      <span className="muted cut" title="wheel: zoom; drag over the axis: zoom to it; drag over threads: select; shift: pan; double click: the whole request; z: zoom to the selection">wheel zooms, drag selects, shift pans, double click shows all</span>
    </div>
  );
}

const APPLY_MS = 200;

/** `thread:pool log:timeout file:journal peer:5432 word` */
function ShowBox({ words }: { words: string }) {
  const [text, setText] = useState(words);
  useEffect(() => setText(words), [words]);
  useEffect(() => {
    if (text.trim() === words) return;
    const timer = setTimeout(() => setParams({ show: text.trim() }, true), APPLY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input className="small-input tl-show" type="search" value={text} placeholder="thread:pool file:log peer:5432 log:error" aria-label="Filter the threads: thread:, file:, peer:, log: or any word" spellCheck={false}
      onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') { setText(''); event.currentTarget.blur(); } }} />
  );
}
