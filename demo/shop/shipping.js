/** Finds the carrier's host by name. */
import { badGateway } from './http.js';

export async function shippingCost({ dns, redis }, { parameter }) {
  const name = `${parameter}.carrier.test`;
  try {
    const [address] = await dns.resolve4(name);
    await redis.incr(`shipping:${parameter}`);
    return { carrier: name, address, cents: 490 };
  } catch (error) {
    throw badGateway(`carrier ${name}: ${error.code}`);
  }
}
