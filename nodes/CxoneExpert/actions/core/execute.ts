import { type IExecuteFunctions, type INodeExecutionData, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { ExpertError } from '../../api/expert-error';
import { nodeError, passedOn, shortened } from '../../api/node-error';
import { runsAsTool } from '../../n8n/tool';
import { asText, refuse } from '../../parameters/field';
import { type Operation, OperationContext } from './operation';
import { operationIn, type Resource } from './resource';
import { type ExpertSite, sitesOfItems } from '../../api/expert-site';

/** Runs one item after the other: each sees what the ones before it changed at the site. */
export async function executeOperations(
	this: IExecuteFunctions,
	resources: Resource[],
): Promise<INodeExecutionData[][]> {
	const results: INodeExecutionData[] = [];
	const siteOf = sitesOfItems(this);
	for (let item = 0; item < this.getInputData().length; item++) {
		for (const each of await runOne(this, resources, siteOf, item)) results.push(each);
	}
	return [results];
}

async function runOne(
	n8n: IExecuteFunctions,
	resources: Resource[],
	siteOf: (item: number) => Promise<ExpertSite>,
	item: number,
): Promise<INodeExecutionData[]> {
	try {
		const run = new OperationContext(n8n, await siteOf(item), item);
		const outputs = await chosenOperation(run, resources).run(run);
		const isEmpty = outputs.length === 0 && run.notes.length === 0;
		if (isEmpty && run.isTool) run.note(NOTHING_FOUND);
		return [...outputs, ...run.notes].map((output) => ({ ...output, pairedItem: { item } }));
	} catch (thrown) {
		const error = asNodeError(n8n, thrown);
		error.context.itemIndex = item;
		// A model reads what is returned and continues from it.
		if (n8n.continueOnFail() || runsAsTool(n8n)) {
			const failure = thrown instanceof ExpertError ? thrown : error;
			return [failedItem(failure, runsAsTool(n8n), item)];
		}
		if (error instanceof NodeApiError) throw new NodeApiError(n8n.getNode(), error as never);
		throw new NodeOperationError(n8n.getNode(), error);
	}
}

/** n8n gives a model nothing at all for no items, which does not tell whether the call worked. */
const NOTHING_FOUND = 'Nothing was found. The call worked: the site has nothing that fits these values.';

const TELL_PERSON = 'Tell the person who has set up this tool.';

/** n8n adds this to the choices of Resource and Operation; no node runs it. */
const CUSTOM_API_CALL = '__CUSTOM_API_CALL__';

function chosenOperation({ n8n, item, origin }: OperationContext, resources: Resource[]): Operation {
	const chosen = (name: string) => asText(n8n.getNodeParameter(name, item, null));
	const [resource, operation] = [chosen('resource'), chosen('operation')];
	if ([resource, operation].includes(CUSTOM_API_CALL)) {
		return refuse({
			message: 'Custom API calls need the HTTP Request node',
			description: `Add an HTTP Request node in place of this one. Choose "Predefined Credential Type" as Authentication and "CXone Expert API" as Credential Type, and enter a URL such as ${origin}/@api/deki/pages/home/info.`,
			toModel: TELL_PERSON,
		});
	}
	return (
		operationIn(resources, resource, operation) ??
		refuse({
			message: `This version of the node cannot do "${operation}" with "${resource}"`,
			description: 'Choose Resource and Operation again, or update the package.',
			toModel: TELL_PERSON,
		})
	);
}

function asNodeError(n8n: IExecuteFunctions, thrown: unknown): NodeApiError | NodeOperationError {
	if (thrown instanceof ExpertError) return nodeError(n8n.getNode(), thrown);
	if (thrown instanceof NodeApiError) return thrown;
	if (thrown instanceof NodeOperationError) {
		// n8n's own: the item has no such file, or no credential is chosen.
		thrown.failure ??= { cause: 'configuration-invalid' };
		return thrown;
	}
	return passedOn(n8n.getNode(), thrown as Error);
}

/** n8n's error output takes items with nothing but `error`. */
function failedItem(
	failure: ExpertError | NodeApiError | NodeOperationError,
	isForModel: boolean,
	item: number,
): INodeExecutionData {
	const advice = isForModel && failure instanceof ExpertError ? failure.toModel : failure.description;
	const error = [shortened(failure.message), advice].filter(Boolean).join('. ');
	return { json: { error }, pairedItem: { item } };
}
