import './profile.css';
import { useMemo } from 'react';
import type { LookAt, Profile } from '../../src/server/api.js';
import { Empty, Notes, Skeleton } from '../components/empty.js';
import { RequestLink } from '../components/request-link.js';
import { formatCount, formatDuration } from '../format.js';
import type { Answer } from '../state/api.js';
import { hrefHere, hrefTo, usePlace } from '../state/location.js';
import { visible } from '../wire-text.js';
import { LedgerBar } from './ledger-bar.js';
import { ProfileTabs } from './profile-tabs.js';
import { readRange, readSlice, sliceParams } from './selection.js';
import { Timeline } from './timeline.js';
import { modelOf } from './timeline-model.js';

/** Above the waterfall: where to look, where the time went, and what is not known of it. */
export function ProfileHead({ profile }: { profile: Profile | null }) {
  if (!profile) return null;
  return (
    <section aria-label="Where the time went">
      {profile.lookAt.length > 0 && <p className="look-at">look at: {profile.lookAt.map((one, i) => <span key={i}>{i > 0 && ', '}<LookAtLink profile={profile} lookAt={one} /></span>)}</p>}
      <LedgerBar profile={profile} />
      <Notes notes={[...pressureNotes(profile), ...profile.missing.map((note) => visible(note, 400))]} />
    </section>
  );
}

function LookAtLink({ profile, lookAt: { label, requestId, tid, ns } }: { profile: Profile; lookAt: LookAt }) {
  const words = <bdi>{visible(label, 120)}</bdi>;
  if (requestId !== undefined) return <RequestLink id={requestId}>{words}</RequestLink>;
  const params = tid === undefined ? null : sliceParams(profile, tid, ns ?? profile.requestStartNs);
  return params ? <a className="link" href={hrefHere({ ...params, sel: null, call: null })}>{words}</a> : words;
}

/** The kernel's own account of what held the process back. */
function pressureNotes({ pressure: { throttled, throttledNs, majorFaults } }: Profile): string[] {
  return [
    ...(throttled ? [`Its cgroup was held back by its CPU limit ${formatCount(throttled)} ${throttled === 1 ? 'time' : 'times'} meanwhile${throttledNs === null ? '' : `, for ${formatDuration(throttledNs)}`}.`] : []),
    ...(majorFaults ? [`${formatCount(majorFaults)} major page faults meanwhile.`] : []),
  ];
}

/** Below it: what every thread did, and the evidence. */
export function ProfileView({ profile }: { profile: Profile }) {
  const { params } = usePlace();
  const model = useMemo(() => modelOf(profile), [profile]);
  const [slice, sel] = [params.get('slice'), params.get('sel')];
  const pinned = useMemo(() => readSlice(slice, profile), [profile, slice]);
  const range = useMemo(() => readRange(sel, profile.windowNs), [profile, sel]);
  return (
    <>
      <section className="section" aria-label="Threads"><Timeline profile={profile} model={model} pinned={pinned} range={range} /></section>
      <ProfileTabs profile={profile} pinned={pinned} range={range} />
    </>
  );
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
