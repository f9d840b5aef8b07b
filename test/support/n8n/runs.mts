import { parse } from 'flatted';
import type { N8nDatabase } from './database.mts';

type Json = Record<string, any>;

/** One execution as n8n has stored it, finished or not. */
export interface Run {
	executionId: number;
	/** `new`, `running`, `success`, `error`, `crashed`, `canceled`, `waiting`. */
	status: string;
	/** n8n has begun to run it; a worker, in queue mode. */
	began: boolean;
	/** The execution that this one retried manually. */
	retryOf: number | undefined;
	/** The JSON of the items that the trigger gave to it. */
	items: Json[];
	/** When the trigger's own step had ended, unix ms: absent where n8n has no result of it. */
	passedOnAt: number | undefined;
}

interface Row {
	id: number;
	status: string;
	startedAt: unknown;
	retryOf: string | null;
	data: string;
}

/**
 * Every execution of a workflow with the items that started it, oldest first, straight from the
 * database: also those that n8n's API does not give out because they never finished.
 */
export function storedRuns(database: N8nDatabase, workflowId: string): Run[] {
	const sql =
		'SELECT e.id, e.status, e."startedAt", e."retryOf", d.data FROM execution_entity e JOIN execution_data d ON d."executionId" = e.id WHERE e."workflowId" = ? ORDER BY e.id';
	return database.rows<Row>(sql, workflowId).map(({ id, status, startedAt, retryOf, data }) => {
		const stored: Json = parse(data);
		return {
			executionId: id,
			status,
			began: startedAt !== null,
			retryOf: retryOf === null ? undefined : Number(retryOf),
			items: startItems(stored),
			passedOnAt: passedOnAt(stored),
		};
	});
}

/**
 * Where the trigger is the first node: on the stack while it has not run, else in its own result.
 * In this order, and its last result, because n8n makes up results for an execution that was cut
 * off, and puts them first on a retry. A made-up result is no item: n8n also creates one for an
 * execution whose items it has lost.
 */
export function startItems(data: Json): Json[] {
	const waiting = data.executionData?.nodeExecutionStack?.[0];
	const main = (waiting ?? triggerResult(data))?.data?.main ?? [];
	const items: Json[] = main.flat().map((item: Json) => item.json);
	return items.filter(({ isArtificialRecoveredEventItem }) => !isArtificialRecoveredEventItem);
}

/** Executions started by an event, alone or with others. */
export function runsOf(runs: Run[], event: string): Run[] {
	return runs.filter(({ items }) => items.some(({ eventId }) => eventId === event));
}

function passedOnAt(data: Json): number | undefined {
	const { startTime, executionTime } = triggerResult(data) ?? {};
	return startTime === undefined ? undefined : startTime + executionTime;
}

function triggerResult(data: Json): Json | undefined {
	return Object.values<Json>(data.resultData?.runData ?? {})[0]?.at(-1);
}

/** How often each event ran, by what matters to an operator. */
export interface Tally {
	events: number;
	/** Without manual retries. */
	executions: number;
	/** Events that ran more than once although a later item was not marked `redelivered`. */
	unmarkedDuplicates: string[];
	/** Events that ran more than once, each later item marked. */
	markedDuplicates: string[];
	/** Events none of whose executions reached its end; n8n lists them for a rerun. */
	interrupted: string[];
}

/** Failure reports of the watch are executions, too, whose item is no event. */
export function tally(runs: Run[]): Tally {
	const itemRuns = runs
		.flatMap((run) => run.items.map((item) => ({ ...run, item })))
		.filter(({ item }) => item.eventId !== undefined);
	const byEvent = Map.groupBy(itemRuns, eventOf);
	// Who has an execution run again knows that it is the second time. A process that ends may leave one behind that is
	// not in the queue yet: n8n shows that as crashed, and nothing has seen it.
	const begun = itemRuns.filter(({ began, retryOf }) => began && retryOf === undefined);
	const repeated = [...Map.groupBy(begun, eventOf)].filter(([, all]) => all.length > 1);
	const idsWhere = (events: Array<[string, ItemRun[]]>, test: (all: ItemRun[]) => boolean) =>
		events.filter(([, all]) => test(all)).map(([eventId]) => eventId);
	return {
		events: byEvent.size,
		executions: runs.filter(({ retryOf }) => retryOf === undefined).length,
		unmarkedDuplicates: idsWhere(repeated, isSilent),
		markedDuplicates: idsWhere(repeated, (all) => !isSilent(all)),
		interrupted: idsWhere([...byEvent], (all) => all.every(({ status }) => status !== 'success')),
	};
}

type ItemRun = Omit<Run, 'items'> & { item: Json };

function eventOf({ item }: ItemRun): string {
	return String(item.eventId);
}

/** Anyone who relies on the mark would treat one of these as new. */
function isSilent(itemRuns: ItemRun[]): boolean {
	const unmarked = itemRuns.filter(({ item }) => item.redelivered !== true);
	const isRepeat = (run: ItemRun) => itemRuns.some((other) => isBefore(other, run));
	return unmarked.length > 1 || unmarked.some(isRepeat);
}

/**
 * Saved earlier, but not passed on later. An execution that n8n could not start runs after its
 * marked copy; and of two workers, the first may wait for n8n's database and mark what the second
 * passes on meanwhile.
 */
function isBefore(other: ItemRun, run: ItemRun): boolean {
	const isOvertaken = run.passedOnAt! < other.passedOnAt!;
	return other.executionId < run.executionId && !isOvertaken;
}
