import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelSymbols } from './kernel-symbols.js';

const KALLSYMS = `0000000000000000 A __per_cpu_start
ffffffff81000000 T _stext
ffffffff81000040 t do_one_initcall
ffffffff81000100 T schedule
ffffffff82000000 D init_task
ffffffffc0a00000 t nf_hook\t[nf_conntrack]
ffffffffc0b00000 t bpf_prog_1234_switched\t[bpf]
`;

test('addresses of the kernel and its modules have the name of the function before them', () => {
  const kernel = new KernelSymbols(Buffer.from(KALLSYMS));
  const text = (address: bigint): string => { const { name, module, kind } = kernel.frameOf(address); return `${name} ${module} ${kind}`; };
  assert.equal(text(0xffffffff81000105n), 'schedule [kernel] kernel');
  assert.equal(text(0xffffffff81000040n), 'do_one_initcall [kernel] kernel');
  assert.equal(text(0xffffffffc0a00010n), 'nf_hook [nf_conntrack] kernel');
  assert.equal(text(0xffffffffc0b00010n), 'bpf_prog_1234_switched [bpf] kernel');
  assert.equal(text(0xffffffff80000000n), '0xffffffff80000000 [kernel] kernel');
  assert.equal(kernel.hidden, false);
});

test('a kernel that hides its addresses gives addresses, and says so', () => {
  const kernel = new KernelSymbols(Buffer.from(KALLSYMS.replaceAll(/^[0-9a-f]{16}/gm, '0'.repeat(16))));
  assert.equal(kernel.hidden, true);
  assert.equal(kernel.frameOf(0xffffffff81000105n).name, '0xffffffff81000105');
  assert.equal(new KernelSymbols(Buffer.alloc(0)).hidden, true);
  assert.equal(new KernelSymbols(Buffer.from('garbage\n\n \n0 t\n')).hidden, true);
});

test('this very kernel tells where its system calls begin', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
  const kernel = KernelSymbols.read();
  assert.equal(kernel.hidden, false, 'root sees them');
});
