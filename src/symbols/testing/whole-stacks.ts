/** What is asked of the stacks of a real server under load. */
import assert from 'node:assert/strict';
import type { NamedStacks } from '../stack-request.js';

const WHOLE_SHARE = 0.95;

/** @param functions some of its frames are named so */
export function assertWhole({ frames, stacks, of, pending }: NamedStacks, functions: RegExp): void {
  assert.equal(pending, false);
  const whole = of.filter((index) => stacks[index].truncated === '').length;
  const others = stacks.filter((stack) => stack.truncated !== '').map((stack) => `${stack.truncated}: ${stack.frames.map((index) => frames[index].name).join(' < ')}`);
  assert.ok(whole >= WHOLE_SHARE * of.length, `${whole} of ${of.length} stacks are whole; the others:\n${others.join('\n')}`);
  assert.match(frames.map((frame) => frame.name).join('\n'), functions);
  for (const stack of stacks.filter((one) => one.truncated === '')) {
    // Where a thread of any program begins: in libc, in its own file, or in the dynamic linker.
    assert.match(frames[stack.frames.at(-1)!].name, /^(_start|_?_?clone3?|ld-linux\S+|(redis-server|nginx|postgres|libc\.so\.6)\+0x[0-9a-f]+)$/);
  }
}
