/** Passes observations on and follows their times: in a replay it is they that tell when a request has waited too long. */
import type { ProcessObserver } from '../events/decode.js';
import type { ConnectionClosed, ConnectionOpened, ConnectResult, Direction, Nanoseconds, Observer } from '../events/observation.js';

const SWEEP_NS = 5e9;

export class ObservedTime implements Observer, ProcessObserver {
  lastNs: Nanoseconds = 0;
  private nextSweepNs = -Infinity;

  constructor(private readonly next: Observer & ProcessObserver, private readonly sweep: (now: Nanoseconds) => void) {}

  opened(connection: ConnectionOpened): void {
    this.next.opened(connection);
    this.reached(connection.ts);
  }

  connected(result: ConnectResult): void {
    this.next.connected(result);
    this.reached(result.ts);
  }

  data(
    id: number, direction: Direction, ts: Nanoseconds, duration: Nanoseconds, pid: number, tid: number,
    position: number, bytes: number, buffer: Uint8Array, offset: number, length: number, peer: string | undefined, unreadNs: Nanoseconds,
  ): void {
    this.next.data(id, direction, ts, duration, pid, tid, position, bytes, buffer, offset, length, peer, unreadNs);
    this.reached(ts);
  }

  shutdown(id: number, by: 'local' | 'remote', ts: Nanoseconds): void {
    this.next.shutdown(id, by, ts);
    this.reached(ts);
  }

  closed(event: ConnectionClosed): void {
    this.next.closed(event);
    this.reached(event.ts);
  }

  executed(pid: number, comm: string, ts: Nanoseconds): void {
    this.next.executed(pid, comm, ts);
    this.reached(ts);
  }

  exited(pid: number, ts: Nanoseconds): void {
    this.next.exited(pid, ts);
    this.reached(ts);
  }

  private reached(ts: Nanoseconds): void {
    if (ts > this.lastNs) this.lastNs = ts;
    if (ts < this.nextSweepNs) return;
    this.nextSweepNs = ts + SWEEP_NS;
    this.sweep(this.lastNs);
  }
}
