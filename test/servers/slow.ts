/** Slow machines (emulated ones) set this to a factor for all waiting. */
export const SLOW = Math.max(1, Number(process.env.KINDLING_TEST_SLOW) || 1);
