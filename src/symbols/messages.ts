/** Between the symbolizer and its child process. */
import type { StackItem } from './stack-request.js';
import type { Result } from './stack-work.js';

export type ToChild =
  | { type: 'start'; distrust: [string, 'source' | 'whole'][] }
  | { type: 'notice'; pids: number[] }
  | { type: 'symbolize'; id: number; items: readonly StackItem[]; withinMs: number };

export type FromChild =
  | { type: 'alive' }
  /** It cannot do anything here: the addon, or a library of its, is missing. */
  | { type: 'unable'; reason: string }
  | { type: 'named'; id: number; result: Result; whole: boolean; residentBytes: number };

/** The child's descriptor for the keys of files, one a line: written before a file is read, so that it is known which one was the last. */
export const ABOUT_FD = 4;
