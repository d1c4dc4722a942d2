import type { CallRef, Profile } from '../../src/server/api.js';
import { formatDuration } from '../format.js';
import { visible } from '../wire-text.js';
import { LABEL_PX } from './canvas.js';
import { offsetText } from './draw-axis.js';
import { cssBackground, sliceLook } from './kinds.js';
import type { SliceRef } from './lanes.js';
import { markWord, type Mark } from './marks.js';
import { resultText } from './results.js';
import type { Hit, Point } from './use-timeline-input.js';

const TIP_PX = 380;
const MARKS_SHOWN = 6;

/** What lies under the pointer, in words. */
export function HitTip({ profile, hit, at, width }: { profile: Profile; hit: Hit; at: Point; width: number }) {
  const x = at.x + LABEL_PX;
  const side = x > width - TIP_PX ? { right: width - x + 12 } : { left: x + 12 };
  return (
    <div className="tip" style={{ top: at.y + 14, ...side }}>
      {hit.kind === 'slice' ? <SliceWords profile={profile} slice={hit.slice} /> : hit.kind === 'call' ? <CallWords profile={profile} call={hit.call} /> : <MarkWords profile={profile} marks={hit.marks} />}
    </div>
  );
}

function SliceWords({ profile, slice: { thread, index } }: { profile: Profile; slice: SliceRef }) {
  const slice = thread.slices[index];
  return (
    <>
      <div><i className="swatch" style={cssBackground(sliceLook(slice.kind))} /><b>{sliceLook(slice.kind).word}</b> {formatDuration(slice.endNs - slice.startNs)}{slice.syscall !== '' && <span className="mono"> {visible(slice.syscall, 40)}()</span>}{slice.result !== undefined && <span className="muted"> {resultText(slice.syscall, slice.result)}</span>}</div>
      {slice.object !== '' && <div>{slice.kind === 'run_queue' ? 'meanwhile ran ' : ''}<bdi className="mono">{visible(slice.object, 120)}</bdi></div>}
      {slice.wokenBy && <div>woken by <bdi>{visible(slice.wokenBy.name, 20)}</bdi> {slice.wokenBy.tid}</div>}
      <div className="muted"><bdi>{visible(thread.name, 20)}</bdi> {thread.tid}, from {offsetText(slice.startNs - profile.requestStartNs)}{slice.stack !== undefined && ', with its stack'}</div>
    </>
  );
}

function CallWords({ profile, call }: { profile: Profile; call: CallRef }) {
  return (
    <>
      <div><b>call to <bdi>{visible(call.service, 40)}</bdi></b> {formatDuration(call.endNs - call.startNs)}</div>
      <div><bdi className="mono">{visible(call.endpoint || call.protocol, 160)}</bdi></div>
      {call.server && <div>of that in the server itself {formatDuration(call.server.endNs - call.server.startNs)}</div>}
      <div className="muted">from {offsetText(call.startNs - profile.requestStartNs)}, click for its links</div>
    </>
  );
}

function MarkWords({ profile, marks }: { profile: Profile; marks: readonly Mark[] }) {
  const nameOf = (tid: number): string => profile.threads.find((one) => one.tid === tid)?.name ?? '';
  return (
    <>
      {marks.slice(0, MARKS_SHOWN).map((mark, i) => (
        <div key={i}><b>{mark.kind === 'read' ? 'read by the application' : markWord(mark.kind)}</b> <span className="muted">{offsetText(mark.ns - profile.requestStartNs)}</span>{mark.text !== '' && <> <bdi className={mark.kind === 'log' ? 'mono' : ''}>{visible(mark.text, 160)}</bdi></>}{mark.tid !== 0 && <span className="muted"> <bdi>{visible(nameOf(mark.tid), 20)}</bdi> {mark.tid}</span>}</div>
      ))}
      {marks.length > MARKS_SHOWN && <div className="muted">and {marks.length - MARKS_SHOWN} more here</div>}
    </>
  );
}
