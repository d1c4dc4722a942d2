/** A bar for work that takes long, on a terminal only. */
import { fit, widthOf, type Output } from './terminal.js';

const FIRST_MS = 300;
const EVERY_MS = 100;
const BAR = 30;

export class Progress {
  private readonly startedMs: number;
  private shownMs = 0;
  private visible = false;

  constructor(private readonly output: Output, private readonly label: string, private readonly total: number, private readonly nowMs: () => number = Date.now) {
    this.startedMs = nowMs();
  }

  update(done: number): void {
    const now = this.nowMs();
    if (!this.output.isTTY || now - this.startedMs < FIRST_MS || now - this.shownMs < EVERY_MS) return;
    this.shownMs = now;
    this.visible = true;
    const share = this.total > 0 ? Math.min(1, done / this.total) : 1;
    const filled = Math.round(share * BAR);
    const elapsedS = (now - this.startedMs) / 1000;
    const leftS = share > 0 ? elapsedS / share - elapsedS : 0;
    const text = `${this.label} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${Math.floor(share * 100)}%  ${leftS.toFixed(0)}s left`;
    this.output.write(`\r${fit(text, Math.max(10, widthOf(this.output) - 1))}`);
  }

  /** Takes the bar away: at the end, and before anything else is written to the same terminal. */
  clear(): void {
    if (this.visible) this.output.write('\r\x1b[K');
    this.visible = false;
  }
}
