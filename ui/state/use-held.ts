/** What is being read stays where it is: a value as it was when the pointer or the focus came in, until they leave. */
import { useRef, useState } from 'react';

export interface HoldHandlers { onPointerEnter(): void; onPointerLeave(): void; onFocus(): void; onBlur(): void }

export function useHeld<T>(value: T): [T, HoldHandlers] {
  const [isHeld, setHeld] = useState(false);
  const kept = useRef(value);
  if (!isHeld) kept.current = value;
  const hold = (): void => setHeld(true);
  const release = (): void => setHeld(false);
  return [kept.current, { onPointerEnter: hold, onPointerLeave: release, onFocus: hold, onBlur: release }];
}
