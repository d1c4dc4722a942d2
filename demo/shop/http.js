/** A small router: a table of routes, JSON in and out, errors with a status. */
import { createServer } from 'node:http';

export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}
export const notFound = (message) => new HttpError(404, message);
export const conflict = (message) => new HttpError(409, message);
export const badGateway = (message) => new HttpError(502, message);

/** routes: `[method, '/path/:', handler]`, where `:` stands for one segment, which the handler gets as `parameter`. */
export function createShopServer(routes, clients) {
  const table = routes.map(([method, path, handler]) => ({ method, pattern: new RegExp(`^${path.replace(':', '([^/]+)')}$`), handler }));
  return createServer((request, response) => {
    answer(table, clients, request, response).catch((error) => {
      const status = error.status ?? 500;
      send(response, status, { error: error.message });
    });
  });
}

async function answer(table, clients, request, response) {
  const url = new URL(request.url, 'http://shop');
  for (const { method, pattern, handler } of table) {
    const match = pattern.exec(url.pathname);
    if (method !== request.method || match === null) continue;
    const body = method === 'POST' ? await readJson(request) : null;
    const result = await handler(clients, { parameter: match[1], query: url.searchParams, body, request });
    return send(response, 200, result);
  }
  throw notFound(`nothing at ${url.pathname}`);
}

function send(response, status, value) {
  if (response.socket?.destroyed) return;
  const isText = typeof value === 'string';
  const body = isText ? value : JSON.stringify(value);
  response.writeHead(status, { 'content-type': isText ? 'text/csv' : 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
}
