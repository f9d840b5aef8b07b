import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../http.mts';
import { register, site } from '../unit/simulator-site.mts';
import { callName, sampleOf } from '../vendor-samples.mts';
import { routes, type Simulator, startSimulator } from './index.mts';
import { childrenOf, type Element, readXml } from './xml.mts';

/*
 * That the site responds to each call with all elements and attributes of the vendor's sample, at the same
 * places. What it has beyond them is assumed.
 */

/** Of each kind, one that can have all of the sample. */
const IDS: Record<string, string> = {
	...{ pages: '=Guides%252FPhones%252FBasics%252FReset', drafts: '=Drafted', archive: '2' },
	...{ files: '2', users: '2', webhooks: '1', site: '=article%253Atopic' },
};

const CONTENTS = '<content><body>text</body></content>';
const TAGS = '<tags><tag value="new"/></tags>';
const LIST = 'limit=10&offset=0';

/** Path below the ID of the call, or the whole path; what a call needs besides, and its body. */
const REQUESTS: Record<string, [path: string, body?: string, type?: string]> = {
	'GET pages/{id}/find': ['/pages/=Guides/find?include=tags'],
	'GET pages/{id}/subpages': ['/pages/=Guides/subpages'],
	'POST pages/{id}/contents': ['?edittime=now', CONTENTS],
	'POST pages/{id}/move': ['?to=Moved'],
	'POST pages/{id}/copy': ['?to=Copied'],
	'PUT pages/{id}/tags': ['', TAGS],
	'PUT pages/{id}/properties': [
		'',
		'<properties><property name="key"><contents>value</contents></property></properties>',
	],
	'PUT pages/{id}/files/{name}': [
		'/pages/=Media%253APictures/files/front.jpeg',
		'picture',
		'image/jpeg',
	],
	'POST archive/pages/{id}/restore': ['?to=Restored'],
	'POST drafts/{id}/contents': ['?edittime=now', CONTENTS],
	'PUT drafts/{id}/tags': ['', TAGS],
	'POST drafts/{id}/create': ['/drafts/=New/create'],
	'POST drafts/{id}/activate': ['/drafts/=Guides/activate'],
	'POST drafts/{id}/deactivate': ['/drafts/=Beside/deactivate'],
	'GET site/query': ['?q=reset'],
	'POST site/tags': ['', '<tags><tag.add value="new"><page id="1"/></tag.add></tags>'],
	'GET pages/{id}/linkdetails': [`/pages/=Guides/linkdetails?subpages=true&${LIST}`],
	'GET pages/{id}/health': [`/pages/=Media%253APictures/health?${LIST}`],
	'GET site/query/log': ['?groupby=query'],
	'GET llm/kernels': ['?q=reset'],
	'PUT webhooks/{id}': ['', '<webhook><active>true</active></webhook>'],
	'PUT webhooks/{id}/events/{event}': ['/webhooks/1/events/page_move'],
};

function requestFor(call: string) {
	const [path, body, type = 'application/xml; charset=utf-8'] = REQUESTS[call] ?? [''];
	const [method, template = ''] = call.split(' ');
	const usual = `/${template.replace('{id}', IDS[template.split('/')[0]!]!)}`;
	return { method, path: path!.startsWith('/') ? path! : usual + path!, body, type };
}

/** Gives the site one of everything. */
async function furnish(simulator: Simulator): Promise<Simulator> {
	const pages = simulator.site;
	const tags = ['article:topic'];
	pages.createPage('Gone');
	pages.createPage('Gone/Below');
	pages.deletePage('Gone', { recursive: true });
	for (const path of ['Guides', 'Guides/Phones', 'Guides/Phones/Basics', 'Drafted']) {
		pages.createPage(path, { tags });
	}
	pages.createPage('Guides/Phones/Basics/Reset', { html: '<h2>Reset</h2>', tags });
	pages.tagPage('', { add: tags });
	pages.setProperty('Guides/Phones/Basics/Reset', 'key', 'value');
	pages.attachFile('Guides/Phones/Basics/Reset', 'front.jpeg', { type: 'image/jpeg' });
	pages.createPage('Media:Pictures');
	pages.attachFile('Media:Pictures', 'back.jpeg', { type: 'image/jpeg' });
	pages.activateDraft('Drafted');
	pages.setProperty('Drafted', 'key', 'value');
	pages.createPage('Beside');
	pages.activateDraft('Beside');
	pages.createPage('Guides/Linking', { html: '<a href="/Guides">Guides</a>', tags });
	pages.searchLog.push({ query: 'reset', at: new Date(), chosen: 1 });
	const running = { status: 'IN_PROGRESS', completed: 0, total: 1, at: new Date() } as const;
	pages.jobs.push({ type: 'FIND_AND_REPLACE', ...running });
	await register(simulator, 'http://127.0.0.1:1/hook', 'page_create', 'page_delete');
	return simulator;
}

const sampled = routes.flatMap(([method, path]) => {
	const call = callName(method, path);
	const sample = sampleOf(call);
	return sample === undefined ? [] : [[call, sample] as const];
});

/** Whose pages nobody changes. */
let reading: Simulator;
beforeAll(async () => void (reading = await furnish(await startSimulator())));
afterAll(async () => await reading.close());

it.each(sampled)('%s responds with all that the sample has', async (call, sample) => {
	const { method, path, body, type } = requestFor(call);
	const { localUrl, longTermToken } = call.startsWith('GET ')
		? reading
		: await furnish(await site());
	const { status, body: text } = await send(`${localUrl}/@api/deki${path}`, {
		method,
		headers: { Authorization: `Bearer ${longTermToken}`, 'Content-Type': type },
		body,
	});
	expect([200, 207], text).toContain(status);
	const names = namesIn(readXml(text));
	expect([...namesIn(readXml(sample))].filter((name) => !names.has(name))).toEqual([]);
});

/** Each element and attribute by its path: `page`, `page/@id`, `page/title`. */
function namesIn(element: Element, before = ''): Set<string> {
	const path = before + element.nodeName;
	const attributes = [...element.attributes].map(({ name }) => `${path}/@${name}`);
	const below = childrenOf(element).flatMap((child) => [...namesIn(child, `${path}/`)]);
	return new Set([path, ...attributes, ...below]);
}
