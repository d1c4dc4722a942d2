/** One raw record of the kernel (bpf/events.h) to a call on the observer. The same for live rings and recordings. */
import { AF_UNIX, formatAddress, formatComm, formatUnixPath } from './address.js';
import { Close, Connect, Data, Flags, Header, Limits, Open, Peer, Process, Role, Shutdown, Type } from './layout.generated.js';
import { IN, OUT, UNKNOWN_NS } from './observation.js';
import type { Observer, Role as RoleName, Transport } from './observation.js';

const TWO_32 = 2 ** 32;
const UDP = 17;

/** Processes that came and went, beside the connections: whoever names processes wants to know. */
export interface ProcessObserver {
  executed(pid: number, comm: string, ts: number): void;
  exited(pid: number, ts: number): void;
}

/** Exact below 2^53; 2 ns beyond for times. */
function u64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_32;
}

/** Least size of each type of record. */
const SIZES: number[] = [];
SIZES[Type.DATA] = Data.byteLength;
SIZES[Type.OPEN] = Open.byteLength;
SIZES[Type.CLOSE] = Close.byteLength;
SIZES[Type.CONNECT] = Connect.byteLength;
SIZES[Type.SHUTDOWN] = Shutdown.byteLength;
SIZES[Type.EXEC] = SIZES[Type.EXIT] = Process.byteLength;

/**
 * `bytes` and `view` are over the same memory, which holds the whole record that starts at `offset`.
 * Returns false when its type is not known or it claims more than its size (a broken recording).
 */
export function decodeRecord(bytes: Uint8Array, view: DataView, offset: number, observer: Observer & ProcessObserver): boolean {
  const type = view.getUint16(offset + Header.type, true);
  if (!(view.getUint32(offset + Header.size, true) >= SIZES[type])) return false;
  switch (type) {
    case Type.DATA: return decodeData(bytes, view, offset, observer);
    case Type.OPEN: return decodeOpen(bytes, view, offset, observer);
    case Type.CLOSE: return decodeClose(view, offset, observer);
    case Type.CONNECT: return decodeConnect(bytes, view, offset, observer);
    case Type.SHUTDOWN: {
      const local = (view.getUint16(offset + Header.flags, true) & Flags.LOCAL) !== 0;
      observer.shutdown(u64(view, offset + Shutdown.connection), local ? 'local' : 'remote', u64(view, offset + Header.ts));
      return true;
    }
    case Type.EXEC:
      observer.executed(view.getUint32(offset + Process.pid, true), formatComm(bytes, offset + Process.comm), u64(view, offset + Header.ts));
      return true;
    case Type.EXIT:
      observer.exited(view.getUint32(offset + Process.pid, true), u64(view, offset + Header.ts));
      return true;
    default: return false;
  }
}

function decodeData(bytes: Uint8Array, view: DataView, offset: number, observer: Observer): boolean {
  const flags = view.getUint16(offset + Header.flags, true);
  const captured = view.getUint32(offset + Data.captured, true);
  let payload = offset + Data.byteLength;
  let peer: string | undefined;
  const size = Data.byteLength + (flags & Flags.PEER ? Peer.byteLength : 0) + captured;
  if (size > view.getUint32(offset + Header.size, true) || captured > view.getUint32(offset + Data.bytes, true)) return false;
  if (flags & Flags.PEER) {
    peer = formatAddress(view.getUint16(payload + Peer.family, true), bytes, payload + Peer.address, view.getUint16(payload + Peer.port, true));
    payload += Peer.byteLength;
  }
  observer.data(
    u64(view, offset + Data.connection), flags & Flags.OUT ? OUT : IN, u64(view, offset + Header.ts), 0,
    view.getUint32(offset + Data.pid, true), view.getUint32(offset + Data.tid, true), u64(view, offset + Data.position),
    view.getUint32(offset + Data.bytes, true), bytes, payload, captured, peer, unreadNs(view.getUint32(offset + Data.unreadUs, true)),
  );
  return true;
}

/** 0 says that it is not known. */
function unreadNs(us: number): number {
  return us === 0 ? UNKNOWN_NS : (us - 1) * 1000;
}

function decodeOpen(bytes: Uint8Array, view: DataView, offset: number, observer: Observer): boolean {
  const family = view.getUint16(offset + Open.family, true);
  const role = roleName(view.getUint32(offset + Open.role, true));
  let local: string;
  let remote: string;
  if (family === AF_UNIX) {
    const path = formatUnixPath(bytes, offset + Open.path, Limits.PATH);
    local = role === 'server' ? path : 'unix:';
    remote = role === 'client' ? path : 'unix:';
  } else {
    local = formatAddress(family, bytes, offset + Open.local, view.getUint16(offset + Open.localPort, true));
    remote = formatAddress(family, bytes, offset + Open.remote, view.getUint16(offset + Open.remotePort, true));
  }
  observer.opened({
    id: u64(view, offset + Open.connection), pid: view.getUint32(offset + Open.pid, true), tid: view.getUint32(offset + Open.tid, true),
    comm: formatComm(bytes, offset + Open.comm), fd: view.getUint32(offset + Open.fd, true),
    transport: transportName(family, view.getUint16(offset + Open.protocol, true)), role, local, remote,
    netns: view.getUint32(offset + Open.netns, true), cgroupId: u64(view, offset + Open.cgroup), ts: u64(view, offset + Header.ts),
    preexisting: (view.getUint16(offset + Header.flags, true) & Flags.PREEXISTING) !== 0,
  });
  return true;
}

function decodeClose(view: DataView, offset: number, observer: Observer): boolean {
  const flags = view.getUint16(offset + Header.flags, true);
  observer.closed({
    id: u64(view, offset + Close.connection), ts: u64(view, offset + Header.ts), errno: view.getUint32(offset + Close.error, true),
    by: !(flags & Flags.BY_KNOWN) ? 'unknown' : flags & Flags.LOCAL ? 'local' : 'remote',
    counters: {
      bytesIn: u64(view, offset + Close.bytesIn), bytesOut: u64(view, offset + Close.bytesOut),
      callsIn: view.getUint32(offset + Close.callsIn, true), callsOut: view.getUint32(offset + Close.callsOut, true),
    },
    srttUs: view.getUint32(offset + Close.srttUs, true), retransmits: view.getUint32(offset + Close.retransmits, true),
  });
  return true;
}

function decodeConnect(bytes: Uint8Array, view: DataView, offset: number, observer: Observer): boolean {
  const family = view.getUint16(offset + Connect.family, true);
  observer.connected({
    id: u64(view, offset + Connect.connection), pid: view.getUint32(offset + Connect.pid, true), tid: view.getUint32(offset + Connect.tid, true),
    comm: formatComm(bytes, offset + Connect.comm), fd: -1, ts: u64(view, offset + Header.ts), dur: u64(view, offset + Connect.duration),
    errno: view.getUint32(offset + Connect.error, true), transport: 'tcp',
    local: formatAddress(family, bytes, offset + Connect.local, view.getUint16(offset + Connect.localPort, true)),
    remote: formatAddress(family, bytes, offset + Connect.remote, view.getUint16(offset + Connect.remotePort, true)),
    netns: view.getUint32(offset + Connect.netns, true), cgroupId: u64(view, offset + Connect.cgroup),
  });
  return true;
}

function roleName(role: number): RoleName {
  return role === Role.CLIENT ? 'client' : role === Role.SERVER ? 'server' : 'unknown';
}

function transportName(family: number, protocol: number): Transport {
  return family === AF_UNIX ? 'unix' : protocol === UDP ? 'udp' : 'tcp';
}
