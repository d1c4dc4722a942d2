/** The folders of the store: payloads lie in them, so nobody but the agent's user may look or write into them. */
import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors.js';

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
/** What holds payloads. The folder above may be one that others look into, such as a mounted disk. */
const INNER = ['data', 'spool', 'incoming'];

/** Throws `store_unwritable`. */
export function makePrivateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    checkOwner(directory, OTHERS_WRITE);
    for (const name of INNER) {
      const path = join(directory, name);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      if ((checkOwner(path, 0) & OTHERS) !== 0) chmodSync(path, 0o700);
    }
  } catch (error) {
    throw new StoreError('store_unwritable', `Cannot write to the store folder ${directory}: ${(error as Error).message}`,
      'Check owner and permissions (chown, chmod 700), or choose another folder with --store-directory.');
  }
}

/** Whoever owns it, or may write into it, could read the payloads or lay links in the place of our files. */
function checkOwner(directory: string, forbidden: number): number {
  const found = lstatSync(directory);
  const own = process.getuid?.() ?? found.uid;
  if (found.isSymbolicLink()) return found.uid === own ? 0 : refuse(`${directory} is a link of another user`);
  if (found.uid !== own) refuse(`${directory} belongs to another user (id ${found.uid}; the agent runs as ${own})`);
  if ((found.mode & forbidden) !== 0) refuse(`other users may write into ${directory}`);
  return found.mode;
}

function refuse(reason: string): never {
  throw new Error(reason);
}
