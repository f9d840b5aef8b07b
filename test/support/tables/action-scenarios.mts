import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { type Simulator, startSimulator } from '../simulator/index.mts';
import { named, type NodeRun, outcomeOf } from '../integration/action-node.mts';
import { change } from '../integration/foreign.mts';
import { closeAll, openSite } from '../integration/scene.mts';
import { elementAt } from '../present.mts';

/** One way to use an operation; every operation that calls the site has at least one. */
export interface ActionScenario {
	resource: string;
	operation: string;
	/** Distinguishes scenarios of the same operation. */
	variant?: string;
	fields: IDataObject;
	input?: INodeExecutionData[];
	/** Its work must not be done twice, not even for a site that asks to try again. */
	neverTwice?: boolean;
}

/** One call of a scenario that nothing disturbs. */
export interface ActionCall {
	/** E.g. `PUT /pages/2/tags`. */
	call: string;
	/** Counted from 1. */
	position: number;
	writes: boolean;
	/** How often the undisturbed run makes this very call, query and body included. */
	times: number;
	/** Two calls with the same key are the same. */
	same: string;
}

/** The webhooks of {@link openWorld}: ours, one of another program, and ours that is off. */
export const HOOKS = [
	{ url: 'http://127.0.0.1:5678/webhook/one', authorization: 'Bearer token-of-webhook-one/+&"<' },
	{ url: 'https://other.example.com/hook', authorization: 'Basic b3RoZXI6cGEic3Ncdyzmcg==' },
	{
		url: 'http://127.0.0.1:5678/webhook/off',
		authorization: 'Bearer token-of-webhook-that-is-off',
	},
];

/** Ids as {@link openWorld} makes them. */
const PAGE = '3';
const DRAFTED = '5';
const DELETED = '6';
const FILE = '1';
const EDITED = '7';
/** Without an article type. */
const UNTYPED = '8';
/** With a draft, which has no text. */
const BLANK = '10';

const LATER = '2050-01-30T16:59:45Z';

const byId = (value: string) => ({ __rl: true, mode: 'id', value });
const page = byId(PAGE);
const drafted = byId(DRAFTED);
const raw = { simplify: false };
const withContents = { options: { includeContents: true } };
const manual = { data: 'YWJj', mimeType: 'text/plain', fileName: 'new manual.txt' };

const ofPage: ActionScenario[] = [
	ofThe('page', 'addTags', { page, tags: 'new, old' }),
	ofThe('page', 'compareRevisions', { page: byId(EDITED) }),
	{
		...ofThe('page', 'compareRevisions', { page: drafted, of: 'draft' }),
		variant: 'of a draft',
	},
	ofThe('page', 'copy', { page, to: 'Copied' }),
	ofThe('page', 'createOrUpdate', { page, contents: '<p>new</p>' }),
	{
		...ofThe('page', 'createOrUpdate', {
			page,
			contents: '<p>more</p>',
			options: { mode: 'append' },
		}),
		...{ variant: 'at the end', neverTwice: true },
	},
	{
		...ofThe('page', 'createOrUpdate', {
			...{ page, contents: '<p>new</p>' },
			options: { articleType: 'howto', allow: ['idferrors'] },
		}),
		variant: 'with an article type',
	},
	{
		...ofThe('page', 'createOrUpdate', {
			...{ page, contents: '<p>new</p>' },
			options: { editTime: LATER },
		}),
		...{ variant: 'with an edit time', neverTwice: true },
	},
	ofThe('page', 'delete', { page }),
	ofThe('page', 'get', { page }),
	ofThe('page', 'getContents', { page, options: { includeToc: true, mode: 'edit' } }),
	{ ...ofThe('page', 'getContents', { page, format: 'markdown' }), variant: 'as Markdown' },
	ofThe('page', 'getBrokenLinks', { page }),
	ofThe('page', 'getHealthReport', { page: byId(UNTYPED) }),
	ofThe('page', 'getChangedSince', { since: '2020-01-01T00:00:00Z' }),
	{
		...ofThe('page', 'getChangedSince', {
			below: page,
			since: '2020-01-01T00:00:00Z',
			options: { itemFor: 'revision' },
		}),
		variant: 'each revision',
	},
	ofThe('page', 'getProperty', { page, propertyName: 'long' }),
	ofThe('page', 'getRevisions', { page }),
	ofThe('page', 'getSubpages', { page }),
	ofThe('page', 'getTags', { page }),
	// Of several pages, contents are read at once: a fault at one would leave calls behind.
	ofThe('page', 'getTree', { page, limit: 1, options: { includeContents: true } }),
	ofThe('page', 'move', { page, to: 'Moved' }),
	{ ...ofThe('page', 'move', { page, options: { title: 'Renamed' } }), variant: 'title only' },
	ofThe('page', 'removeTags', { page, tags: 'old' }),
	ofThe('page', 'replaceTags', { page, tags: 'new' }),
	ofThe('page', 'getMany', { query: 'Setup' }),
	{
		...ofThe('page', 'replaceText', { page, find: 'text', replaceWith: 'new' }),
		neverTwice: true,
	},
	ofThe('page', 'revert', { page: byId(EDITED), revision: 1 }),
	ofThe('page', 'setProperty', { page, propertyName: 'long', value: 'short' }),
];

