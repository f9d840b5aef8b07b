import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { afterAll } from 'vitest';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { type Simulator, startSimulator } from '../simulator/index.mts';
import { named, type NodeRun, outcomeOf } from '../integration/action-node.mts';
import { callDirectly } from '../integration/direct-calls.mts';
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

const byId = (value: string) => named('id', value);
const page = byId(PAGE);
const drafted = byId(DRAFTED);
const hook = (number: number) => byId(String(number));
const raw = { simplify: false };
const withContents = { includeContents: true };
const since = '2020-01-01T00:00:00Z';
const neverTwice = true;
const appended = { variant: 'at the end', neverTwice };
const manual = { data: 'YWJj', mimeType: 'text/plain', fileName: 'new manual.txt' };
const contents = '<p>new</p>';
const inMarkdown = { contents: '**new**', format: 'markdown' };

const ofPage = (operation: string, fields: IDataObject, more: Partial<ActionScenario> = {}) =>
	of('page', operation, fields, more);
const ofDraft = (operation: string, fields: IDataObject, more: Partial<ActionScenario> = {}) =>
	of('draft', operation, fields, more);

/** Each operation that calls the site. */
export const actionScenarios: ActionScenario[] = [
	ofPage('addTags', { page, tags: 'new, old' }),
	ofPage('compareRevisions', { page: byId(EDITED) }),
	ofPage('compareRevisions', { page: drafted, of: 'draft' }, { variant: 'of a draft' }),
	// One text: where several are read at once, a fault at one would leave calls behind.
	ofPage('compareWithIndex', { below: page, index: '[{ "id": "999999" }]', limit: 2, options: { maxRemovals: 100 } }),
	ofPage('copy', { page, to: 'Copied' }),
	ofPage('createOrUpdate', { page, contents }),
	ofPage('createOrUpdate', { page, ...inMarkdown }, { variant: 'in Markdown' }),
	ofPage('createOrUpdate', { page, contents, options: { mode: 'append' } }, appended),
	ofPage(
		'createOrUpdate',
		{ page, contents, options: { articleType: 'howto', allow: ['idferrors'] } },
		{ variant: 'with an article type' },
	),
	ofPage(
		'createOrUpdate',
		{ page, contents, options: { editTime: LATER } },
		{ variant: 'with an edit time', neverTwice },
	),
	ofPage('delete', { page }),
	ofPage('get', { page }),
	ofPage('getContents', { page, options: { includeToc: true, mode: 'edit' } }),
	ofPage('getContents', { page, format: 'markdown' }, { variant: 'as Markdown' }),
	ofPage('getBrokenLinks', { page }),
	ofPage('getHealthReport', { page: byId(UNTYPED) }),
	ofPage('getChangedSince', { since }),
	ofPage('getChangedSince', { below: page, since, options: { itemFor: 'revision' } }, { variant: 'each revision' }),
	ofPage('getProperty', { page, propertyName: 'long' }),
	ofPage('getRevisions', { page }),
	ofPage('getSubpages', { page }),
	ofPage('getTags', { page }),
	// Of several pages, contents are read at once: a fault at one would leave calls behind.
	ofPage('getTree', { page, limit: 1, options: withContents }),
	ofPage('move', { page, to: 'Moved' }),
	ofPage('move', { page, options: { title: 'Renamed' } }, { variant: 'title only' }),
	ofPage('removeTags', { page, tags: 'old' }),
	ofPage('replaceTags', { page, tags: 'new' }),
	ofPage('getMany', { query: 'Setup' }),
	ofPage('replaceText', { page, find: 'text', replaceWith: 'new' }, { neverTwice }),
	ofPage('revert', { page: byId(EDITED), revision: 1 }),
	ofPage('revert', { page: byId(EDITED), revision: 1, options: { editTime: LATER } }, { variant: 'with an edit time' }),
	ofPage('setProperty', { page, propertyName: 'long', value: 'short' }),
	of('archivedPage', 'get', { archivedPage: byId(DELETED), options: withContents }),
	of('archivedPage', 'restore', { archivedPage: byId(DELETED) }),
	ofDraft('createOrUpdate', { page, contents }),
	ofDraft('createOrUpdate', { page, ...inMarkdown }, { variant: 'in Markdown' }),
	ofDraft(
		'createOrUpdate',
		{ page: named('path', 'Brand/New'), contents, options: { articleType: 'howto', tags: 'new' } },
		{ variant: 'of a new page' },
	),
	ofDraft('createOrUpdate', { page: drafted, contents }, { variant: 'of a page with a draft' }),
	ofDraft('createOrUpdate', { page: drafted, contents, options: { mode: 'append' } }, appended),
	ofDraft('createOrUpdate', { page, contents, options: { editTime: LATER } }, { variant: 'with an edit time' }),
	ofDraft(
		'createOrUpdate',
		{ page: byId(BLANK), contents, options: { ifExists: 'abort' } },
		{ variant: 'where there is no text', neverTwice },
	),
	ofDraft('deactivate', { page: drafted }),
	ofDraft('deactivate', { page: drafted, options: { editTime: LATER } }, { variant: 'with an edit time' }),
	ofDraft('get', { page: drafted }),
	ofDraft('getContents', { page: drafted }),
	ofDraft('getMany', { below: named('path', '') }),
	ofDraft('publish', { page: drafted }),
	ofDraft('publish', { page: drafted, options: { editTime: LATER } }, { variant: 'with an edit time' }),
	ofDraft('replaceText', { page: drafted, find: 'published', replaceWith: 'new' }, { neverTwice }),
	of('file', 'delete', { file: byId(FILE) }),
	of('file', 'download', { file: byId(FILE) }),
	of('file', 'get', { file: byId(FILE) }),
	of('file', 'getMany', { page }),
	of('file', 'rename', { file: byId(FILE), newName: 'new.txt' }),
	of(
		'file',
		'upload',
		{ page, options: { description: 'Manual', altText: 'Cover' } },
		{ input: [{ json: {}, binary: { data: manual } }] },
	),
	of('passage', 'getMany', { question: 'Which text has it?' }),
	of('site', 'getSearchTerms', {}),
	of('tag', 'addToPages', { tags: 'new', pages: [PAGE, DRAFTED] }),
	of('tag', 'getMany', { prefix: 'ol' }),
	of('tag', 'removeFromPages', { tags: 'old', pages: PAGE }),
	of('tag', 'getPages', { tag: named('name', 'old') }),
	of('user', 'get', { user: byId('3') }),
	of('user', 'getMany', {}),
	of('webhook', 'addEvent', { webhook: hook(1), events: ['page_move'] }),
	of('webhook', 'checkHealth', { expectedEvents: ['page_create'] }),
	of('webhook', 'delete', { webhook: hook(1) }),
	of('webhook', 'disable', { webhook: hook(1) }),
	of('webhook', 'enable', { webhook: hook(3) }),
	of('webhook', 'get', { webhook: named('url', elementAt(HOOKS, 1).url) }),
	of('webhook', 'getMany', { returnAll: true }),
	of('webhook', 'removeEvent', { webhook: hook(1), events: ['page_create'] }),
	of('webhook', 'sendTestDelivery', { webhook: hook(1) }),
];

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
	const html = '<h2>What it does</h2><p>text</p><a href="/No/Where">broken</a><a href="/Old">moved</a>';
	// In each world at the same time, and not a moment ago: in the second of an edit, the node would wait.
	const at = new Date('2026-01-30T16:59:45Z');
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
	// As a run has left it that failed.
	site.activateDraft('Blank', { at });
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

/** Such sites for one test after the other. */
export function useWorlds(): Worlds {
	const worlds = new Worlds();
	afterAll(async () => await worlds.close());
	return worlds;
}

/** A new one only where the last run has changed it. */
class Worlds {
	private current?: Simulator;

	/** Nothing that the node remembers of a site spares it a call. */
	async next(): Promise<Simulator> {
		clearMemory();
		if (this.current?.apiCalls.some(({ method }) => method !== 'GET')) await this.close();
		this.current ??= await furnish(callDirectly(await startSimulator()));
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

function of(
	resource: string,
	operation: string,
	fields: IDataObject,
	more: Partial<ActionScenario> = {},
): ActionScenario {
	return { resource, operation, fields, ...more };
}
