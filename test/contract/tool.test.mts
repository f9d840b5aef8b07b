import type { IExecuteFunctions, INode, INodeType } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { CxoneExpert } from '../../nodes/CxoneExpert/CxoneExpert.node.ts';
import { runsAsTool } from '../../nodes/CxoneExpert/n8n/tool.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

interface Types {
	NodeTypes: new (...parts: unknown[]) => {
		getByNameAndVersion(type: string, version: number): INodeType;
	};
}

const TYPE = 'n8n-nodes-cxone-expert.cxoneExpert';

const nodeOf = (type: string) => ({ name: 'Node', type, typeVersion: 1 }) as INode;
const isTool = (type: string) => runsAsTool({ getNode: () => nodeOf(type) } as unknown as IExecuteFunctions);

describe.each(versions)('the action node as a tool in n8n %s', (version) => {
	const n8n = n8nCode(version);

	it(`n8n ${version} runs the code of the node under its type with "Tool" behind it`, () => {
		const node = new CxoneExpert();
		const loader = {
			...{ knownNodes: {}, loadedNodes: {}, recognizesNode: () => false },
			getNode(type: string) {
				if (type !== TYPE) throw new Error(`There is no ${type}`);
				return { type: node, sourcePath: '' };
			},
		};
		const { NodeTypes } = n8n.module<Types>('node-types');
		const types = new NodeTypes(...(version === newestN8n ? [{}, loader] : [loader]));
		const tool = types.getByNameAndVersion(`${TYPE}Tool`, 1);
		expect(tool.execute).toBe(node.execute);
		expect(tool.description.name).toBe('cxoneExpertTool');
		expect([isTool(`${TYPE}Tool`), isTool(TYPE)]).toEqual([true, false]);
	});
});
