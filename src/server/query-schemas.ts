/** What the API accepts in its query strings. */
import { z } from 'zod';
import type { RequestListQuery } from './queries.js';
import type { TimeRange } from './api.js';
import { HttpError } from './errors.js';

const DEFAULT_RANGE_MS = 15 * 60_000;
const MAX_RANGE_MS = 400 * 24 * 3600_000;

const timeMs = z.coerce.number().int().min(0).max(8_640_000_000_000_000);
const filter = z.string().max(2_000).default('');

const rangeShape = { from: timeMs.optional(), to: timeMs.optional() };

export const overviewSchema = z.object({ ...rangeShape, filter });
export const serviceSchema = z.object(rangeShape);
export const heatmapSchema = z.object({ ...rangeShape, filter, columns: z.coerce.number().int().min(1).max(600).default(120) });
export const listSchema = z.object({
  ...rangeShape,
  filter,
  sort: z.string().regex(/^-?[A-Za-z]{1,40}$/, 'must be a field name, with - before it for descending order').default('-start'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(500).optional(),
});
export const profilesSchema = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) });
export const causesSchema = z.object(rangeShape);
const askSchema = z.strictObject({
  service: z.string().min(1).max(400), endpoint: z.string().min(1).max(2_000), operation: z.string().max(200).optional(),
  count: z.number().int().min(1).max(100),
});
/** Body of the one call that changes something. */
export const profilingSchema = z.strictObject({ on: z.boolean().optional(), ask: askSchema.optional() })
  .refine(({ on, ask }) => on !== undefined || ask !== undefined, 'must say `on` or `ask`');
export const liveSchema = z.object({ filter });
export const requestIdSchema = z.object({ id: z.string().regex(/^[0-9a-fA-F]{1,32}$/, 'must be hexadecimal digits') });
export const serviceNameSchema = z.object({ name: z.string().min(1).max(400) });

export function parseQuery<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  throw new HttpError('bad_query', `${first.path.join('.') || 'query'}: ${first.message}`);
}

/** The range asked for; without one the last quarter of an hour. */
export function toRange(query: { from?: number; to?: number }, nowMs: number): TimeRange {
  const to = query.to ?? nowMs;
  const from = query.from ?? to - DEFAULT_RANGE_MS;
  if (from >= to) throw new HttpError('bad_query', 'from: must be before to');
  if (to - from > MAX_RANGE_MS) throw new HttpError('bad_query', 'from: the range is longer than 400 days');
  return { from, to };
}

export function toListQuery(query: z.output<typeof listSchema>, nowMs: number): RequestListQuery {
  return { range: toRange(query, nowMs), filter: query.filter, sort: query.sort, limit: query.limit, cursor: query.cursor ?? null };
}
