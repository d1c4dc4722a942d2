import '../components/chart.css';
import { useEffect, useMemo } from 'react';
import type { ServiceDetail } from '../../src/server/api.js';
import { Empty, Problem, Skeleton } from '../components/empty.js';
import { PeerTable } from '../components/peer-table.js';
import { EndpointTable } from '../components/endpoint-table.js';
import { ProfileNextOf } from '../components/profile-next-of.js';
import { TimeChart } from '../components/time-chart.js';
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../format.js';
import { apiUrl, useApi } from '../state/api.js';
import { setWord } from '../state/filter-words.js';
import { hrefTo } from '../state/location.js';
import { useNoteObserved } from '../state/observed.js';
import { useRange } from '../state/use-range.js';
import { visible } from '../wire-text.js';

export function ServicePage({ name }: { name: string }) {
  const { range } = useRange();
  const { data, error } = useApi<ServiceDetail>(apiUrl(`/api/services/${encodeURIComponent(name)}`, { ...range }), name);
  useNoteObserved(range, data?.range);
  useEffect(() => { document.title = `${visible(name, 60)} · Kindling`; }, [name]);
  const seen = data && (data.endpoints.length > 0 || data.callees.length > 0);
  return (
    <main className="page">
      <Problem error={error} />
      {!data && !error && <Skeleton rows={12} height={22} />}
      {data && !seen && <Empty title={`No traffic of ${visible(name, 60)} in this time.`}>Try a longer range, or look at <a className="link" href={hrefTo('/')}>all services</a>.</Empty>}
      {data && seen && <Service detail={data} />}
    </main>
  );
}

function sentence(detail: ServiceDetail): string {
  const served = detail.endpoints.filter((one) => one.role === 'server');
  const of = served.length > 0 ? served : detail.endpoints;
  const count = of.reduce((sum, one) => sum + one.count, 0);
  const errors = of.reduce((sum, one) => sum + one.errors, 0);
  const most = of.reduce((best, one) => (one.totalNs > best.totalNs ? one : best), of[0]);
  const verb = served.length > 0 ? 'answered' : 'sent';
  const failed = errors === 0 ? 'none failed' : `${formatCount(errors)} failed (${formatShare(errors / count)})`;
  return `${detail.service} ${verb} ${formatCount(count)} requests, ${failed}. Most time went to ${most.endpoint || most.operation} (p95 ${formatDuration(most.p95Ns)}).`;
}

function Service({ detail }: { detail: ServiceDetail }) {
  const charts = useMemo(() => {
    const { series } = detail;
    return {
      times: series.map((p) => p.t),
      rate: [
        { label: 'requests', values: series.map((p) => p.rate), token: '--ink-1', fill: true },
        { label: 'errors', values: series.map((p) => p.errors), token: '--error' },
      ],
      latency: [
        { label: 'p50', values: series.map((p) => measured(p.rate, p.p50Ns)), token: '--ink-3' },
        { label: 'p95', values: series.map((p) => measured(p.rate, p.p95Ns)), token: '--ink-1' },
        { label: 'p99', values: series.map((p) => measured(p.rate, p.p99Ns)), token: '--ink-2', dash: [4, 3] },
      ],
      bytes: [
        { label: 'in', values: series.map((p) => p.bytesIn), token: '--ink-1' },
        { label: 'out', values: series.map((p) => p.bytesOut), token: '--ink-2', dash: [4, 3] },
      ],
    };
  }, [detail]);
  return (
    <>
      <div className="headline">
        <h1><bdi>{visible(detail.service, 100)}</bdi></h1><span className="spacer" />
        <a className="link" href={hrefTo('/requests', { filter: setWord('', 'service', detail.service), ...(detail.endpoints.some((one) => one.role === 'server') ? {} : { ends: 'client' }) })}>its requests</a>
      </div>
      <p className="sentence"><bdi>{visible(sentence(detail), 400)}</bdi></p>
      <div className="charts">
        <TimeChart title="Requests and errors" times={charts.times} series={charts.rate} format={formatRate} />
        <TimeChart title="Duration" times={charts.times} series={charts.latency} format={formatDuration} />
        <TimeChart title="Throughput" times={charts.times} series={charts.bytes} format={(value) => `${formatBytes(value)}/s`} />
      </div>
      <section className="section"><h2>Endpoints</h2><EndpointTable detail={detail} /><ProfileNextOf detail={detail} /></section>
      <div className="columns-2 section">
        <section><h2>Called by</h2><PeerTable peers={detail.callers} service={detail.service} role="server" /></section>
        <section><h2>Calls</h2><PeerTable peers={detail.callees} service={detail.service} role="client" /></section>
      </div>
    </>
  );
}

/** No request, no duration: a gap in the line. */
const measured = (rate: number, ns: number): number | null => (rate > 0 && Number.isFinite(ns) ? ns : null);
