import { fileURLToPath } from 'node:url';

/** This file runs as dist/demo/paths.js. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** The shop, its load and the slow DNS server are plain JavaScript and run from the sources. */
export const demoSource = fileURLToPath(new URL('../../demo/', import.meta.url));
