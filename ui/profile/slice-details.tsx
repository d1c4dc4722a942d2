import type { CallRef, Profile, Slice, ThreadRef, ThreadTimeline } from '../../src/server/api.js';
import { RequestLink } from '../components/request-link.js';
import { formatDuration, formatShare } from '../format.js';
import { hrefHere } from '../state/location.js';
import { visible } from '../wire-text.js';
import { offsetText } from './draw-axis.js';
import { cssBackground, sliceLook } from './kinds.js';
import type { SliceRef } from './lanes.js';
import { resultText } from './results.js';
import { sliceParams } from './selection.js';
import { StackList } from './stack-list.js';

/** What is known of the pinned slice, with ways on from it. */
export function SliceDetails({ profile, slice: { thread, index }, onClose }: { profile: Profile; slice: SliceRef; onClose: () => void }) {
  const slice = thread.slices[index];
  const call = callDuring(profile, thread, slice);
  const insideNs = Math.min(slice.endNs, profile.requestEndNs) - Math.max(slice.startNs, profile.requestStartNs);
  return (
    <section className="slice-details" aria-label="Selected slice">
      <div className="slice-head">
        <i className="swatch" style={cssBackground(sliceLook(slice.kind))} /><h2>{sliceLook(slice.kind).word}, {formatDuration(slice.endNs - slice.startNs)}</h2>
        <span className="spacer" /><button type="button" className="plain" onClick={onClose} title="Esc">Close</button>
      </div>
      <div className={slice.stack === undefined ? '' : 'with-stack'}>
        <dl className="facts">
          <Fact name="Thread"><bdi>{visible(thread.name, 40)}</bdi> {thread.tid}{thread.pid !== profile.pid && ` of process ${thread.pid}`}{thread.executed && ', executed the request'}{isOnPath(profile, thread, slice) && ', on the critical path here'}</Fact>
          <Fact name="Time">{offsetText(slice.startNs - profile.requestStartNs)} to {offsetText(slice.endNs - profile.requestStartNs)} after the request began{insideNs > 0 && `: ${formatShare(insideNs / Math.max(1, profile.requestEndNs - profile.requestStartNs))} of it`}</Fact>
          {slice.syscall !== '' && <Fact name="System call"><span className="mono">{visible(slice.syscall, 60)}</span>{slice.result !== undefined && <span className="muted"> {resultText(slice.syscall, slice.result)}</span>}</Fact>}
          {slice.object !== '' && <Fact name={slice.kind === 'run_queue' ? 'Meanwhile ran' : 'Object'}><bdi className="mono">{visible(slice.object, 600)}</bdi></Fact>}
          {slice.wokenBy && <Fact name="Woken by"><Waker profile={profile} waker={slice.wokenBy} ns={slice.endNs} /></Fact>}
          {call && <Fact name="Waited for"><CallLink call={call} /></Fact>}
          {slice.kind === 'running' && <Fact name="CPU samples">{samplesIn(profile, thread.tid, slice)}</Fact>}
          <Fact name="Around it"><Neighbour profile={profile} thread={thread} slice={thread.slices[index - 1]} word="before" /> <Neighbour profile={profile} thread={thread} slice={thread.slices[index + 1]} word="after" /></Fact>
        </dl>
        {slice.stack !== undefined && <StackList stacks={profile.stacks} index={slice.stack} />}
      </div>
    </section>
  );
}

export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function samplesIn({ stacks }: Profile, tid: number, { startNs, endNs }: Slice): string {
  const count = stacks.samples.reduce((sum, sample) => sum + Number(sample.tid === tid && sample.ns >= startNs && sample.ns < endNs), 0);
  return count === 0 ? 'none: it was on CPU for less than a sample\'s interval' : `${count}, in the flame graph below`;
}

/** To what the waker did when it woke the thread. A waker of another process may have no timeline here. */
function Waker({ profile, waker, ns }: { profile: Profile; waker: ThreadRef; ns: number }) {
  const params = sliceParams(profile, waker.tid, ns);
  const name = <><bdi>{visible(waker.name, 40)}</bdi> {waker.tid}</>;
  if (params) return <a className="link" href={hrefHere(params)}>{name}</a>;
  return <>{name}{waker.pid !== profile.pid && <span className="muted"> of process {waker.pid}</span>}</>;
}

function Neighbour({ profile, thread, slice, word }: { profile: Profile; thread: ThreadTimeline; slice: Slice | undefined; word: string }) {
  const params = slice && sliceParams(profile, thread.tid, slice.startNs);
  if (!slice || !params) return null;
  return <span className="neighbour"><a className="link" href={hrefHere(params)}>{word}</a> {sliceLook(slice.kind).word} {formatDuration(slice.endNs - slice.startNs)}</span>;
}

/** To the call as its client saw it and, where its server is traced, as that one did. */
export function CallLink({ call }: { call: CallRef }) {
  const text = `${visible(call.service, 40)}: ${visible(call.endpoint || call.protocol, 80)}`;
  return <><RequestLink id={call.id}><bdi>{text}</bdi></RequestLink> <span className="muted">{formatDuration(call.endNs - call.startNs)}</span>{call.server && <> <RequestLink id={call.server.id}>at the server</RequestLink></>}</>;
}

/** Of times that were rounded: less than a hundredth in common is none. */
function overlaps(segment: { startNs: number; endNs: number }, slice: Slice): boolean {
  const common = Math.min(segment.endNs, slice.endNs) - Math.max(segment.startNs, slice.startNs);
  return common > Math.min(segment.endNs - segment.startNs, slice.endNs - slice.startNs) / 100;
}

function isOnPath(profile: Profile, thread: ThreadTimeline, slice: Slice): boolean {
  return profile.path.some((segment) => [segment, ...(segment.inside ?? [])].some((one) => one.tid === thread.tid && overlaps(one, slice)));
}

function callDuring(profile: Profile, thread: ThreadTimeline, slice: Slice): CallRef | null {
  return profile.path.find((segment) => segment.tid === thread.tid && segment.call !== null && overlaps(segment, slice))?.call ?? null;
}