const ofOthers: ActionScenario[] = [
	ofThe('archivedPage', 'get', { archivedPage: byId(DELETED), ...withContents }),
	ofThe('archivedPage', 'restore', { archivedPage: byId(DELETED) }),
	ofThe('draft', 'createOrUpdate', { page, contents: '<p>draft</p>' }),
	{
		...ofThe('draft', 'createOrUpdate', {
			...{ page: { __rl: true, mode: 'path', value: 'Brand/New' }, contents: '<p>draft</p>' },
			options: { articleType: 'howto', tags: 'new' },
		}),
		variant: 'of a new page',
	},
	{
		...ofThe('draft', 'createOrUpdate', { page: drafted, contents: '<p>draft</p>' }),
		variant: 'of a page with a draft',
	},
	{
		...ofThe('draft', 'createOrUpdate', {
			...{ page: drafted, contents: '<p>more</p>' },
			options: { mode: 'append' },
		}),
		...{ variant: 'at the end', neverTwice: true },
	},
	{
		...ofThe('draft', 'createOrUpdate', {
			...{ page, contents: '<p>draft</p>' },
			options: { editTime: LATER },
		}),
		variant: 'with an edit time',
	},
	{
		...ofThe('draft', 'createOrUpdate', {
			...{ page: byId(BLANK), contents: '<p>draft</p>' },
			options: { ifExists: 'abort' },
		}),
		...{ variant: 'where there is no text', neverTwice: true },
	},
	ofThe('draft', 'deactivate', { page: drafted }),
	ofThe('draft', 'get', { page: drafted }),
	ofThe('draft', 'getContents', { page: drafted }),
	ofThe('draft', 'getMany', { below: { __rl: true, mode: 'path', value: '' } }),
	ofThe('draft', 'publish', { page: drafted }),
	{
		...ofThe('draft', 'replaceText', { page: drafted, find: 'published', replaceWith: 'new' }),
		neverTwice: true,
	},
	ofThe('file', 'delete', { file: byId(FILE) }),
	ofThe('file', 'download', { file: byId(FILE) }),
	ofThe('file', 'get', { file: byId(FILE) }),
	ofThe('file', 'getMany', { page }),
	{
		...ofThe('file', 'upload', { page, options: { description: 'Manual', altText: 'Cover' } }),
		input: [{ json: {}, binary: { data: manual } }],
	},
	ofThe('passage', 'getMany', { question: 'Which text has it?' }),
	ofThe('site', 'getSearchTerms', {}),
	ofThe('tag', 'addToPages', { tags: 'new', pages: [PAGE, DRAFTED] }),
	ofThe('tag', 'getMany', { prefix: 'ol' }),
	ofThe('tag', 'removeFromPages', { tags: 'old', pages: PAGE }),
	ofThe('tag', 'getPages', { tag: named('name', 'old') }),
	ofThe('user', 'get', { user: byId('3') }),
	ofThe('user', 'getMany', {}),
];

const hook = (number: number) => byId(String(number));

const ofWebhook: ActionScenario[] = [
	ofThe('webhook', 'addEvent', { webhook: hook(1), events: ['page_move'] }),
	ofThe('webhook', 'checkHealth', { expectedEvents: ['page_create'] }),
	ofThe('webhook', 'delete', { webhook: hook(1) }),
	ofThe('webhook', 'disable', { webhook: hook(1) }),
	ofThe('webhook', 'enable', { webhook: hook(3) }),
	ofThe('webhook', 'get', { webhook: { __rl: true, mode: 'url', value: elementAt(HOOKS, 1).url } }),
	ofThe('webhook', 'getMany', { returnAll: true }),
	ofThe('webhook', 'removeEvent', { webhook: hook(1), events: ['page_create'] }),
	ofThe('webhook', 'sendTestDelivery', { webhook: hook(1) }),
];

/** Each operation that calls the site. */
export const actionScenarios = [...ofPage, ...ofOthers, ...ofWebhook];

