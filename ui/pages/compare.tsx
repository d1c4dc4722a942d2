import '../profile/profile.css';
import '../profile/compare/compare.css';
import './request.css';
import { useEffect } from 'react';
import type { LedgerEntry, Profile } from '../../src/server/api.js';
import { Problem, Skeleton } from '../components/empty.js';
import { formatDuration, formatTime, startMs } from '../format.js';
import { FlameDifference } from '../profile/compare/flame-difference.js';
import { ledgerDifference } from '../profile/compare/difference.js';
import { LedgerTable, signed } from '../profile/compare/ledger-table.js';
import { PairedTimelines } from '../profile/compare/paired-timelines.js';
import { ledgerLook } from '../profile/kinds.js';
import { useProfile } from '../profile/use-profile.js';
import { useKeys } from '../state/keys.js';
import { hrefTo, leave } from '../state/location.js';
import { visible } from '../wire-text.js';

/** Two profiled requests side by side: usually a slow one and a usual one of the same endpoint. */
export function ComparePage({ id, otherId }: { id: string; otherId: string }) {
  const [one, other] = [useProfile(id), useProfile(otherId)];
  useEffect(() => { document.title = 'Comparison · Kindling'; }, []);
  useKeys({ Escape: () => leave(hrefTo(`/requests/${id}`)) });
  if (one.error || other.error) return <main className="page"><Problem error={one.error ?? other.error} /><p><a className="link" href={hrefTo('/profiles')}>See the requests that have a profile.</a></p></main>;
  if (!one.data || !other.data) return <main className="page"><Skeleton rows={10} height={22} /></main>;
  return <main className="page"><Comparison profile={one.data} other={other.data} /></main>;
}

function Comparison({ profile, other }: { profile: Profile; other: Profile }) {
  return (
    <>
      <div className="compare-heads">
        <Head word="this one" profile={profile} />
        <Head word="the other" profile={other} />
      </div>
      <p className="sentence"><bdi>{sentence(profile, other)}</bdi></p>
      <section aria-label="Where both spent their time"><LedgerTable profile={profile} other={other} /></section>
      <section className="section" aria-label="Both timelines on one scale"><PairedTimelines profile={profile} other={other} /></section>
      <FlameDifference profile={profile} other={other} />
    </>
  );
}

function Head({ word, profile }: { word: string; profile: Profile }) {
  const ms = startMs(profile.start) + profile.requestStartNs / 1e6;
  return (
    <>
      <span className="muted">{word}</span>
      <span className="took">{formatDuration(profile.requestEndNs - profile.requestStartNs)}</span>
      <span className="cut"><a className="link" href={hrefTo(`/requests/${profile.requestId}`)}><bdi>{visible(`${profile.operation} ${profile.endpoint}`, 160)}</bdi></a> <span className="muted">at <bdi>{visible(profile.service, 40)}</bdi>, {formatTime(ms, Date.now())}</span></span>
    </>
  );
}

/** What most of the difference went to. */
function sentence(profile: Profile, other: Profile): string {
  const ns = profile.requestEndNs - profile.requestStartNs - (other.requestEndNs - other.requestStartNs);
  const parts = ledgerDifference(profile.ledger, other.ledger).filter((row) => (row.ns - row.otherNs) * ns > 0).slice(0, 2);
  const words = parts.map(({ kind, ns: here, otherNs, objects }) => `${ledgerLook(kind).word}${nameOf(objects)} ${signed(here - otherNs)}`);
  const took = `It took ${formatDuration(Math.abs(ns))} ${ns >= 0 ? 'more' : 'less'} than the other${profile.endpoint === other.endpoint && profile.service === other.service ? '' : ', which is of another endpoint'}`;
  return words.length === 0 ? `${took}.` : `${took}, most of it: ${words.join('; ')}.`;
}

const nameOf = (objects: readonly LedgerEntry[]): string => (objects[0] ? ` (${visible(objects[0].object, 80)})` : '');
