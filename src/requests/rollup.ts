/** A count of requests with the same labels in one time bucket: made exactly, from every request, also from those whose rows are not kept. */
export const ROLLUP_SECONDS = 10;

export interface RollupRow {
  /** Unix seconds, start of the bucket. Several rows may carry the same bucket and labels: they add up. */
  time: number;
  role: 'server' | 'client';
  service: string;
  peerService: string;
  container: string;
  pid: number;
  /** Server end `ip:port`, without the client's (ephemeral) port. */
  serverAddress: string;
  protocol: string;
  operation: string;
  endpoint: string;
  status: string;
  error: 'none' | 'connect_failed' | 'no_response' | 'protocol_error';
  slow: boolean;
  count: number;
  durationSumNs: number;
  durationMaxNs: number;
  requestBytes: number;
  responseBytes: number;
  /** DURATION_BUCKETS counts. */
  histogram: Uint32Array;
  /** Of `count`, how many have a row of their own in the store. */
  kept: number;
}
