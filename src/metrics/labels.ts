/** Label values of requests, as 0.9 named them. */
import { networkInterfaces } from 'node:os';
import type { RequestRecord } from '../requests/record.js';
import type { RollupRow } from '../requests/rollup.js';

export const NOT_FOUND_INTERNAL = 'NOT_FOUND_INTERNAL';
export const NOT_FOUND_EXTERNAL = 'NOT_FOUND_EXTERNAL';
export const OTHER = '~other';

export type Labels = Record<string, string>;

/** What roll-up rows and request records have in common. */
export type Labelled = Pick<RollupRow, 'role' | 'service' | 'peerService' | 'container' | 'protocol' | 'endpoint' | 'status' | 'error' | 'serverAddress'>;

/** Protocols that have a content; the others are labelled with the empty string. */
const WITH_CONTENT = new Set(['http', 'grpc', 'dns', 'mysql', 'postgres', 'kafka', 'dubbo', 'redis', 'rocketmq']);

export function fromRecord(record: RequestRecord): Labelled {
  return { ...record, serverAddress: record.server };
}

export function requestContent(row: Labelled): string {
  return WITH_CONTENT.has(row.protocol) ? row.endpoint : '';
}

export function responseContent(row: Labelled): string {
  if (row.protocol === 'redis') return row.error === 'none' ? 'noerror' : 'error';
  return statusCode(row);
}

export function statusCode(row: Labelled): string {
  return WITH_CONTENT.has(row.protocol) ? row.status : '';
}

/** `1.2.3.4:80`, `[::1]:80` -> address and port; unix sockets have neither. */
export function splitAddress(address: string): { ip: string; port: string } {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(address);
  return match ? { ip: match[1] ?? match[2], port: match[3] } : { ip: '', port: '' };
}

export class Node {
  private own: Set<string>;

  constructor(readonly name: string, addresses: readonly string[] = ownAddresses()) {
    this.own = new Set(addresses);
  }

  /** Loopback and unix sockets belong to this node, as do its own addresses. */
  isLocal(address: string): boolean {
    if (address === '' || address.startsWith('unix:')) return true;
    const ip = splitAddress(address).ip || address.replace(/^\[|\]$/g, '');
    return /^127\.|^::1$|^::ffff:127\.|^0\.0\.0\.0$|^::$/.test(ip) || this.own.has(ip);
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address));
}

const CONTAINER_ID = /^[0-9a-f]{12,64}$/;

interface End { namespace: string; kind: string; name: string; container: string; containerId: string }

/** The traced process: without Kubernetes its service is its workload. */
function tracedEnd(row: Labelled): End {
  const isId = CONTAINER_ID.test(row.container);
  return {
    namespace: NOT_FOUND_INTERNAL, kind: row.container === '' ? 'process' : 'container', name: row.service,
    container: isId ? '' : row.container, containerId: isId ? row.container.slice(0, 12) : '',
  };
}

const ADDRESS = /^(\[[0-9a-f:.]*\]|[0-9a-f]*:[0-9a-f:.]+|\d+\.\d+\.\d+\.\d+)(:\d+)?$|^unix:/i;

/** The other end: a name when it is known, else nothing but where it is. */
function otherEnd(row: Labelled, node: Node, address: string): End {
  const name = ADDRESS.test(row.peerService) ? '' : row.peerService;
  const local = name !== '' && address === '' ? true : node.isLocal(address);
  return { namespace: local ? NOT_FOUND_INTERNAL : NOT_FOUND_EXTERNAL, kind: name === '' ? '' : 'process', name, container: '', containerId: '' };
}

export function entityLabels(row: Labelled, node: Node): Labels {
  const own = tracedEnd(row);
  const { ip, port } = splitAddress(row.serverAddress);
  return {
    namespace: own.namespace, workload_kind: own.kind, workload_name: own.name, service: row.service,
    protocol: row.protocol, request_content: requestContent(row), response_content: responseContent(row),
    node: node.name, pod: '', container: own.container, container_id: own.containerId, ip, port,
  };
}

export function topologyLabels(row: Labelled, node: Node): Labels {
  const isServer = row.role === 'server';
  const peerAddress = isServer ? (ADDRESS.test(row.peerService) ? row.peerService : '') : row.serverAddress;
  const [own, other] = [tracedEnd(row), otherEnd(row, node, peerAddress)];
  const [src, dst] = isServer ? [other, own] : [own, other];
  const server = splitAddress(row.serverAddress);
  const localDestination = isServer || node.isLocal(row.serverAddress);
  return {
    src_namespace: src.namespace, src_workload_kind: src.kind, src_workload_name: src.name, src_service: src.name,
    dst_namespace: dst.namespace, dst_workload_kind: dst.kind, dst_workload_name: dst.name, dst_service: dst.name,
    dst_node: localDestination ? node.name : '', dst_pod: '', protocol: row.protocol, status_code: statusCode(row),
    src_node: isServer && src.namespace === NOT_FOUND_EXTERNAL ? '' : node.name, src_pod: '',
    src_ip: isServer ? splitAddress(peerAddress).ip || peerAddress : '', dst_ip: server.ip, dst_port: server.port,
    src_container: src.container, src_container_id: src.containerId, dst_container: dst.container, dst_container_id: dst.containerId,
  };
}

/** Counted into the topology: the client's view, and the server's where nobody else can see the client. */
export function countsIntoTopology(row: Labelled, node: Node): boolean {
  if (row.role === 'client') return true;
  return ADDRESS.test(row.peerService) && !node.isLocal(row.peerService);
}
