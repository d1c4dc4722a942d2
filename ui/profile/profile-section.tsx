import './profile.css';
import type { Profile } from '../../src/server/api.js';
import { Empty, Notes, Skeleton } from '../components/empty.js';
import type { Answer } from '../state/api.js';
import { hrefTo } from '../state/location.js';
import { visible } from '../wire-text.js';
import { LedgerBar } from './ledger-bar.js';
import { PathTable } from './path-table.js';
import { Timeline } from './timeline.js';

/** Above the waterfall: where the time went, and what is not known of it. */
export function ProfileHead({ profile }: { profile: Profile | null }) {
  if (!profile) return null;
  return <section aria-label="Where the time went"><LedgerBar profile={profile} /><Notes notes={profile.missing.map((note) => visible(note, 400))} /></section>;
}

/** Below it: what every thread did. */
export function ProfileView({ profile }: { profile: Profile }) {
  return <><section className="section" aria-label="Threads"><Timeline profile={profile} /></section><PathTable profile={profile} /></>;
}

export function ProfileSection({ answer: { data: profile, error } }: { answer: Answer<Profile> }) {
  if (profile) return <ProfileView profile={profile} />;
  return (
    <section className="section" aria-label="Threads">
      <h2>Threads</h2>
      {!error && <Skeleton rows={3} />}
      {error && <Empty title={error.message}>{error.hint} {error.code === 'profile_not_found' && <a className="link" href={hrefTo('/profiles')}>See the requests that have one.</a>}</Empty>}
    </section>
  );
}
