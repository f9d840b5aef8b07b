import { parse } from 'flatted';
import type { N8nDatabase } from './database.mts';

type Json = Record<string, any>;

/** One execution as n8n has stored it, finished or not. */
export interface Run {
	executionId: number;
	/** `new`, `running`, `success`, `error`, `crashed`, `canceled`, `waiting`. */
	status: string;
	/** The JSON of the items that the trigger gave to it. */
	items: Json[];
}

interface Row {
	id: number;
	status: string;
	data: string;
}

/**
 * Every execution of a workflow with the items that started it, oldest first, straight from the
 * database: also those that n8n's API does not give out because they never finished.
 */
export function storedRuns(database: N8nDatabase, workflowId: string): Run[] {
	const sql =
		'SELECT e.id, e.status, d.data FROM execution_entity e JOIN execution_data d ON d.executionId = e.id WHERE e.workflowId = ? ORDER BY e.id';
	return database
		.rows<Row>(sql, workflowId)
		.map(({ id, status, data }) => ({ executionId: id, status, items: startItems(parse(data)) }));
}

/** Where the trigger is the first node: in its own result, or on the stack while it has not run. */
function startItems(data: Json): Json[] {
	const stack = data.executionData?.nodeExecutionStack ?? [];
	const ran = Object.values<Json>(data.resultData?.runData ?? {});
	const main = ran[0]?.[0]?.data?.main ?? stack[0]?.data?.main ?? [];
	return main.flat().map((item: Json) => item.json);
}

/** How often each event has run, told apart by what an operator would care about. */
export interface Tally {
	events: number;
	executions: number;
	/** Events that ran more than once although a later item was not marked `redelivered`. */
	unflaggedDoubles: string[];
	/** Events that ran more than once, each later item marked. */
	flaggedDoubles: string[];
	/** Events none of whose executions reached its end; n8n lists them for a rerun. */
	interrupted: string[];
}

export function tally(runs: Run[]): Tally {
	const byEvent = Map.groupBy(
		runs.flatMap(({ status, items }) => items.map((item) => ({ status, item }))),
		({ item }) => String(item.eventId),
	);
	const eventsWhere = (test: (sightings: Array<{ status: string; item: Json }>) => boolean) =>
		[...byEvent].filter(([, sightings]) => test(sightings)).map(([eventId]) => eventId);
	const isMarked = ({ item }: { item: Json }) => item.redelivered === true;
	return {
		events: byEvent.size,
		executions: runs.length,
		unflaggedDoubles: eventsWhere((all) => all.length > 1 && !all.slice(1).every(isMarked)),
		flaggedDoubles: eventsWhere((all) => all.length > 1 && all.slice(1).every(isMarked)),
		interrupted: eventsWhere((all) => all.every(({ status }) => status !== 'success')),
	};
}
