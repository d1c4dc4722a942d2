import type { Config } from '../config/index.js';
import type { CaptureOptions, Scope } from './messages.js';

export interface CaptureExtras {
  recordTo?: string | null;
  excludePids?: number[];
}

export function captureOptions(config: Config, scope: Scope, extras: CaptureExtras = {}): CaptureOptions {
  return {
    scope,
    excludePids: extras.excludePids ?? [],
    ringBytes: config.ringBytes,
    detailBudget: config.detailBudget,
    slowThresholdsMs: config.slowThresholdsMs,
    urlClustering: config.urlClustering,
    redactSqlLiterals: config.redactSqlLiterals,
    ignoreDnsNxdomain: config.ignoreDnsNxdomain,
    noResponseTimeoutMs: config.noResponseTimeoutMs,
    hooks: config.hooks,
    recordTo: extras.recordTo ?? null,
    encodeRows: config.store !== 'off',
    profilesPerHour: config.profilesPerHour,
  };
}
