// Generated from the BTF of dist/bpf/kindling.bpf.o and dist/bpf/recorder.bpf.o by scripts/generate-decoders.mjs. Do not edit.
/** Of everything below: stands in the header of every recording. */
export const LAYOUT_HASH = '4dd55c710eddb248';

export const Counter = {
  COUNT_PAYLOAD_FAULT: 0,
  COUNT_NO_CONNECTION: 1,
  COUNT_NO_BUFFER: 2,
  COUNT_LONG_VECTOR: 3,
  COUNTERS: 4,
} as const;

export const Flags = {
  OUT: 1,
  PEER: 2,
  LOCAL: 4,
  PREEXISTING: 8,
  BY_KNOWN: 16,
} as const;

export const LifeEvent = {
  STARTED: 1,
  EXEC: 2,
  ENDED: 3,
  NAMED: 4,
} as const;

export const Limits = {
  DATA_SEGMENT: 1048576,
  DATA_SLACK: 65536,
  CONTROL_SEGMENT: 262144,
  CONTROL_SLACK: 1024,
  UNIT: 64,
  COUNT_SHIFT: 40,
  MAX_CAPTURE: 16383,
  POLICIES: 65536,
  MAX_PIDS: 4194304,
  MAX_SCOPES: 8,
  PATH: 108,
} as const;

export const NoteFlags = {
  CUT: 1,
} as const;

export const NoteRingKind = {
  SAMPLES: 0,
  BLOCKS: 1,
  OPERATIONS: 2,
  LOGS: 3,
  LIVES: 4,
} as const;

export const ObjectKind = {
  NONE: 0,
  FILE: 1,
  SOCKET: 2,
  OTHER: 3,
  PATH: 4,
  STANDARD: 5,
} as const;

export const RecorderLimits = {
  RECORDER_SEGMENT: 1048576,
  RECORDER_SLACK: 4096,
  NOTE_SEGMENT: 262144,
  NOTE_SLACK: 16384,
  NOTE_RINGS: 5,
  STACK_BYTES: 8192,
  USER_FRAMES: 127,
  KERNEL_FRAMES: 64,
  LOG_BYTES: 512,
  NAME_BYTES: 64,
  NAMES_BYTES: 512,
  PID_UNKNOWN: 2147483647,
} as const;

export const Role = {
  UNKNOWN: 0,
  CLIENT: 1,
  SERVER: 2,
} as const;

export const Scope = {
  CGROUP: 1,
  TREE: 2,
  ALL: 3,
} as const;

export const SwitchFlags = {
  KERNEL: 1,
} as const;

export const ThreadType = {
  SWITCH: 32,
  SAMPLE: 33,
  BLOCK: 34,
  OPERATION: 35,
  LOG: 36,
  LIFE: 37,
  RETRANSMIT: 38,
} as const;

export const Type = {
  DATA: 1,
  OPEN: 2,
  CLOSE: 3,
  CONNECT: 4,
  SHUTDOWN: 5,
  EXEC: 6,
  EXIT: 7,
} as const;

export const Close = {
  byteLength: 72,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  connection: 24,
  /** u64 */
  bytesIn: 32,
  /** u64 */
  bytesOut: 40,
  /** u32 */
  callsIn: 48,
  /** u32 */
  callsOut: 52,
  /** u32 */
  error: 56,
  /** u32 */
  srttUs: 60,
  /** u32 */
  retransmits: 64,
} as const;

export const Config = {
  byteLength: 168,
  /** u64 */
  key: 0,
  /** 8 x 16 bytes */
  scopes: 8,
  /** u32 */
  scope: 136,
  /** u32 */
  scopeCount: 140,
  /** u32 */
  cpus: 144,
  /** u32 */
  dataSegments: 148,
  /** u32 */
  controlSegments: 152,
  /** u32 */
  capture: 156,
  /** u32 */
  socketStorage: 160,
} as const;

export const Connect = {
  byteLength: 120,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  connection: 24,
  /** u64 */
  cgroup: 32,
  /** u64 */
  duration: 40,
  /** u32 */
  pid: 48,
  /** u32 */
  tid: 52,
  /** u32 */
  error: 56,
  /** u32 */
  netns: 60,
  /** u16 */
  family: 64,
  /** u16 */
  protocol: 66,
  /** u16 */
  localPort: 68,
  /** u16 */
  remotePort: 70,
  /** 16 bytes */
  local: 72,
  /** 16 bytes */
  remote: 88,
  /** 16 bytes */
  comm: 104,
} as const;

export const Data = {
  byteLength: 64,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  connection: 24,
  /** u64 */
  position: 32,
  /** u32 */
  bytes: 40,
  /** u32 */
  captured: 44,
  /** u32 */
  pid: 48,
  /** u32 */
  tid: 52,
  /** u32 */
  fd: 56,
  /** u32 */
  unreadUs: 60,
} as const;

export const Header = {
  byteLength: 24,
  /** u64 */
  mark: 0,
  /** u64 */
  ts: 8,
  /** u32 */
  size: 16,
  /** u16 */
  type: 20,
  /** u16 */
  flags: 22,
} as const;

