import type { ProfilingAsk, ProfilingChange, ProfilingState } from '../../src/server/api.js';
import type { ProfilingControl } from '../../src/server/queries.js';

/** A flight recorder that is only its switch: what the page shows of it and asks of it. */
export class FixtureProfiling implements ProfilingControl {
  on = true;
  unavailable = '';
  readonly asks: ProfilingAsk[] = [];

  state(): ProfilingState {
    return {
      on: this.on, starting: false, unavailable: this.unavailable, ended: '', memoryBytes: 2 * 16 * 1024 ** 2, kernelCores: this.on ? 0.006 : null, profiles: { count: 41, bytes: 3_800_000 },
      hooks: this.on ? [{ name: 'sched_switch', state: 'attached', reason: 'what every thread of the scope does' }] : [],
      counts: { byReason: { slow: 38, failed: 3 }, passedOver: 12, unwritten: 0, unwrittenReason: '' }, limits: { memoryPerCpuBytes: 16 * 1024 ** 2, perHour: 2_000, perEndpoint: 200, files: 5_000, diskBytes: 500e6 }, asks: this.asks,
    };
  }

  async change({ on, ask }: ProfilingChange): Promise<ProfilingState> {
    this.on = on ?? this.on;
    if (ask) this.asks.push({ operation: '', ...ask, remaining: ask.count });
    return this.state();
  }
}
