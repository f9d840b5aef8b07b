import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ownOf } from '../support/probe/own.mts';
import { readOptions, Refusal } from '../support/probe/options.mts';
import { furnishedSite, optionsFor, probeSite, runCommand, SANDBOX } from '../support/probe/simulated.mts';
import { ProbedSite } from '../support/probe/site.mts';
import { secretsIn } from '../support/secret.mts';
import type { Settings, Simulator } from '../support/simulator/index.mts';

async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await furnishedSite(settings);
	onTestFinished(async () => await simulator.close());
	return simulator;
}

describe('npm run probe', () => {
	it('sees at the simulated site what probe-findings.txt says', async () => {
		const simulator = await site();
		const { findings, outcome } = await probeSite(simulator, await optionsFor(simulator));
		const lines = [...findings]
			// By the clock, which a busy machine changes.
			.filter(([name]) => name !== 'first-revision')
			.map(([name, { verdict, form }]) => `${name}: ${verdict}: ${form}\n`);
		await expect(lines.join('')).toMatchFileSnapshot('probe-findings.txt');
		expect(outcome).toMatchObject({ left: [], wasInterrupted: false });
		expect(outcome.seen?.stopped).toBeUndefined();
	});

	it('only reads without --below and --webhook, also with a server token', async () => {
		const simulator = await site();
		const { key: tokenKey, secret: tokenSecret, user: runAsUser } = simulator.serverToken;
		const token = { authentication: 'serverToken' as const, tokenKey, tokenSecret, runAsUser };
		const credential = { siteUrl: simulator.url, ...token };
		const reading = { below: undefined, webhook: undefined, credential };
		const { findings, report } = await probeSite(simulator, await optionsFor(simulator, reading));
		expect(new Set(simulator.apiCalls.map(({ method }) => method))).toEqual(new Set(['GET']));
		expect(findings.get('bad-token')).toMatchObject({ verdict: 'holds' });
		expect(findings.get('event-of-new-draft')).toMatchObject({ verdict: 'not seen', form: '' });
		expect(report).toContain('server token of an Admin\n- only read; no webhook was registered');
	});

	it('judges pages without a webhook for an editor', async () => {
		const simulator = await site();
		const { url: siteUrl, editorJwt: longTermToken } = simulator;
		const credential = { siteUrl, authentication: 'jwt' as const, longTermToken };
		const options = await optionsFor(simulator, { webhook: undefined, credential });
		const { findings, report } = await probeSite(simulator, options);
		expect(findings.get('body-as-text')).toMatchObject({ verdict: 'holds' });
		expect(simulator.apiCalls.filter(({ path }) => path.includes('/webhooks/'))).toEqual([]);
		expect(report).toContain('a user without the Admin role');
	});

	it('asks nothing about webhooks where the site does not register one', async () => {
		const simulator = await site({ webhooksFeature: false });
		const { outcome, report } = await probeSite(simulator, await optionsFor(simulator));
		expect(report).toContain('no webhook was registered');
		expect(outcome).toMatchObject({ left: [], seen: { stopped: undefined } });
	});

	it('makes its page without a draft where the site has none', async () => {
		const simulator = await site();
		simulator.faults.add({ match: { path: /\/create$/ }, effect: { status: 404 } });
		const { outcome, findings } = await probeSite(simulator, await optionsFor(simulator));
		expect(outcome).toMatchObject({ left: [], seen: { stopped: undefined } });
		expect(findings.get('first-publication')).toMatchObject({ verdict: 'not seen' });
		expect(findings.get('event-of-edit')).toMatchObject({ verdict: 'holds' });
	});
});

