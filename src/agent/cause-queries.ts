/** Profiles together with what time was lost to: for that, requests are compared with those of the hour before. */
import type { Causes, Overview, TimeRange } from '../server/api.js';
import type { ProfileSource, Queries } from '../server/queries.js';
import { addedSentence, causesOf } from './causes.js';
import type { Profiles } from './profiles.js';

const HOUR_MS = 3_600_000;
/** The hour before is asked for anew when it moved by so much: the page asks every few seconds. */
const STEP_MS = 300_000;

export class CauseQueries {
  #before: { fromMs: number; answer: Promise<Overview | null> } | null = null;

  constructor(private readonly profiles: Profiles, private readonly queries: Queries) {}

  async causes(range: TimeRange): Promise<Causes> {
    return this.#causes(range, this.#overview(range));
  }

  /** As given, with causes in it. */
  profileSource(): ProfileSource {
    const { profiles } = this;
    return { get: (id) => profiles.get(id), packed: (id) => profiles.packed(id), list: (limit) => profiles.list(limit), causes: (range) => this.causes(range) };
  }

  /** The overview's sentence also says what time is lost to. */
  withSentence(): Queries {
    const { queries } = this;
    return {
      ...bound(queries),
      overview: async (range, filter) => {
        const answer = await queries.overview(range, filter);
        if (filter !== '' || this.profiles.files.count === 0) return answer;
        const added = addedSentence(await this.#causes(range, Promise.resolve(answer)));
        return added === '' ? answer : { ...answer, sentence: `${answer.sentence} ${added}` };
      },
    };
  }

  async #causes(range: TimeRange, overview: Promise<Overview | null>): Promise<Causes> {
    const [rows, now, before] = await Promise.all([this.profiles.rows(range), overview, this.#hourBefore(range)]);
    return causesOf(rows, range, now, before);
  }

  /** What profiles say is said without the store, too. */
  #overview(range: TimeRange): Promise<Overview | null> {
    return this.queries.overview(range, '').catch(() => null);
  }

  #hourBefore({ from }: TimeRange): Promise<Overview | null> {
    const to = Math.floor(from / STEP_MS) * STEP_MS;
    if (this.#before?.fromMs !== to) this.#before = { fromMs: to, answer: this.#overview({ from: to - HOUR_MS, to }) };
    return this.#before.answer;
  }
}

/** Its methods may belong to a class. */
function bound(queries: Queries): Queries {
  return {
    overview: (range, filter) => queries.overview(range, filter), requests: (query) => queries.requests(query), heatmap: (range, filter, columns) => queries.heatmap(range, filter, columns),
    request: (id) => queries.request(id), service: (name, range) => queries.service(name, range), fields: () => queries.fields(),
  };
}
