import { useEffect, useRef } from 'react';
import type { FieldInfo } from '../../src/server/api.js';

const KEYS: ReadonlyArray<[string[], string]> = [
  [['/'], 'filter'], [['?'], 'this list'], [['j', 'k', '↓', '↑'], 'next, previous row'], [['Enter'], 'open'], [['Esc'], 'close, clear the selection'],
  [['n'], 'show new requests'], [['g o'], 'overview'], [['g r'], 'requests'], [['g p'], 'profiles'], [['g a'], 'agent'],
];

export function KeysHelp({ fields, onClose }: { fields: FieldInfo[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const onBackdrop = (event: React.MouseEvent): void => { if (event.target === dialog.current) onClose(); };
  return (
    <dialog ref={dialog} className="keys" onClose={onClose} onClick={onBackdrop} aria-label="Keys and filter words">
      <div className="columns">
        <section>
          <h2>Keys</h2>
          <dl>
            {KEYS.map(([keys, help]) => (
              <div key={help} style={{ display: 'contents' }}><dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{help}</dd></div>
            ))}
          </dl>
          <h2 style={{ marginTop: 16 }}>Heat map</h2>
          <dl>
            <dt>drag</dt><dd>select time and duration</dd>
            <dt>double click</dt><dd>zoom into the time around it</dd>
          </dl>
          <h2 style={{ marginTop: 16 }}>Threads of a request</h2>
          <dl>
            <dt>wheel</dt><dd>zoom; over the names it scrolls</dd>
            <dt>drag</dt><dd>over the axis: zoom; over threads: select</dd>
            <dt>shift</dt><dd>with wheel or drag: pan</dd>
            <dt>double click</dt><dd>the whole request</dd>
            <dt><kbd>←</kbd><kbd>→</kbd><kbd>↑</kbd><kbd>↓</kbd></dt><dd>next slice, next thread (when focused)</dd>
            <dt><kbd>+</kbd><kbd>-</kbd><kbd>a</kbd><kbd>d</kbd><kbd>0</kbd></dt><dd>zoom, pan, whole request</dd>
            <dt><kbd>z</kbd></dt><dd>zoom to what is selected</dd>
          </dl>
          <h2 style={{ marginTop: 16 }}>Flame graph</h2>
          <dl>
            <dt>click, <kbd>Enter</kbd></dt><dd>zoom; <kbd>Esc</kbd> shows all</dd>
            <dt>alt click, <kbd>s</kbd></dt><dd>callers and callees</dd>
            <dt><kbd>←</kbd><kbd>→</kbd><kbd>↑</kbd><kbd>↓</kbd></dt><dd>callers, callees, neighbours</dd>
          </dl>
        </section>
        <section>
          <h2>Filter</h2>
          <dl>
            <dt className="mono">&gt;100ms &lt;2s</dt><dd>by duration</dd>
            <dt className="mono">error:yes</dt><dd>failed ones</dd>
            <dt className="mono">word</dt><dd>in the endpoint, resource or error text</dd>
            {fields.filter((field) => field.filter).map((field) => (
              <div key={field.name} style={{ display: 'contents' }}><dt className="mono">{field.name}:</dt><dd>{field.help}</dd></div>
            ))}
          </dl>
        </section>
      </div>
    </dialog>
  );
}
