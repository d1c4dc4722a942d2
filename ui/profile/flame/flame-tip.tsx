import { formatDuration, formatShare } from '../../format.js';
import { visible } from '../../wire-text.js';
import { infoOf } from './draw-flame.js';
import { frameLook } from './frame-looks.js';
import type { FunctionInfo } from './functions.js';
import type { FlameLayout, FlameRect } from './layout.js';

const TIP_PX = 420;

interface Props { rect: FlameRect; layout: FlameLayout; functions: readonly FunctionInfo[]; at: { x: number; y: number }; width: number; otherTotal: number | null }

export function FlameTip({ rect: { node }, layout, functions, at, width, otherTotal }: Props) {
  const info = infoOf(functions, node.id);
  const side = at.x > width - TIP_PX ? { right: width - at.x + 12 } : { left: at.x + 12 };
  return (
    <div className="tip" style={{ top: at.y + 16, ...side }}>
      <div><b><bdi>{visible(info.name, 300)}</bdi></b></div>
      <div>{formatDuration(node.ns)} <span className="muted">{formatShare(node.ns / layout.total)} of it</span>{node.selfNs > 0 && <>, itself {formatDuration(node.selfNs)}</>}</div>
      {otherTotal !== null && <div>in the other {formatDuration(node.otherNs)}: {node.ns >= node.otherNs ? '+' : '−'}{formatDuration(Math.abs(node.ns - node.otherNs))}</div>}
      {info.kind !== 'root' && <div className="muted">{frameLook(info.kind).word}{info.module !== '' && <>, <bdi>{visible(info.module, 80)}</bdi></>}{info.inlined && ', inlined into its caller'}</div>}
      {info.file !== '' && <div className="mono muted"><bdi>{visible(info.file, 160)}</bdi>{info.line > 0 && `:${info.line}`}</div>}
    </div>
  );
}
