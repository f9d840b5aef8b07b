import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../support/local-server.mts';
import { DeliveryListener } from '../support/probe/listener.mts';
import { ownOf } from '../support/probe/own.mts';
import { type ProbeOptions, readOptions, Refusal } from '../support/probe/options.mts';
import { probe } from '../support/probe/probe.mts';
import { findingsOf, notProbed } from '../support/probe/report.mts';
import {
	furnishedSite,
	optionsFor,
	probeSite,
	runCommand,
	SANDBOX,
} from '../support/probe/simulated.mts';
import { ProbedSite } from '../support/probe/site.mts';
import { secretsIn } from '../support/secret.mts';
import type { Redirect } from '../support/simulator/site/pages.mts';
import { sendDelivery, type Settings, type Simulator } from '../support/simulator/index.mts';

/** By the clock, which a busy machine changes. */
const BY_CLOCK = [
	...['delivery-deadline', 'first-retry', 'first-revision', 'timestamp-of-retry'],
	'order-of-deliveries',
];

async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await furnishedSite(settings);
	onTestFinished(async () => await simulator.close());
	return simulator;
}

/** Looks without writing anything. */
async function probeReading(simulator: Simulator, changed: Partial<ProbeOptions> = {}) {
	const reading = { below: undefined, webhook: undefined, ...changed };
	return await probeSite(simulator, await optionsFor(simulator, reading));
}

describe('npm run probe', () => {
	it('sees at the simulated site what probe-findings.txt says', async () => {
		// Events of one change come in their order.
		const simulator = await site({ concurrencyPerWebhook: 1 });
		const { findings, outcome } = await probeSite(simulator, await optionsFor(simulator));
		const lines = [...findings.values()]
			.filter(({ name }) => !BY_CLOCK.includes(name))
			.map(({ name, verdict, form }) => `${name}: ${verdict}: ${form}\n`);
		await expect(lines.join('')).toMatchFileSnapshot('probe-findings.txt');
		expect(outcome).toMatchObject({ left: [], wasInterrupted: false });
		expect(outcome.seen?.stopped).toBeUndefined();
	});

	it('only reads without --below and --webhook', async () => {
		const simulator = await site();
		const { findings } = await probeReading(simulator);
		expect(new Set(simulator.apiCalls.map(({ method }) => method))).toEqual(new Set(['GET']));
		expect(findings.get('missing-page')).toMatchObject({ verdict: 'holds' });
		expect(findings.get('event-of-new-draft')).toMatchObject({ verdict: 'not seen', form: '' });
	});

	it('judges pages without a webhook and without an Admin, and a webhook without pages', async () => {
		const simulator = await site();
		const pages = await probeSite(simulator, await optionsFor(simulator, { webhook: undefined }));
		expect(pages.findings.get('system-tags')).toMatchObject({ verdict: 'holds' });
		expect(simulator.apiCalls.filter(({ path }) => path.includes('/webhooks/'))).toEqual([]);
		const { url: siteUrl, editorJwt: longTermToken } = simulator;
		const credential = { siteUrl, authentication: 'jwt' as const, longTermToken };
		const editor = await optionsFor(simulator, { webhook: undefined, credential });
		const { findings, report } = await probeSite(simulator, editor);
		expect(findings.get('system-tags')).toMatchObject({ verdict: 'holds' });
		expect(findings.get('webhooks-for-admin')).toMatchObject({ verdict: 'holds' });
		expect(report).toContain('a user without the Admin role');
		// An admin by a group.
		simulator.site.users.named('editor')!.groupRole = 'Admin';
		const forWebhook = await optionsFor(simulator, { below: undefined, credential });
		const webhook = await probeSite(simulator, forWebhook);
		expect(webhook.findings.get('listed-url')).toMatchObject({ verdict: 'holds' });
		expect(webhook.findings.get('system-tags')).toMatchObject({ verdict: 'not seen' });
	});

	it.each([
		[1000, 'holds', '1,000; totalcount says no more; '],
		[2000, 'other', 'more than 1,000'],
	])('sees that a search gives at most %i pages', async (maxFoundPages, verdict, form) => {
		const simulator = await site({ maxFoundPages });
		simulator.site.bulkImport(1001, { under: 'Many' });
		const { findings } = await probeReading(simulator);
		expect(findings.get('find-limit')).toEqual(
			expect.objectContaining({ verdict, form: expect.stringContaining(form) }),
		);
	});

	it('takes a server token, and sees what becomes of one that has expired', async () => {
		const simulator = await site();
		const { key: tokenKey, secret: tokenSecret, user: runAsUser } = simulator.serverToken;
		const token = { authentication: 'serverToken' as const, tokenKey, tokenSecret, runAsUser };
		const { findings, report } = await probeReading(simulator, {
			credential: { siteUrl: simulator.url, ...token },
		});
		expect(findings.get('expired-token')).toMatchObject({ verdict: 'holds' });
		expect(report).toContain('server token of an Admin');
	});

	it('removes the redirect of its moved page before the page, as it would not be found later', async () => {
		const simulator = await site();
		const options = await optionsFor(simulator);
		await probeSite(simulator, options);
		const left = Reflect.get(simulator.site.pages, 'redirects') as Redirect[];
		const { page } = ownOf(options, '1').paths!;
		expect(left.filter(({ path }) => path === page)).toEqual([]);
	});
});

