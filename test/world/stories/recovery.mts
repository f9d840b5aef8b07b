import type { IDataObject } from 'n8n-workflow';
import type { Settings } from '../../support/simulator/index.mts';
import type { Step, Story } from '../play.mts';
import {
	away,
	BOTH_EVENTS,
	countCame,
	create,
	createDraft,
	CREATED,
	deliverLost,
	disable,
	disableWebhook,
} from './steps.mts';
import {
	edit,
	EDITED,
	editOften,
	edits,
	EMPTY,
	enable,
	enableWebhook,
	fault,
	hold,
	letGo,
	lose,
	mend,
	moveSite,
} from './steps.mts';
import {
	pass,
	publish,
	publishAgain,
	publishDraft,
	puttingBack,
	remove,
	restart,
	silently,
	startAsUpdate,
	unpublish,
} from './steps.mts';

/* What the recovery does where other things happen beside it. */

const DELETED = { events: ['page_create', 'page_delete'] };
/** Copies may come two days late. */
const LATE = { additionalOptions: { maxDeliveryAge: 172_800 } };
const LATE_CREATED = { ...CREATED, ...LATE };
const recoverNothing: Step = ({ row: { node } }) =>
	Object.assign(node.parameters, {
		additionalOptions: { ...LATE.additionalOptions, recoverMissedChanges: false },
	});
const missPage = [lose(create('Page')), pass(20)];

/** One delivery fails and is recovered; another one gets through, and this one fails before the next check. */
const failTwice = (step: Step) => [
	...[lose(create('First')), pass(21), create('Delivered'), pass(0.5), lose(step), pass(20)],
];

/** The other site has made its page now. */
const createNow: Step = ({ site }) => {
	const page = site.page('Page');
	page.created = page.edited = page.modified = page.revisions[0]!.date = new Date();
};

const REPUBLISHED: Record<string, Step[]> = {
	'published again': [publish()],
	'unpublished and published': [unpublish, publishAgain],
	'disabled and enabled by a person': [disableWebhook, pass(6), enableWebhook, pass(6)],
};

const failing =
	(...kinds: Array<'execution' | 'credential' | 'processed'>): Step =>
	({ n8n: { database } }) =>
		database.fail(kinds, 1e9);
const setSecret =
	(signingSecret: string): Step =>
	({ simulator: { settings } }) =>
		Object.assign(settings, { signingSecret });

/** As n8n 2.8.4. */
const withoutKeys: Step = ({ n8n }) => (n8n.database.keys.has = () => false);
const forgetKeys: Step = ({ n8n }) => n8n.database.keys.clear();

/** How a delivery fails, and how that ends. */
const FAILURES: Record<string, [Step, Step]> = {
	'could not be saved': [failing('execution'), mend],
	'could not be handled for want of a credential': [failing('credential'), mend],
	'was refused because of its signature': [
		setSecret('another'),
		(play) => setSecret(play.n8n.database.credential.signingSecret as string)(play),
	],
};

