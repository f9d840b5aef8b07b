import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../http.mts';
import { present } from '../present.mts';
import { register, site } from '../unit/simulator-site.mts';
import { callName, sampleOf } from '../vendor-samples.mts';
import { routes, type Simulator, startSimulator } from './index.mts';
import { childrenOf, type Element, readXml } from './xml.mts';

/*
 * That the site responds to each call with all elements and attributes of the vendor's sample, at the same
 * places. What it has beyond them is assumed.
 */

const RESET = '/pages/=Guides%252FPhones%252FBasics%252FReset';

/** What to ask, and with which body, to get a response that can have all of the sample. */
const REQUESTS: Record<string, [path: string, body?: string, type?: string]> = {
	'GET pages/{id}': [RESET],
	'GET pages/{id}/info': [`${RESET}/info`],
	'GET pages/{id}/contents': [`${RESET}/contents`],
	'GET pages/{id}/find': ['/pages/=Guides/find?include=tags'],
	'GET pages/{id}/revisions': [`${RESET}/revisions`],
	'GET pages/{id}/subpages': ['/pages/=Guides/subpages'],
	'POST pages/{id}/contents': [
		`${RESET}/contents?edittime=now`,
		'<content><body>text</body></content>',
	],
	'POST pages/{id}/move': [`${RESET}/move?to=Moved`],
	'POST pages/{id}/copy': [`${RESET}/copy?to=Copied`],
	'DELETE pages/{id}': [RESET],
	'GET pages/{id}/tags': [`${RESET}/tags`],
	'PUT pages/{id}/tags': [`${RESET}/tags`, '<tags><tag value="new"/></tags>'],
	'GET pages/{id}/properties': [`${RESET}/properties`],
	'PUT pages/{id}/properties': [
		`${RESET}/properties`,
		'<properties><property name="key"><contents>value</contents></property></properties>',
	],
	'GET pages/{id}/files': [`${RESET}/files`],
	'PUT pages/{id}/files/{name}': [
		'/pages/=Media%253APictures/files/front.jpeg',
		'picture',
		'image/jpeg',
	],
	'GET files/{id}/info': ['/files/2/info'],
	'GET users': ['/users'],
	'GET users/{id}': ['/users/2'],
	'GET archive/pages': ['/archive/pages'],
	'GET archive/pages/{id}/info': ['/archive/pages/2/info'],
	'GET archive/pages/{id}/contents': ['/archive/pages/2/contents'],
	'GET archive/pages/{id}/subpages': ['/archive/pages/2/subpages'],
	'POST archive/pages/{id}/restore': ['/archive/pages/2/restore?to=Restored'],
	'GET drafts/{id}': ['/drafts/=Drafted'],
	'GET drafts/{id}/contents': ['/drafts/=Drafted/contents'],
	'POST drafts/{id}/contents': [
		'/drafts/=Drafted/contents?edittime=now',
		'<content><body>text</body></content>',
	],
	'GET drafts/{id}/tags': ['/drafts/=Drafted/tags'],
	'PUT drafts/{id}/tags': ['/drafts/=Drafted/tags', '<tags><tag value="new"/></tags>'],
	'POST drafts/{id}/create': ['/drafts/=New/create'],
	'POST drafts/{id}/activate': ['/drafts/=Guides/activate'],
	'POST drafts/{id}/publish': ['/drafts/=Drafted/publish'],
	'POST drafts/{id}/deactivate': ['/drafts/=Beside/deactivate'],
	'GET site/query': ['/site/query?q=reset'],
	'GET site/jobs': ['/site/jobs'],
	'GET site/tags': ['/site/tags'],
	'GET site/tags/{id}': ['/site/tags/=article%253Atopic'],
	'POST site/tags': ['/site/tags', '<tags><tag.add value="new"><page id="1"/></tag.add></tags>'],
	'GET pages/{id}/linkdetails': ['/pages/=Guides/linkdetails?subpages=true&limit=10&offset=0'],
	'GET pages/{id}/health': ['/pages/=Media%253APictures/health?limit=10&offset=0'],
	'GET site/query/log': ['/site/query/log?groupby=query'],
	'GET llm/kernels': ['/llm/kernels?q=reset'],
	'GET webhooks': ['/webhooks'],
	'GET webhooks/{id}': ['/webhooks/1'],
	'PUT webhooks/{id}': ['/webhooks/1', '<webhook><active>true</active></webhook>'],
	'PUT webhooks/{id}/events/{event}': ['/webhooks/1/events/page_move'],
};

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
	const [path, body, type = 'application/xml; charset=utf-8'] = present(REQUESTS[call], call);
	const { localUrl, longTermToken } = call.startsWith('GET ')
		? reading
		: await furnish(await site());
	const { status, body: text } = await send(`${localUrl}/@api/deki${path}`, {
		method: call.split(' ')[0],
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
