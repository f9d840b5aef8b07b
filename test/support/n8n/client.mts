import { waitFor, waitUntil } from '../wait.mts';
import { type Execution, isFinished } from './executions.mts';
import { RestSession, N8nApiError } from './rest.mts';

export interface Workflow {
	id: string;
	name: string;
	nodes: Array<Record<string, any> & { name: string; type: string }>;
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	/** Items that stand in for the output of a node when the workflow is run by hand. */
	pinData?: Record<string, Array<{ json: Record<string, any> }>>;
	versionId: string;
}

export type NewWorkflow = Pick<Workflow, 'name' | 'nodes' | 'connections' | 'settings' | 'pinData'>;

export interface Credential {
	id: string;
	name: string;
	type: string;
}

/** `next` is the query of the next page; empty at the end. */
interface Page {
	items: Execution[];
	next: string;
}

/** In PostgreSQL an id has four bytes. */
const MAX_ID = 2 ** 31 - 1;

/** Calls that a user makes in n8n's editor. Call `setupOwner()` or `login()` first. */
export class N8nClient extends RestSession {
	async createCredential(name: string, type: string, data: object): Promise<Credential> {
		const { id } = await this.rest<Credential>('POST', '/credentials', { name, type, data });
		return { id, name, type };
	}

	async updateCredential(credential: Credential, data: object): Promise<void> {
		const { id, name, type } = credential;
		await this.rest('PATCH', `/credentials/${id}`, { name, type, data });
	}

	/** The "Test" button; n8n tests the data that is sent along, not what it has stored. */
	async testCredential(credential: Credential, data: object): Promise<{ status: 'OK' | 'Error'; message: string }> {
		return await this.rest('POST', '/credentials/test', { credentials: { ...credential, data } });
	}

	/** The description that n8n has loaded for a node type, or undefined. */
	async nodeType(name: string): Promise<Record<string, any> | undefined> {
		const types = await this.send<Array<Record<string, any>>>('GET', '/types/nodes.json');
		return types.find((type) => type.name === name);
	}

	/** As the editor makes it, unless it has settings: without any, n8n runs it in the legacy order. */
	async createWorkflow(workflow: NewWorkflow): Promise<Workflow> {
		const { name, nodes, connections, pinData, settings = { executionOrder: 'v1' } } = workflow;
		const body = { name, nodes, connections, settings, pinData, active: false };
		return await this.rest('POST', '/workflows', body);
	}

	async workflow(id: string): Promise<Workflow> {
		return await this.rest('GET', `/workflows/${id}`);
	}

	/** Saves a draft; the published version stays until the next `activate`. */
	async updateWorkflow(id: string, changes: Partial<NewWorkflow>): Promise<Workflow> {
		return await this.rest('PATCH', `/workflows/${id}`, changes);
	}

	/** The file that "Download" in the editor writes. */
	async exportWorkflow(id: string): Promise<NewWorkflow> {
		const { name, nodes, connections, settings, pinData } = await this.workflow(id);
		return { name, nodes, connections, settings, ...(pinData ? { pinData } : {}) };
	}

	async publicationStatus(id: string): Promise<PublicationStatus | undefined> {
		return await publicationStatus(this, id);
	}

