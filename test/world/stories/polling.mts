import type { Step, Story } from '../play.mts';
import {
	away,
	BOTH_EVENTS,
	countCame,
	countLines,
	create,
	CREATED,
	disable,
	edit,
	EDITED,
	editOften,
} from './steps.mts';
import {
	edits,
	enable,
	fault,
	mend,
	moveSite,
	pass,
	publish,
	publishAgain,
	remove,
	restart,
	startAsUpdate,
	unpublish,
	unsaved,
	update,
} from './steps.mts';

/* Polls where other things happen between them. A poll comes every five minutes if a story says nothing else. */

const HOUR = 60;
const DAY = 24 * HOUR;
const COULD_NOT_ASK = '"polled" could not ask. The Expert site returned';
const OTHER_SITE = '"polled" asks another site from now on';
const DAYS = [0, 1, 2, 3, 4];

const createdAgo =
	(path: string, hours: number): Step =>
	({ site }) =>
		site.createPage(path, { at: new Date(Date.now() - hours * 3_600_000) });
/** Of each of the last three executions. */
const countItems: Step = (play) =>
	play.note(
		`items: ${play.n8n.database.executions
			.slice(-3)
			.map(({ items }) => items.length)
			.join()}`,
	);
const setClock =
	(minutesAhead: number): Step =>
	({ simulator: { settings } }) =>
		(settings.clockSkewMs = minutesAhead * 60_000);

export const POLLING: Array<Omit<Story, 'by'>> = [
	...[5, DAY, 7 * DAY].map(
		(minutes): Omit<Story, 'by'> => ({
			title: `what a poll has found and n8n has not saved comes once after a start, with a poll every ${minutes} minutes`,
			...{ parameters: CREATED, everyMinutes: minutes },
			steps: [...[pass(minutes * 1.5), unsaved(create('Page'), pass(minutes))], ...[restart, pass(3 * minutes)]],
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
		steps: [...DAYS.flatMap((day) => [create(`Page_${day}`), pass(DAY), restart, pass(2)])],
		comes: DAYS.map((day) => `page_create Page_${day}`),
	},
	{
		title: 'a start repeats what one start before it has found, not all of them',
		...{ parameters: CREATED, everyMinutes: 28 * DAY },
		steps: [...DAYS.flatMap((day) => [create(`A${day}`, `B${day}`), pass(DAY), restart, pass(2)]), countItems],
		comes: DAYS.flatMap((day) => [`page_create A${day}`, `page_create B${day}`]).concat('items: 4,4,4'),
	},
	{
		title: 'what is created, edited and deleted between two polls comes once each, oldest first',
		...{ given: create('Old', 'Older'), everyMinutes: HOUR },
		steps: [...[create('New'), pass(1), edit('Older'), pass(1), remove('Old'), pass(1), edit('New')], pass(3 * HOUR)],
		comes: [...['page_create New', 'pagecontent_update Older 2', 'page_delete Old'], 'pagecontent_update New 2'],
	},
	{
		title: 'with a poll a day, what came since comes where n8n saves neither that nor what a start finds',
		...{ parameters: CREATED, everyMinutes: DAY },
		steps: [
			...[pass(DAY), unsaved(create('Page'), pass(DAY), create('Since'), restart, pass(2))],
			...[restart, pass(3 * DAY)],
		],
		comes: ['page_create Since'],
	},
	{
		title: 'the second half of 520 edits comes where n8n has saved the first, and is started twice',
		...{ parameters: EDITED, given: create('Page'), everyMinutes: DAY },
		steps: [
			...[pass(DAY), editOften('Page', 520), pass(DAY), unsaved(pass(DAY))],
			...[restart, pass(2), restart, pass(3 * DAY)],
		],
		comes: edits('Page', 2, 521),
	},
	{
		title: 'nothing comes from before the publication where n8n has not saved what the first poll found',
		...{ parameters: CREATED, everyMinutes: DAY },
		steps: [
			...[unpublish, create('Before'), pass(10), publishAgain],
			...[unsaved(create('Page'), pass(DAY)), restart, pass(2 * DAY)],
		],
		comes: ['page_create Page'],
	},
	{
		title: 'of 520 edits no half is lost or comes twice when n8n has saved neither, and is started',
		...{ parameters: EDITED, given: create('Page') },
		steps: [pass(HOUR), unsaved(editOften('Page', 520), pass(30)), restart, pass(30)],
		comes: edits('Page', 2, 521),
	},
	{
		title: 'a start looks back to an hour before the last poll that n8n stored',
		parameters: CREATED,
		steps: [
			...[create('Found'), pass(5 * HOUR), createdAgo('Too_old', 6.5), createdAgo('Late', 3)],
			...[pass(10), countCame, restart, pass(10)],
		],
		comes: ['page_create Found', 'page_create Late', '1 have come'],
	},
	{
		title: 'what n8n has not saved comes after a start, unless a poll has found something over an hour later',
		parameters: CREATED,
		steps: [
			...[unsaved(create('Never'), pass(10)), pass(2 * HOUR), create('Found'), pass(10)],
			...[unsaved(create('Late'), pass(10)), pass(2 * HOUR), countCame, restart, pass(10)],
		],
		comes: ['page_create Found', 'page_create Late', '1 have come'],
	},
	{
		title: 'a version with another filter drops what has been found for the one before',
		...{ parameters: EDITED, given: create('Page'), everyMinutes: HOUR },
		steps: [...[editOften('Page', 520), pass(HOUR), publish({ filters: { pathPrefixes: 'Other' } })], pass(2 * HOUR)],
		comes: edits('Page', 2, 501),
	},
	{
		title: 'polls begin anew where the credential gets the URL of another site, and the log says so once',
		parameters: CREATED,
		steps: [...[create('Lost'), moveSite, pass(10), create('Page'), pass(20)], countLines(OTHER_SITE)],
		comes: ['page_create Page', `${OTHER_SITE}: 1`],
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
	...Object.entries<[Step[], Step[]]>({
		', also with another version before the next poll': [[], [publish()]],
		' after a start': [[restart, pass(HOUR)], []],
		' after another version': [[publish(), pass(HOUR)], []],
	}).map(
		([when, [before, after]]): Omit<Story, 'by'> => ({
			title: `an update of the package loses nothing${when}`,
			...{ parameters: CREATED, everyMinutes: HOUR },
			steps: [...[...before, create('Old'), pass(10), update, create('New'), ...after, pass(2 * HOUR)]],
			comes: ['page_create Old', 'page_create New'],
		}),
	),
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
		title: 'a site that is away when n8n publishes the workflow at its start loses nothing',
		parameters: CREATED,
		steps: [
			...[fault({ status: 500 }), create('Page'), startAsUpdate(), countLines(COULD_NOT_ASK)],
			...[mend, pass(30)],
		],
		comes: ['page_create Page', `${COULD_NOT_ASK}: 1`],
	},
	{
		title: 'a site that is away when n8n starts stops no polls, and the log says so',
		parameters: CREATED,
		steps: [...[fault({ status: 500 }), away(create('Page')), countLines(COULD_NOT_ASK)], ...[mend, pass(30)]],
		comes: ['page_create Page', `${COULD_NOT_ASK}: 1`],
	},
];
