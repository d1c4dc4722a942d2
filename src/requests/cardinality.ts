/**
 * Keeps endpoints few whatever clients send: at most so many different values at one place of a path before the next
 * ones become `*`, so many domain names and so many endpoints per service before the next ones become `~other`.
 */
import { BoundedCache } from './bounded-cache.js';

export const OTHER = '~other';

export interface CardinalityLimits {
  valuesPerSegment: number;
  domainsPerService: number;
  endpointsPerService: number;
}

export const CARDINALITY_LIMITS: CardinalityLimits = { valuesPerSegment: 30, domainsPerService: 50, endpointsPerService: 500 };

/** What one service (or container) may still name. The first values seen stay; nothing is ever renamed later. */
export class EndpointGuard {
  readonly #paths: PathNode = { children: null };
  readonly #domains = new Set<string>();
  readonly #endpoints = new Set<string>();
  /** Path → what it became; only saves the walk. */
  readonly #walked: BoundedCache<string, string>;

  constructor(readonly limits: CardinalityLimits = CARDINALITY_LIMITS) {
    this.#walked = new BoundedCache(limits.endpointsPerService);
  }

  /** @param path clustered, `/`-separated */
  path(path: string): string {
    const known = this.#walked.get(path);
    if (known !== undefined) return known;
    const admitted = this.endpoint(this.#walk(path));
    this.#walked.set(path, admitted);
    return admitted;
  }

  domain(name: string): string {
    return admit(this.#domains, name, this.limits.domainsPerService);
  }

  endpoint(endpoint: string): string {
    return admit(this.#endpoints, endpoint, this.limits.endpointsPerService);
  }

  #walk(path: string): string {
    const segments = path.split('/');
    let node = this.#paths;
    for (let i = 0; i < segments.length; i++) {
      const children = (node.children ??= new Map<string, PathNode>());
      if (!children.has(segments[i]) && children.size >= this.limits.valuesPerSegment) segments[i] = '*';
      let child = children.get(segments[i]);
      if (child === undefined) children.set(segments[i], (child = { children: null }));
      node = child;
    }
    return segments.join('/');
  }
}

interface PathNode { children: Map<string, PathNode> | null }

function admit(known: Set<string>, value: string, limit: number): string {
  if (known.has(value)) return value;
  if (known.size >= limit) return OTHER;
  known.add(value);
  return value;
}
