import { setTimeout as sleep } from 'node:timers/promises';
import type { RestSession } from './rest.mts';

type Json = Record<string, any>;

interface NodeRun {
	executionStatus?: string;
	error?: { message: string };
	data?: { main: Array<Array<{ json: Json }> | null> };
}

export interface Execution {
	id: string;
	workflowId: string;
	/** `new`, `running`, `success`, `error`, `crashed`, `canceled`, `waiting`. */
	status: string;
	/** `webhook` in production, `manual` for a test. */
	mode: string;
	startedAt: string;
	stoppedAt: string | null;
	/** Only when the execution was read with its data. */
	data?: {
		resultData: { runData: Record<string, NodeRun[]>; error?: { message: string } };
	};
}

const unfinished = new Set(['new', 'running', 'waiting']);

export function isFinished(execution: Execution): boolean {
	return !unfinished.has(execution.status);
}

/** The JSON of the items that a node gave out in all its runs. */
export function executionItems(execution: Execution, nodeName: string): Json[] {
	const runs = execution.data?.resultData.runData[nodeName] ?? [];
	const branches = runs.flatMap((run) => run.data?.main ?? []);
	return branches.flatMap((items) => items ?? []).map((item) => item.json);
}

/** Why an execution failed, or undefined. */
export function executionError(execution: Execution): string | undefined {
	return execution.data?.resultData.error?.message;
}

interface Page {
	items: Execution[];
	nextCursor: string | null;
}

/** The executions of a workflow without their data, running ones too; oldest first. */
export async function listExecutions(session: RestSession, workflowId: string, status?: string[]) {
	const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
	return await allPages(async (cursor) => {
		const path = `/executions?filter=${filter}&limit=100${cursor}`;
		const page = await session.rest<Page & { results: Execution[] }>('GET', path);
		return { ...page, items: page.results };
	});
}

/**
 * The finished executions of a workflow with their data; oldest first. With `after`, n8n is asked
 * for no more pages than it takes to reach that id; some that are older may come along.
 */
export async function readExecutions(session: RestSession, workflowId: string, after = 0) {
	return await allPages(async (cursor) => {
		const path = `/executions?workflowId=${workflowId}&includeData=true&limit=50${cursor}`;
		const { data, nextCursor } = await session.api<Page & { data: Execution[] }>(path);
		const isReached = data.some(({ id }) => Number(id) <= after);
		return { items: data, nextCursor: isReached ? null : nextCursor };
	});
}

export async function waitForExecutions(
	session: RestSession,
	workflowId: string,
	count: number,
	timeoutMs: number,
): Promise<Execution[]> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const finished = (await listExecutions(session, workflowId)).filter(isFinished);
		if (finished.length >= count) return await readExecutions(session, workflowId);
		if (Date.now() > deadline) {
			throw new Error(
				`${finished.length} of ${count} executions are finished after ${timeoutMs} ms`,
			);
		}
		await sleep(100);
	}
}

async function allPages(read: (cursor: string) => Promise<Page>): Promise<Execution[]> {
	const all: Execution[] = [];
	let next: string | null = null;
	do {
		const page: Page = await read(next ? `&cursor=${encodeURIComponent(next)}` : '');
		all.push(...page.items);
		next = page.nextCursor;
	} while (next);
	return all.sort((a, b) => Number(a.id) - Number(b.id));
}
