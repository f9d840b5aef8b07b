type Json = Record<string, any>;

interface NodeRun {
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
		resultData: {
			runData: Record<string, NodeRun[]>;
			error?: { message: string };
			/** n8n's highlighted data. */
			metadata?: Record<string, string>;
		};
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
