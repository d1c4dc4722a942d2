import type { Frame, Stacks } from '../../src/server/api.js';
import { visible } from '../wire-text.js';
import { frameLook } from './flame/frame-looks.js';

/** One stack, innermost frame first, with what is not known of it. */
export function StackList({ stacks, index }: { stacks: Stacks; index: number }) {
  const stack = stacks.stacks[index];
  const frames = (stack?.frames ?? []).flatMap((one): Frame[] => (stacks.frames[one] ? [stacks.frames[one]] : []));
  return (
    <div>
      <h2>Where it was blocked</h2>
      <ol className="stack-list" tabIndex={0} aria-label="Stack, innermost first">
        {frames.map((frame, i) => <li key={i} title={titleOf(frame)}><bdi>{visible(frame.name, 200)}</bdi> <span className="muted">{frame.module === '' ? frameLook(frame.kind).word : visible(frame.module, 60)}{frame.file !== '' && ` ${visible(baseName(frame.file), 60)}${frame.line > 0 ? `:${frame.line}` : ''}`}</span></li>)}
        {stack && stack.truncated !== '' && <li className="muted">… outer frames missing: {visible(stack.truncated, 200)}</li>}
        {stacks.pending && <li className="muted">names are being looked up</li>}
      </ol>
    </div>
  );
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const titleOf = ({ name, module, file, line }: Frame): string => visible(`${name}${module === '' ? '' : ` in ${module}`}${file === '' ? '' : ` at ${file}${line > 0 ? `:${line}` : ''}`}`, 1_000);
