import type { INode, INodeParameters, NodeHelpers } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpertPollingTrigger } from '../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts';
import { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

type Helpers = Pick<typeof NodeHelpers, 'getNodeParameters'>;

const NODES = [CxoneExpertTrigger, CxoneExpertPollingTrigger];

describe.each(versions)('filters of the triggers in n8n %s', (version) => {
	const { NodeHelpers: helpers } = n8nCode(version).package<{ NodeHelpers: Helpers }>('n8n-workflow');

	it.each<[form: string, filters: INodeParameters]>([
		['a plain list and text', { pathPrefixes: ['Guides', ''], excludeUsers: 'api-bot, 42' }],
		['an expression', { pathPrefixes: '={{ $vars.paths }}', excludeUsers: '={{ $vars.users }}' }],
		['rows', { pathPrefixes: { rows: [{ page: { __rl: true, mode: 'path', value: 'Guides' } }] } }],
	])(`n8n ${version} keeps filters that are %s`, (_form, filters) => {
		for (const Node of NODES) {
			const { description } = new Node();
			const node = { typeVersion: 1, type: description.name, parameters: { filters } } as unknown as INode;
			const asLoaded = [description.properties, node.parameters, true, false, node, description] as const;
			expect(helpers.getNodeParameters(...asLoaded)).toMatchObject({ filters });
			const asSaved = [description.properties, node.parameters, false, false, node, description] as const;
			expect(helpers.getNodeParameters(...asSaved)).toMatchObject({ filters });
		}
	});
});
