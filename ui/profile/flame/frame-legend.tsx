import { useMemo } from 'react';
import { patternBackground } from '../kinds.js';
import { FRAME_LOOKS, frameLook, isPatterned } from './frame-looks.js';
import type { FlameFrameKind, FunctionInfo } from './functions.js';
import type { FunctionSum } from './tree.js';

/** The kinds of frames that occur, as colour and word. */
export function FrameLegend({ functions, sums }: { functions: readonly FunctionInfo[]; sums: readonly FunctionSum[] }) {
  const kinds = useMemo(() => {
    const present = new Set(sums.map(({ id }) => functions[id].kind));
    return (Object.keys(FRAME_LOOKS) as FlameFrameKind[]).filter((kind) => present.has(kind));
  }, [functions, sums]);
  return (
    <div className="tl-legend">
      {kinds.map((kind) => <span key={kind}><i className="swatch" style={isPatterned(kind) ? patternBackground(frameLook(kind).token, kind === 'kernel' ? 'hatch' : 'stripe') : { backgroundColor: `var(${frameLook(kind).token})` }} />{frameLook(kind).word}</span>)}
      <span className="muted">click zooms, alt click: callers and callees</span>
    </div>
  );
}
