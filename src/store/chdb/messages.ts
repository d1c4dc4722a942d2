/** What passes between the driver (parent) and the engine's process (child). */
export interface EngineOptions {
  directory: string;
  database: string;
  memoryBytes: number;
  threads: number;
  /** Sessions for queries; one more serves inserts and DDL, so that neither waits for the other. */
  querySessions: number;
}

export type ToChild =
  | { type: 'open'; options: EngineOptions }
  | { type: 'exec'; id: number; sql: string; settings: string }
  | { type: 'query'; id: number; sql: string; settings: string }
  | { type: 'stream'; id: number; sql: string; settings: string }
  /** The consumer took a block and wants the next, or wants no more. */
  | { type: 'more'; id: number; go: boolean }
  | { type: 'insert'; id: number; sql: string }
  | { type: 'close' };

export type FromChild =
  | { type: 'opened'; version: string }
  | { type: 'refused'; code: string; message: string; hint: string }
  | { type: 'done'; id: number; text: string }
  | { type: 'block'; id: number; text: string }
  | { type: 'failed'; id: number; message: string };
