/** Addresses of a process to frames: function, inlined ones, source line; `module+0xoffset` where the file has no name for it. */
import type { Frame } from '../profile/stacks.js';
import type { SourcePlace } from './addon.js';
import type { KnownBinary } from './binaries.js';
import { moduleName, type ProcessSymbols } from './process-symbols.js';

/** Some 400 bytes each. */
const FRAMES_KEPT_OF_A_FILE = 5_000;

/** @param address where to look: of an instruction within the call, not of what it returns to. Innermost first. @param notes what could not be read */
export function framesAt(process: ProcessSymbols, address: number, about: (key: string) => void, notes: Set<string>): Frame[] {
  const mapping = process.mappingOf(address);
  if (mapping === null) return [plain(`0x${address.toString(16)}`, '', 'unknown')];
  const known = process.binaryOf(mapping);
  if (known === null) return [process.jitFrame(address)];
  const module = known.name || moduleName(mapping);
  if (known.problem !== '') notes.add(`${known.problem}.`);
  const bias = known.binary?.bias(BigInt(mapping.start), BigInt(mapping.offset)) ?? null;
  if (known.binary === null || bias === null) return [plain(`${module}+0x${(address - mapping.start + mapping.offset).toString(16)}`, module, 'native')];
  return framesInFile(known, module, address - Number(BigInt.asIntN(64, bias)), about);
}

function framesInFile(known: KnownBinary, module: string, address: number, about: (key: string) => void): Frame[] {
  const before = known.frames.get(address);
  if (before !== undefined) return before;
  if (known.frames.size >= FRAMES_KEPT_OF_A_FILE) known.frames.clear();
  about(known.key);
  const named = known.binary!.nameOf(BigInt.asUintN(64, BigInt(address)), known.withSource);
  // Without a name, the function's start still tells one function from another.
  const name = named.name || `${module}+0x${(named.start === 0n ? address : Number(named.start)).toString(16)}`;
  const frames = named.places.length === 0 ? [plain(name, module, 'native')] : named.places.map((place, i) => withSource(place, i < named.places.length - 1, name, module));
  known.frames.set(address, frames);
  return frames;
}

function withSource(place: SourcePlace, inlined: boolean, name: string, module: string): Frame {
  return { name: inlined ? place.function || '(inlined)' : name, kind: 'native', module, file: place.file, line: place.line, inlined };
}

function plain(name: string, module: string, kind: Frame['kind']): Frame {
  return { name, kind, module, file: '', line: 0, inlined: false };
}
