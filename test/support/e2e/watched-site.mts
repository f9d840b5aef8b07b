import { randomUUID } from 'node:crypto';
import type { Credential } from '../n8n/client.mts';
import { type Execution, executionItems, isFinished } from '../n8n/executions.mts';
import type { Settings } from '../simulator/index.mts';
import { waitUntil } from '../wait.mts';
import { OutsideWorld } from './outside/outside-world.mts';
import { slackAlerts, slackChannel, slackCredential } from './outside/slack.mts';
import { Scene } from './scene.mts';
import { chosen, type FilledIn, importTemplate, template } from './template.mts';

export interface WatchdogOptions {
	/** Between two runs, in place of five minutes. */
	everySeconds: number;
	/** With two, two runs begin at the same moment, each time. */
	schedules?: 1 | 2;
	/** What a user enters in "Since when?" in place of 10. */
	marginMinutes?: number;
}

/** A site, a real n8n, and the ready-made workflows that see to it that no change is missed. */
export class WatchedSite {
	readonly world: OutsideWorld;
	readonly scene: Scene;
	private readonly credentials: Credential[];
	followUp = '';
	trigger = '';
	watchdog = '';

	private constructor(world: OutsideWorld, scene: Scene, credentials: Credential[]) {
		this.world = world;
		this.scene = scene;
		this.credentials = credentials;
	}

	static async open(settings: Partial<Settings>): Promise<WatchedSite> {
		const world = await OutsideWorld.open();
		// A watchdog runs every few seconds: the quick engine leaves a slow machine time for the rest.
		const env = { ...world.env, N8N_EXPRESSION_ENGINE: 'legacy' };
		const scene = await Scene.open(settings, env);
		const slack = await scene.client.createCredential('Slack', 'slackApi', slackCredential);
		return new WatchedSite(world, scene, [scene.credential, slack]);
	}

	/** The three workflows as the README says it, with a quicker watchdog. */
	async publish({
		everySeconds,
		schedules = 1,
		marginMinutes = 10,
	}: WatchdogOptions): Promise<void> {
		this.followUp = await this.published('follow-up', {
			'Tell Slack': { channelId: chosen(slackChannel) },
		});
		const followUp = chosen(this.followUp);
		this.trigger = await this.published('high-volume', {
			'Start the follow-up': { workflowId: followUp },
		});
		const interval = [{ field: 'seconds', secondsInterval: everySeconds }];
		this.watchdog = await this.imported('watchdog', {
			'Every 5 minutes': { rule: { interval } },
			Alert: { channelId: chosen(slackAlerts) },
			'Since when?': { jsCode: withMargin(marginMinutes) },
			'Run the follow-up': { workflowId: followUp },
		});
		if (schedules === 2) await this.addSchedule();
		await this.scene.client.activate(this.watchdog);
	}

	/** Leaves the site as it is, without webhooks of n8n. */
	async unpublish(): Promise<void> {
		for (const id of [this.watchdog, this.trigger, this.followUp]) {
			await this.scene.client.deactivate(id);
		}
	}

	/** What was let through, each change by its kind, page and revision; in no order. */
	async handled(): Promise<string[]> {
		const executions = await this.scene.client.executionsWithData(this.followUp);
		return executions
			.flatMap((execution) => executionItems(execution, 'Each change once'))
			.map(nameOf)
			.sort();
	}

	/** What the channel was told about pages, oldest first. */
	messages(): string[] {
		return this.texts(slackChannel);
	}

	alerts(): string[] {
		return this.texts(slackAlerts);
	}

	/** Waits until a run of the watchdog that starts from now on has ended well. */
	async anotherRun(): Promise<void> {
		const before = new Set((await this.runs()).map(({ id }) => id));
		await this.scene.client.waitForExecutions(this.watchdog, 1);
		await waitUntil('the watchdog has run once more', async () => {
			const fresh = (await this.runs()).filter(({ id }) => !before.has(id));
			if (fresh.some(({ status }) => status === 'success')) return true;
			const failed = fresh.find((run) => isFinished(run));
			if (failed) throw new Error(`A run of the watchdog ended as ${failed.status}`);
			return false;
		});
	}

	/** The runs of the watchdog, oldest first. */
	async runs(): Promise<Execution[]> {
		return await this.scene.client.executions(this.watchdog);
	}

	async close(): Promise<void> {
		await this.scene.close();
		await this.world.close();
	}

	private async imported(name: string, filledIn: FilledIn): Promise<string> {
		return (await importTemplate(this.scene, name, this.credentials, filledIn)).id;
	}

	private async published(name: string, filledIn: FilledIn): Promise<string> {
		const id = await this.imported(name, filledIn);
		await this.scene.client.activate(id);
		return id;
	}

	/** A second one like the first: n8n starts only one run for two equal rules of one schedule. */
	private async addSchedule() {
		const { client } = this.scene;
		const { nodes, connections } = await client.workflow(this.watchdog);
		const [schedule] = nodes;
		const second = { ...schedule!, id: randomUUID() as string, name: 'Also' };
		await client.updateWorkflow(this.watchdog, {
			nodes: [...nodes, second],
			connections: { ...connections, [second.name]: connections[schedule!.name] },
		});
	}

	private texts(channel: string): string[] {
		return this.world
			.sent('slack.com')
			.filter(({ body }) => body.channel === channel)
			.map(({ body }) => body.text);
	}
}

/** The code of the template with another margin. */
function withMargin(minutes: number): string {
	const node = template('watchdog').nodes.find(({ name }) => name === 'Since when?')!;
	const code: string = node.parameters.jsCode;
	const changed = code.replace('marginMinutes = 10;', `marginMinutes = ${minutes};`);
	if (minutes !== 10 && changed === code) throw new Error('The margin is not where it was');
	return changed;
}

/** `created <page>` or `edited <page> <revision>`, of an item of either workflow. */
function nameOf({ change, eventType, page, id, revision }: Record<string, any>): string {
	const pageId: string = page?.id ?? id;
	const number: number = page?.revision ?? revision;
	const isNew = change === 'created' || eventType === 'page_create' || number <= 1;
	return isNew ? `created ${pageId}` : `edited ${pageId} ${number}`;
}
