/** One profile as a file of its own: the same view, its data in the file, no network. */
import './tokens.css';
import './base.css';
import './pages/request.css';
import './components/bar.css';
import { createRoot } from 'react-dom/client';
import type { Profile } from '../src/server/api.js';
import { Empty } from './components/empty.js';
import { ThemeSwitch } from './components/theme-switch.js';
import { formatDate, formatTime, formatDuration, startMs } from './format.js';
import { followLink } from './follow-link.js';
import { ProfileHead, ProfileView } from './profile/profile-section.js';
import { completed } from './profile/completed.js';
import { settleInFile } from './state/location.js';
import { visible } from './wire-text.js';

settleInFile();

function embedded(): Profile | null {
  try {
    return completed(JSON.parse(document.getElementById('profile')?.textContent ?? 'null') as Profile | null);
  } catch {
    return null;
  }
}

function ProfileFile({ profile }: { profile: Profile | null }) {
  if (!profile) return <main className="page"><Empty title="There is no profile in this file.">It was saved without its data, or cut short on its way. Save it again: on the request&apos;s page, <b>HTML</b>; or <code>kindling export</code>.</Empty></main>;
  const ms = startMs(profile.start) + profile.requestStartNs / 1e6;
  return (
    <main className="page" onClick={followLink}>
      <div className="headline">
        <h1><bdi>{visible(`${profile.operation} ${profile.endpoint}`, 200)}</bdi></h1>
        <span className="muted">at <bdi>{visible(profile.service, 40)}</bdi></span>
        <span className="spacer" />
        <span className="took">{formatDuration(profile.requestEndNs - profile.requestStartNs)}</span>
        {profile.usual && <span className="muted">usually {formatDuration(profile.usual.durationNs)}</span>}
        <span className={profile.error === 'none' ? '' : 'error'}>{visible(profile.status, 40)}</span>
        <span>{formatDate(ms)} {formatTime(ms, ms)}</span>
        <ThemeSwitch />
      </div>
      <p className="sentence"><bdi>{visible(profile.verdict, 600)}</bdi></p>
      <ProfileHead profile={profile} />
      <ProfileView profile={profile} />
    </main>
  );
}

const profile = embedded();
if (profile) document.title = `${visible(`${profile.operation} ${profile.endpoint}`, 60)} · Kindling`;
createRoot(document.getElementById('root')!).render(<ProfileFile profile={profile} />);