describe('what a probe has made', () => {
	it('is removed when the probe itself breaks', async () => {
		const simulator = await site();
		const stop = new AbortController().signal;
		const settle = async () => await simulator.idle();
		const say = (line: string) => {
			if (line.startsWith('tags: ')) throw new TypeError('a slip in the probe');
		};
		const broken = probe(await optionsFor(simulator), { say, stop, settle });
		await expect(broken).rejects.toThrow('a slip in the probe');
		expect(simulator.webhooks()).toEqual([]);
		expect(simulator.site.pages.byPath(SANDBOX)).toBeDefined();
		const below = simulator.site.pages.below(simulator.site.page(SANDBOX));
		expect(below).toEqual([]);
	});
});

describe('what others have made', () => {
	it('stays, also below a page of the probe, and is not looked into', async () => {
		const simulator = await site();
		const theirs = 'https://listener.example/cxoneexpertprobe00000000/hook';
		simulator.addWebhook(theirs, 'Bearer of-somebody-else');
		const options = await optionsFor(simulator);
		const { marker, authorization } = ownOf(options, '1');
		// Of an earlier run, at a site that shows no header, and at one that shows another address.
		simulator.addWebhook(`https://tunnel.example/${marker.toUpperCase()}/x`, 'Bearer x');
		simulator.addWebhook('https://gateway.example/7', authorization);
		const before = simulator.site.pages.current.map((page) => ({ ...page }));
		let other = '';
		const outcome = await probe(options, {
			stop: new AbortController().signal,
			settle: async () => await simulator.idle(),
			say: (line) => {
				if (line.startsWith('tags: ')) simulator.site.editPage('Category_1', { html: 'new' });
				if (!line.startsWith('tip-create: ')) return;
				const leaf = simulator.site.pages.current.find(({ path }) => path.endsWith('/leaf'));
				other = simulator.site.createPage(`${leaf?.path}/by-somebody-else`).page.guid;
			},
		});
		const { current } = simulator.site.pages;
		expect(current.find(({ guid }) => guid === other)).toBeDefined();
		expect(current.filter(({ guid }) => before.some((page) => page.guid === guid))).toHaveLength(
			before.length,
		);
		expect(simulator.webhooks().map(({ url }) => url)).toEqual([theirs]);
		expect(outcome.seen?.foreign).toBeGreaterThan(0);
		expect(outcome.seen?.root('delete')).toBeUndefined();
	});
});

