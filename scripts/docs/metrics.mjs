import { CAUSE_METRIC } from '../../dist/src/metrics/causes.js';
import { entityFamily, HISTOGRAM_BOUNDS_NS, topologyFamily, TRACE_METRIC } from '../../dist/src/metrics/definitions.js';
import { SELF_METRICS } from '../../dist/src/metrics/self.js';
import { table } from './markdown.mjs';

const code = (names) => names.map((name) => `\`${name}\``).join(' ');

function definitions(list) {
  return table(['metric', 'type', 'unit', 'meaning'], list.map((d) => [`\`${d.name}\``, d.type, d.unit, d.help]));
}

function family(make) {
  const [plain, detail] = [make(false), make(true)];
  const extra = detail.histogram.labels.filter((label) => !plain.histogram.labels.includes(label));
  return `${definitions(Object.values(detail))}

Labels: ${code(plain.histogram.labels)}; with \`metrics.pod_detail\` also ${code(extra)}. The first counter carries \`is_slow\` as well.`;
}

export function renderMetrics() {
  return `# Metrics

Served on \`/metrics\` of the agent's address (127.0.0.1:9500 by default) in Prometheus' text format. Names and labels are those of Kindling 0.9, so that its
rules and dashboards go on working. Every request counts, also those whose rows are not kept.

## Requests by server

${family(entityFamily)}

## Requests by caller and callee

${family(topologyFamily)}

## Abnormal requests

${definitions([TRACE_METRIC])}

Labels: ${code(TRACE_METRIC.labels)}. At most \`metrics.trace_requests\` are shown at a time. \`request_duration_status\` is 1 up to 800 ms, 3 from 1500 ms, else 2; each
stage's status is 1 up to 200 ms, 3 from 1000 ms, else 2.

## What profiled requests lost time to

${definitions([CAUSE_METRIC])}

Labels: ${code(CAUSE_METRIC.labels)}. Only requests that got a profile are in it: it says what slow requests wait for, not how much all requests do.
\`kind\` is that of the ledger: [profile.md](profile.md#ledger-and-verdict).

## Histogram buckets

In nanoseconds, as the label \`le\` gives them; in milliseconds: ${HISTOGRAM_BOUNDS_NS.map((ns) => ns / 1e6).join(', ')}.

## Label values

${table(['protocol', 'request_content', 'response_content', 'status_code'], [
    ['http', 'clustered path', 'status', 'status'],
    ['dns', 'domain', 'rcode', 'rcode'],
    ['mysql, postgres', 'clustered statement (`select orders *`)', 'error code, 0 if none', 'the same'],
    ['redis', 'command', '`error` or `noerror`', '`1` or `0`'],
    ['others', 'empty', 'empty', 'empty'],
  ])}

Without Kubernetes the traced process, or the systemd unit it belongs to, is the workload. \`namespace\` is \`NOT_FOUND_INTERNAL\` for what runs on this machine and
\`NOT_FOUND_EXTERNAL\` for what does not. A metric has at most \`metrics.max_series\` label sets; what comes later is counted under \`~other\`.

## The agent itself

${definitions(SELF_METRICS)}

## Not yet exported

\`kindling_tcp_srtt_microseconds\`, \`kindling_tcp_packet_loss_total\`, \`kindling_tcp_retransmit_total\`, \`kindling_tcp_connect_total\`,
\`kindling_tcp_connect_duration_nanoseconds_total\` and \`kindling_k8s_workload_info\`. Failed connects are counted as requests with status empty.
`;
}
