/** Progress lines first, then one picture that is drawn again in place (on a terminal) or appended (in a file). */
export class Terminal {
  private drawnLines = 0;

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** Milliseconds between pictures: a log file needs fewer. */
  get periodMs(): number {
    return this.out.isTTY ? 2000 : 5000;
  }

  say(text: string): void {
    this.drawnLines = 0;
    this.out.write(`${text}\n`);
  }

  draw(lines: string[]): void {
    if (!this.out.isTTY) {
      this.out.write(`${lines.join('\n')}\n\n`);
      return;
    }
    const width = this.out.columns ?? 100;
    const visible = lines.slice(0, (this.out.rows ?? 40) - 1).map((line) => line.slice(0, width - 1));
    const back = this.drawnLines > 0 ? `\x1b[${this.drawnLines}A` : '';
    this.out.write(`${back}${visible.map((line) => `${line}\x1b[K`).join('\n')}\n\x1b[J`);
    this.drawnLines = visible.length;
  }
}
