/** The page's port: the wanted one, or the next free one, and said so. */
import { createServer } from 'node:net';

const defaultPort = 9500;
const tries = 20;

export async function choosePagePort(wanted: number | null): Promise<{ port: number; note: string | null }> {
  if (wanted !== null) {
    if (await isFree(wanted)) return { port: wanted, note: null };
    throw new Error(`port ${wanted} is in use by another program. Choose another with --port N, or leave --port out to get a free one.`);
  }
  for (let port = defaultPort; port < defaultPort + tries; port++) {
    if (await isFree(port)) return { port, note: port === defaultPort ? null : `port ${defaultPort} is in use by another program: the page is on ${port} this time` };
  }
  throw new Error(`ports ${defaultPort} to ${defaultPort + tries - 1} are all in use. Choose one with --port N.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
