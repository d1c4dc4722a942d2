// Writes src/events/layout.generated.ts from the BTF of the built BPF objects: offsets of every member that crosses from
// the kernel, the enums, and a hash of all of it. `--check` fails when the committed file differs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const OBJECTS = ['dist/bpf/kindling.bpf.o', 'dist/bpf/recorder.bpf.o'];
const TARGET = 'src/events/layout.generated.ts';
const PREFIX = 'kindling_';

const read = (object) => JSON.parse(execFileSync('bpftool', ['-j', 'btf', 'dump', 'file', object], { maxBuffer: 1 << 26 })).types;

/** Types of the object at hand. */
let byId = new Map();

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const pascal = (name) => camel('_' + name);

/** Size in bytes, and what a member is: an unsigned integer, bytes, or a nested structure. */
function describe(id) {
  const type = byId.get(id);
  switch (type.kind) {
    case 'TYPEDEF': case 'CONST': case 'VOLATILE': return describe(type.type_id);
    case 'INT': return { size: type.size, kind: 'integer' };
    case 'ARRAY': {
      const element = describe(type.type_id);
      return { size: element.size * type.nr_elems, kind: element.size === 1 ? 'bytes' : 'array', stride: element.size };
    }
    case 'STRUCT': return { size: type.size, kind: 'struct' };
    default: throw new Error(`${type.kind} ${type.name ?? ''} must not cross from the kernel`);
  }
}

function emitStruct(struct) {
  const lines = [`export const ${pascal(struct.name.slice(PREFIX.length))} = {`, `  byteLength: ${struct.size},`];
  let end = 0;
  for (const member of struct.members) {
    const offset = member.bits_offset / 8;
    if (member.bits_offset % 8 || offset !== end) throw new Error(`${struct.name}.${member.name}: hole or bit field before it`);
    const { size, kind, stride } = describe(member.type_id);
    end = offset + size;
    if (/^reserved/.test(member.name)) continue;
    lines.push(`  /** ${kind === 'integer' ? `u${size * 8}` : kind === 'bytes' ? `${size} bytes` : kind === 'array' ? `${size / stride} x ${stride} bytes` : `struct, ${size} bytes`} */`);
    lines.push(`  ${camel(member.name)}: ${offset},`);
  }
  if (end !== struct.size) throw new Error(`${struct.name}: hole at its end`);
  return [...lines, '} as const;'].join('\n');
}

function emitEnum(type) {
  const name = type.name.slice(PREFIX.length);
  const common = type.values.map((value) => value.name.split('_')).reduce((a, b) => { let i = 0; while (a[i] !== undefined && a[i] === b[i]) i++; return a.slice(0, i); });
  const skip = common.slice(0, type.values.length === 1 ? -1 : undefined).join('_').length + 1;
  const body = type.values.map((value) => `  ${value.name.slice(skip)}: ${value.val},`);
  return [`export const ${pascal(name)} = {`, ...body, '} as const;'].join('\n');
}

const NOT_CROSSING = ['kindling_syscall', 'kindling_layout', 'kindling_recorder_layout'];
/** Name → text; what several objects share is the same in each. */
const structs = new Map();
const enums = new Map();
for (const object of OBJECTS) {
  const types = read(object);
  byId = new Map(types.map((type) => [type.id, type]));
  for (const type of types) {
    if (!type.name?.startsWith(PREFIX) || NOT_CROSSING.includes(type.name)) continue;
    if (type.kind === 'STRUCT') structs.set(type.name, emitStruct(type));
    else if (type.kind === 'ENUM') enums.set(type.name, emitEnum(type));
  }
}
if (structs.size < 9) throw new Error(`only ${structs.size} structures in the BTF of ${OBJECTS.join(' and ')}`);
const inOrder = (texts) => [...texts.keys()].sort().map((name) => texts.get(name));
const body = [...inOrder(enums), ...inOrder(structs)].join('\n\n');
const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
const text = `// Generated from the BTF of ${OBJECTS.join(' and ')} by scripts/generate-decoders.mjs. Do not edit.
/** Of everything below: stands in the header of every recording. */
export const LAYOUT_HASH = '${hash}';

${body}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== text) {
    process.stderr.write(`${TARGET} does not match bpf/events.h: run node scripts/generate-decoders.mjs\n`);
    process.exit(1);
  }
} else writeFileSync(TARGET, text);
