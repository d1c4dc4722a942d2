/** The latest slow and failed requests, from the API's server-sent events. */
import type { RequestSummary } from '../src/server/api.js';

const keep = 6;
const reconnectMs = 500;

export class LatestTrouble {
  readonly rows: RequestSummary[] = [];
  private readonly stopping = new AbortController();

  constructor(private readonly agentUrl: string) {}

  /** Reads until close(); comes back when the connection breaks. */
  async follow(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const response = await fetch(`${this.agentUrl}/api/live`, { signal: this.stopping.signal });
        await this.read(response);
      } catch {
        // broken off, or we are closing
      }
      await new Promise((resolve) => setTimeout(resolve, reconnectMs));
    }
  }

  close(): void {
    this.stopping.abort();
  }

  private async read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.take(event);
    }
  }

  private take(event: string): void {
    const lines = event.split('\n');
    if (!lines.includes('event: requests')) return;
    const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
    const requests = JSON.parse(data) as RequestSummary[];
    for (const request of requests) {
      if (request.slow || request.error !== 'none') this.rows.push(request);
    }
    this.rows.splice(0, this.rows.length - keep);
  }
}
