/** Where compressed profiles lie: in a folder, or in memory when nothing is stored. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const INDEX = 'index';

export interface ProfileBlobs {
  /** Ids and sizes, oldest first. */
  list(): Array<{ id: string; bytes: number }>;
  /** Whole or not at all, whatever happens meanwhile. Rejects when there is no room. */
  put(id: string, bytes: Uint8Array): Promise<void>;
  get(id: string): Promise<Uint8Array | null>;
  remove(id: string): Promise<void>;
}

const SUFFIX = '.json.gz';
/** Written, not yet renamed: of a process that was killed. */
const UNFINISHED = '.new';
/** Request ids, and the index: nothing else becomes part of a path. */
const NAME = /^([0-9a-f]{1,32}|index)$/;

export class FolderBlobs implements ProfileBlobs {
  #prepared = false;

  constructor(private readonly directory: string) {}

  list(): Array<{ id: string; bytes: number }> {
    this.#prepare();
    return readdirSync(this.directory).filter((name) => name.endsWith(SUFFIX) && name !== INDEX + SUFFIX)
      .map((name) => ({ id: name.slice(0, -SUFFIX.length), stat: statSync(join(this.directory, name), { throwIfNoEntry: false }) }))
      .filter(({ id, stat }) => NAME.test(id) && stat?.isFile())
      .sort((a, b) => a.stat!.mtimeMs - b.stat!.mtimeMs)
      .map(({ id, stat }) => ({ id, bytes: stat!.size }));
  }

  async put(id: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(id);
    this.#prepare();
    try {
      await writeFile(path + UNFINISHED, bytes, { mode: 0o600 });
      await rename(path + UNFINISHED, path);
    } catch (error) {
      await rm(path + UNFINISHED, { force: true });
      throw error;
    }
  }

  async get(id: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#path(id));
    } catch {
      return null;
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  /** Tried again at the next write: a folder that cannot be had costs profiles, not the agent. */
  #prepare(): void {
    if (this.#prepared) return;
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.directory)) if (name.endsWith(UNFINISHED)) rmSync(join(this.directory, name), { force: true });
    this.#prepared = true;
  }

  #path(id: string): string {
    if (!NAME.test(id)) throw new Error('no request id');
    return join(this.directory, id + SUFFIX);
  }
}

export class MemoryBlobs implements ProfileBlobs {
  readonly #blobs = new Map<string, Uint8Array>();

  list(): Array<{ id: string; bytes: number }> {
    return [...this.#blobs].filter(([id]) => id !== INDEX).map(([id, { length }]) => ({ id, bytes: length }));
  }

  async put(id: string, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(id, bytes);
  }

  async get(id: string): Promise<Uint8Array | null> {
    return this.#blobs.get(id) ?? null;
  }

  async remove(id: string): Promise<void> {
    this.#blobs.delete(id);
  }
}
