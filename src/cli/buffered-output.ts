/** Writes in larger pieces: a system call a line is what a long replay would spend its time on. */
import type { Output } from './terminal.js';

const PIECE = 64 * 1024;

export class BufferedOutput implements Output {
  private text = '';

  constructor(private readonly output: Output) {}

  get isTTY(): boolean | undefined {
    return this.output.isTTY;
  }

  get columns(): number | undefined {
    return this.output.columns;
  }

  write(text: string): boolean {
    this.text += text;
    if (this.text.length >= PIECE) this.flush();
    return true;
  }

  flush(): void {
    if (this.text !== '') this.output.write(this.text);
    this.text = '';
  }
}
