/** A profile as one file: the built page of a profile (ui/profile-file.html) with the data in it. Needs nothing else, not even a network. */
import type { Profile } from '../profile/profile.js';

/** What the template has to have: an element for the data, empty. */
const PLACE = /(<script\b[^>]*\bid="profile"[^>]*>)[\s\S]*?(<\/script>)/;

/** @returns null: the template has no place for the data */
export function toProfilePage(template: string, profile: Profile): string | null {
  const place = PLACE.exec(template);
  if (place === null) return null;
  const titled = template.slice(0, place.index).replace(/<title>[\s\S]*?<\/title>/, () => `<title>${asText(titleOf(profile))}</title>`);
  return titled + place[1] + asScriptData(profile) + place[2] + template.slice(place.index + place[0].length);
}

function titleOf({ service, operation, endpoint }: Profile): string {
  return `${service}: ${operation} ${endpoint}`.slice(0, 200);
}

/** JSON that no HTML parser can see an end in, and no editor a control character: what came off the wire stays data. */
function asScriptData(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function asText(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
