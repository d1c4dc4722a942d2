/** The built page, read once: a few small files, held compressed too. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.json': 'application/json', '.map': 'application/json', '.png': 'image/png', '.ico': 'image/x-icon',
};
const COMPRESS_FROM_BYTES = 1_024;

export interface PageFile {
  type: string;
  body: Buffer;
  gzip: Buffer | null;
  etag: string;
  /** Its name carries a hash of its content: it never changes. */
  immutable: boolean;
}

function readPageFile(root: string, path: string): PageFile {
  const body = readFileSync(join(root, path));
  const extension = extname(path);
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    body,
    gzip: body.length >= COMPRESS_FROM_BYTES && extension !== '.png' ? gzipSync(body) : null,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: path.startsWith('assets/'),
  };
}

/** By path with a leading slash; empty when the page is not built. */
export function readPageFiles(root: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  const visit = (directory: string): void => {
    for (const name of readdirSync(directory)) {
      const full = join(directory, name);
      if (statSync(full).isDirectory()) visit(full);
      else {
        const path = relative(root, full);
        files.set('/' + path, readPageFile(root, path));
      }
    }
  };
  try {
    visit(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return files;
}
