import type { ContenderName } from '../options.js';
import { bare } from './bare.js';
import type { Contender } from './contender.js';
import { kindling } from './kindling.js';
import { strace } from './strace.js';
import { tcpdump } from './tcpdump.js';

export const CONTENDER_BY_NAME: Record<ContenderName, Contender> = { bare, kindling, tcpdump, strace };