export const RECOVERY: Array<Omit<Story, 'by'>> = [
	...[create('Second'), remove('Old')].map((step, index): Omit<Story, 'by'> => {
		const [what, name] = index === 0 ? ['page', 'page_create Second'] : ['deletion', 'page_delete Old'];
		return {
			title: `a ${what} is recovered in queue mode, though the site counts as many failures as at the check before`,
			...{ parameters: DELETED, isQueue: true, given: create('Old') },
			steps: failTwice(step),
			comes: ['+ page_create First', 'page_create Delivered', `+ ${name}`],
		};
	}),
	{
		title: 'a page is recovered, though the site counts as many failures as at the check before',
		parameters: DELETED,
		steps: failTwice(create('Second')),
		comes: ['+ page_create First', 'page_create Delivered', '+ page_create Second'],
	},
	{
		title: 'a late retry of what was recovered runs once Recover Changes is off',
		parameters: LATE_CREATED,
		steps: [...missPage, recoverNothing, deliverLost],
		comes: ['+ page_create Page', 'page_create Page'],
	},
	...Object.entries(REPUBLISHED).map(
		([how, steps]): Omit<Story, 'by'> => ({
			title: `a late delivery of what was recovered passes nothing on once the webhook was ${how}`,
			parameters: LATE_CREATED,
			steps: [...missPage, ...steps, deliverLost],
			comes: ['+ page_create Page'],
		}),
	),
	{
		title: "a late delivery of what was recovered is marked where n8n's database does not say that it was",
		parameters: LATE_CREATED,
		steps: [...missPage, failing('processed'), deliverLost],
		comes: ['+ page_create Page', '* page_create Page'],
	},
	{
		title: 'a late event that names no page passes nothing on where the site tells which page it was',
		...{ parameters: { ...LATE_CREATED, pageDetails: true }, site: { eventBody: 'thin' } },
		steps: [...missPage, deliverLost],
		comes: ['+ page_create Page'],
	},
	{
		title: 'a recovered page that Page Tags left out is judged anew when it is delivered',
		parameters: { ...LATE_CREATED, filters: { pageTags: ['wanted'] } },
		steps: [...[...missPage, restart, pass(20)], ({ site }) => site.tagPage('Page', { add: ['wanted'] }), deliverLost],
		comes: ['* page_create Page'],
	},
	{
		title: 'a delivery that was told to retry and came in the end is not recovered beside it',
		...{ parameters: CREATED, site: { retries: 5 } },
		steps: [({ n8n }) => n8n.database.fail(['execution'], 2500), create('Page'), pass(120)],
		comes: ['page_create Page'],
	},
	...Object.entries(FAILURES).map(
		([what, [fail, end]]): Omit<Story, 'by'> => ({
			title: `a delivery that ${what} is recovered, though the next one gets through`,
			parameters: CREATED,
			steps: [pass(5), fail, create('Page'), pass(0.3), end, create('Next'), pass(20)],
			comes: ['page_create Next', '+ page_create Page'],
		}),
	),
	{
		title: 'what was delivered is not recovered when the site could not be asked for two days',
		parameters: CREATED,
		steps: [
			...[restart, pass(20), create('Delivered'), fault({ status: 503 }, '/webhooks')],
			...[pass(2 * 24 * 60), create('Later'), pass(5), mend, pass(30)],
		],
		comes: ['page_create Delivered', 'page_create Later'],
	},
	{
		title: 'a page that the search does not find at first is recovered ten minutes after its delivery failed',
		parameters: CREATED,
		steps: [
			...[lose(create('First')), pass(30), fault(EMPTY, /find$/), lose(create('Page')), pass(8)],
			...[countCame, mend, pass(15)],
		],
		comes: ['+ page_create First', '+ page_create Page', '1 have come'],
	},
	{
		title: 'a publish of a new version keeps what a start could not look for',
		parameters: CREATED,
		steps: [fault({ status: 502 }, /find$/), away(create('Page')), mend, publish(), pass(30)],
		comes: ['+ page_create Page'],
	},
	...[[], [fault({ status: 502 })]].map(
		(faults): Omit<Story, 'by'> => ({
			title: `a start that n8n takes for a publication recovers what was missed${faults.length > 0 ? ', though the site cannot be reached at first' : ''}`,
			parameters: CREATED,
			steps: [lose(create('Page')), ...faults, startAsUpdate(), mend, pass(30)],
			comes: ['+ page_create Page'],
		}),
	),
	{
		title: 'a start that n8n takes for a publication recovers what was missed, though a delivery comes before that',
		parameters: CREATED,
		steps: [lose(create('Page')), startAsUpdate(create('Delivered')), pass(30)],
		comes: ['* page_create Delivered', '+ page_create Page'],
	},
	{
		title: 'what was missed at a site is not recovered where another one takes its place',
		parameters: CREATED,
		steps: [fault({ status: 502 }, /find$/), away(create('Page')), mend, moveSite, publish(), pass(30)],
		comes: [],
	},
	{
		title: 'nothing is recovered from before a start with the Site URL of another site, and what is missed then is',
		parameters: CREATED,
		steps: [
			...[away((play) => [create('Page'), moveSite].forEach((step) => step(play)))],
			...[pass(30), lose(create('Next')), pass(30)],
		],
		comes: ['+ page_create Next'],
	},
	{
		title: 'a delivery runs although its change was recovered at the site before',
		parameters: LATE_CREATED,
		steps: [...missPage, moveSite, publish(), deliverLost],
		comes: ['+ page_create Page', 'page_create Page'],
	},
	{
		title: 'a page is recovered although the one with its number was at the site before',
		parameters: CREATED,
		steps: [...missPage, moveSite, publish(), pass(70), away(createNow), pass(30)],
		comes: ['+ page_create Page', '+ page_create Page'],
	},
	{
		title: 'nothing is recovered of a time in which a person had disabled the webhook',
		parameters: CREATED,
		steps: [disableWebhook, pass(6), create('Page'), pass(10), enableWebhook, pass(120)],
		comes: [],
	},
	{
		title: 'nothing is recovered of a time in which the trigger was disabled and n8n restarted',
		parameters: CREATED,
		steps: [disable, create('Page'), restart, pass(10), enable, pass(120)],
		comes: [],
	},
	...[[], [restart, pass(20)]].map(
		(before): Omit<Story, 'by'> => ({
			title: `what Expert has held back for less than an hour is recovered when it is not delivered then${before.length > 0 ? ', also where nothing has come since n8n was started' : ''}`,
			parameters: CREATED,
			steps: [...before, hold, create('Page'), pass(50), lose(letGo), pass(20)],
			comes: ['+ page_create Page'],
		}),
	),
	{
		title: 'the search ten minutes after a failure leaves alone what Expert holds back',
		...{ parameters: EDITED, given: create('Page') },
		steps: [lose(edit('Warm')), pass(8), hold, edit('Page'), pass(12), letGo, pass(60)],
		comes: ['+ pagecontent_update Warm 3', 'pagecontent_update Page 2'],
	},
	{
		title: 'what a filter has held back of a delivery is not recovered, though the site names another author',
		parameters: { ...CREATED, filters: { excludeUsers: 'editor' } },
		site: { requestDetails: 'user' },
		steps: [
			silently(create('Page')),
			({ simulator, site }) => simulator.emit('page_create', { page: site.page('Page'), by: 'editor' }),
			...[pass(5), restart, pass(30)],
		],
		comes: [],
	},
	...Object.entries<[object, object]>({
		'an event': [CREATED, BOTH_EVENTS],
		'what a filter left out': [{ ...EDITED, filters: { pathPrefixes: 'Other' } }, { filters: {} }],
	}).map(
		([what, [parameters, more]]): Omit<Story, 'by'> => ({
			title: `${what} that another version wants is recovered from its publication on, also after a start`,
			...{ parameters: parameters as IDataObject },
			steps: [
				...[edit('Warm'), pass(60), publish(more), lose(edit('Warm')), pass(30)],
				...[edit('Warm'), pass(5), restart, pass(30)],
			],
			comes: ['+ pagecontent_update Warm 4', 'pagecontent_update Warm 5'],
		}),
	),
	{
		title: 'nothing is recovered of the time in which Recover Changes was off',
		parameters: CREATED,
		steps: [
			...[publish({ additionalOptions: { recoverMissedChanges: false } }), lose(create('Page'))],
			...[pass(10), publish({ additionalOptions: {} }), pass(120)],
		],
		comes: [],
	},
	...Object.entries<[Partial<Settings>, Step[], string[]]>({
		'has been seen to send it': [{}, [], ['+ pagecontent_update Page 1']],
		'sends none': [{ createFiresContentUpdate: false }, [], []],
		'sends none but after a publication': [
			{ createFiresContentUpdate: false },
			[createDraft('Draft'), pass(5), publishDraft('Draft'), pass(5)],
			['pagecontent_update Draft 1'],
		],
	}).map(
		([what, [site, before, comes]]): Omit<Story, 'by'> => ({
			title: `the first text of a page is recovered where the site has been seen to send it: one that ${what}`,
			...{ parameters: EDITED, site },
			steps: [...before, lose(create('Page')), pass(30)],
			comes,
		}),
	),
	...[-1, 0, 1].map(
		(eventRevisionOffset): Omit<Story, 'by'> => ({
			title: `an edit that follows a recovered one is delivered, also where events count revisions ${eventRevisionOffset} higher`,
			...{ parameters: EDITED, site: { eventRevisionOffset }, given: create('Page') },
			steps: [lose(edit('Page')), pass(30), edit('Page'), pass(5)],
			comes: ['+ pagecontent_update Page 2', `pagecontent_update Page ${3 + eventRevisionOffset}`],
		}),
	),
	{
		title: 'of two edits a second apart the second one runs once, though static data from before the first is put back',
		...{ parameters: { ...EDITED, ...LATE }, given: create('Page') },
		steps: [...[puttingBack(edit('Page'), pass(0.02)), lose(edit('Page')), restart, pass(30)], deliverLost],
		comes: ['pagecontent_update Page 2', '* pagecontent_update Page 3'],
	},
	...[{}, { filters: { skipDrafts: true } }].map(
		(more): Omit<Story, 'by'> => ({
			title: `a draft is not recovered as created, and its publication is delivered${'filters' in more ? ', with Skip Drafts' : ''}`,
			...{ parameters: { ...CREATED, ...more }, site: { newDraftFiresPageCreate: false } },
			steps: [createDraft('Draft'), restart, pass(30), publishDraft('Draft'), pass(5)],
			comes: ['page_create Draft'],
		}),
	),
	...[() => {}, withoutKeys].map(
		(before): Omit<Story, 'by'> => ({
			title: `a page comes once although n8n${before === withoutKeys ? ', which knows no keys of executions,' : ''} takes minutes to save what the recovery has started`,
			parameters: CREATED,
			steps: [
				before,
				({ n8n }) => n8n.database.slow({ execution: 400_000 }, 300_000),
				...[lose(create('Page')), pass(120)],
			],
			comes: ['+ page_create Page'],
		}),
	),
	{
		title: 'what is missed while an execution waits to be saved comes, and its page once',
		parameters: CREATED,
		steps: [
			({ n8n }) => n8n.database.slow({ execution: 400_000 }, 900_000),
			...[lose(create('Page')), pass(7), lose(edit('Page'), create('Later')), pass(120)],
		],
		comes: ['+ page_create Page', '+ page_create Later'],
	},
	{
		title: 'in queue mode both of two edits a second apart are recovered',
		...{ parameters: EDITED, isQueue: true, given: create('Page') },
		steps: [pass(60), away(editOften('Page', 2))],
		comes: ['+ pagecontent_update Page 2', '+ pagecontent_update Page 3'],
	},
	{
		title: '402 edits that were recovered run once over a restart, also where n8n knows no keys of executions',
		...{ parameters: EDITED, given: create('Page') },
		steps: [...[pass(60), away(editOften('Page', 402)), forgetKeys], ...[restart, pass(30)]],
		comes: edits('Page', 2, 403).map((name) => `+ ${name}`),
	},
	{
		title: 'what was delivered runs once, though older static data is put back before a restart',
		parameters: CREATED,
		steps: [
			async (play) => {
				const { staticData } = play.row;
				create('Page')(play);
				await play.pass(1);
				play.row.staticData = staticData;
			},
			...[restart, pass(30)],
		],
		comes: ['page_create Page'],
	},
];
