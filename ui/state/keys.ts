/** Keys of the whole page. A key typed into a field belongs to the field, and all of them to an open dialog. */
import { useEffect, useRef } from 'react';

export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const SEQUENCE_MS = 1_000;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/** Keys by `event.key`, or two in a row as `g o`. */
export function useKeys(map: KeyMap): void {
  const keys = useRef(map);
  keys.current = map;
  useEffect(() => {
    let first = '';
    let firstAt = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target) || document.querySelector('dialog[open]')) return;
      const pair = first !== '' && event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : '';
      first = event.key;
      firstAt = event.timeStamp;
      const action = keys.current[pair] ?? keys.current[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
