/** What a probe of `doctor` found. */
import type { Config } from '../config/index.js';

export type ProbeState = 'ok' | 'warn' | 'fail';

export interface ProbeResult {
  name: string;
  state: ProbeState;
  detail: string;
  /** What to do; empty when all is well. */
  hint: string;
}

export type Finding = Omit<ProbeResult, 'name'>;
export type Probe = (config: Config) => Finding | Promise<Finding>;

export const ok = (detail: string): Finding => ({ state: 'ok', detail, hint: '' });
export const warn = (detail: string, hint: string): Finding => ({ state: 'warn', detail, hint });
export const fail = (detail: string, hint: string): Finding => ({ state: 'fail', detail, hint });
