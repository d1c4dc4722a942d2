/** Whether the kernel lets the return of a function be hooked. What its BTF lists does not tell: only a trial does. */
import { addon, built } from './addon.js';

const TRIAL = 'trial';
let found: boolean | undefined;

/** Tried once in a process; takes some milliseconds. False also for who may not load programs at all. */
export function hooksFunctions(): boolean {
  return (found ??= tryOne());
}

function tryOne(): boolean {
  const { BpfObject } = addon();
  const object = new BpfObject(built('bpf/functions.bpf.o'));
  try {
    object.load();
    object.attach(TRIAL);
    return true;
  } catch {
    return false;
  } finally {
    object.close();
  }
}
