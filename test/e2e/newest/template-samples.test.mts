import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Credential } from '../../support/n8n/client.mts';
import { executionError, executionItems } from '../../support/n8n/executions.mts';
import { createOutsideCredentials } from '../../support/e2e/outside/credentials.mts';
import { jiraIssueType, jiraProject } from '../../support/e2e/outside/jira.mts';
import { OutsideWorld } from '../../support/e2e/outside/outside-world.mts';
import { slackChannel } from '../../support/e2e/outside/slack.mts';
import { Scene } from '../../support/e2e/scene.mts';
import {
	chosen,
	type FilledIn,
	importTemplate,
	isTrigger,
	template,
} from '../../support/e2e/template.mts';
import { withCode } from '../../support/n8n/settings.mts';
import { present } from '../../support/present.mts';

describe('a ready-made workflow, before anything has happened at a site', () => {
	let scene: Scene;
	let world: OutsideWorld;
	let credentials: Credential[];
	beforeAll(async () => {
		world = await OutsideWorld.open();
		scene = await Scene.open({}, { ...withCode, ...world.env });
		credentials = await createOutsideCredentials(scene.client, world);
	});
	afterAll(async () => {
		await scene?.close();
		await world?.close();
	});

	/** "Import from File", then "Execute workflow": without a credential for Expert, and nothing published. */
	async function execute(name: string, filledIn: FilledIn = {}) {
		const { id, nodes } = await importTemplate(scene, name, credentials, filledIn);
		const trigger = present(nodes.find(isTrigger), 'trigger').name;
		await scene.client.runFrom(id, trigger);
		const [execution] = await scene.client.waitForExecutions(id, 1);
		expect(executionError(execution!)).toBeUndefined();
		expect(execution).toMatchObject({ mode: 'manual', status: 'success' });
		const samples = present(template(name).pinData, 'samples')[trigger]!;
		expect(executionItems(execution!, trigger)).toEqual(samples.map(({ json }) => json));
		expect(scene.site.apiCalls).toEqual([]);
		return execution!;
	}

	it('new-page-to-slack: sends a message about its sample', async () => {
		await execute('new-page-to-slack', { 'Tell Slack': { channelId: chosen(slackChannel) } });
		const [message] = world.sent('slack.com');
		expect(message?.body).toMatchObject({
			channel: slackChannel,
			text: 'New page: <https://help.example.com/Guides/Setup|Setup>, by Jane Doe',
		});
	});

	it('new-page-to-jira: creates an issue about its sample', async () => {
		const issue = { project: chosen(jiraProject), issueType: chosen(jiraIssueType) };
		await execute('new-page-to-jira', { 'Create an issue': issue });
		const [request] = world.sent('example.atlassian.net');
		expect(request?.body).toMatchObject({ fields: { summary: 'New page: Setup' } });
	});

	it('page-deleted-alert: mails about its sample', async () => {
		const addresses = { fromEmail: 'n8n@example.com', toEmail: 'team@example.com' };
		await execute('page-deleted-alert', { 'Send an alert': addresses });
		expect(world.mail.mails).toMatchObject([{ subject: 'Page deleted: Setup' }]);
	});

	it('content-updated-review-tag: shows what tagging its sample gives, and tags nothing', async () => {
		const execution = await execute('content-updated-review-tag');
		expect(executionItems(execution, 'Add the tag')).toMatchObject([
			{ page: { id: '371' }, added: ['review'] },
		]);
	});

	it('high-volume: hands its samples to another workflow', async () => {
		const called = await scene.subWorkflow('return $input.all();');
		await execute('high-volume', { 'Start the follow-up': { workflowId: chosen(called.id) } });
		const [first] = await scene.client.waitForExecutions(called.id, 2);
		expect(executionItems(first!, 'Next')[0]).toMatchObject({ eventType: 'page_create' });
	});

	it('ready-made workflows with samples: call no other service', () => {
		expect(world.strays.map(({ url }) => url)).toEqual([]);
	});
});