/** Operations that have none, and why. */
export const WITHOUT_CALLS: Record<string, string> = {};

export const titleOf = ({ resource, operation, variant }: ActionScenario): string =>
	`${resource}.${operation}${variant === undefined ? '' : ` (${variant})`}`;

export function runOf(
	{ resource, operation, fields, input }: ActionScenario,
	more: Partial<NodeRun> & { raw?: boolean } = {},
): NodeRun {
	const { raw: isRaw, ...rest } = more;
	const parameters = { resource, operation, ...fields, ...(isRaw ? raw : {}) };
	return { parameters, ...(input === undefined ? {} : { input }), ...rest };
}

/** A site that has one of everything. */
export async function openWorld(): Promise<Simulator> {
	return await furnish(await openSite());
}

async function furnish(simulator: Simulator): Promise<Simulator> {
	const { site } = simulator;
	// Its parent comes with it.
	const html =
		'<h2>What it does</h2><p>text</p><a href="/No/Where">broken</a><a href="/Old">moved</a>';
	// In the second of an edit, the node would wait.
	const at = new Date(Date.now() - 3_600_000);
	site.createPage('Guides/Setup', { title: 'Setup', html, tags: ['article:topic', 'old'], at });
	site.createPage('Guides/Setup/Step', { html: '<p>step</p>', tags: ['article:topic'] });
	site.createPage('Drafted', { html: '<p>published</p>', at });
	site.activateDraft('Drafted', { at });
	site.editDraft('Drafted', { html: '<p>published anew</p>', at });
	site.createPage('Gone', { html: '<p>gone</p>' });
	site.deletePage('Gone');
	site.createPage('Edited', { html: '<p>first</p>', tags: ['article:topic'] });
	site.editPage('Edited', { html: '<p>second</p>' });
	site.createPage('Old');
	site.movePage('Old', 'New');
	site.createPage('Blank');
	// As a run has left it that failed: not a moment ago, and in each world at the same time.
	site.activateDraft('Blank', { at: new Date('2026-01-30T16:59:45Z') });
	site.attachFile('Guides/Setup', 'manual.txt', {
		...{ content: Buffer.from('abc'), type: 'text/plain' },
		...{ description: 'How to set it up', altText: 'Manual' },
	});
	site.setProperty('Guides/Setup', 'long', 'x'.repeat(3000));
	site.searchLog.push({ query: 'reset', at: new Date(), chosen: 1 });
	for (const { url, authorization } of HOOKS) simulator.addWebhook(url, authorization);
	await change(simulator, 'PUT', '1/events/page_create');
	// As Expert does it by itself, not as a person does it.
	simulator.disableWebhook(3, '1');
	simulator.apiCalls.length = 0;
	return simulator;
}

/** Such sites for one test after the other: a new one only where the last run has changed it. */
export class Worlds {
	private current?: Simulator;

	async next(): Promise<Simulator> {
		if (this.current?.apiCalls.some(({ method }) => method !== 'GET')) await this.close();
		this.current ??= await furnish(await startSimulator());
		this.current.apiCalls.length = 0;
		this.current.faults.clear();
		return this.current;
	}

	async close(): Promise<void> {
		await this.current?.close();
		delete this.current;
	}
}

/** Runs it once undisturbed: these are the calls that can meet a fault. */
export async function recordActionCalls(scenario: ActionScenario): Promise<ActionCall[]> {
	return (await recordAction(scenario)).calls;
}

/** The same, with what it gives. */
export async function recordAction(scenario: ActionScenario) {
	const site = await openWorld();
	const { items, thrown } = await outcomeOf(site, runOf(scenario));
	if (items === undefined) throw new Error(titleOf(scenario), { cause: thrown });
	const calls = site.apiCalls.map(sameCall);
	const recorded: ActionCall[] = site.apiCalls.map(({ method, path }, index) => ({
		call: `${method} ${path.replace('/@api/deki', '')}`,
		position: index + 1,
		writes: method !== 'GET',
		times: calls.filter((each) => each === calls[index]).length,
		same: calls[index]!,
	}));
	await closeAll();
	return { calls: recorded, items: items.map(({ json }) => json) };
}

/** How often the site got a call. */
export function timesOf(site: Simulator, { same }: ActionCall): number {
	return site.apiCalls.filter((call) => sameCall(call) === same).length;
}

function sameCall({ method, path, query, body }: Simulator['apiCalls'][number]): string {
	return JSON.stringify([method, path, query, body]);
}

function ofThe(resource: string, operation: string, fields: IDataObject): ActionScenario {
	return { resource, operation, fields };
}
