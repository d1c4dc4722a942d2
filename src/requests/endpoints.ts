/** Endpoint and redacted resource of an exchange, behind caches from raw text: most requests are one of few texts. */
import type { Exchange } from '../protocols/protocol.js';
import { BoundedCache } from './bounded-cache.js';
import { CARDINALITY_LIMITS, EndpointGuard } from './cardinality.js';
import type { CardinalityLimits } from './cardinality.js';
import { clusterSql } from './cluster-sql.js';
import { clusterUrl } from './cluster-url.js';
import type { UrlClustering } from './cluster-url.js';
import { redactUrl } from './redact-url.js';
import { redactSql } from './redact-sql.js';

const CACHED_TEXTS = 4_096;
/** A power of two. */
const SIGHTINGS = 1_024;
const CACHED_SERVICES = 1_000;
/** Redis commands whose argument is a secret rather than a key. */
const SECRET_COMMANDS: ReadonlySet<string> = new Set(['AUTH', 'HELLO', 'ACL', 'MIGRATE', 'SENTINEL']);

export interface EndpointOptions {
  urlClustering: UrlClustering;
  redactSqlLiterals: boolean;
  limits?: CardinalityLimits;
}

export interface Endpoint {
  endpoint: string;
  resource: string;
}

/** Of what has no statement, such as a login, the operation alone; of a statement without a table `select *`. */
function withoutTable(exchange: Exchange): string {
  return exchange.resource === '' ? exchange.operation : `${exchange.operation} *`.trimStart();
}

export class Endpoints {
  readonly #urls = new BoundedCache<string, Endpoint>(CACHED_TEXTS);
  readonly #mysql = new BoundedCache<string, Endpoint>(CACHED_TEXTS);
  readonly #postgres = new BoundedCache<string, Endpoint>(CACHED_TEXTS);
  readonly #guards = new BoundedCache<string, EndpointGuard>(CACHED_SERVICES);

  readonly #sightings = new Sightings();

  constructor(readonly options: EndpointOptions) {}

  /**
   * @param owner container or service whose names are counted together
   * @param into  receives the answer (no allocation on the hot path)
   */
  resolve(exchange: Exchange, owner: string, into: Endpoint): void {
    const guard = this.#guard(owner);
    into.resource = exchange.resource;
    switch (exchange.protocol) {
      case 'http':
        this.#cached(this.#urls, exchange.resource, this.#url, into);
        into.endpoint = guard.path(into.endpoint);
        return;
      case 'mysql':
        this.#cached(this.#mysql, exchange.resource, this.#mysqlStatement, into);
        into.endpoint = guard.endpoint(into.endpoint === '*' ? withoutTable(exchange) : into.endpoint);
        return;
      case 'postgres':
        this.#cached(this.#postgres, exchange.resource, this.#postgresStatement, into);
        into.endpoint = guard.endpoint(into.endpoint === '*' ? withoutTable(exchange) : into.endpoint);
        return;
      case 'dns':
        into.endpoint = guard.domain(exchange.resource);
        return;
      default:
        if (exchange.protocol === 'redis' && SECRET_COMMANDS.has(exchange.operation)) into.resource = '';
        into.endpoint = exchange.operation === '' ? '' : guard.endpoint(exchange.operation);
    }
  }

  #cached(cache: BoundedCache<string, Endpoint>, text: string, make: (text: string) => Endpoint, into: Endpoint): void {
    let known = cache.get(text);
    if (known === undefined) {
      known = make(text);
      if (this.#sightings.again(text)) cache.set(text, known);
    }
    into.endpoint = known.endpoint;
    into.resource = known.resource;
  }

  #url = (text: string): Endpoint => {
    const resource = redactUrl(text);
    return { endpoint: clusterUrl(resource, this.options.urlClustering), resource };
  };

  #mysqlStatement = (text: string): Endpoint => this.#statement(text, 'mysql');

  #postgresStatement = (text: string): Endpoint => this.#statement(text, 'postgres');

  #statement(text: string, dialect: 'mysql' | 'postgres'): Endpoint {
    return { endpoint: clusterSql(text, dialect), resource: redactSql(text, dialect, this.options.redactSqlLiterals) };
  }

  #guard(owner: string): EndpointGuard {
    let guard = this.#guards.get(owner);
    if (guard === undefined) this.#guards.set(owner, (guard = new EndpointGuard(this.options.limits ?? CARDINALITY_LIMITS)));
    return guard;
  }
}

/** Texts with literals in them never come again and must not crowd the caches: only the second sight of one counts. */
class Sightings {
  readonly #slots: string[] = new Array<string>(SIGHTINGS).fill('');

  again(text: string): boolean {
    const slot = (text.length * 31 + text.charCodeAt(text.length - 1) * 7 + text.charCodeAt(text.length >> 1)) & (SIGHTINGS - 1);
    if (this.#slots[slot] === text) return true;
    this.#slots[slot] = text;
    return false;
  }
}
