import type { Settings } from '../../support/simulator/index.mts';
import type { Step, Story } from '../play.mts';
import {
	countCame,
	countLines,
	create,
	createDraft,
	edit,
	EDITED,
	edits,
	fault,
	lose,
	hold,
	letGo,
	mend,
} from './steps.mts';
import { deliverLost, pass, publishDraft, remove, restart, silently, update } from './steps.mts';

/* The hourly comparison: nothing has failed, and Expert has sent no event for a change. */

const NOTHING = { publicationFires: 'nothing' } as const;
const LATE = { additionalOptions: { maxDeliveryAge: 86_400 } };
const SENT_NO_EVENT = countLines('Expert has sent no event for');
const DO_NOT_MATCH = countLines('Events and changes of this site do not match');
const CANNOT = 'Missed changes cannot be recovered for now';
const CANNOT_RECOVER = countLines(CANNOT);
const MISSED = 'Expert has sent no event for: 1';
const UPDATED = 'the package was updated while n8n ran';
const doubts = (count: number) => `Events and changes of this site do not match: ${count}`;
/** Executions that the trigger has started by itself, also before the story. */
const countStarted: Step = (play) => {
	const started = play.n8n.database.executions.filter(({ mode }) => mode === 'trigger');
	play.note(`${started.length} was started`);
};
/** Nothing else is in the account. */
const onlyRecovered: Step = (play) => play.only((name) => name.startsWith('+'));

const MISMATCHES: Record<string, Partial<Settings>> = {
	'two minutes ahead': { eventSkewMs: 120_000 },
	'two minutes behind': { eventSkewMs: -120_000 },
	'20 seconds ahead': { eventSkewMs: 20_000 },
	'of other IDs': { otherIdsInEvents: true },
	'without a page, and ahead': { eventBody: 'thin', eventSkewMs: 120_000 },
};
const MATCHES: Record<string, Partial<Settings>> = {
	'that name no page': { eventBody: 'thin' },
	'that come twice': { eventsComeTwice: true },
	'that count revisions higher': { eventRevisionOffset: 2 },
};

const gone = Array.from({ length: 8 }, (_, hour) => `Gone${hour}`);
/** An edit and a deletion in each hour. */
const hours = (from: number, to: number) =>
	gone.slice(from, to).flatMap((page) => [edit('Page'), remove(page), pass(65)]);

const setClocksWrong: Step = ({ simulator: { settings } }) => (settings.eventSkewMs = 20_000);
const setClocksRight: Step = ({ simulator: { settings } }) => (settings.eventSkewMs = 0);

const LATE_LISTED = Array.from({ length: 8 }, (_, index) => `Late${index}`);

/** What happens beside an edit of which no event comes. */
const BESIDE: Record<string, Step[]> = {
	'a page is edited twice': [edit('Other'), pass(5), edit('Other')],
	'the home page is edited': [edit('')],
	'a page is edited and deleted': [edit('Other/Below'), pass(5), remove('Other/Below')],
	'a page is edited and tagged': [...[edit('Other'), pass(5)], ({ site }) => site.tagPage('Other', { add: ['new'] })],
	'a page is edited and deleted with one above it': [...[edit('Other/Below'), pass(5), remove('Other')]],
	'a page is edited once more by a user who is left out': [
		...[edit('Other'), pass(5)],
		({ site }) => site.editPage('Other', { by: 'editor' }),
	],
	'a page is edited, deleted and restored': [
		...[edit('Other/Below'), pass(5), remove('Other/Below'), pass(5)],
		({ site }) => site.restorePage([...site.pages.byId.values()].find((page) => page.deleted)!.id),
	],
	'two edits of a page come in another order': [
		async (play) => {
			const page = play.site.page('Other');
			await play.silently([edit('Other')]);
			const { edited: at, revision } = page;
			await play.pass(5);
			edit('Other')(play);
			await play.pass(1);
			play.simulator.emit('pagecontent_update', { page, revision, at });
		},
	],
};

