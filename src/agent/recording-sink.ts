/** The recording beside capture: when it cannot be written any more (a full disk), capture goes on without it and says so. */
import { RecordingWriter, type RecordingHeader } from '../events/recording.js';
import { KindlingError } from '../errors/index.js';
import { lossesOf, type Loss } from '../errors/losses.js';

export class RecordingSink {
  private writer: RecordingWriter | null;
  private failure = '';
  private missing = 0;

  /** Throws when the file cannot be made. @param onFailure called once */
  constructor(private readonly path: string, header: Omit<RecordingHeader, 'layout'>, private readonly onFailure: (error: KindlingError) => void) {
    try {
      this.writer = new RecordingWriter(path, header);
    } catch (error) {
      throw error instanceof KindlingError ? error : unwritable(path, codeOf(error), error);
    }
  }

  add(bytes: Uint8Array, offset: number, size: number): void {
    if (this.writer === null) this.missing++;
    else this.guarded((writer) => writer.add(bytes, offset, size));
  }

  flush(): void {
    this.guarded((writer) => writer.flush());
  }

  close(): void {
    this.guarded((writer) => writer.close());
    this.writer = null;
  }

  losses(): Loss[] {
    return lossesOf({ recording_stopped: this.missing }).map((loss) => ({ ...loss, help: `events that are missing in the recording ${this.path}: ${this.failure}` }));
  }

  private guarded(write: (writer: RecordingWriter) => void): void {
    if (this.writer === null) return;
    try {
      write(this.writer);
    } catch (error) {
      this.writer = null;
      this.failure = codeOf(error);
      this.onFailure(unwritable(this.path, `${this.failure}; what was recorded until then is kept`, error));
    }
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

function unwritable(path: string, reason: string, cause: unknown): KindlingError {
  return new KindlingError('OUTPUT_UNWRITABLE', { path, reason }, { cause });
}
