/**
 * Which container and systemd unit a cgroup path belongs to. The path shapes of Docker, containerd, CRI-O, Podman,
 * LXC, systemd-nspawn, ECS and Kubernetes (both cgroup drivers), on cgroup v1 and v2.
 */
export interface CgroupIdentity {
  /** First 12 characters of the container's id, or the name of an LXC or nspawn container; '' outside of any. */
  container: string;
  /** The whole id (or name); '' outside of any. */
  containerId: string;
  /** UID of the Kubernetes pod, or ''. */
  podUid: string;
  /** systemd service unit without `.service`, or ''. */
  unit: string;
}

const SHORT_ID = 12;
/** `<id>`, `docker-<id>.scope`, `cri-containerd-<id>.scope`, `...slice:cri-containerd:<id>`, `libpod-payload-<id>`. */
const HEX_ID = /(?:^|[-:_])([0-9a-f]{64})(?:\.scope)?$/;
/** The runtime's own helper processes stand beside their container. */
const MONITOR = /(?:^|[-:])conmon[-:]|^lxc\.monitor/;
const ECS_ID = /^[0-9a-f]{32}-\d+$/;
const UUID = '[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}';
/** `pod<uid>` (cgroupfs), `kubepods-burstable-pod<uid>.slice` (systemd, dashes as underscores), static pods: 32 hex digits. */
const POD = new RegExp(`(?:^|-)pod(${UUID}|[0-9a-f]{32})(?:\\.slice|$|:)`);
const NAMED = /^(?:lxc\.payload\.(.+)|systemd-nspawn@(.+)\.service|machine-(.+)\.scope)$/;
const SERVICE = /^(.+)\.service$/;
/** Units that only hold what users start by hand. */
const NO_SERVICE = /^(?:user@|getty@|serial-getty@|ssh@|sshd@|ssh$|sshd$|cron$|crond$)/;

/** @param text content of /proc/PID/cgroup */
export function parseCgroup(text: string): CgroupIdentity {
  let best: CgroupIdentity = { container: '', containerId: '', podUid: '', unit: '' };
  for (const line of text.split('\n')) {
    const path = line.split(':').slice(2).join(':');
    if (path === '' || path === '/') continue;
    const identity = identifyPath(path);
    if (identity.containerId !== '') return identity;
    if (best.unit === '') best = identity;
  }
  return best;
}

export function identifyPath(path: string): CgroupIdentity {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '..');
  const identity: CgroupIdentity = { container: '', containerId: '', podUid: '', unit: '' };
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    if (MONITOR.test(segment)) continue;
    const pod = POD.exec(segment);
    if (pod !== null) identity.podUid = pod[1].replaceAll('_', '-');
    const id = containerIn(segment, segments[i - 1] ?? '');
    if (id !== '') {
      identity.containerId = id;
      identity.container = HEX_ID.test(segment) ? id.slice(0, SHORT_ID) : id;
      identity.unit = '';
    } else {
      identity.unit = unitIn(segment) || identity.unit;
    }
  }
  return identity;
}

function containerIn(segment: string, parent: string): string {
  const hex = HEX_ID.exec(segment);
  if (hex !== null) return hex[1];
  if (ECS_ID.test(segment)) return segment.slice(0, 32);
  if (parent === 'lxc' || parent === 'lxc.payload') return segment;
  const named = NAMED.exec(segment);
  return named === null ? '' : unescapeUnit(named[1] ?? named[2] ?? named[3]);
}

function unitIn(segment: string): string {
  const unit = SERVICE.exec(segment);
  return unit === null || NO_SERVICE.test(unit[1]) ? '' : unescapeUnit(unit[1]);
}

/** systemd writes special characters in unit names as `\x2d`. */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
