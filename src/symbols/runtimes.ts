/** The managed runtimes whose code is unwound and named, in the order in which a process is offered to them. */
import type { RuntimeSupport } from './runtime.js';

export const RUNTIMES: readonly RuntimeSupport[] = [];
