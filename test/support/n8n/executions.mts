import { waitUntil } from '../wait.mts';
import type { RestSession } from './rest.mts';

type Json = Record<string, any>;

interface NodeRun {
	executionStatus?: string;
	error?: { message: string };
	/** What the editor shows beside the output. */
	hints?: Array<{ message: string }>;
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

/** `next` is what a query has to add to go on; empty at the end. */
interface Page {
	items: Execution[];
	next: string;
}

/** The executions of a workflow without their data, running ones too; oldest first. */
export async function listExecutions(session: RestSession, workflowId: string, status?: string[]) {
	const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
	const limit = 100;
	return await allPages(async (query) => {
		const path = `/executions?filter=${filter}&limit=${limit}${query}`;
		const { results: items, nextCursor } = await session.rest<List>('GET', path);
		if (nextCursor !== undefined) return { items, next: goOnAt(nextCursor) };
		// An old n8n has no cursor. It sorts by id once it is given two ids to stay between.
		const isStart = query === '';
		if (isStart) return { items: [], next: `&firstId=0&lastId=${MAX_ID}` };
		const isLast = items.length < limit;
		return { items, next: isLast ? '' : `&firstId=0&lastId=${items.at(-1)!.id}` };
	});
}

/** In PostgreSQL an id has four bytes. */
const MAX_ID = 2 ** 31 - 1;

interface List {
	results: Execution[];
	nextCursor?: string | null;
}

/**
 * The finished executions of a workflow with their data; oldest first. With `after`, n8n is asked
 * for no more pages than it takes to reach that id; some that are older may come along.
 */
export async function readExecutions(session: RestSession, workflowId: string, after = 0) {
	return await allPages(async (query) => {
		const path = `/executions?workflowId=${workflowId}&includeData=true&limit=50${query}`;
		const { data, nextCursor } = await session.api<DataList>(path);
		const isReached = data.some(({ id }) => Number(id) <= after);
		return { items: data, next: isReached ? '' : goOnAt(nextCursor) };
	});
}

interface DataList {
	data: Execution[];
	nextCursor: string | null;
}

export async function waitForExecutions(
	session: RestSession,
	workflowId: string,
	count: number,
	timeoutMs?: number,
): Promise<Execution[]> {
	const what = `${count} executions of workflow ${workflowId} are finished`;
	let executions: Execution[] = [];
	const areFinished = async () => {
		const listed = (await listExecutions(session, workflowId)).filter(isFinished);
		if (listed.length < count) return false;
		// n8n gives out the data a moment after it has saved the end.
		executions = await readExecutions(session, workflowId);
		return executions.filter(isFinished).length >= count;
	};
	await waitUntil(what, areFinished, { timeoutMs, intervalMs: 100 });
	return executions;
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

function goOnAt(cursor: string | null): string {
	return cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
}
