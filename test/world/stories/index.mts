import type { Story } from '../play.mts';
import { BOTH } from './both.mts';
import { AUDIT } from './audit.mts';
import { POLLING } from './polling.mts';
import { RECOVERY } from './recovery.mts';

export const STORIES: Story[] = [
	...BOTH.map((story): Story => ({ ...story, by: ['delivered', 'polled'] })),
	...[...RECOVERY, ...AUDIT].map((story): Story => ({ ...story, by: ['delivered'] })),
	...POLLING.map((story): Story => ({ ...story, by: ['polled'] })),
];
