import { useEffect, useRef, useState } from 'react';
import type { Profile } from '../../src/server/api.js';
import { setParams, usePlace } from '../state/location.js';
import { isSame, readView, requestView, writeView, type TimeView } from './time-view.js';

/** Browsers refuse addresses that change with every turn of a wheel. */
const WRITE_AFTER_MS = 200;

export interface ViewControl {
  view: TimeView;
  /** null: the whole request again. */
  change(next: (view: TimeView) => TimeView | null): void;
}

/** What is on screen, kept in the address (`zoom=`). */
export function useTimeView(profile: Profile): ViewControl {
  const param = usePlace().params.get('zoom');
  const whole = requestView(profile);
  const [view, setView] = useState(() => readView(param, profile.windowNs) ?? whole);
  const latest = useRef(view);
  const written = useRef(param);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = (next: TimeView): void => {
    latest.current = next;
    setView(next);
  };
  useEffect(() => {
    if (param === written.current) return;
    written.current = param;
    clearTimeout(timer.current);
    show(readView(param, profile.windowNs) ?? whole);
  }, [param]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: (view: TimeView) => TimeView | null): void => {
    show(next(latest.current) ?? whole);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      written.current = isSame(latest.current, whole) ? null : writeView(latest.current);
      setParams({ zoom: written.current }, true);
    }, WRITE_AFTER_MS);
  };
  return { view, change };
}
