import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Credential } from '../../n8n/client.mts';
import { executionError } from '../../n8n/executions.mts';
import { jiraCredential, jiraIssueType, jiraProject } from '../support/outside/jira.mts';
import { OutsideWorld } from '../support/outside/outside-world.mts';
import { slackChannel, slackCredential } from '../support/outside/slack.mts';
import { Scene } from '../support/scene.mts';
import { chosen, type FilledIn, importTemplate } from '../support/template.mts';

/** A title with everything that Slack and Jira could take for a command of theirs. */
const oddTitle = 'Größe <!channel> & {code} *sure*';
const oddTitleInSlack = 'Größe &lt;!channel&gt; &amp; {code} *sure*';

describe('a ready-made workflow, imported into a real n8n', () => {
	let scene: Scene;
	let world: OutsideWorld;
	let credentials: Credential[];
	beforeAll(async () => {
		world = await OutsideWorld.open();
		scene = await Scene.open({ requestDetails: 'user' }, world.env);
		const { client } = scene;
		credentials = [
			scene.credential,
			await client.createCredential('Slack', 'slackApi', slackCredential),
			await client.createCredential('Jira', 'jiraSoftwareCloudApi', jiraCredential),
			await client.createCredential('Mail', 'smtp', world.mail.credential),
		];
	});
	afterAll(async () => {
		await scene?.close();
		await world?.close();
	});

	/** Imports, fills in and publishes it. */
	async function published(name: string, filledIn: FilledIn = {}) {
		const { id } = await importTemplate(scene, name, credentials, filledIn);
		await scene.client.activate(id);
		return id;
	}

	/** Its executions, all of which must have gone well. */
	async function executions(id: string, count: number) {
		const all = await scene.client.waitForExecutions(id, count, 60_000);
		expect(all.map((execution) => executionError(execution))).toEqual(all.map(() => undefined));
		expect(all.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'success'));
		return all;
	}

	it('new-page-to-slack: sends the title, the address and the author of a new page', async () => {
		const id = await published('new-page-to-slack', {
			'Tell Slack': { channelId: chosen(slackChannel) },
		});
		scene.site.site.createPage('Guides/Größe', { title: oddTitle });
		await executions(id, 1);
		expect(world.sent('slack.com')).toMatchObject([
			{
				url: 'https://slack.com/api/chat.postMessage',
				body: {
					channel: slackChannel,
					text: `New page: <${scene.site.url}/Guides/Größe|${oddTitleInSlack}>\nAuthor: Site Admin`,
				},
			},
		]);
		await scene.client.deactivate(id);
	});

	it('new-page-to-jira: creates an issue with the title and the address', async () => {
		const id = await published('new-page-to-jira', {
			'Create an issue': { project: chosen(jiraProject), issueType: chosen(jiraIssueType) },
		});
		const longTitle = `Line\nbreak ${'long '.repeat(100)}`;
		scene.site.site.createPage('Guides/One', { title: oddTitle });
		await executions(id, 1);
		scene.site.site.createPage('Guides/Two', { title: longTitle });
		await executions(id, 2);
		const [first, second] = world.sent('example.atlassian.net');
		expect(first!.body.fields).toMatchObject({
			project: { id: jiraProject },
			issuetype: { id: jiraIssueType },
			summary: `New page: ${oddTitle}`,
			description: expect.stringMatching(
				`Page: ${scene.site.url}/Guides/One\nAuthor: Site Admin\nCreated: 20`,
			),
		});
		expect(second!.body.fields.summary).toMatch(/^New page: Line break long /);
		await scene.client.deactivate(id);
	});

	it('page-deleted-alert: mails which page it was, and who deleted it', async () => {
		const id = await published('page-deleted-alert', {
			'Send an alert': { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' },
		});
		const { site } = scene.site;
		const { pageId } = site.createPage('Guides/Old_page', { title: oddTitle });
		site.createUser('editor-ann', { role: 'Contributor' });
		site.deletePage('Guides/Old_page', { by: 'editor-ann' });
		await executions(id, 1);
		expect(world.mail.mails).toHaveLength(1);
		const [mail] = world.mail.mails;
		expect(mail!.subject).toBe(`Page deleted: ${oddTitle}`);
		expect(mail!.text).toContain('Path: Guides/Old_page\nDeleted by: editor-ann\nDeleted at: 20');
		expect(mail!.text).toContain(`(page ${pageId})`);
		await scene.client.deactivate(id);
	});

	it('exactly-once', async () => {
		const before = world.sent('slack.com').length;
		const id = await published('exactly-once', {
			'Tell Slack': { channelId: chosen(slackChannel) },
		});
		for (let n = 0; n < 6; n++) {
			scene.site.site.createPage(`Guides/Dedupe_${n}`);
			await scene.client.waitForExecutions(id, n + 1, 30000);
		}
		const all = await scene.client.waitForExecutions(id, 6, 60_000);
		console.log(all.map((e) => [e.status, executionError(e)]), world.sent('slack.com').length - before);
		await scene.client.deactivate(id);
	});

	it('calls nobody else', () => {
		expect(world.strays.map(({ url }) => url)).toEqual([]);
	});
});
