/** Positions in a script's source (characters from its start) to lines. */

/** Where each line starts, in characters; the first at 0. */
export function lineStarts(source: Uint8Array, bytesPerCharacter: 1 | 2): Uint32Array {
  const starts = [0];
  if (bytesPerCharacter === 1) {
    for (let at = source.indexOf(10); at !== -1; at = source.indexOf(10, at + 1)) starts.push(at + 1);
  } else {
    for (let at = 0; at + 1 < source.length; at += 2) {
      if (source[at] === 10 && source[at + 1] === 0) starts.push(at / 2 + 1);
    }
  }
  return Uint32Array.from(starts);
}

/** From 1. */
export function lineAt(starts: Uint32Array, position: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= position) low = middle;
    else high = middle;
  }
  return low + 1;
}
