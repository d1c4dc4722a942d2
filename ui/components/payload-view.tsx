import './payload-view.css';
import { memo, useState } from 'react';
import type { Payload } from '../../src/server/api.js';
import { formatBytes } from '../format.js';
import { bytesFromBase64, hexRows, looksBinary } from '../wire-text.js';
import { WireBlock } from './wire-text.js';

/** Bytes as text with control characters visible, or as hex. */
export const PayloadView = memo(function PayloadView({ title, payload, totalBytes }: { title: string; payload: Payload | null; totalBytes: number }) {
  const [view, setView] = useState<'text' | 'hex' | null>(null);
  if (payload === null) {
    return (
      <section><div className="payload-head"><h2>{title}</h2></div>
        <p className="muted">{totalBytes === 0 ? 'No bytes.' : `${formatBytes(totalBytes)} went by; none of it was kept.`}</p>
      </section>
    );
  }
  const bytes = bytesFromBase64(payload.base64);
  const shown = view ?? (looksBinary(bytes) ? 'hex' : 'text');
  return (
    <section aria-label={title}>
      <div className="payload-head">
        <h2>{title}</h2>
        <span className="muted">{bytes.length < payload.totalBytes ? `first ${formatBytes(bytes.length)} of ${formatBytes(payload.totalBytes)}` : formatBytes(payload.totalBytes)}</span>
        <span className="spacer" />
        <button type="button" aria-pressed={shown === 'text'} onClick={() => setView('text')}>text</button>
        <button type="button" aria-pressed={shown === 'hex'} onClick={() => setView('hex')}>hex</button>
      </div>
      {shown === 'text' ? <WireBlock text={new TextDecoder().decode(bytes)} /> : <Hex bytes={bytes} />}
    </section>
  );
});

function Hex({ bytes }: { bytes: Uint8Array }) {
  return <pre className="wire-block hex mono" tabIndex={0}>{hexRows(bytes).map((row) => `${row.offset}  ${row.hex}  ${row.text}`).join('\n')}</pre>;
}