describe('the report of a probe', () => {
	it('holds nothing of the site, and no token in any encoding', async () => {
		const simulator = await site({ requestDetails: 'user', pageShape: 'full' });
		mark(simulator);
		const calls = vi.spyOn(ProbedSite.prototype, 'call');
		onTestFinished(() => calls.mockRestore());
		const options = await optionsFor(simulator);
		const { report: whole, outcome, findings } = await probeSite(simulator, options);
		// Statements and names are the probe's own.
		const report = [...findings.values()]
			.flatMap(({ statement, name }) => [statement, `\`${name}\``])
			.reduce((text, own) => text.replaceAll(own, ''), whole);
		const responses = calls.mock.settledResults.flatMap(({ type, value }) =>
			type === 'fulfilled' ? [value] : [],
		);
		const heard = responses.flatMap(({ text, headers }) => [text, ...Object.values(headers)]);
		const delivered = outcome.seen!.deliveries.flatMap(({ body, headers }) => [
			body.toString(),
			...Object.values(headers),
		]);
		const values = [...new Set([...heard, ...delivered].flatMap(valuesIn))].filter(isOfSite);
		expect(values.length).toBeGreaterThan(150);
		expect(values.filter((value) => report.includes(value))).toEqual([]);
		const { longTermToken, signingSecret } = simulator;
		const { host } = new URL(simulator.url);
		const { marker, authorization } = outcome.seen!.own;
		const secrets = { longTermToken, signingSecret, host, marker, authorization, SANDBOX };
		const named = Object.entries(secrets).map(([name, value]) => ({ name, value }));
		expect(secretsIn(report, named)).toEqual([]);
		expect(secretsIn(longTermToken, named)).not.toEqual([]);
	});

	it('says what cannot be probed, and why', async () => {
		const simulator = await site();
		const { report } = await probeReading(simulator);
		for (const { name, why } of notProbed()) expect(report).toContain(`- \`${name}\`: ${why}`);
	});
});

/** Values that a person would recognize, in everything that the site can tell. */
function mark({ site }: Simulator): void {
	Reflect.set(site.pages, 'lastId', 7_654_320);
	Object.assign(site.users.admin, {
		...{ id: 8_765_432, fullname: 'Quincy Quagga', email: 'quincy@marked.example' },
	});
	site.createPage('Marked_page', {
		title: 'Marked title',
		html: '<p>Marked text</p>',
		tags: ['marked-tag'],
	});
	site.setProperty('Marked_page', 'marked#property', 'Marked value');
	site.attachFile('Marked_page', 'marked-file.txt');
}

/** Texts and attributes of a document; a text that is none as a whole. */
function valuesIn(text: string): string[] {
	if (!text.trimStart().startsWith('<')) return [text];
	return [...text.matchAll(/"([^"]*)"|>([^<]+)</g)].map(
		([, attribute, own]) => attribute ?? own ?? '',
	);
}

/** Words that every site has, and what is too short to be told from a count. */
const VOCABULARY =
	/^(true|false|inactive|unpublished|active|success|conflict|text|page|Admin|Anonymous|Public|[A-Z]+(,[A-Z_]+)*|[a-z.]+:[a-z]+|[A-Z]\w+_[A-Z]\w+|(text|application)\/[\w.+-]+(; charset=utf-8)?|[A-Z]+:[a-z*/]+|chunked|keep-alive|close|.{0,4}|\d{1,5})$/;

const isOfSite = (value: string) => !VOCABULARY.test(value.trim());

