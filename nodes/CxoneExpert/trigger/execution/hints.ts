import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { counted, undefinedIfFailed } from '../../api/expert-error';
import { showHint } from '../../api/node-error';
import { currentUser } from '../../api/token-check';
import { OWN_CHANGES } from '../../event/filters';
import { highlight } from '../../n8n/highlight';
import { Site } from './site';

/**
 * Tells the workflow author, who would look for these items in vain.
 *
 * @param thing what is counted
 */
export function hintLeftOut(
	context: IExecuteFunctions,
	count: number,
	message: (things: string) => string,
	thing = 'event',
): void {
	const things = counted(count, `${thing} was`, `${thing}s were`);
	if (count > 0) showHint(context, message(things));
}

/** A person waits for the output. */
const OWN_NAME_BUDGET_MS = 5000;

/** Ends the listening: a filter has left out the test event. */
export async function endFiltered(context: IExecuteFunctions, filters: string): Promise<INodeExecutionData[][]> {
	const name = filters.includes(OWN_CHANGES) ? await ownName(context) : undefined;
	const because = name === undefined ? '' : `, because ${name} is the user of the token`;
	showHint(context, `1 event was left out by: ${filters}${because}`);
	highlight(context, { leftOut: filters });
	return [[]];
}

/** Whoever tests with a token of their own does not think of themselves. */
async function ownName(context: IExecuteFunctions): Promise<string | undefined> {
	const site = new Site(context);
	const credential = await site.credential();
	if (credential === undefined) return undefined;
	const user = await undefinedIfFailed(currentUser(site.connect(credential, OWN_NAME_BUDGET_MS)));
	return user?.name;
}