describe('at a site that others use, a probe', () => {
	it('removes what it has made, also when it breaks', async () => {
		const simulator = await site();
		const broken = probeSite(simulator, await optionsFor(simulator), (line) => {
			if (line.startsWith('move: ')) throw new TypeError('a slip in the probe');
		});
		await expect(broken).rejects.toThrow('a slip in the probe');
		expect(simulator.webhooks()).toEqual([]);
		expect(simulator.site.pages.below(simulator.site.page(SANDBOX))).toEqual([]);
	});

	it('leaves what others have made, also below its own pages, and does not look into it', async () => {
		const simulator = await site();
		const theirs = 'https://listener.example/cxoneexpertprobe00000000/hook';
		simulator.addWebhook(theirs, 'Bearer of-somebody-else');
		const options = await optionsFor(simulator);
		const { marker, authorization } = ownOf(options, '1');
		// Of an earlier run, at a site that shows no header, and at one that shows another address.
		simulator.addWebhook(`https://tunnel.example/${marker.toUpperCase()}/x`, 'Bearer x');
		simulator.addWebhook('https://gateway.example/7', authorization);
		const before = simulator.site.pages.current.map(({ guid }) => guid);
		const { outcome } = await probeSite(simulator, options, (line) => {
			if (line.startsWith('tags: ')) simulator.site.editPage('Category_1', { html: 'new' });
			if (!line.startsWith('tip-create: ')) return;
			const leaf = simulator.site.pages.current.find(({ path }) => path.endsWith('/leaf'));
			before.push(simulator.site.createPage(`${leaf?.path}/by-somebody-else`).page.guid);
		});
		const after = simulator.site.pages.current.map(({ guid }) => guid);
		expect(after).toEqual(expect.arrayContaining(before));
		expect(simulator.webhooks().map(({ url }) => url)).toEqual([theirs]);
		expect(outcome.seen?.foreign).toBeGreaterThan(0);
		expect(outcome.seen?.root('delete')).toBeUndefined();
	});

	it('names what it cannot remove, and ends with 3', async () => {
		const simulator = await site();
		const match = { method: 'DELETE', path: /\/pages\// };
		simulator.faults.add({ match, effect: { status: 403 } });
		const options = await optionsFor(simulator, { webhook: undefined });
		const { exitCode, stderr } = await runCommand(options);
		expect(stderr).toMatch(/Left at the site, remove it there: the page Sandbox\/Probes\//);
		expect(exitCode).toBe(3);
	});
});

it('the report of a probe holds nothing of the site, and no token', async () => {
	const simulator = await site({ requestDetails: 'user', pageShape: 'full' });
	mark(simulator);
	const calls = vi.spyOn(ProbedSite.prototype, 'call');
	onTestFinished(() => calls.mockRestore());
	const options = await optionsFor(simulator);
	const { report, outcome } = await probeSite(simulator, options);
	const responses = calls.mock.settledResults.flatMap(({ type, value }) => (type === 'fulfilled' ? [value] : []));
	const delivered = outcome.seen!.deliveries.map(({ body }) => body.toString());
	const all = [...responses.map(({ text }) => text), ...delivered].join('');
	for (const value of MARKS) {
		expect(all).toContain(value);
		expect(report).not.toContain(value);
	}
	const { longTermToken, signingSecret } = simulator;
	const { marker, authorization } = outcome.seen!.own;
	const { host } = new URL(simulator.url);
	const secrets = { longTermToken, signingSecret, host, marker, authorization, SANDBOX };
	const named = Object.entries(secrets).map(([name, value]) => ({ name, value }));
	expect(secretsIn(report, named)).toEqual([]);
});

/** Values that a person would recognize, in everything that the site can tell. */
const MARKS = ['76543', '8765432', 'Quincy Quagga', 'quincy@marked.example', 'Marked_page'];

function mark({ site }: Simulator): void {
	Reflect.set(site.pages, 'lastId', 7_654_300);
	Object.assign(site.users.admin, {
		...{ id: 8_765_432, fullname: 'Quincy Quagga', email: 'quincy@marked.example' },
	});
	site.createPage('Marked_page', { title: 'Marked title' });
}

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
		['with no address of a tunnel', [...SITE, '--webhook', JWT], TOKEN, '--webhook takes the'],
		['with no port', [...SITE, '--port', JWT], TOKEN, '--port takes a whole number'],
	])('says so %s, and repeats nothing', (_, args, env, message) => {
		const read = () => readOptions(args, env);
		expect(read).toThrow(Refusal);
		expect(read).toThrow(message);
		expect(read).not.toThrow(JWT);
	});

	const NO_PAGE = 'There is no page at the path of --below';
	const BAD_TOKEN = 'does not accept the token';
	const NO_SITE = 'does not respond as an Expert site does';
	const token = (longTermToken: string) => ({ credential: { longTermToken } });
	const login = (simulator: Simulator) => {
		simulator.faults.add({ effect: { body: 'login' } });
		return {};
	};
	const redirected = ({ site }: Simulator) => {
		site.createPage('Old_place');
		site.movePage('Old_place', 'New_place');
		return { below: 'Old_place' };
	};

	it.each<[string, string, (simulator: Simulator) => object]>([
		['a token that it takes for Anonymous', BAD_TOKEN, () => token('eyJ.bad.token')],
		['a page that is not there', NO_PAGE, () => ({ below: 'No/Page' })],
		['a redirect', NO_PAGE, redirected],
		['no Admin', 'the Admin role', ({ readerJwt }) => token(readerJwt)],
		['a port in use', 'is not free', ({ url }) => ({ port: Number(new URL(url).port) })],
		['a tunnel to elsewhere', 'does not lead to port', ({ url }) => ({ webhook: url })],
		['a web page', NO_SITE, login],
	])('says so at %s: %s', async (_, message, changed) => {
		const simulator = await site();
		const options = await optionsFor(simulator);
		const { credential, ...rest } = changed(simulator) as { credential?: object };
		const all = { ...options, ...rest, credential: { ...options.credential, ...credential } };
		await expect(probeSite(simulator, all)).rejects.toThrow(message);
		expect(simulator.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('ends with 1 and prints why', async () => {
		const options = await optionsFor(await site(), { site: 'http://127.0.0.1:9' });
		const { exitCode, stderr, stdout } = await runCommand(options);
		expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
		expect(stderr).toBe('The site cannot be reached (ECONNREFUSED). Check the address.');
	});
});

describe('a site that responds in an unknown way', () => {
	it.each([
		['tags', 'PUT', /\/pages\/\d+\/tags$/],
		['update', 'PUT', /\/webhooks\/\d+$/],
	])('gets nothing more written after %s', async (step, method, path) => {
		const simulator = await site();
		const effect = { status: 200, body: 'wrongRoot', applyThenFail: true } as const;
		simulator.faults.add({ match: { method, path }, effect });
		const { outcome, report } = await probeSite(simulator, await optionsFor(simulator));
		expect(report).toMatch(new RegExp(`stopped at \`${step}[^]*: \`200 unexpected\\(answer\\)\``));
		const isIt = (call: { method: string; path: string }) => call.method === method && path.test(call.path);
		const later = simulator.apiCalls.slice(simulator.apiCalls.findIndex(isIt) + 1);
		expect(new Set(later.map((call) => call.method))).toEqual(new Set(['GET', 'DELETE']));
		expect(outcome.left).toEqual([]);
	});

	it('is not written to where a draft has come to stand at another path', async () => {
		const simulator = await site();
		const raw = '<draft id="1" state="unpublished"/>';
		const match = { method: 'POST', path: /\/create$/ };
		simulator.faults.add({ match, effect: { status: 200, body: { raw } } });
		const { outcome } = await probeSite(simulator, await optionsFor(simulator));
		expect(outcome.seen?.stopped).toMatchObject({ step: 'draft-create' });
		expect(simulator.site.page(1)).toMatchObject({ revision: 1, title: 'Home' });
	});

	it('is not asked to repeat a change whose response is lost', async () => {
		const simulator = await site();
		const match = { method: 'PUT', path: /tags$/, times: 1 };
		simulator.faults.add({ match, effect: { reset: true } });
		const options = await optionsFor(simulator, { webhook: undefined });
		const { outcome } = await probeSite(simulator, options);
		expect(outcome).toMatchObject({ left: [], seen: { stopped: { step: 'call' } } });
		expect(simulator.apiCalls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
	});
});

it('a probe says a line for each step in the terminal, and prints the report at the end', async () => {
	const options = await optionsFor(await site(), { webhook: undefined });
	const { exitCode, stdout, stderr } = await runCommand(options);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toMatch(/^bad-token: 200\n[^]*\ndelete: 200\n[^]*removed: [1-9]$/);
	expect(stdout).toMatch(/^# Probe of an Expert site\n/);
});
