/** Which requests count as slow and which as failed (the meanings of release 0.9). */
import type { ErrorKind, Exchange } from '../protocols/protocol.js';

const MS = 1e6;
export const DEFAULT_SLOW_THRESHOLD_MS = 500;

/** Milliseconds, by protocol; any other protocol: `default`. */
export const SLOW_THRESHOLDS_MS: Readonly<Record<string, number>> = {
  http: 500, grpc: 500, rocketmq: 500,
  mysql: 100, postgres: 100, redis: 100, kafka: 100, dns: 100,
  default: DEFAULT_SLOW_THRESHOLD_MS,
};

const NXDOMAIN = '3';

export interface PolicyOptions {
  /** Overrides of SLOW_THRESHOLDS_MS. */
  slowThresholdsMs: Readonly<Record<string, number>>;
  /** A name that does not exist is an answer like any other, not an error. */
  ignoreDnsNxdomain: boolean;
}

export class Policy {
  readonly #slowNs: Map<string, number>;
  readonly #defaultSlowNs: number;
  readonly #ignoreNxdomain: boolean;

  constructor(options: PolicyOptions) {
    const thresholdsMs = { ...SLOW_THRESHOLDS_MS, ...options.slowThresholdsMs };
    this.#slowNs = new Map(Object.entries(thresholdsMs).map(([protocol, ms]) => [protocol, ms * MS]));
    this.#defaultSlowNs = this.#slowNs.get('default')!;
    this.#ignoreNxdomain = options.ignoreDnsNxdomain;
  }

  /** A request without response is an error, never slow. */
  slow(exchange: Exchange, durationNs: number): boolean {
    if (exchange.responseStartNs !== exchange.responseStartNs) return false;
    return durationNs >= (this.#slowNs.get(exchange.protocol) ?? this.#defaultSlowNs);
  }

  error(exchange: Exchange): ErrorKind {
    if (this.#ignoreNxdomain && exchange.status === NXDOMAIN && exchange.protocol === 'dns' && exchange.error === 'protocol_error') return 'none';
    return exchange.error;
  }
}
