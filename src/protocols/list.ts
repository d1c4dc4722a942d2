/** All protocols, in the order in which detection asks them: the strictest signatures first. Adding one adds a line here. */
import { postgres } from './postgres/index.js';
import type { Protocol } from './protocol.js';

export const protocols: readonly Protocol[] = [
  postgres,
];
