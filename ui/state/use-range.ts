import { useEffect, useState } from 'react';
import { usePlace } from './location.js';
import { chooseRange, type RangeChoice } from './range.js';

/** Charts follow the present this often; long ranges do not need it. */
function refreshMs(choice: RangeChoice): number {
  const width = choice.range.to - choice.range.from;
  return Math.min(60_000, Math.max(2_000, width / 300));
}

export function useRange(): RangeChoice {
  const { params } = usePlace();
  const [nowMs, setNow] = useState(Date.now);
  const choice = chooseRange(params, nowMs);
  const moving = choice.preset !== null;
  const every = refreshMs(choice);
  useEffect(() => {
    if (!moving) return;
    setNow(Date.now());
    const timer = setInterval(() => { if (!document.hidden) setNow(Date.now()); }, every);
    const shown = (): void => { if (!document.hidden) setNow(Date.now()); };
    document.addEventListener('visibilitychange', shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', shown);
    };
  }, [moving, every]);
  return choice;
}
