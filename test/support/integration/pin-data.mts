import type { IDataObject } from 'n8n-workflow';
import { isTrigger, template } from '../e2e/template.mts';
import type { NewWorkflow } from '../n8n/client.mts';
import { present } from '../present.mts';
import type { Simulator } from '../simulator/index.mts';
import { outputOf } from './action-node.mts';
import { Poller, rowOf } from './polling.mts';

/** What is pinned to a node, as n8n keeps it in the file of a workflow. */
type PinData = Record<string, Array<{ json: IDataObject }>>;

type Node = NewWorkflow['nodes'][number];

/** Beside those of the sample page, where a workflow is about tags. */
const MORE_TAGS: Record<string, string[]> = {
	'review-dates': ['review-at:2026-01', 'review-cycle:6m'],
};

/** Who has created the sample page, where a workflow is about edits by others. */
const CREATORS: Record<string, IDataObject> = {
	'updated-by-others-to-teams': { id: '7', name: 'omar' },
};

/** What n8n's Date & Time gives for the samples of the trigger. */
const IN_SIX_MONTHS = '2026-07-30T16:59:45.000Z';

/**
 * What a ready-made workflow carries so that it can be tried without a site: for its trigger a sample of
 * each of its events, for each node that would call the site what that gives for them. What is pinned to
 * other nodes stays as it is.
 *
 * @param openSampleSite with further tags on the page of the samples
 */
export async function pinDataOf(
	name: string,
	samples: Record<string, IDataObject>,
	openSampleSite: (tags: string[]) => Promise<Simulator>,
): Promise<PinData> {
	const { nodes, connections, pinData = {} } = template(name);
	const tags = MORE_TAGS[name] ?? [];
	const creator = CREATORS[name];
	const pins: PinData = {};
	const site = await openSampleSite(tags);
	const dataOf = (node: string) => given(node, nodes, connections, pins);
	for (const node of nodes) {
		const { events = [] } = node.parameters as { events?: string[] };
		const { name, type } = node;
		if (isTrigger(node)) {
			const items = events.map((event) => tagged(present(samples[event], event), tags));
			pins[name] = items.map((json) => ({ json: created(json, creator) }));
		} else if (type.endsWith('.cxoneExpertPollingTrigger')) {
			pins[name] = await polled(site, node);
		} else if (type.endsWith('.cxoneExpert')) {
			pins[name] = await outputs(site, node, dataOf);
		} else if (name in pinData) {
			pins[name] = pinData[name]!;
		}
	}
	return pins;
}

function tagged(sample: IDataObject, tags: string[]): IDataObject {
	const page = sample.page as IDataObject;
	if (!Array.isArray(page.tags)) return sample;
	return { ...sample, page: { ...page, tags: [...(page.tags as string[]), ...tags].toSorted() } };
}

function created(sample: IDataObject, createdBy: IDataObject | undefined): IDataObject {
	return createdBy === undefined ? sample : { ...sample, page: { ...(sample.page as IDataObject), createdBy } };
}

async function polled(site: Simulator, { parameters }: Node): Promise<PinData[string]> {
	const poller = new Poller(site, rowOf(parameters as IDataObject));
	return (await poller.fetchTestEvent()).map((json) => ({ json }));
}

/** A node without a pin passes on what it gets, or what n8n's own node makes of it. */
function given(name: string, nodes: Node[], connections: NewWorkflow['connections'], pins: PinData): PinData[string] {
	const pinned = pins[name];
	if (pinned !== undefined) return pinned;
	const before = nodes.find((node) => targetsOf(connections[node.name]).includes(name));
	if (before === undefined) return [{ json: {} }];
	const items = given(before.name, nodes, connections, pins);
	const { type, parameters } = nodes.find((node) => node.name === name)!;
	if (type.endsWith('.removeDuplicates')) return items.slice(0, 1);
	if (!type.endsWith('.dateTime')) return items;
	const { outputFieldName } = parameters as { outputFieldName: string };
	const added = { [outputFieldName]: IN_SIX_MONTHS };
	return items.map(({ json }) => ({ json: { ...json, ...added } }));
}

function targetsOf(links: unknown): string[] {
	const { main = [] } = (links ?? {}) as { main?: Array<Array<{ node: string }>> };
	return main.flat().map(({ node }) => node);
}

/** What the node gives for each item. Only this node runs, so what it takes from others is put in. */
async function outputs(
	site: Simulator,
	{ name, parameters }: Node,
	dataOf: (name: string) => PinData[string],
): Promise<PinData[string]> {
	const all: PinData[string] = [];
	for (const [index, item] of dataOf(name).entries()) {
		const text = JSON.stringify(parameters)
			.replaceAll(/\$\('([^']+)'\)\.item\.json/g, (_whole, other: string) => {
				const items = dataOf(other);
				return inJson(JSON.stringify((items[index] ?? items[0]!).json));
			})
			.replaceAll('$now', `DateTime.fromISO('2026-02-02T07:00:00Z')`);
		const run = { parameters: JSON.parse(text) as IDataObject, input: [item] };
		all.push(...(await outputOf(site, run)).map((json) => ({ json })));
	}
	return all;
}

/** Within a text of JSON; in parentheses, where an object is no block, and without the end of an expression. */
function inJson(text: string): string {
	return JSON.stringify(`(${text.replaceAll(/\}(?=\})/g, '} ')})`).slice(1, -1);
}
