/** A network namespace of our own: its loopback, ports and tcpdump see nothing of the machine's other programs. */
import { isAbandoned, ownerTag } from './owner.js';
import { run } from './run.js';

let counter = 0;

export class NetworkNamespace {
  private constructor(readonly name: string) {}

  /** `label`: lower-case letters and digits. */
  static async create(label: string): Promise<NetworkNamespace> {
    await removeAbandonedNamespaces();
    const namespace = new NetworkNamespace(`kindling-${label}-${ownerTag()}-${counter++}`);
    await run(['ip', 'netns', 'add', namespace.name]);
    await run(['ip', 'link', 'set', 'lo', 'up'], { netns: namespace.name });
    return namespace;
  }

  /** Processes in it keep it alive until they end; its name is gone at once. */
  async remove(): Promise<void> {
    await run(['ip', 'netns', 'del', this.name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }
}

async function removeAbandonedNamespaces(): Promise<void> {
  const { stdout } = await run(['ip', 'netns', 'list']);
  const names = stdout.split('\n').map((line) => line.split(' ')[0]).filter(isAbandoned);
  for (const name of names) await run(['ip', 'netns', 'del', name]);
}