	/**
	 * Publishes the latest draft and waits until n8n has registered its triggers, which is also when
	 * the production route responds. Throws with n8n's reason when that fails: PublicationFailed after
	 * five tries in 15 seconds and more, N8nApiError at once on the legacy engine.
	 */
	async activate(id: string, timeoutMs?: number): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.rest('POST', `/workflows/${id}/activate`, { versionId });
		const publication = await settledPublication(this, id, timeoutMs);
		if (publication && publication.status !== 'published') throw new PublicationFailed(publication);
	}

	/** Unpublishes, and waits until the route is gone and the triggers were notified. */
	async deactivate(id: string, timeoutMs?: number): Promise<void> {
		await this.rest('POST', `/workflows/${id}/deactivate`, {});
		await settledPublication(this, id, timeoutMs);
	}

	/** "Listen for test event" on the trigger. */
	async listenForTest(id: string, triggerName: string): Promise<void> {
		const start = { triggerToStartFrom: { name: triggerName } };
		await this.run(id, { ...start, destinationNode: destination(triggerName) });
	}

	/** "Execute workflow" from a trigger that waits for nothing. */
	async runFrom(id: string, triggerName: string): Promise<void> {
		await this.run(id, { triggerToStartFrom: { name: triggerName } });
	}

	/**
	 * "Execute step" on a node, "Fetch Test Event" on a polling trigger.
	 *
	 * @param runData what the nodes before it gave last
	 */
	async executeStep(id: string, nodeName: string, runData: object = {}): Promise<void> {
		await this.run(id, { destinationNode: destination(nodeName), runData, dirtyNodeNames: [] });
	}

	private async run(id: string, how: object): Promise<void> {
		// Newer versions of n8n run what they have stored.
		const body = { workflowData: await this.workflow(id), ...how };
		await this.rest('POST', `/workflows/${id}/run`, body);
	}

	/** Oldest first, without their data and unfinished ones too. */
	async executions(workflowId: string, status?: string[]): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
		const limit = 100;
		return await allPages(async (query) => {
			const path = `/executions?filter=${filter}&limit=${limit}${query}`;
			const { results: items, nextCursor } = await this.rest<List>('GET', path);
			if (nextCursor !== undefined) return { items, next: goOnAt(nextCursor) };
			// An old n8n has no cursor. It sorts by id once it is given two ids to stay between.
			const isStart = query === '';
			if (isStart) return { items: [], next: `&firstId=0&lastId=${MAX_ID}` };
			const isLast = items.length < limit;
			return { items, next: isLast ? '' : `&firstId=0&lastId=${items.at(-1)!.id}` };
		});
	}

	/** The executions list of the editor with the filter "Status: Error"; oldest first. */
	async failedExecutions(workflowId: string): Promise<Execution[]> {
		return await this.executions(workflowId, ['error', 'crashed']);
	}

	/** "Retry execution" > "Retry with original workflow"; returns when that has ended. */
	async retry(executionId: string): Promise<void> {
		await this.rest('POST', `/executions/${executionId}/retry`, { loadWorkflow: false });
	}

	/** Oldest first, finished ones with their data. */
	async executionsWithData(workflowId: string): Promise<Execution[]> {
		// n8n gives out the data a moment after it has saved the end.
		const read = async () => {
			const ended = (await this.executions(workflowId)).filter(isFinished);
			const given = await this.givenOut(workflowId);
			const ids = new Set(given.map(({ id }) => Number(id)));
			return ended.every(({ id }) => ids.has(Number(id))) ? given : undefined;
		};
		const what = `n8n gives out all that has ended of workflow ${workflowId}`;
		return await waitFor(what, read, { intervalMs: 100 });
	}

	private async givenOut(workflowId: string): Promise<Execution[]> {
		return await allPages(async (query) => {
			const path = `/executions?workflowId=${workflowId}&includeData=true&limit=50${query}`;
			const { data, nextCursor } = await this.api<DataList>(path);
			return { items: data, next: goOnAt(nextCursor) };
		});
	}

	/** Waits until at least `count` executions are finished, and returns them with their data. */
	async waitForExecutions(workflowId: string, count: number, timeoutMs?: number) {
		const what = `${count} executions of workflow ${workflowId} are finished`;
		const areThere = async () => (await this.executions(workflowId)).filter(isFinished).length >= count;
		await waitUntil(what, areThere, { timeoutMs, intervalMs: 100 });
		return await this.executionsWithData(workflowId);
	}

	productionUrl(webhookId: string): string {
		return `${this.baseUrl}/webhook/${webhookId}/webhook`;
	}

	testUrl(webhookId: string): string {
		return `${this.baseUrl}/webhook-test/${webhookId}/webhook`;
	}
}

interface List {
	results: Execution[];
	nextCursor?: string | null;
}

interface DataList {
	data: Execution[];
	nextCursor: string | null;
}

async function allPages(read: (query: string) => Promise<Page>): Promise<Execution[]> {
	const all: Execution[] = [];
	let next = '';
	do {
		const page = await read(next);
		all.push(...page.items);
		next = page.next;
	} while (next);
	return all.sort((a, b) => Number(a.id) - Number(b.id));
}

function destination(nodeName: string) {
	return { nodeName, mode: 'inclusive' };
}

function goOnAt(cursor: string | null): string {
	return cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
}

/** What the editor shows of a published workflow; `failed` and `partial` name the triggers. */
interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: Array<{
		nodeId: string;
		status: 'activated' | 'failed';
		/** Only the message of the thrown error; n8n drops its description here. */
		errorMessage: string | null;
	}>;
}

/** Publishing did not succeed. The message holds what the user would read. */
class PublicationFailed extends Error {
	readonly publication: PublicationStatus;

	constructor(publication: PublicationStatus) {
		const reasons = publication.triggers.flatMap(({ errorMessage }) => errorMessage ?? []);
		super(`Publishing ended as "${publication.status}": ${reasons.join('; ')}`);
		this.publication = publication;
	}
}

/**
 * Undefined on the legacy engine, the only one in old versions of n8n: it registers before
 * responding to the publishing call, and keeps no status.
 */
async function publicationStatus(session: RestSession, workflowId: string): Promise<PublicationStatus | undefined> {
	try {
		return await session.rest('GET', `/workflows/${workflowId}/publication-status`);
	} catch (error) {
		if (error instanceof N8nApiError && error.status === 404) return undefined;
		throw error;
	}
}

/**
 * n8n publishes and unpublishes in the background; this waits for the end of it, then reads once more:
 * n8n reads at the same time whether it is done and what came of it, so the first status after the end
 * can hold what was before ("not_published" of a workflow that is published by now).
 */
export async function settledPublication(
	session: RestSession,
	workflowId: string,
	timeoutMs?: number,
): Promise<PublicationStatus | undefined> {
	const what = `workflow ${workflowId} is published or unpublished`;
	const read = async () => {
		const publication = await publicationStatus(session, workflowId);
		return publication?.status === 'in_progress' ? undefined : { publication };
	};
	const settled = async () => await waitFor(what, read, { timeoutMs, intervalMs: 100 });
	await settled();
	return (await settled()).publication;
}
