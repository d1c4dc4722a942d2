/** Sends requests from a process of its own, in the stage's network namespace and outside of what is traced. */
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { launch, type Place } from '../../test/servers/index.js';
import type { Facts } from './cause.js';
import type { Load, Question, Reply } from './client-main.js';

const MAIN = fileURLToPath(new URL('./client-main.js', import.meta.url));
const LOAD_PER_SECOND = 25;

export class Client {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private asked = 0;

  constructor(place: Place) {
    this.child = launch([process.execPath, MAIN], { ...place, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    this.child.on('message', (reply: Reply) => {
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
    });
    this.child.on('exit', () => {
      for (const [id, end] of this.waiting) end({ id, status: 0, facts: {}, durationMs: 0, error: 'the client has ended' });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What the answering program says of its threads; throws when it did not answer 200. */
  get(port: number, path: string, options: Pick<Question, 'afterMs' | 'readAfterMs'> = {}): Promise<Facts> {
    const answer = this.ask(port, path, options);
    // Awaited by the cause, perhaps only after another one: until then a failure is not unhandled.
    answer.catch(() => {});
    return answer;
  }

  private async ask(port: number, path: string, options: Pick<Question, 'afterMs' | 'readAfterMs'>): Promise<Facts> {
    const id = ++this.asked;
    const reply = await new Promise<Reply>((resolve) => {
      this.waiting.set(id, resolve);
      this.child.send({ id, port, path, ...options } satisfies Question);
    });
    if (reply.status !== 200) throw new Error(`${path} answered ${reply.status} ${reply.error ?? ''}`.trimEnd());
    return { ...reply.facts, tookMs: Math.round(reply.durationMs) };
  }

  load(port: number, paths: readonly string[]): void {
    if (paths.length > 0) this.child.send({ id: 0, port, paths, perSecond: LOAD_PER_SECOND } satisfies Load);
  }
}
