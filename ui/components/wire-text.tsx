import { useState } from 'react';
import { visible, visibleParts } from '../wire-text.js';

/** One line of what came off the wire. React escapes it; control characters are shown as signs. */
export function WireText({ text, limit = 300, mono = false }: { text: string; limit?: number; mono?: boolean }) {
  const shown = visible(text, limit);
  return <bdi className={mono ? 'wire mono' : 'wire'} title={text.length > 40 ? visible(text, 1_000) : undefined}>{shown}</bdi>;
}

const BLOCK_LIMIT = 2_000;

/** Several lines, cut, the rest on demand. */
export function WireBlock({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const cut = !all && text.length > BLOCK_LIMIT;
  const parts = visibleParts(cut ? text.slice(0, BLOCK_LIMIT) : text, true);
  return (
    <>
      <pre className="wire-block wire mono" tabIndex={0}>
        {parts.map((part, i) => (part.special ? <span key={i} className="special">{part.text}</span> : part.text))}
      </pre>
      {cut && <button type="button" onClick={() => setAll(true)}>Show the other {text.length - BLOCK_LIMIT} characters</button>}
    </>
  );
}
