import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { symbolsAddon } from './addon.js';
import { endsWithCall } from './call-instruction.js';

const { demangle } = symbolsAddon();

/** Mangled by rustc and g++; Rust's v0 scheme as in RFC 2603. */
const NAMES: [string, string][] = [
  ['_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE', 'core::fmt::Formatter::write_str'],
  ['_ZN5tokio7runtime4task7harness20Harness$LT$T$C$S$GT$4poll17h1f2e3d4c5b6a7980E', 'tokio::runtime::task::harness::Harness<T,S>::poll'],
  ['_ZN58_$LT$hyper..client..Client$u20$as$u20$core..fmt..Debug$GT$3fmt17h00112233445566eeE', '<hyper::client::Client as core::fmt::Debug>::fmt'],
  ['_RNvC6_123foo3bar', '123foo::bar'],
  ['_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_6Server5serve', '<mycrate::Server>::serve'],
  ['_RINvNtC3std3mem8align_ofdE', 'std::mem::align_of::<f64>'],
  ['_ZNSt6vectorIiSaIiEE9push_backERKi', 'std::vector<int, std::allocator<int> >::push_back'],
  ['_ZN4shop6BasketImE5totalEm', 'shop::Basket<unsigned long>::total'],
  ['_Z3addii.isra.0', 'add'],
  ['_ZN3fooD1Ev', 'foo::~foo'],
  ['ngx_http_process_request', 'ngx_http_process_request'],
  ['main', 'main'],
  ['runtime.mallocgc', 'runtime.mallocgc'],
  ['_Zgarbage', '_Zgarbage'],
  ['', ''],
];

test('C++ and Rust names are readable, others stay as they are', () => {
  for (const [mangled, readable] of NAMES) assert.equal(demangle(mangled), readable);
});

test('names are bounded, also those made to explode', () => {
  assert.equal(demangle(`_Z${'9'.repeat(10_000)}`).length, 1_024);
  let bomb = '_Z1fI1aE1bI';
  for (let i = 0; i < 200; i++) bomb += `S${i === 0 ? '' : (i - 1).toString(36).toUpperCase()}_`;
  assert.ok(demangle(`${bomb}E`).length <= 1_024);
  fc.assert(fc.property(fc.constantFrom('_Z', '_ZN', '_R', '_RNv', ''), fc.string(), (start, rest) => { assert.ok(demangle(start + rest).length <= 1_024); }));
});

const code = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('what precedes a return address is known as a call, or not', () => {
  // call rel32; call rax; call [rax]; call [rip+x]; call r11; call [rbx+0x10]; call [rax+rcx*8+0x100]; call [r12+8]
  for (const call of ['90 90 e8 01 02 03 04', '90 90 90 90 90 ff d0', '90 90 90 90 90 ff 10', '90 ff 15 01 02 03 04', '90 90 90 90 41 ff d3', '90 90 90 90 ff 53 10', 'ff 94 c8 00 01 00 00', '90 90 90 ff 54 24 08']) {
    assert.ok(endsWithCall(code(call)), call);
  }
  // ret; jmp rax; push [rax]; mov rax, rbx; nothing
  for (const other of ['90 90 90 90 90 90 c3', '90 90 90 90 90 ff e0', '90 90 90 90 90 ff 30', '90 90 90 90 48 89 d8', '']) assert.equal(endsWithCall(code(other)), false, other);
});
