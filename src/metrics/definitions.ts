/** Every request metric as data: name, type, help, labels. docs/metrics.md and the exposition come from these tables. */
import { DURATION_BOUNDS_NS } from '../requests/duration-buckets.js';

export interface MetricDefinition {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  unit: string;
  labels: readonly string[];
}

const WORKLOAD = ['namespace', 'workload_kind', 'workload_name', 'service'] as const;
const prefixed = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}${name}`);

export const ENTITY_LABELS = [...WORKLOAD, 'protocol', 'request_content', 'response_content'];
export const ENTITY_DETAIL_LABELS = ['node', 'pod', 'container', 'container_id', 'ip', 'port'];
export const TOPOLOGY_LABELS = [...prefixed('src_', WORKLOAD), ...prefixed('dst_', WORKLOAD), 'dst_node', 'dst_pod', 'protocol', 'status_code'];
export const TOPOLOGY_DETAIL_LABELS = [
  'src_node', 'src_pod', 'src_ip', 'dst_ip', 'dst_port', 'src_container', 'src_container_id', 'dst_container', 'dst_container_id',
];
export const TRACE_LABELS = [
  ...TOPOLOGY_LABELS, ...TOPOLOGY_DETAIL_LABELS, 'dnat_ip', 'dnat_port', 'is_server', 'request_content', 'response_content',
  'request_duration_status', 'request_reqxfer_status', 'request_processing_status', 'response_rspxfer_status',
];

/** Labels whose values come from traffic: these are folded into `~other` when a metric has too many series. */
export const TRAFFIC_LABELS: ReadonlySet<string> = new Set(['request_content', 'response_content', 'status_code', 'src_ip', 'dst_ip', 'dst_port', 'ip', 'port']);

const MS = 1e6;
/** The bounds of 0.9, and finer ones below 10 ms; each is a bound of DURATION_BOUNDS_NS, so that counts carry over exactly. */
export const HISTOGRAM_BOUNDS_NS: readonly number[] = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 80, 130, 200, 300, 400, 500, 700, 1000, 1500, 2000, 5000, 30000,
].map((ms) => ms * MS);

/** For each bucket of a roll-up's histogram, the exported bucket that holds it. */
export const EXPORTED_BUCKET: Uint8Array = Uint8Array.from(
  [...DURATION_BOUNDS_NS, Infinity],
  (bound) => HISTOGRAM_BOUNDS_NS.filter((exported) => exported < bound).length,
);

/** The five metrics of one family; `sent` and `received` are its names for response and request bytes. */
export interface RequestFamily {
  requests: MetricDefinition;
  durations: MetricDefinition;
  requestBytes: MetricDefinition;
  responseBytes: MetricDefinition;
  histogram: MetricDefinition;
}

function family(prefix: string, requestBytes: string, responseBytes: string, seen: string, labels: readonly string[], detail: readonly string[], podDetail: boolean): RequestFamily {
  const all = podDetail ? [...labels, ...detail] : [...labels];
  return {
    requests: { name: `${prefix}_total`, type: 'counter', unit: 'requests', labels: [...all, 'is_slow'], help: `Requests, ${seen}.` },
    durations: { name: `${prefix}_duration_nanoseconds_total`, type: 'counter', unit: 'ns', labels: all, help: `Sum of request durations, ${seen}.` },
    requestBytes: { name: `${prefix}_${requestBytes}_total`, type: 'counter', unit: 'bytes', labels: all, help: `Bytes of requests, ${seen}.` },
    responseBytes: { name: `${prefix}_${responseBytes}_total`, type: 'counter', unit: 'bytes', labels: all, help: `Bytes of responses, ${seen}.` },
    histogram: {
      name: `${prefix}_average_duration_nanoseconds`, type: 'histogram', unit: 'ns', labels: all,
      help: `Durations of single requests, ${seen} (the name is that of 0.9, which took averages).`,
    },
  };
}

export function entityFamily(podDetail: boolean): RequestFamily {
  return family('kindling_entity_request', 'receive_bytes', 'send_bytes', 'seen from the server side', ENTITY_LABELS, ENTITY_DETAIL_LABELS, podDetail);
}

export function topologyFamily(podDetail: boolean): RequestFamily {
  return family('kindling_topology_request', 'request_bytes', 'response_bytes', 'seen from the client side (or from the server side when the client is outside)',
    TOPOLOGY_LABELS, TOPOLOGY_DETAIL_LABELS, podDetail);
}

export const TRACE_METRIC: MetricDefinition = {
  name: 'kindling_trace_request_duration_nanoseconds', type: 'gauge', unit: 'ns', labels: TRACE_LABELS,
  help: 'Duration of one abnormal (slow or failed) request; it disappears after two minutes.',
};