describe('a probe that cannot begin', () => {
	const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
	const TOKEN = { CXONE_EXPERT_TOKEN: JWT };
	const SITE = ['--site', 'https://help.example.com'];

	it.each([
		['without a site', [], TOKEN, 'Name the site'],
		['with http', ['--site', 'http://help.example.com'], TOKEN, 'travel unencrypted'],
		['without a token', SITE, {}, 'Put one token into the environment'],
		['with half a server token', SITE, { CXONE_EXPERT_TOKEN_KEY: 'key' }, 'Put one token'],
		['with two tokens', SITE, { ...TOKEN, CXONE_EXPERT_TOKEN_KEY: 'key' }, 'Put one token'],
		['with a token among the arguments', [...SITE, '--token', JWT], TOKEN, 'from the environment'],
		['with a stray token', [...SITE, JWT], TOKEN, 'from the environment'],
		['with no address of a tunnel', [...SITE, '--webhook', JWT], TOKEN, '--webhook takes the'],
		['with no port', [...SITE, '--port', JWT], TOKEN, '--port takes a whole number'],
	])('says so %s, and repeats nothing', (_, args, env, message) => {
		const read = () => readOptions(args, env);
		expect(read).toThrow(Refusal);
		expect(read).toThrow(message);
		expect(read).not.toThrow(JWT);
	});

	it('ends with 1 and prints why', async () => {
		const options = await optionsFor(await site(), { site: 'http://127.0.0.1:9' });
		const { exitCode, stderr, stdout } = await runCommand(options);
		expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
		expect(stderr).toBe('The site cannot be reached (ECONNREFUSED). Check the address.');
	});

	const NO_PAGE = 'There is no page at the path of --below';
	const BAD_TOKEN = 'does not accept the token';
	const refusals: Array<
		[what: string, message: string, (simulator: Simulator) => object, settings?: Partial<Settings>]
	> = [
		['a token that it takes for Anonymous', BAD_TOKEN, () => token('eyJ.bad.token')],
		['a token that it refuses', BAD_TOKEN, () => token('x'), { refuseBadTokens: true }],
		['a page that is not there', NO_PAGE, () => ({ below: 'No/Page' })],
		['a page that is 404', NO_PAGE, () => ({ below: 'No/Page' }), { missingPage: 'notFound' }],
		['a redirect', NO_PAGE, redirected],
		['no Admin', 'the Admin role', ({ readerJwt }) => token(readerJwt)],
		[
			'a port in use',
			'of this machine is not free',
			({ url }) => ({ port: Number(new URL(url).port) }),
		],
		['a tunnel to elsewhere', 'does not lead to port', ({ url }) => ({ webhook: url })],
	];

	it.each(refusals)('says so at %s: %s', async (_, message, changed, settings) => {
		const simulator = await site(settings);
		const options = await optionsFor(simulator);
		const { credential, ...rest } = changed(simulator) as { credential?: object };
		const all = { ...options, ...rest, credential: { ...options.credential, ...credential } };
		await expect(probeSite(simulator, all)).rejects.toThrow(message);
		expect(simulator.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	const elsewhere = { status: 302, headers: { Location: 'https://other.example/' } };
	it.each([
		['another address', elsewhere, 'redirects to another one'],
		['a web page', { body: 'login' as const }, 'does not respond as an Expert site does (200)'],
	])('says so when the site responds with %s', async (_, effect, message) => {
		const simulator = await site();
		simulator.faults.add({ effect });
		await expect(probeSite(simulator, await optionsFor(simulator))).rejects.toThrow(message);
	});

	const token = (longTermToken: string) => ({ credential: { longTermToken } });

	function redirected(simulator: Simulator): object {
		simulator.site.createPage('Old_place');
		simulator.site.movePage('Old_place', 'New_place');
		return { below: 'Old_place' };
	}
});

describe('a site that responds in an unknown way', () => {
	it.each([
		['draft-create', 'POST', /\/create$/],
		['tags', 'PUT', /\/pages\/\d+\/tags$/],
		['move', 'POST', /\/move$/],
		['update', 'PUT', /\/webhooks\/\d+$/],
	])('gets nothing more written after %s', async (step, method, path) => {
		const simulator = await site();
		simulator.faults.add({
			match: { method, path },
			effect: { status: 200, body: 'wrongRoot', applyThenFail: true },
		});
		const { outcome, report } = await probeSite(simulator, await optionsFor(simulator));
		expect(outcome.seen?.stopped).toEqual({ step, form: '`200 unexpected(answer: integer)`' });
		expect(report).toContain(`stopped at \`${step}\``);
		const at = simulator.apiCalls.findIndex(
			(call) => call.method === method && path.test(call.path),
		);
		const later = simulator.apiCalls.slice(at + 1).map((call) => call.method);
		expect(new Set(later)).toEqual(new Set(['GET', 'DELETE']));
		expect(outcome.left).toEqual([]);
	});

	it('is not written to where a draft has come to stand at another path', async () => {
		const simulator = await site();
		simulator.faults.add({
			match: { method: 'POST', path: /\/create$/ },
			effect: { status: 200, body: { raw: '<draft id="1" state="unpublished"/>' } },
		});
		const { outcome } = await probeSite(simulator, await optionsFor(simulator));
		expect(outcome.seen?.stopped).toMatchObject({ step: 'draft-create' });
		expect(simulator.site.page(1)).toMatchObject({ revision: 1, title: 'Home' });
	});

	it.each(['wrongRoot', 'html', 'truncated', 'empty', 'json'] as const)(
		'gets a report when its lists are %s',
		async (body) => {
			const simulator = await site();
			simulator.faults.add({
				match: { method: 'GET', path: /subpages|find|revisions|archive|jobs|drafts|webhooks/ },
				effect: { status: 200, body },
			});
			const { findings } = await probeReading(simulator);
			expect(findings.get('draft-of-page')).toMatchObject({ verdict: 'other' });
			expect(findings.get('archive-order')).toMatchObject({ verdict: 'not seen' });
		},
	);

	it('is waited for where it is busy, which the report says', async () => {
		// Events of one change come in their order.
		const simulator = await site({ concurrencyPerWebhook: 1 });
		simulator.faults.add({
			match: { path: /home\/subpages/, times: 1 },
			effect: { status: 503, headers: { 'Retry-After': '1' } },
		});
		const { findings } = await probeReading(simulator);
		expect(findings.get('throttling')).toMatchObject({
			verdict: 'other',
			form: '503, Retry-After: integer',
		});
		expect(findings.get('list-offset')).toMatchObject({ verdict: 'holds' });
	});
});

describe('in the terminal', () => {
	it('a line for each step, the report at the end and in the file', async () => {
		const simulator = await site();
		const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-probe-'));
		onTestFinished(async () => await rm(folder, { recursive: true }));
		const out = join(folder, 'report.md');
		const options = await optionsFor(simulator, { out, webhook: undefined });
		const { exitCode, stdout, stderr } = await runCommand(options);
		expect(exitCode, stderr).toBe(0);
		expect(stderr).toMatch(
			/^bad-token: 200\nbad-token-asked: 401\nno-page: 404\n[^]*\ndelete: 200\n[^]*removed: [1-9]$/,
		);
		expect(stdout).toMatch(/^# Probe of an Expert site\n/);
		expect(await readFile(out, 'utf8')).toBe(stdout);
		const nowhere = { ...options, below: undefined, out: join(folder, 'none/report.md') };
		expect((await runCommand(nowhere)).stderr).toContain('The file of --out cannot be written.');
	});

	it('the listener waits until no delivery has come for so long, or it is stopped', async () => {
		const listener = await listen();
		const stop = new AbortController();
		const waiting = listener.quiet(600_000, stop.signal).then(() => 'over');
		await sendDelivery(`${listener.url}${listener.path}/`, { body: '<event/>', secret: 's' });
		expect(listener.deliveries).toHaveLength(1);
		expect(await Promise.race([waiting, Promise.resolve('waits')])).toBe('waits');
		stop.abort();
		expect(await waiting).toBe('over');
		await listener.quiet(1, new AbortController().signal);
	});

	it.each([
		['<page id="7"/>', true],
		['<page id="8"><path>A/marker</path></page>', true],
		['<page id="8"><path>A/B</path></page>', false],
		['<source.page id="7"/><page id="8"/>', true],
		['<request/>', true],
	])('the listener takes an event with %s for its own: %s', async (children, isOwn) => {
		const listener = await listen();
		const body = `<event type="page:move">${children}</event>`;
		await sendDelivery(`${listener.url}${listener.path}`, { body, secret: 's' });
		expect(listener.own).toHaveLength(isOwn ? 1 : 0);
	});

	async function listen(): Promise<DeliveryListener> {
		const names = { marker: 'marker', ids: new Set(['7']) };
		const listener = await DeliveryListener.open(await freePort(), names);
		onTestFinished(async () => await listener.close());
		return listener;
	}

	it.each<[string, Partial<Settings>, (simulator: Simulator) => void, string]>([
		['no delivery', {}, (simulator) => simulator.pauseDeliveries(), 'No delivery has come'],
		['no webhook', { webhooksFeature: false }, () => {}, 'did not register the webhook'],
		['a refused step', {}, refusePublication, 'The site refused a step'],
	])('%s ends it with 2', async (_, settings, prepare, message) => {
		const simulator = await site(settings);
		prepare(simulator);
		const { exitCode, stderr } = await runCommand(await optionsFor(simulator));
		expect(stderr).toContain(message);
		expect(exitCode).toBe(2);
	});

	it.each([403, 404])(
		'a page is made without a draft where the site has none for us (%i)',
		async (status) => {
			const simulator = await site();
			simulator.faults.add({ match: { path: /\/create$/ }, effect: { status } });
			const { outcome, findings } = await probeSite(simulator, await optionsFor(simulator));
			expect(outcome).toMatchObject({ left: [], seen: { stopped: undefined } });
			expect(findings.get('event-of-new-draft')).toMatchObject({ verdict: 'not seen' });
			expect(findings.get('first-publication')).toMatchObject({ verdict: 'not seen' });
			expect(findings.get('event-of-edit')).toMatchObject({ verdict: 'holds' });
		},
	);

	it('a redirect that is made after the response to the move is waited for', async () => {
		const simulator = await site();
		const match = { path: /cxoneexpertprobe[\da-f]{8}\/info$/, times: 1 };
		const lines: string[] = [];
		const { seen } = await probe(await optionsFor(simulator, { webhook: undefined }), {
			stop: new AbortController().signal,
			say: (line) => {
				if (line.startsWith('move: ')) simulator.faults.add({ match, effect: { status: 404 } });
				if (line.startsWith('moved-from: ')) lines.push(line);
			},
		});
		expect(lines).toEqual(['moved-from: 404', 'moved-from: 200']);
		const findings = new Map(findingsOf(seen!).map((each) => [each.name, each]));
		expect(findings.get('moved-page')).toMatchObject({ verdict: 'holds' });
	});

	it('a question without a response is asked once more, and a change is not', async () => {
		const simulator = await site();
		const lost = { effect: { reset: true } };
		simulator.faults.add({ match: { path: 'home/subpages', times: 1 }, ...lost });
		simulator.faults.add({ match: { method: 'PUT', path: /tags$/, times: 1 }, ...lost });
		const options = await optionsFor(simulator, { webhook: undefined });
		const { outcome } = await probeSite(simulator, options);
		expect(outcome).toMatchObject({ left: [], seen: { stopped: { step: 'call' } } });
		const puts = simulator.apiCalls.filter(({ method }) => method === 'PUT');
		expect(puts).toHaveLength(1);
	});

	it('who is an admin by a group may register a webhook', async () => {
		const simulator = await site();
		const user = (await simulator.ask('GET', '/users/current')).body;
		const raw = user.replace(/<permissions\.user>[^]*?<\/permissions\.user>/, (own) =>
			own.replaceAll('ADMIN', 'READ').replace('>Admin<', '>Contributor<'),
		);
		const match = { path: '/users/current' };
		simulator.faults.add({ match, effect: { status: 200, body: { raw } } });
		const options = await optionsFor(simulator, { below: undefined });
		const { findings, report } = await probeSite(simulator, options);
		expect(findings.get('admin-by-group')).toMatchObject({ verdict: 'holds' });
		expect(report).toContain('of an Admin');
	});

	function refusePublication({ faults }: Simulator): void {
		faults.add({ match: { path: /\/publish$/ }, effect: { status: 403 } });
	}

	it('what it cannot remove ends it with 3, and is named', async () => {
		const simulator = await site();
		const options = await optionsFor(simulator, { webhook: undefined });
		simulator.faults.add({
			match: { method: 'DELETE', path: /\/pages\// },
			effect: { status: 403 },
		});
		const left = await runCommand(options);
		expect(left.stderr).toMatch(/Left at the site, remove it there: the page Sandbox\/Probes\//);
		expect(left.exitCode).toBe(3);
	});
});
