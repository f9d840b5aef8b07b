import type { Step, Story } from '../play.mts';
import {
	away,
	countCame,
	countLines,
	create,
	CREATED,
	disable,
	edit,
	EDITED,
	editOften,
} from './steps.mts';
import { edits, enable, fault, mend, pass, publish, restart, unsaved, update } from './steps.mts';

/* Polls where other things happen between them. A poll comes every five minutes if a story says nothing else. */

const HOUR = 60;
const DAY = 24 * HOUR;
const COULD_NOT_ASK = '"polled" could not ask. The Expert site returned';
const BOTH_EVENTS = { events: ['page_create', 'pagecontent_update'] };
const DAYS = [0, 1, 2, 3, 4];

const setClock =
	(minutesAhead: number): Step =>
	({ simulator: { settings } }) =>
		(settings.clockSkewMs = minutesAhead * 60_000);

export const POLLING: Array<Omit<Story, 'by'>> = [
	...[5, DAY, 7 * DAY].map(
		(minutes): Omit<Story, 'by'> => ({
			title: `what a poll has found and n8n has not saved comes once after a start, with a poll every ${minutes} minutes`,
			...{ parameters: CREATED, everyMinutes: minutes },
			steps: [
				...[pass(minutes * 1.5), unsaved(create('Page'), pass(minutes))],
				...[restart, pass(3 * minutes)],
			],
			comes: ['page_create Page'],
		}),
	),
	{
		title: 'what n8n has not saved comes although it does not save what a start finds, either',
		parameters: CREATED,
		steps: [unsaved(create('Page'), pass(10), restart, pass(2)), restart, pass(20)],
		comes: ['page_create Page'],
	},
	{
		title: 'with a poll and a start a day, what happens comes once each',
		...{ parameters: CREATED, everyMinutes: DAY },
		steps: DAYS.flatMap((day) => [create(`Page_${day}`), pass(DAY), restart, pass(2)]),
		comes: DAYS.map((day) => `page_create Page_${day}`),
	},
	{
		title: 'of 720 edits no half is lost or comes twice when n8n has saved neither, and is started',
		...{ parameters: EDITED, given: create('Page') },
		steps: [pass(HOUR), unsaved(editOften('Page', 720), pass(30)), restart, pass(30)],
		comes: edits('Page', 2, 721),
	},
	{
		title: 'a start looks back to an hour before the last poll that n8n stored',
		parameters: CREATED,
		steps: [
			...[pass(5 * HOUR)],
			({ site }) => site.createPage('Late', { at: new Date(Date.now() - 3 * 3_600_000) }),
			...[pass(10), countCame, restart, pass(10)],
		],
		comes: ['page_create Late', '0 have come'],
	},
	...[[], [update]].map(
		(before): Omit<Story, 'by'> => ({
			title: `nothing comes of a time in which the trigger was disabled${before.length > 0 ? ' after an update of the package' : ''}`,
			parameters: CREATED,
			steps: [
				...[...before, pass(HOUR), disable, create('Meanwhile'), pass(HOUR), enable],
				...[pass(10), create('After'), pass(10)],
			],
			comes: ['page_create After'],
		}),
	),
	{
		title: 'an update of the package loses nothing, also with another version before the next poll',
		...{ parameters: CREATED, everyMinutes: HOUR },
		steps: [create('Old'), pass(10), update, create('New'), publish(), pass(2 * HOUR)],
		comes: ['page_create Old', 'page_create New'],
	},
	{
		title:
			'an event that another version adds does not come from before the last poll, though n8n stored none for hours',
		parameters: CREATED,
		steps: [
			...[1, 2, 3, 4, 5].flatMap(() => [edit('Warm'), pass(HOUR)]),
			...[create('Page'), publish(BOTH_EVENTS), pass(10), edit('Warm'), pass(10)],
		],
		comes: ['page_create Page', 'pagecontent_update Warm 8'],
	},
	...[-1, 1].map(
		(hours): Omit<Story, 'by'> => ({
			title: `a clock of the site that is ${hours} hour ahead changes nothing, also over a start`,
			...{ parameters: CREATED, site: { clockSkewMs: hours * 3_600_000 }, given: create('Before') },
			steps: [restart, create('Page'), pass(10), restart, pass(10)],
			comes: ['page_create Page'],
		}),
	),
	{
		title: 'a clock of the site that was a day ahead for a while loses nothing',
		parameters: CREATED,
		steps: [
			...[setClock(DAY), pass(10)],
			...[setClock(0), pass(10)],
			...[create('Page'), publish(BOTH_EVENTS), pass(10)],
		],
		comes: ['page_create Page'],
	},
	{
		title: 'a site that is away when n8n starts stops no polls, and the log says so',
		parameters: CREATED,
		steps: [
			...[fault({ status: 500 }), away(create('Page')), countLines(COULD_NOT_ASK)],
			...[mend, pass(30)],
		],
		comes: ['page_create Page', `${COULD_NOT_ASK}: 1`],
	},
];
