import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { eventItem } from '../../nodes/CxoneExpert/event/item.ts';
import { parseDelivery } from '../../nodes/CxoneExpert/event/parse.ts';
import { n8nCode } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';
import { parameters } from '../support/unit/samples.mts';

interface Strategy {
	NodeDefinedFieldRedactionStrategy: new (...services: object[]) => {
		apply(execution: object, context: object): Promise<void>;
	};
}

interface Service {
	ExecutionRedactionService: new () => { buildPipeline(...args: unknown[]): unknown[] };
}

const redaction = 'modules/redaction/executions';
const USER = '<user id="7"><username>Pat</username><email>pat.doe@example.com</email></user>';
const XML = `<event type="user:update" id="e" datetime="2026-01-30T17:00:00Z">${USER}<request id="r">${USER}</request></event>`;

const ARRIVAL = {
	...{ deliveryId: 'd', receivedAt: new Date(0), headers: {}, siteOrigin: undefined },
	...{ redelivered: false, unverified: false },
};
const MARKER = { __redacted: true, reason: 'node_defined_field', canReveal: false };

function itemOf(simplify: boolean, includeRawXml = false): IDataObject {
	const message = parseDelivery(Buffer.from(XML), 'text/xml');
	if ('unreadable' in message) throw new Error(message.unreadable);
	const options = { simplify, includeRawXml };
	return eventItem(message.events[0]!, message.rawXml, ARRIVAL, parameters(options));
}

/** The item as this n8n would show it. */
async function masked(json: IDataObject): Promise<IDataObject> {
	const { NodeDefinedFieldRedactionStrategy } = n8nCode(newestN8n).module<Strategy>(
		`${redaction}/strategies/node-defined-field-redaction.strategy`,
	);
	const nodeTypes = { getByNameAndVersion: () => new CxoneExpertTrigger() };
	const runData = { Trigger: [{ data: { main: [[{ json }]] } }] };
	const workflowData = { nodes: [{ name: 'Trigger', type: 'cxoneExpertTrigger', typeVersion: 1 }] };
	const execution = { workflowData, data: { resultData: { runData } } };
	await new NodeDefinedFieldRedactionStrategy({}, nodeTypes).apply(execution, { memo: new Map() });
	return json;
}

it(`n8n ${newestN8n} can mask both email addresses of a whole event, and nothing else of it`, async () => {
	const item = itemOf(false);
	const before = JSON.stringify(item);
	expect(before.split('pat.doe@example.com')).toHaveLength(3);
	const expected = before.replaceAll('"pat.doe@example.com"', JSON.stringify(MARKER));
	expect(JSON.stringify(await masked(item))).toBe(expected);
});

it(`n8n ${newestN8n} can mask the whole XML of an item, and nothing else of it`, async () => {
	const item = itemOf(true, true);
	expect(JSON.stringify(item)).toContain('pat.doe@example.com');
	expect(await masked({ ...item })).toEqual({ ...item, rawXml: MARKER });
});

/* It did from March to May 2026: github.com/n8n-io/n8n/pull/30198. If this fails, docs/security.md has to say so. */
it(`n8n ${newestN8n} itself masks no fields that nodes name`, () => {
	const { ExecutionRedactionService } = n8nCode(newestN8n).module<Service>(`${redaction}/execution-redaction.service`);
	const service: unknown = Object.assign(Object.create(ExecutionRedactionService.prototype as object) as object, {
		resolvePolicy: () => 'all',
		fullItemRedactionStrategy: 'whole items',
	});
	const pipeline = (service as InstanceType<Service['ExecutionRedactionService']>).buildPipeline(
		...[{ mode: 'trigger' }, {}, false, false],
	);
	expect(pipeline).toEqual(['whole items']);
});
