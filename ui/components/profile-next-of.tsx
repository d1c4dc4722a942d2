import { useState } from 'react';
import type { ServiceDetail } from '../../src/server/api.js';
import { visible } from '../wire-text.js';
import { ProfileNext } from './profile-next.js';

/** The same for an endpoint of a service, to be chosen. */
export function ProfileNextOf({ detail }: { detail: ServiceDetail }) {
  const served = detail.endpoints.filter((one) => one.role === 'server');
  const [chosen, setChosen] = useState(0);
  const endpoint = served[Math.min(chosen, served.length - 1)];
  if (!endpoint) return null;
  return (
    <p className="profile-next-of">
      <ProfileNext like={{ service: detail.service, endpoint: endpoint.endpoint, operation: endpoint.operation }} what="requests of" />{' '}
      <select value={chosen} aria-label="Of which endpoint" onChange={(event) => setChosen(Number(event.target.value))}>
        {served.map((one, i) => <option key={i} value={i}>{visible(`${one.operation} ${one.endpoint}`, 80)}</option>)}
      </select>
    </p>
  );
}
