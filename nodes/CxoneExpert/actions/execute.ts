import {
	type IExecuteFunctions,
	type INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import { ExpertSite } from './core/site';
import type { Operation } from './core/operation';
import { operationOf } from './resources';
import { OperationContext } from './core/operation-context';

/**
 * Runs the chosen operation once for each incoming item, one after the other: what one item changes
 * at the site, the next one sees.
 */
export async function executeOperations(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const results: INodeExecutionData[] = [];
	let connecting: Promise<ExpertSite> | undefined;
	for (let item = 0; item < this.getInputData().length; item++) {
		connecting ??= ExpertSite.connect(this);
		results.push(...(await runOne(this, connecting, item)));
	}
	return [results];
}

async function runOne(
	n8n: IExecuteFunctions,
	connecting: Promise<ExpertSite>,
	item: number,
): Promise<INodeExecutionData[]> {
	try {
		const run = new OperationContext(n8n, await connecting, item);
		const outputs = await chosenOperation(run).run(run);
		return outputs.map((output) => ({ ...output, pairedItem: { item } }));
	} catch (thrown) {
		const error = asNodeError(n8n, thrown);
		error.context.itemIndex = item;
		if (n8n.continueOnFail()) return [failedItem(error, item)];
		if (error instanceof NodeApiError) throw new NodeApiError(n8n.getNode(), error as never);
		throw new NodeOperationError(n8n.getNode(), error);
	}
}

/** What n8n itself adds to the choices of Resource and Operation; nothing runs by it. */
const CUSTOM_API_CALL = '__CUSTOM_API_CALL__';

function chosenOperation(run: OperationContext): Operation {
	const [resource, operation] = [run.text('resource'), run.text('operation')];
	if ([resource, operation].includes(CUSTOM_API_CALL)) {
		return run.site.refuse({
			message: 'A custom API call is made with the HTTP Request node',
			description: `Add an HTTP Request node in place of this one. Choose "Predefined Credential Type" as Authentication and "CXone Expert API" as Credential Type, and enter a URL such as ${run.site.origin}/@api/deki/pages/home/info.`,
		});
	}
	return (
		operationOf(resource, operation) ??
		run.site.refuse({
			message: `This version of the node cannot do "${operation}" with "${resource}"`,
			description: 'Choose Resource and Operation again, or update the package.',
		})
	);
}

function asNodeError(n8n: IExecuteFunctions, thrown: unknown): NodeApiError | NodeOperationError {
	const isOurs = thrown instanceof NodeApiError || thrown instanceof NodeOperationError;
	return isOurs ? thrown : new NodeOperationError(n8n.getNode(), thrown as Error);
}

/** One text: n8n's error output looks for items with nothing but `error`. */
function failedItem(
	{ message, description }: NodeApiError | NodeOperationError,
	item: number,
): INodeExecutionData {
	const error = [message, description].filter(Boolean).join('. ');
	return { json: { error }, pairedItem: { item } };
}
