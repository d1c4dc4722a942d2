import { useState } from 'react';
import type { FieldInfo } from '../src/server/api.js';
import { followLink } from './follow-link.js';
import { Bar } from './components/bar.js';
import { KeysHelp } from './components/keys-help.js';
import { LiveContext } from './components/live-context.js';
import { AgentPage } from './pages/agent.js';
import { ComparePage } from './pages/compare.js';
import { OverviewPage } from './pages/overview.js';
import { ProfilesPage } from './pages/profiles.js';
import { RequestPage } from './pages/request.js';
import { RequestsPage } from './pages/requests.js';
import { ServicePage } from './pages/service.js';
import { useApi } from './state/api.js';
import { useKeys } from './state/keys.js';
import { filterWithEnds } from './state/ends.js';
import { useLive } from './state/live.js';
import { hrefTo, navigate, usePlace } from './state/location.js';
import { Empty } from './components/empty.js';

export function App() {
  const { params } = usePlace();
  const [helpOpen, setHelpOpen] = useState(false);
  const live = useLive(filterWithEnds(params));
  const fields = useApi<FieldInfo[]>('/api/fields').data ?? [];
  useKeys({
    '?': () => setHelpOpen(true),
    'g o': () => navigate(hrefTo('/')),
    'g r': () => navigate(hrefTo('/requests')),
    'g p': () => navigate(hrefTo('/profiles')),
    'g a': () => navigate(hrefTo('/agent')),
    '/': () => document.getElementById('filter')?.focus(),
  });
  return (
    <LiveContext value={live}>
      <div className="app" onClick={followLink}>
        <Bar fields={fields} onHelp={() => setHelpOpen(true)} />
        <View />
        {helpOpen && <KeysHelp fields={fields} onClose={() => setHelpOpen(false)} />}
      </div>
    </LiveContext>
  );
}

function View() {
  const { path } = usePlace();
  const [, page, name] = path.split('/');
  if (path === '/') return <OverviewPage />;
  if (page === 'requests' && name) return <RequestPage key={name} id={name} />;
  if (page === 'requests') return <RequestsPage />;
  if (page === 'services' && name) return <ServicePage key={name} name={decoded(name)} />;
  if (page === 'compare' && name && path.split('/')[3]) return <ComparePage key={path} id={name} otherId={path.split('/')[3]} />;
  if (page === 'profiles') return <ProfilesPage />;
  if (page === 'agent') return <AgentPage />;
  return <main className="page"><Empty title="There is no such page.">Press <kbd>g</kbd> <kbd>o</kbd> for the overview.</Empty></main>;
}

/** An address that someone typed may be no valid encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
