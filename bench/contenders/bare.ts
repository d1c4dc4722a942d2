import type { Contender } from './contender.js';

export const bare: Contender = {
  name: 'bare',
  title: 'nothing',
  start: async () => ({ pids: [], stop: async () => '' }),
};
