import '../components/chart.css';
import { useEffect, useMemo, useState } from 'react';
import type { AgentHealth } from '../../src/server/api.js';
import { AgentFacts } from '../components/agent-facts.js';
import { Problem, Skeleton } from '../components/empty.js';
import { ProfilingLine } from '../components/profiling-switch.js';
import { TimeChart } from '../components/time-chart.js';
import { formatBytes, formatCores, formatCount, formatRate } from '../format.js';
import { useApi } from '../state/api.js';

const REFRESH_MS = 2_000;

export function AgentPage() {
  const [beat, setBeat] = useState(0);
  const { data, error } = useApi<AgentHealth>(`/api/agent?beat=${beat}`, 'agent');
  useEffect(() => {
    document.title = 'Agent · Kindling';
    const timer = setInterval(() => { if (!document.hidden) setBeat((value) => (value + 1) % 2); }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <main className="page">
      <Problem error={error} />
      {!data && !error && <Skeleton rows={12} height={22} />}
      {data && <Agent health={data} />}
    </main>
  );
}

function sentence(health: AgentHealth): string {
  if (health.state === 'starting') return 'Kindling is starting: its hooks are not attached yet, nothing is seen so far.';
  const lost = health.losses.reduce((sum, loss) => sum + (loss.unit === 'events' ? loss.count : 0), 0);
  const cost = health.cpu.agentCores + health.cpu.storeCores + (health.cpu.kernelCores ?? 0);
  const seen = `(${formatCount(health.events.total)} seen)`;
  const losses = health.losses.length === 0 ? 'nothing was lost'
    : lost === 0 ? `no event was lost ${seen}, but see below` : `${formatCount(lost)} ${lost === 1 ? 'event was' : 'events were'} lost ${seen}`;
  const store = health.store && health.store.state !== 'ok' ? ` The store is ${health.store.state}: ${health.store.message}` : '';
  return `Kindling sees ${formatRate(health.requests.perSecond)} requests for ${formatCores(cost)} of CPU; ${losses}.${store}`;
}

function Agent({ health }: { health: AgentHealth }) {
  const charts = useMemo(() => {
    const { history } = health;
    return {
      times: history.map((p) => p.t),
      flow: [
        { label: 'events', values: history.map((p) => p.events), token: '--ink-1' },
        { label: 'requests', values: history.map((p) => p.requests), token: '--ink-2', dash: [4, 3] },
        { label: 'lost', values: history.map((p) => p.lost), token: '--error' },
      ],
      cpu: [{ label: 'agent', values: history.map((p) => p.agentCores), token: '--ink-1', fill: true }],
      memory: [{ label: 'resident', values: history.map((p) => p.rssBytes), token: '--ink-1', fill: true }],
    };
  }, [health]);
  return (
    <>
      <p className="sentence">{sentence(health)}</p>
      <ProfilingLine />
      <div className="charts">
        <TimeChart title="Events and requests" times={charts.times} series={charts.flow} format={formatRate} zoom={false} />
        <TimeChart title="CPU of the agent" times={charts.times} series={charts.cpu} format={formatCores} zoom={false} />
        <TimeChart title="Memory of the agent" times={charts.times} series={charts.memory} format={formatBytes} zoom={false} />
      </div>
      <AgentFacts health={health} />
    </>
  );
}
