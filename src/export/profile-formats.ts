/** What a profile can be written as: one row each, from which routes and command line take name, suffix and media type. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Profile } from '../profile/profile.js';
import { toPerfetto } from './perfetto.js';
import { toPprof } from './pprof.js';
import { toProfilePage } from './profile-page.js';
import { toSpeedscope } from './speedscope.js';

export interface ProfileFormat {
  /** Of the route: `/api/requests/ID/profile.html`; of the file. */
  suffix: string;
  mediaType: string;
  help: string;
  /** @param template the built page of a profile; null where it is not built. @returns null: it would be needed */
  write(profile: Profile, template: string | null): string | Uint8Array | null | Promise<Uint8Array>;
}

const compress = promisify(gzip);

export const PROFILE_FORMATS = {
  html: {
    suffix: 'profile.html', mediaType: 'text/html; charset=utf-8', help: 'one file with everything in it, for any browser',
    write: (profile, template) => (template === null ? null : toProfilePage(template, profile)),
  },
  perfetto: {
    suffix: 'profile.perfetto.json', mediaType: 'application/json; charset=utf-8', help: 'Trace Event format, for ui.perfetto.dev and chrome://tracing',
    write: (profile) => toPerfetto(profile),
  },
  speedscope: {
    suffix: 'profile.speedscope.json', mediaType: 'application/json; charset=utf-8', help: 'for speedscope.app',
    write: (profile) => toSpeedscope(profile),
  },
  pprof: {
    suffix: 'profile.pb.gz', mediaType: 'application/octet-stream', help: 'for go tool pprof and what else reads profile.proto',
    write: async (profile) => compress(toPprof(profile)),
  },
} as const satisfies Record<string, ProfileFormat>;

export type ProfileFormatName = keyof typeof PROFILE_FORMATS;
export const PROFILE_FORMAT_NAMES = Object.keys(PROFILE_FORMATS) as ProfileFormatName[];
