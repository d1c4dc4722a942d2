/** Section headers and load addresses of an ELF file (elf(5)), read piecewise: Go's tables lie in a section of their own. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Mapping } from '../runtime.js';

const headerBytes = 64;
const sectionHeaderBytes = 64;
const programHeaderBytes = 56;
const mostHeaders = 4096;
const longestNames = 1 << 20;
const loadSegment = 1;

export interface Section { name: string; address: number; sizeBytes: number }
export interface Segment { offset: number; address: number; fileBytes: number }

export interface ElfFile { sections: Section[]; segments: Segment[] }

/** Null when the file cannot be opened or is no 64-bit ELF file. */
export function readElf(path: string): ElfFile | null {
  let fd = -1;
  try {
    fd = openSync(path, 'r');
    return parse((offset, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    });
  } catch {
    return null;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

type ReadAt = (offset: number, length: number) => Buffer;

function parse(read: ReadAt): ElfFile | null {
  const header = read(0, headerBytes);
  if (header.length < headerBytes || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return null;
  const programs = table(read, wordAt(header, 32), header.readUInt16LE(56), programHeaderBytes);
  const sections = table(read, wordAt(header, 40), header.readUInt16LE(60), sectionHeaderBytes);
  return { segments: programs.filter((row) => row.readUInt32LE(0) === loadSegment).map((row) => ({ offset: wordAt(row, 8), address: wordAt(row, 16), fileBytes: wordAt(row, 32) })), sections: named(read, sections, header.readUInt16LE(62)) };
}

function table(read: ReadAt, offset: number, count: number, rowBytes: number): Buffer[] {
  if (count === 0 || count > mostHeaders) return [];
  const bytes = read(offset, count * rowBytes);
  return Array.from({ length: Math.floor(bytes.length / rowBytes) }, (_, index) => bytes.subarray(index * rowBytes, (index + 1) * rowBytes));
}

function named(read: ReadAt, rows: Buffer[], namesIndex: number): Section[] {
  const namesRow = rows[namesIndex];
  if (!namesRow) return [];
  const names = read(wordAt(namesRow, 24), Math.min(wordAt(namesRow, 32), longestNames));
  return rows.map((row) => {
    const start = row.readUInt32LE(0);
    const end = names.indexOf(0, start);
    return { name: names.toString('latin1', start, end < 0 ? start : end), address: wordAt(row, 16), sizeBytes: wordAt(row, 32) };
  });
}

function wordAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** What to add to the file's addresses where this mapping of it is in memory; null when no segment is loaded there. */
export function loadBias({ segments }: ElfFile, mapping: Mapping): number | null {
  const segment = segments.find(({ offset, fileBytes }) => mapping.offset < offset + fileBytes && mapping.offset + (mapping.end - mapping.start) > offset);
  return segment ? mapping.start - mapping.offset - (segment.address - segment.offset) : null;
}
