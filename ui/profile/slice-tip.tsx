import type { Profile } from '../../src/server/api.js';
import { formatDuration } from '../format.js';
import { visible } from '../wire-text.js';
import { LABEL_PX, offsetText } from './draw-timeline.js';
import { cssBackground, sliceLook } from './kinds.js';
import type { SliceRef } from './lanes.js';
import type { Point } from './use-timeline-input.js';

/** Of a tip, about: it changes sides before it would leave the page. */
const TIP_PX = 380;

export function SliceTip({ profile, slice: { thread, index }, at, width }: { profile: Profile; slice: SliceRef; at: Point; width: number }) {
  const slice = thread.slices[index];
  const x = at.x + LABEL_PX;
  const side = x > width - TIP_PX ? { right: width - x + 12 } : { left: x + 12 };
  return (
    <div className="tip" style={{ top: at.y + 14, ...side }}>
      <div><i className="swatch" style={cssBackground(sliceLook(slice.kind))} /><b>{sliceLook(slice.kind).word}</b> {formatDuration(slice.endNs - slice.startNs)}{slice.syscall !== '' && <span className="mono"> {visible(slice.syscall, 40)}()</span>}</div>
      {slice.object !== '' && <div>{slice.kind === 'run_queue' ? 'meanwhile ran ' : ''}<bdi className="mono">{visible(slice.object, 120)}</bdi></div>}
      {slice.wokenBy && <div>woken by <bdi>{visible(slice.wokenBy.name, 20)}</bdi> {slice.wokenBy.tid}</div>}
      <div className="muted"><bdi>{visible(thread.name, 20)}</bdi> {thread.tid}, from {offsetText(slice.startNs - profile.requestStartNs)}</div>
    </div>
  );
}
