import { createContext, useContext } from 'react';
import type { Live } from '../state/live.js';

export const LiveContext = createContext<Live>({ tick: null, connected: false, lost: false, waiting: 0, take: () => [] });
export const useLiveRows = (): Live => useContext(LiveContext);
