import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { propertiesOf, subtitleOf } from './actions/core/description';
import { executeOperations } from './actions/core/execute';
import { listSearch, resources } from './actions/resources';
import { testExpertCredential } from './api/credential-test';

/** Reads and changes content of a NiCE CXone Expert site, and manages its webhooks. */
export class CxoneExpert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CXone Expert',
		name: 'cxoneExpert',
		icon: { light: 'file:cxoneExpert.svg', dark: 'file:cxoneExpert.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitleOf(resources),
		description: 'Read and change pages, files, drafts and webhooks, and look up users, in NiCE CXone Expert',
		defaults: { name: 'CXone Expert' },
		usableAsTool: true,
		builderHint: {
			searchHint:
				"To answer questions from the knowledge base, use resource: 'passage', operation: 'getMany', not a search of pages. To propose a change, write a draft (resource: 'draft'), which readers do not see.",
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-cxone-expert.cxoneExpertTrigger',
					relationHint: 'Starts the workflow when a page changes; its items name the page',
				},
			],
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cxoneExpertApi', required: true, testedBy: 'testExpertCredential' }],
		properties: propertiesOf(resources, 'page'),
	};

	methods = {
		credentialTest: { testExpertCredential },
		listSearch,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeOperations.call(this, resources);
	}
}
