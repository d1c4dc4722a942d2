import type { Config } from '../config/index.js';
import type { ProfileWorkerOptions } from './profile-messages.js';
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
    profileEdgeNs: Math.round(config.profileEdgeMs * 1e6),
  };
}

export function recorderOptions(config: Config): Pick<ProfileWorkerOptions, 'bytesPerCpu' | 'logs' | 'samplesPerSecond' | 'blockNs'> {
  return { bytesPerCpu: config.profileMemoryBytes, logs: config.profileLogs, samplesPerSecond: config.profileSampleRate, blockNs: Math.round(config.profileOffCpuMs * 1e6) };
}
