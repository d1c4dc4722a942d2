import { useEffect, useMemo, useRef } from 'react';
import type { LogLine, Profile } from '../../src/server/api.js';
import { Empty } from '../components/empty.js';
import { formatClock, formatCount, startMs } from '../format.js';
import { hrefHere, setParams, usePlace } from '../state/location.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { sliceParams } from './selection.js';

const SHOWN = 500;

/** What the threads wrote meanwhile, as text; the time leads to what the thread did then. */
export function LogTab({ profile }: { profile: Profile }) {
  const { params } = usePlace();
  const [tid, find] = [params.get('logof') ?? '', (params.get('logfind') ?? '').toLowerCase()];
  const picked = Number(params.get('line') ?? -1);
  const writers = useMemo(() => writersOf(profile), [profile]);
  const lines = profile.logs.map((line, number) => ({ line, number }))
    .filter(({ line }) => (tid === '' || String(line.tid) === tid) && (find === '' || line.text.toLowerCase().includes(find)));
  const from = Math.max(0, Math.min(lines.length - SHOWN, lines.findIndex(({ number }) => number === picked) - SHOWN / 2));
  if (profile.logs.length === 0) return <Empty title="No thread wrote a log line in this time.">Lines to standard output, standard error and open log files are taken along, with secrets redacted. A program that buffers its log writes later, or in another process.</Empty>;
  return (
    <>
      <div className="tl-tools">
        <select value={tid} aria-label="Of which thread" onChange={(event) => setParams({ logof: event.target.value }, true)}>
          <option value="">all threads</option>
          {writers.map(({ tid: one, name, count }) => <option key={one} value={one}>{visible(name, 40)} {one} ({count})</option>)}
        </select>
        <input className="small-input" type="search" value={params.get('logfind') ?? ''} placeholder="find in lines" aria-label="Find in lines" onChange={(event) => setParams({ logfind: event.target.value }, true)} />
        <span className="muted">{formatCount(lines.length)} of {formatCount(profile.logs.length)} lines{lines.length > SHOWN && `, ${SHOWN} shown`}</span>
      </div>
      <table className="logs">
        <thead><tr><th className="number">at</th><th>clock</th><th>thread</th><th>to</th><th>line</th></tr></thead>
        <tbody>{lines.slice(from, from + SHOWN).map(({ line, number }) => <Line key={number} profile={profile} line={line} number={number} picked={number === picked} />)}</tbody>
      </table>
    </>
  );
}

function Line({ profile, line, number, picked }: { profile: Profile; line: LogLine; number: number; picked: boolean }) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => { if (picked) row.current?.scrollIntoView({ block: 'nearest' }); }, [picked]);
  const params = sliceParams(profile, line.tid, line.ns);
  const at = offsetText(line.ns - profile.requestStartNs);
  const inside = line.ns >= profile.requestStartNs && line.ns <= profile.requestEndNs;
  return (
    <tr ref={row} aria-selected={picked} className={inside ? '' : 'muted'}>
      <td className="number">{params ? <a className="link" href={hrefHere({ ...params, line: String(number) })} title="What the thread did then">{at}</a> : at}</td>
      <td>{formatClock(startMs(profile.start) + line.ns / 1e6)}</td>
      <td className="cut"><bdi>{visible(profile.threads.find((one) => one.tid === line.tid)?.name ?? '', 24)}</bdi> <span className="muted">{line.tid}</span></td>
      <td className={line.target === 'stderr' ? 'cut' : 'cut muted'} title={visible(line.target, 300)}><bdi>{visible(line.target.slice(line.target.lastIndexOf('/') + 1), 40)}</bdi></td>
      <td className="mono log-text"><bdi>{visible(line.text, 2_000)}</bdi>{line.cut && <span className="muted"> … more was written than is kept</span>}</td>
    </tr>
  );
}

function writersOf({ logs, threads }: Profile): Array<{ tid: number; name: string; count: number }> {
  const counts = new Map<number, number>();
  for (const { tid } of logs) counts.set(tid, (counts.get(tid) ?? 0) + 1);
  return [...counts].map(([tid, count]) => ({ tid, count, name: threads.find((one) => one.tid === tid)?.name ?? '' })).sort((a, b) => b.count - a.count);
}
