/** The managed runtimes whose code is unwound and named, in the order in which a process is offered to them. */
import { go } from './go/process.js';
import { jvm } from './jvm/process.js';
import type { RuntimeSupport } from './runtime.js';
import { v8 } from './v8/process.js';

export const RUNTIMES: readonly RuntimeSupport[] = [v8, jvm, go];
