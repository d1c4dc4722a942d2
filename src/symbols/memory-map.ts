/** /proc/PID/maps (proc_pid_maps(5)). */
import type { Mapping } from './runtime.js';

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])[ps] ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+) *(.*)$/;
const DELETED = ' (deleted)';
/** The kernel allows 65,530 unless it was told otherwise. */
const MAPPINGS_READ = 200_000;

/** In order of address. Lines that are none are left out. */
export function parseMaps(text: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of text.split('\n')) {
    const found = LINE.exec(line);
    if (found === null) continue;
    if (mappings.length >= MAPPINGS_READ) break;
    const deleted = found[9].endsWith(DELETED);
    mappings.push({
      start: Number.parseInt(found[1], 16), end: Number.parseInt(found[2], 16),
      readable: found[3] === 'r', writable: found[4] === 'w', executable: found[5] === 'x',
      offset: Number.parseInt(found[6], 16), device: found[7], inode: Number(found[8]),
      path: (deleted ? found[9].slice(0, -DELETED.length) : found[9]).replaceAll('\\012', '\n'), deleted,
    });
  }
  return mappings;
}

export function findMapping(mappings: readonly Mapping[], address: number): Mapping | null {
  let low = 0;
  let high = mappings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (mappings[middle].start <= address) low = middle + 1;
    else high = middle;
  }
  const candidate = mappings[low - 1];
  return candidate !== undefined && address < candidate.end ? candidate : null;
}

/** Whether there is a file behind it that could be opened. */
export function hasFile(mapping: Mapping): boolean {
  return mapping.inode !== 0 && mapping.path.startsWith('/');
}
