/** The latest slow and failed requests, from the API's server-sent events: one row for each kind of trouble. */
import type { RequestSummary } from '../src/server/api.js';

const keep = 8;
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
    for (const request of requests.filter(isTrouble)) {
      const earlier = this.rows.findIndex((row) => kindOf(row) === kindOf(request));
      if (earlier >= 0) this.rows.splice(earlier, 1);
      this.rows.push(request);
    }
    if (this.rows.length > keep) this.rows.splice(0, this.rows.length - keep);
  }
}

/** Seen at the server's end; at the client's only what no server saw. */
function isTrouble(request: RequestSummary): boolean {
  if (request.role === 'client') return request.error === 'connect_failed' || request.error === 'no_response';
  return request.slow || request.error !== 'none';
}

function kindOf(request: RequestSummary): string {
  return [request.service, request.role, request.protocol, request.endpoint, request.error].join(' ');
}
