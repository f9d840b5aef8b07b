import { expect, it } from 'vitest';
import type { Telling } from './story.worker.mts';
import { STORIES } from './stories/index.mts';
import { inThread } from './thread.mts';

/* What people thought of, in virtual time: what comes where several things happen one after the other. */

const tellings = STORIES.flatMap(({ title, by, comes }) => by.map((role) => ({ title, role, comes })));
const jobs = tellings.map(({ title, role }): Telling => ({ title, role }));
const accounts = await inThread<string[]>('story.worker.mts', jobs);

const BY = { delivered: 'by recovery', polled: 'by polling' };

it.each(tellings.map((telling, index) => [telling.title, BY[telling.role], index] as const))(
	'%s (%s)',
	(_title, _by, index) => {
		expect(accounts[index]).toEqual(tellings[index]!.comes);
	},
);
