/** Names of containers, from the files in which Docker and Podman keep them; no daemon is asked. */
import { readFileSync } from 'node:fs';
import { BoundedCache } from '../requests/bounded-cache.js';

const ID = /^[0-9a-f]{64}$/;
const CACHED = 2_000;

export class ContainerNames {
  readonly #names = new BoundedCache<string, string>(CACHED);

  constructor(readonly dockerRoot = '/var/lib/docker', readonly podmanRoot = '/var/lib/containers/storage') {}

  /** '' when nobody wrote one down. */
  get(containerId: string): string {
    let name = this.#names.get(containerId);
    if (name === undefined) this.#names.set(containerId, (name = ID.test(containerId) ? this.#read(containerId) : ''));
    return name;
  }

  #read(id: string): string {
    const docker = readJson(`${this.dockerRoot}/containers/${id}/config.v2.json`) as { Name?: unknown } | null;
    if (typeof docker?.Name === 'string') return docker.Name.replace(/^\//, '');
    const podman = readJson(`${this.podmanRoot}/overlay-containers/containers.json`);
    if (!Array.isArray(podman)) return '';
    const container = podman.find((one: { id?: unknown } | null) => one?.id === id) as { names?: unknown } | undefined;
    const name: unknown = Array.isArray(container?.names) ? container.names[0] : '';
    return typeof name === 'string' ? name : '';
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