export const Life = {
  byteLength: 64,
  /** struct, 24 bytes */
  header: 0,
  /** u32 */
  pid: 24,
  /** u32 */
  tid: 28,
  /** u32 */
  parentPid: 32,
  /** u32 */
  parentTid: 36,
  /** u32 */
  event: 40,
  /** 16 bytes */
  comm: 44,
} as const;

export const Log = {
  byteLength: 56,
  /** struct, 24 bytes */
  header: 0,
  /** u32 */
  pid: 24,
  /** u32 */
  tid: 28,
  /** u32 */
  fd: 32,
  /** u32 */
  object: 36,
  /** u32 */
  bytes: 40,
  /** u32 */
  captured: 44,
  /** u32 */
  namesBytes: 48,
} as const;

export const NoteRing = {
  byteLength: 64,
  /** u64 */
  word: 0,
  /** u64 */
  busy: 8,
  /** u64 */
  dropped: 16,
  /** 2 x 8 bytes */
  used: 24,
} as const;

export const Open = {
  byteLength: 232,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  connection: 24,
  /** u64 */
  cgroup: 32,
  /** u32 */
  pid: 40,
  /** u32 */
  tid: 44,
  /** u32 */
  fd: 48,
  /** u32 */
  netns: 52,
  /** u32 */
  inode: 56,
  /** u16 */
  family: 60,
  /** u16 */
  protocol: 62,
  /** u16 */
  localPort: 64,
  /** u16 */
  remotePort: 66,
  /** u32 */
  role: 68,
  /** 16 bytes */
  local: 72,
  /** 16 bytes */
  remote: 88,
  /** 16 bytes */
  comm: 104,
  /** 108 bytes */
  path: 120,
} as const;

export const Operation = {
  byteLength: 112,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  off: 24,
  /** u64 */
  result: 32,
  /** u32 */
  pid: 40,
  /** u32 */
  tid: 44,
  /** u32 */
  call: 48,
  /** u32 */
  fd: 52,
  /** u32 */
  srttUs: 56,
  /** u32 */
  retransmits: 60,
  /** u16 */
  object: 64,
  /** u16 */
  family: 66,
  /** u16 */
  localPort: 68,
  /** u16 */
  remotePort: 70,
  /** 16 bytes */
  local: 72,
  /** 16 bytes */
  remote: 88,
  /** u32 */
  namesBytes: 104,
} as const;

export const Peer = {
  byteLength: 24,
  /** 16 bytes */
  address: 0,
  /** u16 */
  family: 16,
  /** u16 */
  port: 18,
} as const;

export const Process = {
  byteLength: 56,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  cgroup: 24,
  /** u32 */
  pid: 32,
  /** u32 */
  tid: 36,
  /** 16 bytes */
  comm: 40,
} as const;

export const RecorderConfig = {
  byteLength: 80,
  /** u64 */
  blockNs: 0,
  /** u64 */
  operationNs: 8,
  /** u64 */
  blockIntervalNs: 16,
  /** u64 */
  blockBurstNs: 24,
  /** 5 x 4 bytes */
  noteSegments: 32,
  /** 5 x 4 bytes */
  noteFirst: 52,
  /** u32 */
  segmentsPerCpu: 72,
  /** u32 */
  notesAtExit: 76,
} as const;

export const Retransmit = {
  byteLength: 80,
  /** struct, 24 bytes */
  header: 0,
  /** u32 */
  netns: 24,
  /** u32 */
  srttUs: 28,
  /** u32 */
  retransmits: 32,
  /** u16 */
  family: 36,
  /** u16 */
  localPort: 38,
  /** u16 */
  remotePort: 40,
  /** 16 bytes */
  local: 48,
  /** 16 bytes */
  remote: 64,
} as const;

export const Ring = {
  byteLength: 64,
  /** u64 */
  word: 0,
  /** u64 */
  connections: 8,
} as const;

export const ScopeCgroup = {
  byteLength: 16,
  /** u64 */
  id: 0,
  /** u32 */
  level: 8,
} as const;

export const Shutdown = {
  byteLength: 32,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  connection: 24,
} as const;

export const Stack = {
  byteLength: 192,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  off: 24,
  /** 17 x 8 bytes */
  registers: 32,
  /** u32 */
  pid: 168,
  /** u32 */
  tid: 172,
  /** u32 */
  cpu: 176,
  /** u32 */
  kernelFrames: 180,
  /** u32 */
  userFrames: 184,
  /** u32 */
  stackBytes: 188,
} as const;

export const Switch = {
  byteLength: 128,
  /** struct, 24 bytes */
  header: 0,
  /** u64 */
  off: 24,
  /** u64 */
  woken: 32,
  /** u64 */
  runDelay: 40,
  /** 3 x 8 bytes */
  arguments: 48,
  /** u32 */
  pid: 72,
  /** u32 */
  tid: 76,
  /** u32 */
  wakerPid: 80,
  /** u32 */
  wakerTid: 84,
  /** u32 */
  beforePid: 88,
  /** u32 */
  beforeTid: 92,
  /** u32 */
  state: 96,
  /** u32 */
  call: 100,
  /** 16 bytes */
  beforeComm: 104,
  /** u64 */
  on: 120,
} as const;