export const AUDIT: Array<Omit<Story, 'by'>> = [
	...Object.entries<Step>({
		'the site fails': fault({ status: 500 }, /find$|revisions$/),
		'n8n cannot save an execution': ({ n8n }) => n8n.database.fail(['execution'], 1e9),
		'the site refuses it': fault({ status: 403 }, /find$/),
	}).map(
		([what, breakIt]): Omit<Story, 'by'> => ({
			title: `a comparison while ${what} is made again, and loses nothing`,
			...{ parameters: EDITED, site: NOTHING },
			steps: [
				...[createDraft('First'), pass(1), publishDraft('First'), pass(1), breakIt, pass(130)],
				...[createDraft('Second'), pass(1), publishDraft('Second'), pass(200), mend, pass(130)],
			],
			comes: ['+ pagecontent_update First 1', '+ pagecontent_update Second 1'],
		}),
	),
	{
		title: 'a publication whose event comes after the comparison has recovered it passes nothing on',
		...{ parameters: { ...EDITED, ...LATE }, site: NOTHING },
		steps: [
			...[createDraft('Page'), pass(1), publishDraft('Page'), pass(130)],
			({ simulator, site }) => {
				const page = site.page('Page');
				simulator.emit('pagecontent_update', { page, revision: 1, at: page.edited });
			},
			pass(5),
		],
		comes: ['+ pagecontent_update Page 1'],
	},
	{
		title: 'a page that is unpublished, and published again without an event, is recovered and raises no doubt',
		...{ parameters: EDITED, site: NOTHING, given: create('Page') },
		steps: [
			({ site }) => site.unpublishPage('Page'),
			...[pass(65), publishDraft('Page'), pass(130), SENT_NO_EVENT, DO_NOT_MATCH],
		],
		comes: ['pagecontent_update Page 1', '+ pagecontent_update Page 2', MISSED, doubts(0)],
	},
	...Object.entries(MISMATCHES).map(
		([what, site]): Omit<Story, 'by'> => ({
			title: `where events are ${what}, no comparison starts anything, also when those of a night come late, and the log says so once`,
			...{ parameters: LATE, site, given: create('Page', ...gone) },
			steps: [...[...hours(0, 4), hold, ...hours(4, 8), letGo, pass(130)], ...[DO_NOT_MATCH, onlyRecovered]],
			comes: [doubts(1)],
		}),
	),
	...Object.entries(MATCHES).map(
		([what, site]): Omit<Story, 'by'> => ({
			title: `events ${what} are no mismatch, and nothing is recovered`,
			...{ parameters: LATE, site, given: create('Page', ...gone) },
			steps: [...hours(0, 4), pass(130), DO_NOT_MATCH, onlyRecovered],
			comes: [doubts(0)],
		}),
	),
	{
		title: 'one event of an edit that the site does not show casts no doubt where others have matched',
		...{ parameters: EDITED, given: create('One', 'Two') },
		steps: [
			({ simulator }) => simulator.emit('pagecontent_update', { body: 'thin' }),
			...[pass(5), silently(edit('One')), pass(130), silently(edit('Two')), pass(130)],
			...[DO_NOT_MATCH, SENT_NO_EVENT, onlyRecovered],
		],
		comes: ['+ pagecontent_update One 2', '+ pagecontent_update Two 2', doubts(0), MISSED],
	},
	{
		title: 'one event of a deletion that is undone casts a doubt until one has matched',
		given: create('One', 'Two', 'Three', 'Four'),
		steps: [
			({ site }) => site.restorePage(site.deletePage('One').pageId),
			...[pass(5), silently(remove('Two')), pass(130), DO_NOT_MATCH, SENT_NO_EVENT],
			...[remove('Three'), pass(130), silently(remove('Four')), pass(130), SENT_NO_EVENT, onlyRecovered],
		],
		comes: ['+ page_delete Four', doubts(1), 'Expert has sent no event for: 0', MISSED],
	},
	{
		title: 'of edits whose events Expert holds back after a start, one comes again where events have another clock',
		...{ parameters: { ...EDITED, ...LATE }, given: create('A', 'B', 'C') },
		steps: [
			...[restart, pass(20), setClocksWrong, hold, edit('A', 'B', 'C'), pass(80), letGo, pass(130)],
			DO_NOT_MATCH,
		],
		comes: ['+ pagecontent_update A 2', ...['A', 'B', 'C'].flatMap((page) => edits(page, 2, 2)), doubts(1)],
	},
	{
		title: 'of edits without an event, where none has matched since a start, one comes an hour before the others',
		...{ parameters: EDITED, given: create('One', 'Two') },
		steps: [...[restart, pass(20), silently(edit('One', 'Two')), pass(70), countCame, pass(65)], SENT_NO_EVENT],
		comes: ['+ pagecontent_update One 2', '+ pagecontent_update Two 2', '1 have come', MISSED],
	},
	{
		title: 'of edits without an event, where none has matched since a start, the others come once one has',
		...{ parameters: EDITED, given: create('One', 'Two') },
		steps: [
			...[restart, pass(20), silently(edit('One', 'Two')), pass(70), countCame],
			...[edit('Warm'), pass(10), countCame, onlyRecovered],
		],
		comes: ['+ pagecontent_update One 2', '+ pagecontent_update Two 2', '1 have come', '3 have come'],
	},
	{
		title: 'publications without an event that the site lists five minutes late are recovered',
		...{ parameters: EDITED, site: { ...NOTHING, listsLateBySeconds: 300 } },
		steps: [
			...[createDraft('First'), pass(1), publishDraft('First'), pass(130)],
			...LATE_LISTED.flatMap((path) => [createDraft(path), pass(0.7), publishDraft(path)]),
			pass(30),
		],
		comes: ['First', ...LATE_LISTED].map((path) => `+ pagecontent_update ${path} 1`),
	},
	{
		title: 'the log says once that the site refuses comparisons, however long it does',
		...{ parameters: EDITED, given: create('Page') },
		steps: [fault({ status: 403 }, /find$/), pass(400), CANNOT_RECOVER],
		comes: [`${CANNOT}: 1`],
	},
	{
		title: 'what was missing while events and changes did not match does not come once they do',
		...{ site: { eventSkewMs: 120_000 }, given: create('Page', ...gone) },
		steps: [...[edit('Page'), pass(130), setClocksRight], ...[...hours(0, 3), onlyRecovered]],
		comes: [],
	},
	...Object.entries(BESIDE).map(
		([what, steps]): Omit<Story, 'by'> => ({
			title: `an edit without an event is recovered, and raises no doubt, although ${what} meanwhile`,
			...{ parameters: { filters: { excludeUsers: 'editor' } }, site: { requestDetails: 'user' } },
			given: create('Page', 'Other', 'Other/Below'),
			steps: [...[silently(edit('Page')), pass(5), ...steps, pass(130)], ...[DO_NOT_MATCH, onlyRecovered]],
			comes: ['+ pagecontent_update Page 2', doubts(0)],
		}),
	),
	{
		title:
			'an edit without an event is recovered by a comparison that the site interrupts, although its page is edited meanwhile',
		...{ parameters: EDITED, given: create('One', 'Two') },
		steps: [
			silently(edit('One', 'Two')),
			(play) => {
				const busy = { status: 429, headers: { 'Retry-After': '240' } };
				fault(busy, `/${play.site.page('Two').id}/revisions`)(play);
			},
			...[pass(65), mend, edit('One'), pass(130), DO_NOT_MATCH, onlyRecovered],
		],
		comes: [...edits('One', 2, 2), ...edits('Two', 2, 2)].map((name) => `+ ${name}`).concat(doubts(0)),
	},
	{
		title: 'an edit without an event is recovered by a recovery that comes before the comparison',
		...{ parameters: EDITED, given: create('Page', 'Other') },
		steps: [silently(edit('Page')), pass(20), lose(edit('Other')), pass(130)],
		comes: ['+ pagecontent_update Page 2', '+ pagecontent_update Other 2'],
	},
	{
		title: 'an edit without an event is recovered where deletions are not chosen, and pages deleted',
		...{ parameters: EDITED, given: create('Page', 'Other') },
		steps: [
			...[silently(edit('Page')), pass(5), edit('Other'), pass(5), remove('Other'), pass(130)],
			...[DO_NOT_MATCH, onlyRecovered],
		],
		comes: ['+ pagecontent_update Page 2', doubts(0)],
	},
	{
		title: 'a deletion without an event is recovered although one that was recovered is told of late',
		...{ parameters: LATE, given: create('Old', 'Page') },
		steps: [...[lose(remove('Old')), pass(200), deliverLost, silently(remove('Page')), pass(130)], DO_NOT_MATCH],
		comes: ['+ page_delete Old', '+ page_delete Page', doubts(0)],
	},
	{
		title: 'an edit without an event is reported although n8n takes minutes to save its execution',
		...{ parameters: EDITED, given: create('Page') },
		steps: [
			({ n8n }) => n8n.database.slow({ execution: 400_000 }, 70 * 60_000),
			...[silently(edit('Page')), pass(200), SENT_NO_EVENT],
		],
		comes: ['+ pagecontent_update Page 2', MISSED],
	},
	{
		title: 'of a deleted tree without an event one deletion is recovered',
		given: create('Tree', ...Array.from({ length: 150 }, (_, index) => `Tree/P${index}`)),
		steps: [silently(remove('Tree')), pass(130)],
		comes: ['+ page_delete Tree'],
	},
	{
		title: 'nothing is compared where Recover Changes is off',
		parameters: { ...EDITED, additionalOptions: { recoverMissedChanges: false } },
		given: create('Page'),
		steps: [silently(edit('Page')), pass(130)],
		comes: [],
	},
	{
		title: 'in queue mode one comparison starts an execution, which passes nothing on, and no other one does',
		...{ parameters: EDITED, isQueue: true, given: create('One', 'Two') },
		steps: [
			...[silently(edit('One', 'Two')), pass(130), silently(edit('One')), pass(130)],
			...[countStarted, SENT_NO_EVENT],
		],
		comes: ['1 was started', 'Expert has sent no event for: 0'],
	},
	{
		title: 'comparisons end when n8n has updated the package without a restart, and the log says so once',
		...{ parameters: EDITED, given: create('Page', 'Other') },
		steps: [...[update, edit('Page'), pass(1), silently(edit('Other')), pass(200)], countLines(UPDATED)],
		comes: ['pagecontent_update Page 2', `${UPDATED}: 1`],
	},
];
