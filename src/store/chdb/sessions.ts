/** Sessions of the embedded engine. One session runs one thing at a time; several run side by side. */

/** What we use of the `chdb` package. */
export interface ChdbSession {
  queryAsync(sql: string, options: { format: string }): Promise<{ text(): string }>;
  queryStream(sql: string, options: { format: string }): AsyncIterable<{ bytes: Uint8Array } & Record<string, unknown>>;
  close(): void;
}

export class SessionPool {
  private readonly idle: ChdbSession[];
  private readonly waiting: Array<(session: ChdbSession) => void> = [];

  constructor(private readonly sessions: ChdbSession[]) {
    this.idle = [...sessions];
  }

  async use<T>(work: (session: ChdbSession) => Promise<T>): Promise<T> {
    const session = this.idle.pop() ?? await new Promise<ChdbSession>((resolve) => this.waiting.push(resolve));
    try {
      return await work(session);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.idle.push(session);
      else next(session);
    }
  }

  close(): void {
    for (const session of this.sessions) session.close();
  }
}
