import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/index.js';
import type { StoreHandle } from './store-handle.js';

export async function openAgentStore(_config: Config, _log: FastifyBaseLogger): Promise<StoreHandle | null> {
  return null;
}
