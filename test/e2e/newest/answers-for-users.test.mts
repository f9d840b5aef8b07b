import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { DONT_KNOW, LanguageModel } from '../../support/e2e/language-model.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { importTemplate } from '../../support/e2e/template.mts';
import { serverTokenFor } from '../../support/integration/scene.mts';
import type { Credential } from '../../support/n8n/client.mts';
import { RestSession } from '../../support/n8n/rest.mts';
import { present } from '../../support/present.mts';

/*
 * The chat whose answers keep to what the asker may read, on a real n8n with people of its own. Only the language model
 * is a stand-in: it searches, reads the best page, and answers from it.
 */

const QUESTION = 'What are the salaries?';
const SALARIES = 'The salaries of all grades.';

let scene: Scene;
let model: LanguageModel;
let credential: Credential;
let chat: string;
/** People of n8n; the first two are known in Expert, one as admin and one as reader. */
let [admin, reader, stranger]: Person[] = [];

interface Person {
	id: string;
	session: RestSession;
}

beforeAll(async () => {
	model = await LanguageModel.start();
	scene = await Scene.open();
	const { page } = scene.site.site.createPage('Guides/Salaries', { title: 'Salaries', html: `<p>${SALARIES}</p>` });
	scene.site.site.restrictPage(page.path, 'Private');
	[admin, reader, stranger] = [await invited('admin'), await invited('reader'), await invited('stranger')];
	credential = await scene.client.createCredential('As who asks', 'cxoneExpertApi', asWhoAsks());
	const openAi = await scene.client.createCredential('Model', 'openAiApi', model.credential);
	const known = JSON.stringify({ [admin.id]: 'admin', [reader.id]: 'reader' });
	const filledIn = { 'Who is who': { jsonOutput: known } };
	const { id, nodes } = await importTemplate(scene, 'answers-for-users', [credential, openAi], filledIn);
	await scene.client.activate(id);
	const trigger = present(
		nodes.find(({ name }) => name === 'Chat'),
		'chat',
	);
	chat = `/webhook/${trigger.webhookId}/chat`;
});
afterAll(async () => {
	await scene?.close();
	await model?.stop();
});

const asWhoAsks = () => ({
	...serverTokenFor(scene.site),
	runAsUser: "={{ $('Who asks').first().json.user }}",
});

/** Somebody with an account of n8n, who is signed in. */
async function invited(name: string): Promise<Person> {
	const email = `${name}@example.com`;
	const invitations = [{ email, role: 'global:member' }];
	const [invitation] = await scene.client.rest<Array<{ user: { id: string; inviteAcceptUrl: string } }>>(
		...['POST' as const, '/invitations', invitations],
	);
	const { id, inviteAcceptUrl } = present(invitation, 'invitation').user;
	const token = new URL(inviteAcceptUrl).searchParams.get('token');
	const session = new RestSession(scene.n8n.baseUrl);
	const password = `Of-${name}-12`;
	await session.rest('POST', '/invitations/accept', { token, firstName: name, lastName: 'Test', password });
	return { id, session };
}

/** What the chat answers. */
async function answerTo(
	{ session }: Person,
	{ chatInput = QUESTION, ...more }: Record<string, unknown> = {},
): Promise<string> {
	const body = { action: 'sendMessage', sessionId: randomUUID(), chatInput, ...more };
	return (await session.send<{ output: string }>('POST', chat, { body })).output;
}

it('answers from a restricted page for who may read it, and for nobody else', async () => {
	const before = scene.site.apiCalls.length;
	expect(await answerTo(admin!)).toContain(SALARIES);
	expect(await answerTo(reader!)).toBe(DONT_KNOW);
	expect(await answerTo(admin!)).toContain(SALARIES);
	const callers = scene.site.apiCalls.slice(before).map(({ user }) => user);
	expect(callers.filter((user, index) => user !== callers[index - 1])).toEqual(['admin', 'reader', 'admin']);
});

it('lets nobody claim to be somebody else', async () => {
	expect(await answerTo(reader!, { user: { id: admin!.id, email: 'admin@example.com' } })).toBe(DONT_KNOW);
});

it('shows nobody what another has asked in the same session', async () => {
	const sessionId = randomUUID();
	await answerTo(admin!, { sessionId });
	const before = model.requests.length;
	await answerTo(reader!, { sessionId });
	expect(JSON.stringify(model.requests.slice(before))).not.toContain(SALARIES);
});

it('tells who is not known to whom to send which ID, and asks the site nothing', async () => {
	const calls = scene.site.apiCalls.length;
	expect(await answerTo(stranger!)).toBe(
		`You have no Expert user here yet. Send this to whoever runs this chat: ${stranger!.id}`,
	);
	expect(scene.site.apiCalls).toHaveLength(calls);
});

it('refuses who is not signed in', async () => {
	const nobody = { id: '', session: new RestSession(scene.n8n.baseUrl) };
	await expect(answerTo(nobody)).rejects.toThrow(/401/);
});

it('says what is missing where the token does not run as who asks', async () => {
	const { secrets } = scene;
	onTestFinished(async () => await scene.client.updateCredential(credential, asWhoAsks()));
	await scene.client.updateCredential(credential, secrets);
	const before = model.requests.length;
	expect(await answerTo(reader!)).toMatch(/^I cannot look anything up with your rights.*needs a server token/);
	expect(model.requests).toHaveLength(before);
});
