/** Another process's agent, over its HTTP API. */
import { translateError } from '../agent/translate-error.js';
import { KindlingError } from '../errors/index.js';
import type { ApiError } from '../server/api.js';

export interface AgentAddress { url: string; token: string }

/** The response when it is a good one; else an error that says what to do. */
export async function callAgent(agent: AgentAddress, path: string, signal?: AbortSignal): Promise<Response> {
  return send(agent, path, { signal });
}

/** POST: the call changes something. Its answer. */
export async function changeAgent<T>(agent: AgentAddress, path: string, body: object): Promise<T> {
  const response = await send(agent, path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-kindling': '1' }, body: JSON.stringify(body) });
  return await response.json() as T;
}

async function send(agent: AgentAddress, path: string, options: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }): Promise<Response> {
  const url = new URL(path, agent.url);
  const { signal } = options;
  const headers: Record<string, string> = { ...options.headers, ...(agent.token === '' ? {} : { authorization: `Bearer ${agent.token}` }) };
  let response: Response;
  try {
    response = await fetch(url, { ...options, headers, redirect: 'error' });
  } catch (error) {
    if (signal?.aborted) throw error;
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw new KindlingError('AGENT_UNREACHABLE', { url: agent.url, reason: cause?.code ?? cause?.message ?? (error as Error).message }, { cause: error });
  }
  if (response.ok) return response;
  throw await answeredError(agent, response);
}

async function answeredError(agent: AgentAddress, response: Response): Promise<KindlingError> {
  const answer = await response.json().catch(() => null) as Partial<ApiError> | null;
  if (answer?.code !== undefined && answer.hint !== undefined) return translateError(answer);
  return new KindlingError('AGENT_ANSWER', { url: agent.url, status: response.status, reason: response.statusText });
}

export interface ServerSentEvent { event: string; data: string }

/** Server-sent events of a response, as they arrive. */
export async function* serverSentEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== null) yield event;
    }
  }
}

function parseEvent(block: string): ServerSentEvent | null {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  const data = fields.get('data');
  return data === undefined ? null : { event: fields.get('event') ?? 'message', data };
}
