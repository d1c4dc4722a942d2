/** Writes in larger pieces: a system call a line is what a long replay would spend its time on. */
import type { Output } from './terminal.js';

const PIECE = 64 * 1024;

export class BufferedOutput implements Output {
  private text = '';

  /** @param beforeWrite clears what else stands on the same terminal */
  constructor(private readonly output: Output, private readonly beforeWrite: () => void = () => undefined) {}

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
    if (this.text === '') return;
    this.beforeWrite();
    this.output.write(this.text);
    this.text = '';
  }
}
